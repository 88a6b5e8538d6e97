"""Read a backup into an empty installation: a new OFFING_HOME, or a new database at DATABASE_URL."""

import argparse
import asyncio
import os
import shutil
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from webapp.commands.backup import DATABASE, MANIFEST, PARTS
from webapp.commands.database import database
from webapp.migrate import upgrade_database
from webapp.postgres_tools import restore
from webapp.problems import DatabaseError, FolderError
from webapp.settings import Settings


def arguments(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("file", type=Path, help="a file that `offing backup` wrote")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Restore, then bring the tables to this version."""
    if any((settings.home / part).exists() and any((settings.home / part).iterdir()) for part in PARTS):
        raise FolderError(f"{settings.home} already holds an installation. Set OFFING_HOME to a new folder.")
    with tempfile.TemporaryDirectory(prefix="offing-restore-") as folder:
        _unpack(options.file, Path(folder))
        with database(settings) as ready:
            assert ready.database_url is not None
            asyncio.run(_check_empty(ready.database_url))
            restore(ready.database_url, Path(folder) / DATABASE)
            for part in PARTS:
                if (Path(folder) / part).exists():
                    shutil.rmtree(ready.home / part, ignore_errors=True)
                    shutil.copytree(Path(folder) / part, ready.home / part)
                    (ready.home / part).chmod(0o700)
            asyncio.run(upgrade_database(ready.database_url))
    print("Restored. Start Offing with `offing serve`.")
    return 0


def _unpack(file: Path, folder: Path) -> None:
    """Plain files of the expected names only; an archive may name anything."""
    try:
        with tarfile.open(file) as tar:
            for entry in tar:
                name = PurePosixPath(entry.name)
                known = name.parts[0] in PARTS or entry.name in (DATABASE, MANIFEST)
                if not entry.isfile() or not known or name.is_absolute() or ".." in name.parts:
                    continue
                target = folder / name
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                source = tar.extractfile(entry)
                assert source is not None
                with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                    shutil.copyfileobj(source, out)
    except (OSError, tarfile.TarError) as error:
        raise FolderError(f"{file} cannot be read as a backup: {error}.") from error
    if not (folder / DATABASE).exists() or not (folder / MANIFEST).exists():
        raise FolderError(f"{file} is not a backup that `offing backup` wrote.")


async def _check_empty(url: str) -> None:
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            count = await connection.execute(text("select count(*) from pg_tables where schemaname = 'public'"))
            if count.scalar_one():
                raise DatabaseError("The database is not empty. Restore into a new one, so that nothing is mixed.")
    finally:
        await engine.dispose()
