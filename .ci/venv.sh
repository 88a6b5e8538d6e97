#!/bin/sh
# Make .venv with a Python of 3.11 or later. $1: the one to try first.
set -eu
[ -x .venv/bin/python ] && exit 0

for python in "$1" python3 python3.14 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        found=$python
        break
    fi
done
if [ -z "${found:-}" ]; then
    echo "Offing needs Python 3.11 or later; none was found. Name one: make PYTHON=/path/to/python3" >&2
    exit 1
fi

if "$found" -m venv .venv 2>/dev/null; then exit 0; fi
rm -rf .venv
# Debian keeps `venv` in a package of its own.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
fi
if ! "$found" -m venv .venv; then
    rm -rf .venv
    echo "This Python has no 'venv'. On Debian and Ubuntu: apt install python3-venv" >&2
    exit 1
fi
