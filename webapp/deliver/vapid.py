"""The key pair by which push services know this installation (RFC 8292)."""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from functools import cached_property

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from pydantic import AnyHttpUrl

TOKEN_LIFE_S = 12 * 3600
TOKEN_REUSE_S = 6 * 3600
_LOCAL_DOMAINS = ("localhost", "local", "localdomain", "invalid", "test", "internal")


class BadContact(ValueError):
    """The operator's address in the push token is one that Apple answers with 403 BadJwtToken."""


def check_contact(contact: str) -> str:
    """Return the e-mail address if push services will take it; raises BadContact for localhost and the like."""
    name, at, domain = contact.strip().rpartition("@")
    labels = domain.lower().rstrip(".").split(".")
    public = len(labels) > 1 and all(labels) and labels[-1] not in _LOCAL_DOMAINS
    if not (name and at and public) or " " in contact.strip():
        raise BadContact(f"{contact!r} is no public e-mail address; push services refuse messages signed with it")
    return contact.strip()


@dataclass(frozen=True)
class VapidKeys:
    """One pair for the life of the installation: another pair means that everybody must subscribe again."""

    private_pem: bytes

    @classmethod
    def create(cls) -> VapidKeys:
        """Make a new pair."""
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    @classmethod
    def load(cls, text: str) -> VapidKeys:
        """Read what `dump` wrote; raises ValueError if it is no P-256 key."""
        keys = cls(text.strip().encode() + b"\n")
        if not isinstance(keys._key.curve, ec.SECP256R1):
            raise ValueError("the push key is not a P-256 private key")
        return keys

    def dump(self) -> str:
        """Return the private key as PEM text: a secret, kept in the database and so in the backup."""
        return self.private_pem.decode()

    @cached_property
    def _key(self) -> ec.EllipticCurvePrivateKey:
        key = load_pem_private_key(self.private_pem, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("the push key is not an elliptic curve key")
        return key

    @cached_property
    def public_pem(self) -> bytes:
        """The public half, as the `webpush` package wants it."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @cached_property
    def application_server_key(self) -> str:
        """The public half as `PushManager.subscribe` wants it: 65 bytes, base64url."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return urlsafe_b64encode(point).rstrip(b"=").decode()

    def authorization(self, origin: str, contact: str | None) -> str:
        """Return the Authorization header for a push service; `origin` with its port where it is not the usual one."""
        now = int(time.time())
        claims: dict[str, str | int] = {"aud": origin, "exp": now + TOKEN_LIFE_S}
        if contact:  # without one Apple refuses; the others take it
            claims["sub"] = f"mailto:{contact}"
        token = jwt.encode(claims, self._key, algorithm="ES256")
        return f"vapid t={token}, k={self.application_server_key}"


class AuthorizationCache:
    """Signs once per push service and some hours, not once per message."""

    def __init__(self, keys: VapidKeys, contact: str | None) -> None:
        self._keys = keys
        self._contact = check_contact(contact) if contact else None
        self._made: dict[str, tuple[float, str]] = {}

    def get_authorization_header(self, endpoint: AnyHttpUrl, subscriber: str, expiration: int) -> str:
        """Stand in for the package's own signer, which forgets the port of a self-hosted push service."""
        usual = {"https": 443, "http": 80}[endpoint.scheme]
        origin = f"{endpoint.scheme}://{endpoint.host}" + (f":{endpoint.port}" if endpoint.port != usual else "")
        made = self._made.get(origin)
        if made is None or time.monotonic() - made[0] > TOKEN_REUSE_S:
            made = (time.monotonic(), self._keys.authorization(origin, self._contact))
            self._made[origin] = made
        return made[1]
