#!/usr/bin/env bash
# The whole test suite: lint, each room in the environment it runs in, then what crosses rooms.
set -euo pipefail
cd "$(dirname "$0")/.."
# A person's own settings must not reach the tests.
unset HEXAWATT_NOW HEXAWATT_HOME MODE SIMULATOR_PORT AIRFLOW_PORT SUPERSET_PORT

suite() {
  local environment=$1 started=$SECONDS
  shift
  echo "== $* (.venvs/$environment)"
  ".venvs/$environment/bin/python" -m pytest "$@"
  echo "   $((SECONDS - started)) s"
}

operations/browser.sh
operations/lint.sh
# On all cores: these tests share nothing but the machine.
suite connectors -n auto --dist worksteal connector-kit source-* destination-duckdb airbyte simulator operations
suite airflow airflow/tests
# On all cores too, each training on one.
OMP_NUM_THREADS=1 LOKY_MAX_CPU_COUNT=1 suite forecasting -n auto --dist worksteal forecasting
suite superset superset/tests
# Two processes, as dbt itself uses threads; what is built for several files is built in one of them. In the order of
# the files: the longest are not among the last.
suite tests -n 2 --dist loadgroup --no-loadscope-reorder dbt/tests-python tests
echo "All suites passed in $SECONDS s."
