"""Keys made once at install and kept in the backup: the signing secret and the VAPID pair for web push."""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from webapp.deliver.vapid import VapidKeys
from webapp.problems import FolderError

WORDS = ("anchor", "beacon", "compass", "current", "harbour", "island", "lagoon", "lantern", "mast", "pilot", "reef",
         "rudder", "sail", "shore", "sound", "tide")  # fmt: skip
"""Easy to type on a phone."""


@dataclass(frozen=True)
class Keys:
    """What proves that something comes from this installation. Losing the VAPID pair loses every push subscription."""

    secret: str = field(repr=False)
    vapid: VapidKeys = field(repr=False)


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
    _write_once(folder / "vapid_private.pem", VapidKeys.create().dump().encode())
    return read_keys(home)


def demo_password(home: Path) -> str:
    """The one password of the demo company's people, made at the first demo start and the same ever after."""
    folder = home / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    words = "-".join(secrets.choice(WORDS) for _ in range(3))
    _write_once(folder / "demo_password", f"{words}-{secrets.randbelow(900) + 100}".encode())
    return (folder / "demo_password").read_text().strip()


def read_keys(home: Path) -> Keys:
    """The keys of an installation; FolderError when it has none yet."""
    folder = home / "keys"
    try:
        secret = (folder / "secret").read_text().strip()
        vapid = VapidKeys.load((folder / "vapid_private.pem").read_text())
    except FileNotFoundError as error:
        raise FolderError(f"{folder} holds no keys yet: run `offing serve` or `offing migrate` once.") from error
    except PermissionError as error:
        raise FolderError(f"{folder} belongs to another user; run this as the user that runs Offing.") from error
    except ValueError as error:
        raise FolderError(f"{folder} holds a damaged key: {error}. Put the file back from a backup.") from error
    return Keys(secret, vapid)
