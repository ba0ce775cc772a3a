"""The variables that are asked for, ten an hour and ten a day, as columns with the unit that is expected of each.

Ten is not a matter of taste: up to ten variables a call of a fortnight counts once for each place, an eleventh makes it
count more. Of what is left out, the direct radiation is the shortwave radiation less the diffuse one, and the relative
humidity follows from the dew point.
"""

from __future__ import annotations

from collections.abc import Sequence

from connector_kit.streams import Field

HOURLY: Sequence[Field] = (
    Field("temperature_2m", "number", "Air temperature at 2 m, at the instant.", unit="°C"),
    Field("dew_point_2m", "number", "Dew point at 2 m, at the instant: how humid the air is.", unit="°C"),
    Field("wind_speed_10m", "number", "Wind speed at 10 m, at the instant.", unit="m/s"),
    Field("wind_speed_100m", "number", "Wind speed at 100 m, the height of turbines, at the instant.", unit="m/s"),
    Field("wind_gusts_10m", "number", "Strongest gust at 10 m in the PRECEDING hour.", unit="m/s"),
    Field("shortwave_radiation", "number", "Global horizontal irradiance, mean of the PRECEDING hour.", unit="W/m²"),
    Field("diffuse_radiation", "number", "Its diffuse part, mean of the PRECEDING hour.", unit="W/m²"),
    Field("cloud_cover", "number", "Total cloud cover, at the instant.", unit="%"),
    Field("precipitation", "number", "Rain, showers and melted snow, sum of the PRECEDING hour.", unit="mm"),
    Field("snowfall", "number", "Fresh snow, sum of the PRECEDING hour.", unit="cm"),
)

DAILY: Sequence[Field] = (
    Field("temperature_2m_mean", "number", "Mean of the day's hourly temperatures at 2 m.", unit="°C"),
    Field("temperature_2m_max", "number", "Highest of the day's hourly temperatures at 2 m.", unit="°C"),
    Field("temperature_2m_min", "number", "Lowest of the day's hourly temperatures at 2 m.", unit="°C"),
    Field("precipitation_sum", "number", "Rain, showers and melted snow, sum of the day.", unit="mm"),
    Field("snowfall_sum", "number", "Fresh snow, sum of the day.", unit="cm"),
    Field("sunshine_duration", "number", "Time of sunshine, sum of the day.", unit="s"),
    Field("shortwave_radiation_sum", "number", "Global horizontal irradiation, sum of the day.", unit="MJ/m²"),
    Field("wind_speed_10m_max", "number", "Highest wind speed at 10 m of the day.", unit="m/s"),
    Field("wind_gusts_10m_max", "number", "Strongest gust at 10 m of the day.", unit="m/s"),
    Field(
        "et0_fao_evapotranspiration",
        "number",
        "Reference evapotranspiration (FAO 56), sum of the day: what a well-watered meadow gives to the air.",
        unit="mm",
    ),
)

SECTIONS = {"hourly": HOURLY, "daily": DAILY}
