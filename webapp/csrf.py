"""Tokens against forged requests: one secret a session, masked anew for each page so that compression leaks nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

SIZE = 32


def session_secret(key: str, session_token: str) -> bytes:
    """The secret of a signed-in session; it changes with the session's token, that is at every sign-in."""
    return hmac.new(key.encode(), b"csrf:" + session_token.encode(), hashlib.sha256).digest()


def visitor_secret(key: str, cookie: str) -> bytes:
    """The secret of somebody who has not signed in yet, bound to a random cookie."""
    return hmac.new(key.encode(), b"visitor:" + cookie.encode(), hashlib.sha256).digest()


def masked(secret: bytes) -> str:
    """A token for one page."""
    pad = secrets.token_bytes(SIZE)
    mixed = bytes(a ^ b for a, b in zip(pad, secret, strict=True))
    return base64.urlsafe_b64encode(pad + mixed).decode().rstrip("=")


def fits(token: str, secret: bytes) -> bool:
    """Whether a token that came back was made from this secret."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return False
    if len(raw) != 2 * SIZE:
        return False
    return hmac.compare_digest(bytes(a ^ b for a, b in zip(raw[:SIZE], raw[SIZE:], strict=True)), secret)
