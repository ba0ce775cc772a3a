"""French calendar: public holidays and what a day is like for electricity demand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from simulator import paris
from simulator.model.grid import Floats
from simulator.paris import Ints

FIXED_HOLIDAYS = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
AFTER_EASTER = (1, 39, 50)  # Easter Monday, Ascension, Whit Monday


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Gauss's rule with its two exceptions)."""
    century = year // 100
    moon = (15 - (13 + 8 * century) // 25 + century - century // 4) % 30
    shift = (4 + century - century // 4) % 7
    epact = (19 * (year % 19) + moon) % 30
    weekday = (2 * (year % 4) + 4 * (year % 7) + 6 * epact + shift) % 7
    days = epact + weekday
    if (epact, weekday) == (29, 6) or ((epact, weekday) == (28, 6) and year % 19 > 10):
        days -= 7
    return date(year, 3, 22) + timedelta(days=days)


def public_holidays(year: int) -> list[date]:
    """The eleven public holidays of metropolitan France, in order."""
    fixed = [date(year, month, day) for month, day in FIXED_HOLIDAYS]
    return sorted(fixed + [easter(year) + timedelta(days=days) for days in AFTER_EASTER])


def weekday(days: Ints) -> Ints:
    """0 on Monday to 6 on Sunday."""
    return np.asarray((days + 3) % 7, dtype=np.int64)


def holiday_numbers(first_day: int, last_day: int) -> Ints:
    """Day numbers of the public holidays of every year that the two days touch."""
    years = range(paris.day_of(first_day).year, paris.day_of(last_day).year + 1)
    return np.array([paris.day_number(day) for year in years for day in public_holidays(year)], dtype=np.int64)


def rest_days(days: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Days with the hourly shape of a weekend: Saturdays, Sundays, public holidays."""
    return (weekday(days) >= 5) | np.isin(days, holiday_numbers(int(days[0]), int(days[-1])))


# Daily mean over weekly mean, Monday to Sunday, measured on the total load; stretched by a fifth because the
# heating part of the load hardly knows the day of the week.
WEEKDAY_FACTORS = 1 + 1.2 * (np.array([1.015, 1.041, 1.035, 1.033, 1.022, 0.944, 0.909]) - 1)
BRIDGE_FACTOR = 0.97
AUGUST_FACTOR = 0.95
CHRISTMAS_FACTOR = 0.93


def activity(days: Ints) -> Floats:
    """Daily mean of the load without heating, over its mean: weekday, holidays, bridge days, August, Christmas."""
    holidays = holiday_numbers(int(days[0]), int(days[-1]))
    week = weekday(days)
    factor = WEEKDAY_FACTORS[week]
    factor = np.where(np.isin(days, holidays), np.minimum(factor, WEEKDAY_FACTORS[6]), factor)
    bridge = ((week == 4) & np.isin(days - 1, holidays)) | ((week == 0) & np.isin(days + 1, holidays))
    factor = np.where(bridge, factor * BRIDGE_FACTOR, factor)
    calendar = days.astype("M8[D]")
    month = calendar.astype("M8[M]").astype(np.int64) % 12 + 1
    day = (calendar - calendar.astype("M8[M]").astype("M8[D]")).astype(np.int64) + 1
    factor = np.where((month == 8) & (day <= 20), factor * AUGUST_FACTOR, factor)
    christmas = ((month == 12) & (day >= 24)) | ((month == 1) & (day == 1))
    return np.asarray(np.where(christmas, factor * CHRISTMAS_FACTOR, factor), dtype=np.float64)
