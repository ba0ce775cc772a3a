#!/usr/bin/env bash
# Every static check: Python, SQL, YAML, and the chain from dashboards to marts.
set -euo pipefail
cd "$(dirname "$0")/.."

python=.venvs/connectors/bin
echo "== lint"
"$python/ruff" check .
"$python/ruff" format --check .
for room in connector-kit source-* destination-duckdb airbyte simulator operations; do
  "$python/mypy" "$room/src"
done
# Its libraries live in an environment of their own.
.venvs/forecasting/bin/mypy --config-file forecasting/mypy.ini forecasting/src
# Inside its folder: from here, "superset" would mean the folder and not the package.
(cd superset && "../$python/mypy" --config-file mypy.ini ./*.py)
.venvs/dbt/bin/sqlfluff lint --disable-progress-bar dbt/models dbt/analyses
.venvs/tests/bin/yamllint --strict .
.venvs/superset/bin/python superset/build_assets.py --check
.venvs/superset/bin/python superset/lint.py
