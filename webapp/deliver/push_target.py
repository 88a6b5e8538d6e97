"""Which push subscriptions we accept: a browser sends us an address, and we will call it."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from binascii import Error as BadBase64
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from cryptography.hazmat.primitives.asymmetric import ec

from domain.core.errors import Invalid
from domain.core.text import _

MAX_ENDPOINT_CHARS = 2048
_PRINTABLE = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Target:
    """A browser's subscription, as it was checked."""

    endpoint: str
    p256dh: str
    auth: str


def check_target(endpoint: str, p256dh: str, auth: str, allowed: Sequence[str]) -> Target:
    """Return the subscription if we may send to it; raises Invalid naming every bad field.

    `allowed` holds `host`, `*.host` for its subdomains, both with `:port` where it is not the usual one, and
    `http://127.0.0.1:port` for a push service on this machine. Nothing else is called: a stranger sends the address.
    """
    errors = {}
    if not _may_call(endpoint, allowed):
        errors["endpoint"] = [_("This push service is not one that Offing may call.")]
    if not _is_public_key(p256dh):
        errors["p256dh"] = [_("This is not a browser's push key.")]
    if len(_decoded(auth)) != 16:
        errors["auth"] = [_("This is not a browser's push secret.")]
    if errors:
        raise Invalid(errors)
    return Target(endpoint, p256dh, auth)


def _may_call(endpoint: str, allowed: Sequence[str]) -> bool:
    if len(endpoint) > MAX_ENDPOINT_CHARS or not _PRINTABLE.fullmatch(endpoint) or "\\" in endpoint:
        return False
    try:
        url = httpx.URL(endpoint)
    except httpx.InvalidURL:
        return False
    if url.userinfo or url.fragment or not url.host:
        return False
    if url.scheme == "http":
        return url.host == "127.0.0.1" and f"http://127.0.0.1:{url.port}" in allowed
    if url.scheme != "https":
        return False
    return any(_matches(url, entry.lower()) for entry in allowed if "/" not in entry)


def _matches(url: httpx.URL, entry: str) -> bool:
    host, colon, port = entry.partition(":")
    if url.port != (int(port) if colon else None):  # httpx gives None for the usual port
        return False
    return url.host.endswith(host[1:]) if host.startswith("*.") else url.host == host


def _decoded(text: str) -> bytes:
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,128}={0,2}", text):
        return b""
    try:
        return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except BadBase64:
        return b""


def _is_public_key(p256dh: str) -> bool:
    point = _decoded(p256dh)
    if len(point) != 65:
        return False
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return True
