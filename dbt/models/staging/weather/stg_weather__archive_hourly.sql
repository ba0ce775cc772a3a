{{ hourly_weather_points('archive_hourly') }}
