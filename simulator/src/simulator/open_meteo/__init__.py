"""The dialect of Open-Meteo: /v1/forecast and /v1/archive."""
