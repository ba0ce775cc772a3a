{{ hourly_weather_points('forecast_hourly') }}
