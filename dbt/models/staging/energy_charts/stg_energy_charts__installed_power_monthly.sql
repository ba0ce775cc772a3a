{{ energy_charts_power_rows('installed_power_monthly', installed=true) }}
