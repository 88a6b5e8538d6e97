#!/bin/sh
# The locks say exact versions and name no host.
set -eu
if grep -vE '^[A-Za-z0-9._-]+==[^ ;@/]+$' constraints.txt; then
    echo "constraints.txt holds more than name==version" >&2
    exit 1
fi
if grep -n '"resolved"' package-lock.json; then
    echo "package-lock.json holds addresses" >&2
    exit 1
fi
.venv/bin/python -m pip freeze --exclude-editable | while read -r line; do
    grep -qixF "$line" constraints.txt || { echo "not in constraints.txt: $line" >&2; exit 1; }
done
