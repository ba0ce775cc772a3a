"""The dialect of AirQino."""
