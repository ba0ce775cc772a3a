{{ daily_weather_points('forecast_daily') }}
