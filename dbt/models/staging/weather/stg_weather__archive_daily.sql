{{ daily_weather_points('archive_daily') }}
