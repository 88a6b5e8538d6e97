"""The floor: what a page costs when nothing is left but its statements and its template.

This process asks the real application once for each visit while statements and rendering are written down, rolls all
of it back, and then serves the same by bare asyncpg, the same template with the same values, and the same compression.
Run as `python -m tests.bench.floor VISITS PORT` with the environment of the web server.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import asyncpg
import brotli
import httpx
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from sqlalchemy import event
from sqlalchemy.ext.asyncio import create_async_engine

from domain.core import rows
from tests.bench.load import Visit
from tests.conftest import BoundDatabase
from webapp import render
from webapp.app import build
from webapp.database import Database, connect_arguments
from webapp.parents import tie_to_parent
from webapp.settings import load

Visits = dict[str, list[Visit]]


@dataclass
class Statement:
    """One statement with its parameters, and the first value of each row it gave back (ids of new rows, perhaps)."""

    sql: str
    parameters: Sequence[Any]
    firsts: Sequence[Any] = ()

    @property
    def many(self) -> bool:
        """Whether it ran once for each of several rows of parameters."""
        return bool(self.parameters) and isinstance(self.parameters[0], tuple)


@dataclass
class Tape:
    """What one visit did. It answered with a rendering (arguments of `render.rendered`), with JSON, or with bytes."""

    writes: bool
    statements: list[Statement] = field(default_factory=list)
    rendering: tuple[Any, ...] | None = None
    data: Any = None
    body: bytes = b""


@contextmanager
def recording(tape: Tape, engine: Any) -> Iterator[None]:
    """Write down statements and rendering."""
    original, ask = render.rendered, rows.ask

    def ran(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            return
        firsts = [row[0] for row in getattr(cursor, "_rows", None) or () if len(row)]
        tape.statements.append(Statement(statement, parameters, firsts))

    async def asked(driver: Any, sql: str, values: Sequence[Any]) -> Sequence[Any]:
        records = await ask(driver, sql, values)
        tape.statements.append(Statement(sql, values, [record[0] for record in records if len(record)]))
        return records

    def seen(*arguments: Any) -> bytes:
        tape.rendering = arguments
        return original(*arguments)

    event.listen(engine.sync_engine, "after_cursor_execute", ran)
    try:
        with mock.patch.object(render, "rendered", seen), mock.patch.object(rows, "ask", asked):
            yield
    finally:
        event.remove(engine.sync_engine, "after_cursor_execute", ran)


async def record(visits: Visits) -> dict[str, list[Tape]]:
    """Make every visit twice, so that what only the first one does is not written down; in the end roll all back."""
    settings = load(os.environ)
    assert settings.database_url is not None
    json_of = Database(settings.database_url).engine.dialect._json_serializer
    engine = create_async_engine(settings.database_url, json_serializer=json_of)
    tapes: dict[str, list[Tape]] = {}
    async with engine.connect() as connection:
        await connection.begin()
        transport = httpx.ASGITransport(build(settings, BoundDatabase(connection)))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            for name, several in visits.items():
                tapes[name] = [await _record(client, engine, visit) for visit in several]
        await connection.rollback()
    await engine.dispose()
    return tapes


async def _record(client: httpx.AsyncClient, engine: Any, visit: Visit) -> Tape:
    tape = Tape(writes=visit.method != "GET")
    headers = {**visit.headers, "cookie": visit.cookie, "content-type": "application/x-www-form-urlencoded"}
    if not tape.writes:
        await client.get(visit.path, headers=headers)
    with recording(tape, engine):
        answer = await client.request(visit.method, visit.path, content=visit.body, headers=headers)
    if answer.status_code >= 400:
        raise RuntimeError(f"{visit.method} {visit.path} was answered {answer.status_code}")
    if answer.headers.get("content-type", "").startswith("application/json"):
        tape.data = answer.json()
    elif tape.rendering is None and answer.content:
        tape.body = brotli.compress(answer.content)
    return tape


class Floor:
    """A bare ASGI application; /NAME/NUMBER replays that tape."""

    def __init__(self, url: str, tapes: dict[str, list[Tape]]) -> None:
        self.url = url
        self.tapes = {f"/{name}/{n}": tape for name, several in tapes.items() for n, tape in enumerate(several)}
        self.pool: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        tape = self.tapes[scope["path"]]
        if tape.statements:
            async with self.pool.acquire() as connection:
                await (_rewrite if tape.writes else _reread)(connection, tape)
        body = _body(tape)
        headers = [(b"content-type", b"text/html"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        # `reset` would send a statement of its own after each request; nothing here needs it.
        self.pool = await asyncpg.create_pool(**connect_arguments(self.url), min_size=8, max_size=8, reset=_nothing)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.pool.terminate()
        await send({"type": "lifespan.shutdown.complete"})


async def _nothing(connection: Any) -> None:
    """The reset of a connection that has nothing to be reset."""


async def _reread(connection: Any, tape: Tape) -> None:
    for statement in tape.statements:
        await connection.fetch(statement.sql, *statement.parameters)


async def _rewrite(connection: Any, tape: Tape) -> None:
    """The same writes, undone, but committed as a transaction, so that the floor waits for the disk as we do.

    Ids of new rows differ from those recorded, so where a recorded id comes as a parameter the new one is put in.
    """
    ids: dict[Any, Any] = {}
    await connection.execute("BEGIN; SAVEPOINT floor")
    for statement in tape.statements:
        if statement.many:
            rows = [[_known(ids, value) for value in row] for row in statement.parameters]
            await connection.executemany(statement.sql, rows)
            continue
        found = await connection.fetch(statement.sql, *(_known(ids, value) for value in statement.parameters))
        for recorded, row in zip(statement.firsts, found, strict=False):
            if type(recorded) is int:
                ids[recorded] = row[0]
    await connection.execute("ROLLBACK TO floor; COMMIT")


def _known(ids: dict[Any, Any], value: Any) -> Any:
    if type(value) is int and value > 10**10:
        return ids.get(value, value)
    return [_known(ids, one) for one in value] if isinstance(value, list) else value


def _body(tape: Tape) -> bytes:
    if tape.rendering is not None:
        return brotli.compress(render.rendered(*tape.rendering), quality=4)
    if tape.data is not None:
        return brotli.compress(json.dumps(tape.data, ensure_ascii=False).encode(), quality=4)
    return tape.body


@cache
def built() -> Floor:
    """The floor, recorded before the worker is forked."""
    given = json.loads(Path(sys.argv[1]).read_text())
    visits = {name: [Visit(**visit) for visit in several] for name, several in given.items()}
    made = Floor(os.environ["DATABASE_URL"], asyncio.run(record(visits)))
    gc.freeze()  # as the web server does
    return made


def application() -> Floor:
    """The application in the worker, which ends with the bench."""
    tie_to_parent(15)
    return built()


if __name__ == "__main__":
    from tests.bench import floor

    floor.built()
    Granian(
        "tests.bench.floor:application", address="127.0.0.1", port=int(sys.argv[2]), interface=Interfaces.ASGI,
        workers=1, factory=True, websockets=False, log_level=LogLevels.warning,
    ).serve()  # fmt: skip
