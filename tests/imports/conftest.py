"""Bring a table in as a user, in the test's transaction."""

from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.imports import actions
from domain.imports.models import ImportKind
from domain.people.models import User
from tests.conftest import BoundDatabase, WorkAs
from webapp.importing import Result, carry_out, result_of
from webapp.reading_files import read
from webapp.work import transaction

Bring = Callable[..., Awaitable[Result]]


@pytest.fixture
def bring(connection: AsyncConnection, session: AsyncSession, work_as: WorkAs) -> Bring:
    """`await bring(user, "customers", "name,city\\nAcme,Berlin")`: what came of it."""

    async def bring_it(
        user: User, kind: str, text: str, *, dry: bool = False, pool_id: int | None = None, language: str = "en"
    ) -> Result:
        database = BoundDatabase(connection)
        table = read(text.encode(), "table.csv")
        work = await work_as(user)
        batch = await actions.upload(work, ImportKind(kind), "table.csv", table.columns, table.rows)
        if pool_id is not None:
            await actions.set_up(work, batch.id, batch.mapping, pool_id)
        await actions.start(work, batch.id, dry=dry)
        await session.commit()
        await carry_out(database, partial(transaction, database), batch.id)
        await session.refresh(batch)
        return await result_of(await work_as(user), batch.id, language)

    return bring_it
