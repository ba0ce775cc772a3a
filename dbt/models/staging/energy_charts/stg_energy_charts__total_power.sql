{{ energy_charts_power_rows('total_power') }}
