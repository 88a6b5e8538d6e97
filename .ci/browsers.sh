#!/bin/sh
# The browsers of the tests, and a font with Chinese: Debian's packages as root, else Playwright's own.
set -eu
have() {
    command -v chromium >/dev/null && { command -v firefox-esr || command -v firefox; } >/dev/null \
        && { ! command -v fc-list >/dev/null || [ -n "$(fc-list :lang=zh-cn 2>/dev/null | head -n 1)" ]; }
}
have && exit 0
echo "Installing browsers for the tests …"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        chromium firefox-esr fonts-noto-cjk fontconfig >/dev/null
    have && exit 0
    echo "The browsers for the tests are missing although their packages are installed." >&2
    exit 1
fi
.venv/bin/python -m playwright install chromium firefox || {
    echo "The browsers for the tests could not be installed. As root this takes Debian's chromium and firefox-esr." >&2
    exit 1
}
