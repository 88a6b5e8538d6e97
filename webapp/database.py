"""Connections: one engine, two ways to use it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import asyncpg
from sqlalchemy import event, make_url
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

BARE_CONNECTIONS = 2
SERVER_SETTINGS = {"application_name": "offing", "jit": "off", "plan_cache_mode": "force_generic_plan"}
"""Statements are few and made for walks of an index, so one plan serves all values, and is made once a connection
(docs/decisions/0011)."""


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=lambda item: str(item) if isinstance(item, Decimal) else None)


def connect_arguments(url: str) -> dict[str, Any]:
    """What asyncpg needs to open SQLAlchemy's address."""
    _, arguments = dialect().create_connect_args(make_url(url))  # type: ignore[no-untyped-call]
    return {name: value for name, value in arguments.items() if not name.startswith("prepared_statement")}


def _refuse_closed(adapter: Any, _record: Any, _proxy: Any) -> None:
    """The pool throws away what the server hung up on and opens another. It is not told by itself: `Work.rows` speaks
    with the driver, past the engine that would notice."""
    if adapter.driver_connection.is_closed():
        raise DisconnectionError


async def _nothing(connection: Any) -> None:
    """The reset of a connection on which nothing but single queries is ever run."""


class Database:
    """Hands out sessions. Reading needs no transaction, so it saves the round trips of BEGIN and ROLLBACK."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = url
        self._bare: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=20,
            json_serializer=_json,
            connect_args={"server_settings": SERVER_SETTINGS},
        )
        event.listen(self.engine.sync_engine, "checkout", _refuse_closed)
        self.autocommit = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self.still = self.engine.execution_options(isolation_level="REPEATABLE READ")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session for queries only: each statement sees what is committed when it starts."""
        async with AsyncSession(self.autocommit, expire_on_commit=False, autoflush=False) as session:
            yield session

    async def row(self, query: str, *values: Any) -> Sequence[Any] | None:
        """One row of a query with $1, $2 … by the bare driver, for what every request asks: a session costs more than
        the query itself (docs/decisions/0011)."""
        async with self._opening:
            if self._bare is None:
                self._bare = await asyncpg.create_pool(
                    **connect_arguments(self.url), min_size=1, max_size=BARE_CONNECTIONS, reset=_nothing,
                    server_settings=SERVER_SETTINGS,
                )  # fmt: skip
        row: Sequence[Any] | None = await self._bare.fetchrow(query, *values)
        return row

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """A session whose queries all see the database of one moment, for what is fetched in several steps."""
        async with AsyncSession(self.still, expire_on_commit=False, autoflush=False) as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A session in a transaction, rolled back unless it is committed."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            yield session

    async def close(self) -> None:
        """Close all connections."""
        if self._bare is not None:
            await self._bare.close()
        await self.engine.dispose()
