"""Make Superset forget the answers it has cached, after new data were published. The server goes on running.

Superset's cache keys hold the time at which the dataset was changed, read before the query runs: moving that time on
makes every cached answer unreachable, and an answer that was on its way from the old file is filed under the old key.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy import DateTime, column, create_engine, table, update
from sqlalchemy.exc import SQLAlchemyError

# Superset keeps its datasets in a table called "tables".
DATASETS = table("tables", column("changed_on", DateTime))


def refresh(uri: str, now: datetime) -> int:
    """Mark every dataset as changed ``now`` in the metadata database at ``uri``; return how many there are."""
    connect_args = {"timeout": 30} if uri.startswith("sqlite") else {}
    engine = create_engine(uri, connect_args=connect_args)
    try:
        with engine.begin() as connection:
            return int(connection.execute(update(DATASETS).values(changed_on=now)).rowcount)
    finally:
        engine.dispose()


def main() -> int:
    """Refresh the Superset of this mode and return the exit code."""
    import superset_config as settings

    if not Path(settings.STATE_DIRECTORY, "superset.db").exists():
        print("Superset is not set up yet: no cache to refresh")
        return 0
    try:
        count = refresh(settings.SQLALCHEMY_DATABASE_URI, datetime.now())
    except SQLAlchemyError as error:
        print(f"Superset's cache could not be refreshed: {getattr(error, 'orig', error)}", file=sys.stderr)
        return 1
    print(f"Superset's cache refreshed: {count} datasets")
    return 0


if __name__ == "__main__":
    sys.exit(main())
