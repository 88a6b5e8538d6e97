"""Piccolo's way to the same database: one engine for all back-office tables, told at the first visit where that is."""

from __future__ import annotations

import asyncio
from typing import Any

from piccolo.engine.postgres import PostgresEngine
from sqlalchemy.engine import URL

POOL_MOST = 4
"""Connections of one web process for the back office; counts in the connection budget (docs/operations)."""


class LateEngine(PostgresEngine):
    """An engine that may be made before the database is known."""

    async def check_version(self) -> None:
        """Asks nobody: Piccolo would connect while it is imported, and Offing has checked the version already."""


DB = LateEngine(config={})
"""Filled in by `connect`: the classes of the tables need it when they are defined, before any setting is read."""

_lock = asyncio.Lock()


def arguments(url: URL) -> dict[str, Any]:
    """SQLAlchemy's address as the arguments of asyncpg; a unix socket's folder is the query's `host`."""
    query = {name: value for name, value in url.query.items() if isinstance(value, str)}
    found = {
        "host": query.get("host") or url.host, "port": int(query.get("port") or url.port or 5432),
        "user": url.username, "password": url.password, "database": url.database, "ssl": query.get("ssl"),
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


async def connect(url: URL) -> None:
    """Open the pool, once; again only for another database (tests have several)."""
    wanted = arguments(url)
    async with _lock:
        if DB.pool is not None and DB.config == wanted:
            return
        await disconnect()
        DB.config = wanted
        await DB.start_connection_pool(
            min_size=1, max_size=POOL_MOST, timeout=20, server_settings={"application_name": "offing back office"}
        )


async def disconnect() -> None:
    """Close the pool, if it is open."""
    if DB.pool is not None:
        await DB.close_connection_pool()
