#!/usr/bin/env bash
# The benchmarks behind the speed claims; each prints both sides and their ratio.
set -euo pipefail
cd "$(dirname "$0")/.."
for bench in */bench/*.py; do
  echo "== $bench"
  case $bench in
    superset/*) environment=tests ;; # it drives a browser
    forecasting/*) environment=forecasting ;;
    *) environment=connectors ;;
  esac
  ".venvs/$environment/bin/python" "$bench"
done
