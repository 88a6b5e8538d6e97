"""Putting jobs into the queue inside the business transaction: committed together or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.settings import DBSettings
from sqlalchemy.ext.asyncio import AsyncSession

SETTINGS = DBSettings(db_schema="jobs")


def queries_of(driver: Any) -> Queries:
    """The queue's statements, in our schema, over a driver."""
    return Queries(
        driver,
        qbe=QueryBuilderEnvironment(SETTINGS),
        qbq=QueryQueueBuilder(SETTINGS),
        qbs=QuerySchedulerBuilder(SETTINGS),
    )


class SessionDriver:
    """PGQueuer's way to the database, through our session. On the raw connection its first statement would be
    committed at once, before the transaction that it belongs to (seen)."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._lock = asyncio.Lock()

    async def fetch(self, query: str, *args: Any) -> list[dict[str, Any]]:
        """Run a statement with `$1` places and return its rows."""
        connection = await self._session.connection()
        result = await connection.exec_driver_sql(query, args)
        return [dict(row) for row in result.mappings()]

    async def execute(self, query: str, *args: Any) -> str:
        """Run a statement with `$1` places."""
        connection = await self._session.connection()
        await connection.exec_driver_sql(query, args)
        return ""


async def enqueue(session: AsyncSession, jobs: Sequence[tuple[str, bytes]]) -> None:
    """Queue jobs as (entry point, payload); they run after the session's transaction commits."""
    if not jobs:
        return
    await queries_of(SessionDriver(session)).enqueue(
        [name for name, _ in jobs], [payload for _, payload in jobs], [0] * len(jobs)
    )
