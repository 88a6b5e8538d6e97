"""Rules of signing in and of passwords: pure, so that a test can ask them anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from domain.core.text import Text, _

WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 5
TRIES_PER_ADDRESS = 50
"""An office behind one address shares this one."""
RESETS_PER_ACCOUNT = 3
RESET_LASTS = timedelta(hours=1)
PASSWORD_LEAST = 10
PASSWORD_MOST = 200
COMMON = frozenset({
    "password12", "password123", "passw0rd123", "1234567890", "12345678910", "123456789a", "a123456789", "qwertyuiop",
    "qwerty12345", "1q2w3e4r5t", "1qaz2wsx3edc", "iloveyou123", "woaini1314", "woaini520", "5201314520", "aa123456789",
    "abcd123456", "administrator", "welcome123", "letmein123",
})  # fmt: skip


def wait_until(tries: Sequence[datetime], limit: int, now: datetime) -> datetime | None:
    """When the next try is allowed, if the failed ones of the last 15 minutes reach the limit; None: now."""
    recent = sorted(at for at in tries if at > now - WINDOW)
    return recent[-limit] + WINDOW if len(recent) >= limit else None


def wait_sentence(until: datetime, now: datetime) -> Text:
    """How long to wait, in whole minutes rounded up."""
    minutes = max(1, -int((now - until).total_seconds() // 60))
    return _(
        "Too many tries. Wait %(n)s minute, then try again.",
        plural="Too many tries. Wait %(n)s minutes, then try again.",
        n=minutes,
    )


def password_problem(password: str, user_name: str) -> Text | None:
    """Why a new password will not do; None if it will."""
    if len(password) < PASSWORD_LEAST:
        return _("At least %(n)s characters, please.", n=PASSWORD_LEAST)
    if len(password) > PASSWORD_MOST:
        return _("At most %(n)s characters.", n=PASSWORD_MOST)
    if user_name.lower() in password.lower():
        return _("The password must not contain the user name.")
    if password.lower() in COMMON or len(set(password)) < 4:
        return _("This password is one of the first that anybody would try.")
    return None


def safe_next(target: str | None) -> str:
    """Where to go after signing in: a path of our own site, else the first page."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\", "/sign-")):
        return "/"
    if any(ord(sign) < 33 or sign == "\\" or ord(sign) > 126 for sign in target):
        return "/"
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else "/"
