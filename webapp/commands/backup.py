"""Write the database, the keys and the uploaded files into one file, while Offing runs or not.

Keep it as you keep passwords: it holds everything.
"""

import argparse
import json
import os
import tarfile
import tempfile
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

from domain.core.work import clock
from webapp.commands.database import database
from webapp.home import private_folder
from webapp.postgres_tools import dump
from webapp.problems import FolderError
from webapp.settings import Settings

PARTS = ("keys", "files")
DATABASE = "database.dump"
MANIFEST = "offing.json"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("file", nargs="?", type=Path, help="where to; by default a new file in the folder `backups`")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Back up."""
    with database(settings) as ready:
        target: Path = options.file or private_folder(ready.home, "backups") / f"offing-{clock():%Y%m%d-%H%M%S}.tar"
        if target.exists():
            raise FolderError(f"{target} exists already; name another file.")
        try:
            write(ready, target)
        except OSError as error:
            raise FolderError(f"{target} could not be written: {error.strerror}.") from error
    print(f"Written: {target} ({target.stat().st_size / 1_000_000:.1f} MB)")
    return 0


def write(settings: Settings, target: Path) -> None:
    """The file appears whole or not at all, readable by its owner alone."""
    assert settings.database_url is not None
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.absolute().parent) as folder:
        dumped = Path(folder) / DATABASE
        dump(settings.database_url, dumped)
        draft = Path(folder) / "draft.tar"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as tar:
                about = json.dumps({"offing": version("offing"), "made_at": clock().isoformat()}).encode()
                entry = tarfile.TarInfo(MANIFEST)
                entry.size = len(about)
                tar.addfile(entry, BytesIO(about))
                tar.add(dumped, DATABASE)
                for part in PARTS:
                    if (settings.home / part).exists():
                        tar.add(settings.home / part, part)
            out.flush()
            os.fsync(out.fileno())
        draft.rename(target)
