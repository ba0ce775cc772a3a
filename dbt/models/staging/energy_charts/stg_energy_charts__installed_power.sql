{{ energy_charts_power_rows('installed_power', installed=true) }}
