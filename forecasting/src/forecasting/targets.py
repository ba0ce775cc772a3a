"""What is forecast: one entry per target, everything else is the same for all.

Steps are counted from the end of the known data ("ahead" 0 is the first unknown step), since that is what a model can
build on; horizons, which people read, from the hour of issue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

QUANTILES = (0.1, 0.5, 0.9)
MEDIAN = 0.5


@dataclass(frozen=True)
class Target:
    """A quantity and how it is forecast. Steps are of ``step_minutes``, hours are hours."""

    name: str
    step_minutes: int
    horizon_steps: int
    """Steps that a forecast covers from its hour of issue."""
    delay_steps: int
    """Steps before the hour of issue that are usually not published yet; back-tests know no more."""
    stale_steps: int
    """With still older data there is no forecast."""
    lags: Sequence[int] = ()
    """Values this many steps before the first unknown step."""
    means: Sequence[int] = ()
    """Means over this many steps up to the first unknown one."""
    same_time: Sequence[int] = ()
    """Values at the same time of the day this many whole days before the last day that is known for the step."""
    weather: Sequence[str] = ()
    """Regional weather at the step, as known at issue; columns of the weather marts."""
    driven_by: str | None = None
    """Of the regional weather what nothing is produced without: at night nobody has to guess the sun."""
    national_weather: bool = False
    """Weather as one mean by population instead of one column a region, with its memory."""
    tempo: bool = False
    """The colour of the day moves it."""
    beside: Sequence[str] = ()
    """Further series of the entity, of which the newest value is known."""
    anchor: str | None = None
    """What the model corrects: "same_time" (newest same time of day), "last" (newest value), nothing."""
    pooled: bool = False
    """One model for all entities of a group, told apart by a feature, instead of one each."""
    probability: bool = False
    """Values are 0 or 1, forecasts one probability instead of quantiles."""
    least: float | None = None
    """Smallest possible value."""
    seasonal_days: int = 1
    """The seasonal naive takes the same time this many days before, or the next multiple that is known."""
    history_days: int = 1096
    train_every_steps: int = 1
    """Steps between the issues that the model learns from."""
    least_training_days: int = 10
    backtest_days: int = 56
    issue_hours: Sequence[int] = (17,)
    """UTC hours of issue in back-tests."""
    bands: Sequence[int] = ()
    """Steps ahead at which calibration begins anew: errors grow."""
    boosting: Mapping[str, float] = field(default_factory=dict)
    """Settings of the boosting that differ from its defaults."""

    @property
    def score(self) -> str:
        """What the target is judged by."""
        return "brier" if self.probability else "mae"

    @property
    def quantiles(self) -> Sequence[float]:
        """Quantiles of a forecast; a probability stands where the median would."""
        return (MEDIAN,) if self.probability else QUANTILES

    @property
    def reach(self) -> int:
        """Steps ahead that a model must cover when the data are as old as they may be."""
        return self.horizon_steps + self.stale_steps


LOAD = Target(
    "load",
    step_minutes=60,
    horizon_steps=48,
    delay_steps=1,
    stale_steps=6,
    lags=(1, 2, 24),
    means=(3, 24),
    same_time=(0, 7, 14),
    weather=("temperature_celsius", "wind_speed_10m_m_per_s", "cloud_cover_pct", "irradiance_w_per_m2"),
    national_weather=True,
    tempo=True,
    anchor="same_time",
    least=0.0,
    seasonal_days=7,
    train_every_steps=17,
    issue_hours=(5, 17),
    bands=(0, 7, 13, 25, 37),
)
# Wind and sun follow the weather of each region; what is produced now tells only of the next hours.
WIND = Target(
    "wind",
    step_minutes=60,
    horizon_steps=48,
    delay_steps=2,
    stale_steps=6,
    lags=(1, 2),
    means=(6,),
    same_time=(0,),
    weather=("wind_speed_100m_m_per_s", "wind_speed_10m_m_per_s"),
    least=0.0,
    train_every_steps=29,
    issue_hours=(5, 17),
    bands=(0, 7, 13, 25, 37),
    # The weather of the hour explains nearly all: fewer trees reach it.
    boosting={"max_iter": 250, "learning_rate": 0.1},
)
SOLAR = replace(
    WIND,
    name="solar",
    weather=("irradiance_w_per_m2", "cloud_cover_pct", "temperature_celsius"),
    driven_by="irradiance_w_per_m2",
)
AIR_QUALITY = Target(
    "air_quality",
    step_minutes=60,
    horizon_steps=2,
    delay_steps=1,
    stale_steps=4,
    lags=(1, 2, 3, 23, 24),
    means=(3, 6, 24),
    same_time=(0, 1),
    beside=("temperature_celsius", "wind_speed_10m_m_per_s"),
    anchor="last",
    pooled=True,
    least=0.0,
    train_every_steps=11,
    boosting={"max_iter": 250, "learning_rate": 0.1},
    backtest_days=28,
    issue_hours=(1, 7, 13, 19),
    bands=(0, 2, 3),
)
UNDERPERFORMANCE = Target(
    "underperformance",
    step_minutes=30,
    horizon_steps=6,
    delay_steps=9,
    stale_steps=48,
    lags=(1, 2, 48),
    means=(6, 48),
    same_time=(0,),
    weather=("wind_speed_100m_m_per_s", "irradiance_w_per_m2"),
    national_weather=True,
    beside=("actual_to_expected", "actual_to_expected_mean_24_hours", "expected_mw"),
    pooled=True,
    probability=True,
    train_every_steps=5,
    least_training_days=7,
    backtest_days=14,
    issue_hours=(2, 8, 14, 20),
    bands=(0,),
)
TARGETS: Mapping[str, Target] = {target.name: target for target in (LOAD, WIND, SOLAR, AIR_QUALITY, UNDERPERFORMANCE)}
