"""Short-term forecasts from the marts, written back as raw tables and honest about their skill."""
