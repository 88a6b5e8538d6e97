"""What the clock runs does run, on an empty company too."""

from dataclasses import replace

import pytest
from sqlalchemy import func, insert, select

from domain.core.access import SYSTEM
from domain.core.once import KEPT, IdempotencyKey, forget_old_keys
from domain.core.work import clock
from tests.make import Make
from webapp import worker
from webapp.database import Database
from webapp.schedule import ENTRIES, Entry
from webapp.settings import Settings
from webapp.work import transaction

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
async def test_an_entry_runs(entry: Entry, own_database: Database, settings: Settings) -> None:
    url = own_database.engine.url.render_as_string(hide_password=False)
    async with worker.outside(replace(settings, database_url=url)) as world:
        await entry.run(world)


async def test_old_keys_are_forgotten_and_young_ones_kept(own_database: Database) -> None:
    async with transaction(own_database, SYSTEM) as work:
        user = await Make(work.session).user("rep")
        for name, at in (("old", clock() - KEPT - KEPT), ("young", clock())):
            row = {"user_id": user.id, "key": name, "fingerprint": "x", "at": at}
            await work.session.execute(insert(IdempotencyKey).values(row))
    async with transaction(own_database, SYSTEM) as work:
        await forget_old_keys(work)
    async with own_database.reading() as session:
        assert (await session.scalars(select(IdempotencyKey.key))).all() == ["young"]
        assert (await session.execute(select(func.count()).select_from(IdempotencyKey))).scalar_one() == 1
