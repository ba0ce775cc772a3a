#!/usr/bin/env bash
# Makes sure that the tests have a Chromium with its driver and a Redis, and says what to do where it can't.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(chromium chromium-driver redis-server)
has_all() { command -v chromium >/dev/null && command -v chromedriver >/dev/null && command -v redis-server >/dev/null; }

has_all && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Debian's Chromium and Redis for the tests ..."
  if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${packages[@]}" >/dev/null && has_all; then
    exit 0
  fi
fi
echo "The tests need Chromium, its driver and Redis: install them as your system does (Debian: apt-get install" \
  "${packages[*]}), then run again." >&2
exit 1
