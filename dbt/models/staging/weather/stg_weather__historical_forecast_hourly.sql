{{ hourly_weather_points('historical_forecast_hourly') }}
