"""The folder of one installation: `pg18/` (or none), `keys/`, `files/`, `backups/`."""

from pathlib import Path

from webapp.problems import FolderError


def prepare_home(home: Path) -> None:
    """Make the folder for oneself when an own PostgreSQL is used; the built-in one makes it for its own user."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        private_folder(home, "files")
    except FileExistsError as error:
        raise FolderError(f"{home} is no folder.") from error
    except OSError as error:
        raise FolderError(f"{home} cannot be used: {error.strerror}. Set OFFING_HOME to another folder.") from error


def private_folder(home: Path, name: str) -> Path:
    """A folder inside that only the user running Offing can read."""
    folder = home / name
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
