"""Training, forecasting and back-testing of one target: the only place that puts data, features and trees together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from . import naive, scores
from .boosting import Boosting, Calibration
from .data import Data, step
from .errors import ForecastError
from .features import Floats, Steps, anchor, features, prepared
from .targets import MEDIAN, Target

MODEL = "gradient_boosting"
WARM_UP_DAYS = 14
"""The calibration of a back-test starts empty; its first days only fill it."""
RECENT = pd.Timedelta(days=45)
"""What features look back on, with the memory of the temperature."""
GAP_STEPS = 3
"""Gaps of a series up to this long are bridged for its lags, never for what is scored."""
LAGS_FROM = pd.Timedelta(days=15)
"""Before this much history the lags of a week and a fortnight are missing."""


@dataclass(frozen=True)
class Trained:
    """Trees and calibrations, by group of entities."""

    trees: Mapping[str, Boosting]
    calibrations: Mapping[str, Calibration]


def group_of(target: Target, entity: str) -> str:
    """Entities that share a model: a pollutant at all stations, all types of an underperformance, else each alone."""
    if target.probability:
        return target.name
    return entity.split()[-1] if target.pooled else entity


def groups(target: Target, data: Data) -> dict[str, list[str]]:
    """Entities by group, in order."""
    found: dict[str, list[str]] = {}
    for entity in sorted(data.values.columns):
        found.setdefault(group_of(target, entity), []).append(entity)
    return found


def train(target: Target, data: Data, population: pd.Series, until: pd.Timestamp) -> dict[str, Boosting]:
    """Trees by group, from values before ``until``. ForecastError with too little history."""
    first = data.values.dropna(how="all").index.min()
    if not first < until - pd.Timedelta(days=target.least_training_days):
        raise ForecastError(f"{target.name}: less than {target.least_training_days} days of history to learn from")
    span = until - first
    ends = pd.date_range(
        (first + min(LAGS_FROM, span / 3)).ceil("D"), until, freq=target.train_every_steps * step(target)
    )
    steps = Steps.of(target, ends, range(target.reach))
    known = data.values.loc[data.values.index < until]
    weather = None if data.weather is None else prepared(target, data.weather.history, population)
    made = {}
    for group, entities in groups(target, data).items():
        rows, values = [], []
        for entity in entities:
            one, base, scale = _design(target, data, known, entity, entities, steps, weather)
            truth = _truth(known, entity, steps) / scale - base
            usable = np.isfinite(truth) & ~_idle(target, one)
            rows.append(one[usable])
            values.append(truth[usable])
        learned = np.concatenate(values)
        if len(learned) < LEAST_ROWS:
            raise ForecastError(f"{target.name}: {group} has only {len(learned)} steps to learn from")
        made[group] = Boosting(target).fit(pd.concat(rows), learned)
    return made


LEAST_ROWS = 200


@dataclass(frozen=True)
class Issue:
    """An hour of issue: the end of the data known then, and the values as they were known."""

    issued_at: pd.Timestamp
    end: pd.Timestamp
    known: pd.DataFrame


def predict(
    target: Target, data: Data, trees: Mapping[str, Boosting], population: pd.Series, issues: Iterable[Issue]
) -> pd.DataFrame:
    """Uncalibrated forecasts of each issue, from what was known at it.

    Columns: issued_at, entity, ahead, valid_at, value (what came true, missing if it hasn't), scale, the naive
    forecasts by name and the quantiles, all but the times in scaled units.
    """
    rows: dict[str, list[pd.DataFrame]] = {}
    parts: dict[str, list[pd.DataFrame]] = {}
    for issue in issues:
        steps = _steps(target, issue)
        near = issue.known.loc[(issue.known.index >= issue.issued_at - RECENT) & (issue.known.index < issue.end)]
        weather = _weather(target, data, population, issue.issued_at)
        for group, entities in groups(target, data).items():
            for entity in entities:
                seen, base, scale = _design(target, data, near, entity, entities, steps, weather)
                rows.setdefault(group, []).append(seen)
                parts.setdefault(group, []).append(_part(target, data, near[entity], entity, steps, base, scale))
    made = []
    for group in rows:  # at once for all issues: trees take long to begin
        part, seen = pd.concat(parts[group], ignore_index=True), pd.concat(rows[group], ignore_index=True)
        raw = trees[group].predict(seen).add(part.pop("base"), axis=0)
        raw.loc[_idle(target, seen)] = 0.0
        made.append(part.join(raw))
    return pd.concat(made, ignore_index=True)


def _steps(target: Target, issue: Issue) -> Steps:
    gap = int((issue.issued_at - issue.end) // step(target))
    ahead = np.arange(gap, gap + target.horizon_steps, dtype=np.int64)
    return Steps(
        pd.DatetimeIndex([issue.issued_at] * len(ahead)),
        pd.DatetimeIndex([issue.end] * len(ahead)),
        ahead,
        pd.date_range(issue.end + gap * step(target), periods=len(ahead), freq=step(target)),
    )


def _weather(target: Target, data: Data, population: pd.Series, issued_at: pd.Timestamp) -> pd.DataFrame | None:
    if data.weather is None:
        return None
    known = data.weather.known_at(issued_at)
    reaches = issued_at + (target.horizon_steps + 1) * step(target)
    return prepared(target, known.loc[(known.index >= issued_at - RECENT) & (known.index <= reaches)], population)


def _part(
    target: Target, data: Data, known: pd.Series, entity: str, steps: Steps, base: Floats, scale: Floats
) -> pd.DataFrame:
    """All about the steps of one entity but the trees' own forecast."""
    part = pd.DataFrame({"issued_at": steps.issued, "entity": entity, "ahead": steps.ahead, "valid_at": steps.valid})
    part["value"], part["scale"], part["base"] = _truth(data.values, entity, steps) / scale, scale, base
    rte = None if data.rte is None or entity not in data.rte else data.rte[entity]
    series = known if target.probability else _bridged(known)
    for name, forecast in naive.forecasts(target, steps, series, rte).items():
        part[name] = forecast / scale
    return part


def calibrated(target: Target, raw: pd.DataFrame, calibrations: Mapping[str, Calibration]) -> pd.DataFrame:
    """The forecasts with each group's calibration, within what is possible."""
    made = raw.copy()
    quantiles = list(target.quantiles)
    for group, rows in made.groupby(_group(target, made)).groups.items():
        if group in calibrations:
            ahead = made.loc[rows, "ahead"].to_numpy()
            made.loc[rows, quantiles] = calibrations[str(group)].apply(made.loc[rows, quantiles], ahead).to_numpy()
    if target.least is not None:
        made[quantiles] = made[quantiles].clip(lower=target.least)
    return made


def calibrations(target: Target, raw: pd.DataFrame) -> dict[str, Calibration]:
    """A calibration for each group of entities, from forecasts and what came true."""
    return {
        str(group): Calibration.of(
            target,
            rows[list(target.quantiles)].reset_index(drop=True),
            rows["value"].to_numpy(),
            rows["ahead"].to_numpy(),
        )
        for group, rows in raw.groupby(_group(target, raw))
    }


def _group(target: Target, made: pd.DataFrame) -> pd.Series:
    return made["entity"].map(lambda entity: group_of(target, entity))


@dataclass(frozen=True)
class Backtest:
    """Forecasts of the past as they would have been: ``raw`` uncalibrated, ``scored`` as people would have had them."""

    raw: pd.DataFrame
    scored: pd.DataFrame


def backtest(
    target: Target, data: Data, population: pd.Series, now: pd.Timestamp, issues: Sequence[pd.Timestamp] | None = None
) -> Backtest:
    """Rolling origin: trees trained on what was before the first issue, each issue with what was known at it.

    Known are: values published by then as they were then, the weather forecast that could be had, and errors of
    earlier issues to calibrate with. ForecastError if the history is too short.
    """
    chosen = list(issues) if issues is not None else past_issues(target, data, now)
    if not chosen:
        raise ForecastError(f"{target.name}: too little history for a back-test")
    trees = train(target, data, population, until=chosen[0] - target.delay_steps * step(target))
    delay = target.delay_steps * step(target)
    issues_then = (Issue(issued_at, issued_at - delay, data.known_at(issued_at, target)) for issued_at in chosen)
    raw = predict(target, data, trees, population, issues_then)
    return Backtest(raw, _as_then(target, raw, chosen))


def past_issues(target: Target, data: Data, now: pd.Timestamp) -> list[pd.Timestamp]:
    """Issues of the back-test: its days and hours, as far as history and stored weather runs reach."""
    known = data.values.dropna(how="all").index
    first = max(now - pd.Timedelta(days=target.backtest_days), known.min() + (now - known.min()) / 2)
    if data.weather is not None and data.weather.first_run_at is not None:
        first = max(first, data.weather.first_run_at)
    days = pd.date_range(first.normalize(), now.normalize(), freq="D")
    hours = [day + pd.Timedelta(hours=hour) for day in days for hour in target.issue_hours]
    reach = target.horizon_steps * step(target)
    return [issue for issue in hours if first <= issue and issue + reach / 4 <= now]


def _as_then(target: Target, raw: pd.DataFrame, issues: Sequence[pd.Timestamp]) -> pd.DataFrame:
    """The forecasts calibrated week by week with the errors of before, without the warm-up."""
    if target.probability:
        return calibrated(target, raw, {})
    start = issues[0] + min(pd.Timedelta(days=WARM_UP_DAYS), (issues[-1] - issues[0]) / 4)
    parts = []
    while start <= issues[-1]:
        after = start + pd.Timedelta(days=7)
        before = raw[raw["valid_at"] < start]
        week = raw[(raw["issued_at"] >= start) & (raw["issued_at"] < after)]
        if len(week):
            parts.append(calibrated(target, week, calibrations(target, before)))
        start = after
    return pd.concat(parts, ignore_index=True)


CHANCE = 1.645
"""Standard errors of the daily gain that one model in twenty without skill would reach."""


@dataclass(frozen=True)
class Verdict:
    """Whether a model may be shown, and why; scores in ``unit``."""

    model_score: float
    naive_model: str
    naive_score: float
    is_published: bool
    sentence: str


def judge(target: Target, scored: pd.DataFrame, unit: str) -> Verdict:
    """Published is what beats the best naive forecast on the same steps, by more than chance from day to day.

    ForecastError if nothing came true.
    """
    rivals = [naive.PERSISTENCE, naive.BASE_RATE if target.probability else naive.SEASONAL]
    same = scored.dropna(subset=["value", MEDIAN, *rivals])
    if same.empty:
        raise ForecastError(f"{target.name}: no step of the back-test has come true")
    loss = scores.brier if target.probability else scores.mae
    factor = 1.0 if target.pooled else same["scale"].to_numpy()
    value = same["value"].to_numpy() * factor
    reached = {name: loss(same[name].to_numpy() * factor, value) for name in (MEDIAN, *rivals)}
    best = min(rivals, key=lambda name: reached[name])
    mine = reached[MEDIAN]
    gained = pd.Series(_losses(target, same[best], same["value"]) - _losses(target, same[MEDIAN], same["value"]))
    daily = gained.groupby(same["issued_at"].dt.date.to_numpy()).mean()
    wins = mine < reached[best] and daily.mean() > CHANCE * daily.std() / np.sqrt(len(daily))
    what = "Brier score" if target.probability else "Mean absolute error"
    days = (scored["issued_at"].max() - scored["issued_at"].min()).days + 1
    sentence = (
        f"{what} {_figure(mine)}{unit} against {_figure(reached[best])}{unit} of the best naive forecast"
        f" ({best.replace('_', ' ')}) over {days} days: {'published' if wins else 'not published'}."
    )
    return Verdict(mine, best, reached[best], wins, sentence)


def _losses(target: Target, forecast: pd.Series, value: pd.Series) -> Floats:
    error = (forecast - value).to_numpy(dtype=float)
    return np.asarray(error**2 if target.probability else np.abs(error))


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _design(
    target: Target,
    data: Data,
    known: pd.DataFrame,
    entity: str,
    entities: Sequence[str],
    steps: Steps,
    weather: pd.DataFrame | None,
) -> tuple[pd.DataFrame, Floats, Floats]:
    """Features, anchor and scale of the steps of one entity; all but the scale in scaled units."""
    scale = _truth(data.scale, entity, steps)
    factor = data.scale[entity].reindex(known.index)
    series = known[entity] / factor
    if not target.probability:
        series = _bridged(series)
    until = known.index[-1] if len(known) else steps.ends[0]
    beside = [
        data.beside[name][entity].loc[:until] if entity in data.beside[name] else pd.Series(dtype=float)
        for name in target.beside
    ]
    rows = features(target, steps, series, beside, weather, data.tempo)
    if len(entities) > 1:
        rows["entity"] = float(list(entities).index(entity))
    return rows, anchor(target, steps, series), scale


def _idle(target: Target, seen: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Steps at which the weather lets nothing be produced anywhere."""
    if target.driven_by is None:
        return np.zeros(len(seen), dtype=bool)
    regions = seen[[column for column in seen if column.startswith(f"{target.driven_by} ")]]
    return np.asarray(regions.sum(axis=1, min_count=1) == 0)


def _bridged(series: pd.Series) -> pd.Series:
    return series.interpolate(limit=GAP_STEPS, limit_area="inside")


def _truth(frame: pd.DataFrame, entity: str, steps: Steps) -> Floats:
    return np.asarray(frame[entity].reindex(steps.valid).to_numpy(dtype=float))
