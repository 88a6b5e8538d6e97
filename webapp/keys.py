"""Keys made once at install and kept in the backup: the signing secret and the VAPID pair for web push."""

import os
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from webapp.problems import FolderError


@dataclass(frozen=True)
class Keys:
    """What proves that something comes from this installation. Losing the VAPID pair loses every push subscription."""

    secret: str = field(repr=False)
    vapid_private: bytes = field(repr=False)
    """PEM, PKCS 8"""
    vapid_public: bytes
    """PEM, SubjectPublicKeyInfo"""

    @property
    def application_server_key(self) -> str:
        """The public key as a browser's `pushManager.subscribe` takes it: base64url of the uncompressed point."""
        key = load_pem_private_key(self.vapid_private, None).public_key()
        point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return urlsafe_b64encode(point).rstrip(b"=").decode()


def _write_once(path: Path, content: bytes) -> None:
    """Leaves a file that is there alone; never shows a half-written one."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails if another start was quicker; then its key is the one
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def make_keys(home: Path) -> Keys:
    """Make what is missing in `home/keys` (mode 700, files 600) and read them."""
    folder = home / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    _write_once(folder / "secret", secrets.token_urlsafe(48).encode())
    private = ec.generate_private_key(ec.SECP256R1())
    _write_once(
        folder / "vapid_private.pem", private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return read_keys(home)


def read_keys(home: Path) -> Keys:
    """The keys of an installation; FolderError when it has none yet."""
    folder = home / "keys"
    try:
        secret = (folder / "secret").read_text().strip()
        private = (folder / "vapid_private.pem").read_bytes()
    except FileNotFoundError as error:
        raise FolderError(f"{folder} holds no keys yet: run `offing serve` or `offing migrate` once.") from error
    except PermissionError as error:
        raise FolderError(f"{folder} belongs to another user; run this as the user that runs Offing.") from error
    public = load_pem_private_key(private, None).public_key()
    return Keys(secret, private, public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
