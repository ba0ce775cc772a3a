"""The dialect of Open-Meteo: forecast, archive, historical forecast, previous and single runs."""
