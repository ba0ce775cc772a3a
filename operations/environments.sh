#!/usr/bin/env bash
# Installs the environments named as arguments under .venvs/, from the hashed locks in requirements/.
# An environment is made anew only where its lock or the list of our own packages has changed.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-python3.11}
if ! "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
  echo "Hexawatt needs Python 3.11, and $python is not it: install it, or say where it is with PYTHON=/path/to/python3.11." >&2
  exit 2
fi

# Our own packages, installed in place so that a change of the code needs no new install.
own_packages() {
  case $1 in
    connectors)
      echo connector-kit source-rte source-weather source-opendatasoft source-energy-charts source-airqino \
        destination-duckdb airbyte simulator operations
      ;;
    forecasting) echo forecasting ;;
  esac
}

fingerprint() {
  local own
  cat "requirements/$1.txt"
  for own in $(own_packages "$1"); do cat "$own/pyproject.toml"; done
  pwd
}

install_tools() {
  local stamp=.venvs/tools/.fingerprint
  cmp -s "$stamp" requirements/tools.txt && return
  echo "Installing uv, the installer of the environments ..."
  "$python" -m venv .venvs/tools
  .venvs/tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt
  cp requirements/tools.txt "$stamp"
}

install_environment() {
  local name=$1 stamp=.venvs/$1/.fingerprint own
  [ -f "$stamp" ] && [ "$(fingerprint "$name" | sha256sum)" = "$(cat "$stamp")" ] && return
  echo "Installing the environment $name ..."
  local started=$SECONDS
  .venvs/tools/bin/uv venv --quiet --clear --python "$python" ".venvs/$name"
  .venvs/tools/bin/uv pip install --quiet --python ".venvs/$name/bin/python" --require-hashes --compile-bytecode \
    -r "requirements/$name.txt"
  for own in $(own_packages "$name"); do
    .venvs/tools/bin/uv pip install --quiet --python ".venvs/$name/bin/python" --no-deps --no-build-isolation \
      --editable "$own"
  done
  fingerprint "$name" | sha256sum >"$stamp"
  echo "Installed $name in $((SECONDS - started)) s."
}

install_tools
for name in "$@"; do install_environment "$name"; done
