"""Check an installation: version, folder, disk, keys, database, jobs, mail, push. Says what is wrong and what to do.

Changes nothing. The exit code is 1 if something is wrong.
"""

import argparse
import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import aiosmtplib
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from webapp.commands.database import database
from webapp.keys import read_keys
from webapp.migrate import check_server, pending
from webapp.postgres_home import NEEDED_BYTES
from webapp.problems import StartError
from webapp.settings import Settings

BROWSER_LIBRARIES = Path(__file__).parents[2] / "node_modules"

JOBS = text(
    "select count(*) filter (where status = 'queued' and execute_after < now() - interval '5 minutes'), "
    "count(*) filter (where status = 'failed') from jobs.pgqueuer"
)


@dataclass(frozen=True)
class Finding:
    """One sentence; `level` is ok, note (works, but look at it) or wrong."""

    level: str
    sentence: str


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes nothing."""


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print the findings."""
    findings = list(_machine(settings))
    try:
        with database(settings) as ready:
            findings += asyncio.run(_services(ready))
    except (StartError, SQLAlchemyError, OSError) as error:
        findings.append(Finding("wrong", f"The database cannot be used: {str(error).splitlines()[0]}"))
    for finding in findings:
        print(f"{finding.level:<6}{finding.sentence}")
    return int(any(finding.level == "wrong" for finding in findings))


def _machine(settings: Settings) -> Iterator[Finding]:
    yield Finding("ok", f"Offing {version('offing')} on Python {sys.version.split()[0]}.")
    if not settings.home.exists():
        yield Finding("wrong", f"{settings.home} does not exist: start Offing once, or set OFFING_HOME.")
        return
    free = shutil.disk_usage(settings.home).free
    level = "ok" if free > 10 * NEEDED_BYTES else "note" if free > NEEDED_BYTES else "wrong"
    yield Finding(level, f"{free / 1_000_000_000:.1f} GB are free for {settings.home}.")
    open_to_others = settings.home.stat().st_mode & 0o077
    if open_to_others:
        yield Finding("note", f"{settings.home} can be entered by other users: chmod 700 it.")
    yield _keys(settings)
    if not (BROWSER_LIBRARIES / "htmx.org").exists():
        yield Finding("wrong", f"{BROWSER_LIBRARIES} lacks the browser libraries: run `npm ci`.")
    if settings.push_contact is None:
        yield Finding("note", "OFFING_PUSH_CONTACT is not set: push services cannot tell you of trouble.")
    if not settings.https and settings.host not in ("127.0.0.1", "::1", "localhost"):
        yield Finding("note", "OFFING_BASE_URL is not https: browsers refuse push and offline use over plain http.")


def _keys(settings: Settings) -> Finding:
    try:
        read_keys(settings.home)
    except StartError as error:
        return Finding("wrong", str(error))
    loose = [path.name for path in (settings.home / "keys").iterdir() if path.stat().st_mode & 0o077]
    if loose:
        return Finding("wrong", f"Other users can read {', '.join(loose)} in {settings.home / 'keys'}: chmod 600.")
    return Finding("ok", "The keys are there and private.")


async def _services(settings: Settings) -> list[Finding]:
    assert settings.database_url is not None
    engine = create_async_engine(settings.database_url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            found = [finding async for finding in _database(connection)]
    finally:
        await engine.dispose()
    return [*found, await _mail(settings)]


async def _database(connection: AsyncConnection) -> AsyncIterator[Finding]:
    await check_server(connection)
    release = (await connection.execute(text("show server_version"))).scalar_one()
    size = (await connection.execute(text("select pg_size_pretty(pg_database_size(current_database()))"))).scalar_one()
    yield Finding("ok", f"PostgreSQL {release}, {size}.")
    if await pending(connection):
        yield Finding("wrong", "The tables are of another version: run `offing migrate`.")
        return
    yield Finding("ok", "The tables are those of this version.")
    late, held = (await connection.execute(JOBS)).one()
    if late:
        yield Finding("wrong", f"{late} jobs have waited for more than 5 minutes: no worker runs (`offing worker`).")
    if held:
        yield Finding("note", f"{held} jobs failed for good and are held; the log of the worker says why.")
    if not late and not held:
        yield Finding("ok", "No job is late or held.")


async def _mail(settings: Settings) -> Finding:
    if settings.smtp_url is None:
        return Finding("note", "OFFING_SMTP_URL is not set: mails wait in the back office.")
    parts = urlsplit(settings.smtp_url)
    client = aiosmtplib.SMTP(
        hostname=parts.hostname, port=parts.port, use_tls=parts.scheme == "smtps", start_tls=False, timeout=5
    )
    try:
        async with client:
            return Finding("ok", f"The mail server {parts.hostname} answers.")
    except (aiosmtplib.SMTPException, OSError) as error:
        return Finding("wrong", f"The mail server {parts.hostname} does not answer: {error}.")
