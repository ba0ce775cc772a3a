#!/usr/bin/env bash
# Makes sure that the browser tests have a Chromium, and says what to do where it can't.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Debian's Chromium for the browser tests ..."
  if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; then
    exit 0
  fi
fi
if .venvs/tests/bin/python -m playwright install chromium; then
  exit 0
fi
echo "The browser tests need Chromium: install it as your system does (Debian: apt-get install chromium), then run again." >&2
exit 1
