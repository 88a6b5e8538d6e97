"""The worker: what follows an event is done once, retried on failure, held when it fails for good."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from sqlalchemy import text

from domain.core.access import SYSTEM
from domain.core.events import Event, EventRow
from domain.core.text import Text, _
from domain.core.work import Work
from webapp import follow, worker
from webapp.database import Database
from webapp.settings import Settings
from webapp.work import transaction

pytestmark = pytest.mark.anyio


@dataclass(frozen=True, kw_only=True)
class Rang(Event):
    """A bell rang."""

    kind: ClassVar[str] = "bells"
    sentence: ClassVar[Text] = _("Back")


calls: list[int] = []


async def answer_the_door(work: Work, event: EventRow) -> None:
    """Fails the first time."""
    calls.append(event.record_id)
    await work.session.execute(text("INSERT INTO settings (name, value) VALUES (:n, '1')"), {"n": f"door {len(calls)}"})
    if len(calls) == 1:
        raise RuntimeError("nobody at home")


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the door be answered when the bell rings, with quick retries."""
    calls.clear()
    name = follow.name_of(answer_the_door)
    monkeypatch.setattr(follow, "FOLLOWING", {"Rang": (name,)})
    monkeypatch.setattr(follow, "BY_NAME", {name: answer_the_door})
    monkeypatch.setitem(worker.RETRY.keywords, "initial_delay", timedelta(milliseconds=50))
    monkeypatch.setattr(worker, "ENTRIES", ())


async def drain(settings: Settings, database: Database, until: int) -> None:
    """Run a worker until so many calls were made, 20 s at most."""
    url = database.engine.url.render_as_string(hide_password=False)
    async with worker.opened(replace(settings, database_url=url)) as queue:
        running = asyncio.create_task(queue.run(dequeue_timeout=timedelta(milliseconds=100)))
        for _n in range(400):
            if len(calls) >= until:
                break
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.3)
        queue.shutdown.set()
        await running


async def test_a_reaction_that_fails_leaves_nothing_and_is_tried_again(
    own_database: Database, settings: Settings, wired: Any
) -> None:
    async with transaction(own_database, SYSTEM) as work:
        work.record(Rang(record_id=7))
    await drain(settings, own_database, 2)
    async with own_database.reading() as session:
        doors = (await session.execute(text("SELECT name FROM settings WHERE name LIKE 'door%'"))).scalars().all()
        left = (await session.execute(text("SELECT count(*) FROM jobs.pgqueuer"))).scalar_one()
    assert (calls, doors, left) == ([7, 7], ["door 2"], 0)


async def test_a_reaction_that_was_done_is_not_done_again(
    own_database: Database, settings: Settings, wired: Any
) -> None:
    calls.append(0)  # the failing first call is behind us
    async with transaction(own_database, SYSTEM) as work:
        work.record(Rang(record_id=8))
        await work.session.flush()
        event_id = work.recorded[0].id
    name = follow.name_of(answer_the_door)
    async with worker.outside(replace(settings, database_url=own_database.engine.url.render_as_string())) as world:
        await follow.follow(world, event_id, name)
        await follow.follow(world, event_id, name)
    assert calls == [0, 8]


async def test_what_is_rolled_back_is_not_followed(own_database: Database, wired: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        async with transaction(own_database, SYSTEM) as work:
            work.record(Rang(record_id=9))
            await work.session.flush()
            raise ZeroDivisionError
    async with own_database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM jobs.pgqueuer"))).scalar_one() == 0
