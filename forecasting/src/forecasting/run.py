"""One forecast of one target: train if it is due, predict, write. The others go on when one fails."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import joblib
import pandas as pd

from . import learning, naive
from .boosting import SEED
from .data import Data, step
from .errors import ForecastError, NoData
from .learning import MODEL, Issue, Trained, Verdict
from .marts import Reader, read
from .targets import MEDIAN, Target
from .warehouse import Warehouse

KEEP_DAYS = 7
"""A model is trained again after this long, or when its data, its settings or the libraries are others."""
LIBRARIES = ("scikit-learn", "numpy", "pandas", "holidays")
UNITS = {"load": " MW", "wind": " MW", "solar": " MW", "air_quality": " of the usual level", "underperformance": ""}
PUBLISHED, WITHHELD, FAILED, LEFT_OUT = "published", "withheld", "failed", "left out"


@dataclass(frozen=True)
class Outcome:
    """How a target's run ended; ``message`` is a sentence for people."""

    target: str
    status: str
    message: str


@dataclass(frozen=True)
class Saved:
    """A trained model as it is kept between runs."""

    fingerprint: str
    version: str
    trained_at: pd.Timestamp
    trained: Trained
    verdict: Verdict


def run(target: Target, warehouse: Warehouse, folder: Path, now: pd.Timestamp) -> Outcome:
    """Forecast one target as of ``now`` (UTC, no zone) and write it. Never raises ForecastError: it is the outcome."""
    started = _clock()
    saved: Saved | None = None
    try:
        reader = Reader(warehouse, target, now)
        data, population = read(reader), reader.population()
        rows: dict[str, pd.DataFrame] = {}
        saved = _kept(target, data, folder, now)
        if saved is None:
            saved, rows = _trained(target, data, population, now)
            _keep(saved, target, folder)
        live = _live(target, data, saved, population, now)
        predictions = [part for part in (rows.get("predictions"), live) if part is not None]
        rows["predictions"] = pd.concat(predictions, ignore_index=True)
        outcome = Outcome(target.name, PUBLISHED if saved.verdict.is_published else WITHHELD, saved.verdict.sentence)
        warehouse.write({**rows, "runs": _run_row(outcome, started, saved)})
    except NoData as error:
        return Outcome(target.name, LEFT_OUT, str(error))
    except ForecastError as error:
        outcome = Outcome(target.name, FAILED, str(error))
        warehouse.write({"runs": _run_row(outcome, started, saved)})
    return outcome


def _trained(
    target: Target, data: Data, population: pd.Series, now: pd.Timestamp
) -> tuple[Saved, dict[str, pd.DataFrame]]:
    """A model with its verdict, and the rows that tell of both."""
    began = time.monotonic()
    past = learning.backtest(target, data, population, now)
    verdict = learning.judge(target, past.scored, UNITS[target.name])
    end = data.newest(target, now)
    trained = Trained(learning.train(target, data, population, end), learning.calibrations(target, past.raw))
    fingerprint = _fingerprint(target, data)
    name = f"{target.name}-{now:%Y%m%dT%H%M}-{fingerprint[:8]}"
    known = data.values.loc[data.values.index < end].dropna(how="all")
    row = {
        "target": target.name,
        "model_version": name,
        "trained_at": _clock(),
        "data_from": known.index[0],
        "data_until": end,
        "training_rows": int(known.notna().sum().sum()),
        "backtest_from": past.scored["issued_at"].min(),
        "backtest_until": past.scored["issued_at"].max(),
        "score": target.score,
        "model_score": verdict.model_score,
        "naive_model": verdict.naive_model,
        "naive_score": verdict.naive_score,
        "is_published": verdict.is_published,
        "verdict": verdict.sentence,
        "seed": SEED,
        "features": ", ".join(next(iter(trained.trees.values())).names),
        "libraries": ", ".join(f"{library} {version(library)}" for library in LIBRARIES),
        "training_seconds": time.monotonic() - began,
    }
    rows = {
        "models": pd.DataFrame([row]),
        "predictions": _rows(target, past.scored, name, "backtest", with_model=True),
    }
    return Saved(fingerprint, name, now, trained, verdict), rows


def _live(target: Target, data: Data, saved: Saved, population: pd.Series, now: pd.Timestamp) -> pd.DataFrame:
    issued_at = now.floor(step(target))
    end = min(data.newest(target, now), issued_at)
    known = data.values.loc[data.values.index < end]
    raw = learning.predict(target, data, saved.trained.trees, population, [Issue(issued_at, end, known)])
    made = learning.calibrated(target, raw, saved.trained.calibrations)
    return _rows(target, made, saved.version, "live", with_model=saved.verdict.is_published)


def _rows(target: Target, made: pd.DataFrame, model_version: str, kind: str, *, with_model: bool) -> pd.DataFrame:
    """Forecasts, one row a value, in the unit of the target. A model that is withheld has none."""
    named: dict[tuple[str, float], Any] = {}
    if with_model:
        named |= {(MODEL, quantile): made[quantile] for quantile in target.quantiles}
    for name in (naive.PERSISTENCE, naive.SEASONAL, naive.BASE_RATE, naive.RTE):
        if name in made:
            named[name, MEDIAN] = made[name]
    common = {
        "target": target.name,
        "entity": made["entity"],
        "kind": kind,
        "issued_at": made["issued_at"],
        "valid_at": made["valid_at"],
        "step_minutes": target.step_minutes,
        "horizon_minutes": ((made["valid_at"] - made["issued_at"]).dt.total_seconds() // 60).astype(int),
        "written_at": _clock(),
    }
    parts = [
        pd.DataFrame(
            {
                **common,
                "model": name,
                "model_version": model_version if name == MODEL else "1",
                "quantile": quantile,
                "value": values * made["scale"],
            }
        )
        for (name, quantile), values in named.items()
    ]
    return pd.concat(parts, ignore_index=True).dropna(subset=["value"])


def _fingerprint(target: Target, data: Data) -> str:
    """Same target, entities, libraries and code: same fingerprint."""
    what = [asdict(target), sorted(data.values.columns), [version(library) for library in LIBRARIES]]
    code = b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py")))
    return hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode() + code).hexdigest()


def _kept(target: Target, data: Data, folder: Path, now: pd.Timestamp) -> Saved | None:
    """The model of an earlier run, if it still holds. A file that can't be read is made anew."""
    file = _file(target, folder)
    if not file.exists():
        return None
    try:
        saved: Saved = joblib.load(file)
        fits = saved.fingerprint == _fingerprint(target, data)
    except Exception:
        return None
    age = now - saved.trained_at
    return saved if fits and pd.Timedelta(0) <= age < pd.Timedelta(days=KEEP_DAYS) else None


def _keep(saved: Saved, target: Target, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    draft = _file(target, folder).with_suffix(".new")
    try:
        joblib.dump(saved, draft, compress=3)
        draft.replace(_file(target, folder))
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ForecastError(f"the model can't be kept in {folder}: {error.strerror}") from error


def _file(target: Target, folder: Path) -> Path:
    return folder / f"{target.name}.joblib"


def _run_row(outcome: Outcome, started: pd.Timestamp, saved: Saved | None) -> pd.DataFrame:
    row = {
        "target": outcome.target,
        "started_at": started,
        "finished_at": _clock(),
        "status": outcome.status,
        "model_version": saved.version if saved else None,
        "message": outcome.message,
    }
    return pd.DataFrame([row])


def _clock() -> pd.Timestamp:
    """When things really happen, whatever the house's now is; UTC without a zone."""
    return pd.Timestamp(datetime.now(UTC).replace(tzinfo=None))
