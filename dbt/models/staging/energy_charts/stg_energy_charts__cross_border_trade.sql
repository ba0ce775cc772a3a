{{ energy_charts_border_rows('cross_border_trade') }}
