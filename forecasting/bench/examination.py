"""The whole examination on real load and real air.

Load 2024, trained on 2021-2023: an issue a day, with near-perfect weather (an upper bound) and without, beside the
operators' own day-ahead forecast and the naive ones. Air: the next two hours at two stations, sixty days of 2023.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import air_examination
from examination import REAL, data, examine, target


def main() -> None:
    if not REAL.exists():
        sys.exit(f"examination: the recorded real data are not in {REAL}")
    for with_weather in (True, False):
        started = time.monotonic()
        reached = examine(target(with_weather=with_weather), data(with_weather=with_weather))
        print(f"load 2024 {'with near-perfect' if with_weather else 'without'} weather, next day in Paris:")
        print(f"  ours         MAE {reached.mae:6,.0f} MW  MAPE {100 * reached.mape:.2f} %")
        print(f"  operators    MAE {reached.operators_mae:6,.0f} MW")
        print(f"  week before  MAE {reached.weekly_mae:6,.0f} MW")
        print(f"  last value   MAE {reached.daily_mae:6,.0f} MW")
        print(f"  pinball {reached.pinball:,.0f} MW, coverage of the 80 % band {100 * reached.coverage:.1f} %")
        print(f"  by hours ahead:\n{reached.by_horizon.round(2).to_string()}")
        print(f"  {time.monotonic() - started:.0f} s", flush=True)
    print(f"air, next two hours:\n{air_examination.examine().round(3).to_string()}")


if __name__ == "__main__":
    main()
