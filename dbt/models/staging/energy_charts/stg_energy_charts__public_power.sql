{{ energy_charts_power_rows('public_power') }}
