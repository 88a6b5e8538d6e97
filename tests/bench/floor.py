"""The floor: what a page costs when nothing is left but its statements and its template.

The real application is asked once for each page while its statements and its rendering are written down; a bare
application then sends the same statements over a bare asyncpg pool and renders the same template with the same values.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import brotli
import httpx
from jinja2 import Template
from sqlalchemy import event

from tests.bench.load import Request
from webapp import render
from webapp.app import build
from webapp.database import Database
from webapp.settings import Settings
from webapp.worker import connect_arguments


@dataclass
class Tape:
    """What one request did."""

    statements: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    template: Template | None = None
    context: dict[str, Any] = field(default_factory=dict)
    writes: bool = False


@contextlib.contextmanager
def recording(tape: Tape, database: Database) -> Iterator[None]:
    """Write down the statements and the last template rendered."""
    original = Template.render

    def heard(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if not many:
            tape.statements.append((statement, tuple(parameters)))

    def seen(self: Template, *args: Any, **kwargs: Any) -> str:
        tape.template, tape.context = self, dict(*args, **kwargs)
        return original(self, *args, **kwargs)

    event.listen(database.engine.sync_engine, "before_cursor_execute", heard)
    Template.render = seen  # type: ignore[method-assign]
    try:
        yield
    finally:
        Template.render = original  # type: ignore[method-assign]
        event.remove(database.engine.sync_engine, "before_cursor_execute", heard)


async def record(settings: Settings, url: str, cookie: str, pages: dict[str, Request]) -> dict[str, Tape]:
    """Ask the real application once for each page, twice over so that nothing of the first visit is written down."""
    database = Database(url)
    tapes: dict[str, Tape] = {}
    application = build(settings, database)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://testserver") as client:
        for name, (method, path, body, headers) in pages.items():
            found = {**headers, "cookie": cookie, "accept": "text/html"}
            await client.request(method, path, content=body, headers=found)
            tapes[name] = tape = Tape(writes=method != "GET")
            with recording(tape, database):
                answer = await client.request(method, path, content=body, headers=found)
            answer.raise_for_status() if method == "GET" else None
    await database.close()
    return tapes


class Floor:
    """A bare ASGI application that replays tapes; the path is the tape's name."""

    def __init__(self, url: str, tapes: dict[str, Tape]) -> None:
        self.url = url
        self.tapes = tapes
        self.pool: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        tape = self.tapes[scope["path"][1:]]
        async with self.pool.acquire() as connection:
            for statement, parameters in tape.statements:
                await connection.fetch(statement, *parameters)
        body = b"" if tape.template is None else brotli.compress(tape.template.render(tape.context).encode(), quality=4)
        headers = [(b"content-type", b"text/html"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        self.pool = await asyncpg.create_pool(**connect_arguments(self.url), min_size=4, max_size=8)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.pool.close()
        await send({"type": "lifespan.shutdown.complete"})


@contextlib.asynccontextmanager
async def nothing() -> AsyncIterator[None]:
    """A block."""
    yield


__all__ = ["Floor", "Tape", "record", "render"]
