"""What a job needs to reach the database and the world."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from domain.core.access import SYSTEM, Actor
from domain.core.work import Work
from webapp.database import Database
from webapp.settings import Settings


@dataclass(frozen=True)
class Outside:
    """Settings, database and the way out, open as long as a worker runs."""

    settings: Settings
    database: Database
    http: httpx.AsyncClient

    @asynccontextmanager
    async def transaction(self, actor: Actor = SYSTEM) -> AsyncIterator[Work]:
        """A unit of work, committed at the end of the block."""
        from webapp.work import transaction  # which knows what follows events, so it knows the deliveries that use this

        async with transaction(self.database, actor) as work:
            yield work
