"""Tokens against forged requests: one secret a session, masked anew for each page so that compression leaks nothing."""

from __future__ import annotations

import base64
import hmac
import secrets

SIZE = 32


def session_secret(key: str, session_token: str) -> bytes:
    """The secret of a signed-in session; it changes with the session's token, that is at every sign-in."""
    return hmac.digest(key.encode(), b"csrf:" + session_token.encode(), "sha256")


def visitor_secret(key: str, cookie: str) -> bytes:
    """The secret of somebody who has not signed in yet, bound to a random cookie."""
    return hmac.digest(key.encode(), b"visitor:" + cookie.encode(), "sha256")


def masked(secret: bytes) -> str:
    """A token for one page."""
    pad = secrets.token_bytes(SIZE)
    return base64.urlsafe_b64encode(pad + _mixed(pad, secret)).decode().rstrip("=")


def fits(token: str, secret: bytes) -> bool:
    """Whether a token that came back was made from this secret."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return False
    if len(raw) != 2 * SIZE:
        return False
    return hmac.compare_digest(_mixed(raw[:SIZE], raw[SIZE:]), secret)


def _mixed(pad: bytes, other: bytes) -> bytes:
    """Exclusive or; as whole numbers, as every page needs one."""
    return (int.from_bytes(pad) ^ int.from_bytes(other)).to_bytes(SIZE)
