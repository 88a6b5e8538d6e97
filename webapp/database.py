"""Connections: one engine, two ways to use it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=lambda item: str(item) if isinstance(item, Decimal) else None)


class Database:
    """Hands out sessions. Reading needs no transaction, so it saves the round trips of BEGIN and ROLLBACK."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=20,
            json_serializer=_json,
            connect_args={"server_settings": {"application_name": "offing", "jit": "off"}},
        )
        self.autocommit = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session for queries only: each statement sees what is committed when it starts."""
        async with AsyncSession(self.autocommit, expire_on_commit=False, autoflush=False) as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A session in a transaction, rolled back unless it is committed."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            yield session

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()
