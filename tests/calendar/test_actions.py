"""The own calendar, and reminders that come once."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from domain.calendar import actions, items, queries
from domain.calendar.inputs import EntryInput
from domain.calendar.models import CalendarEvent
from domain.core.access import SYSTEM
from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.core.inputs import parse
from domain.core.work import Work, clock
from domain.followups import actions as followups
from domain.followups.inputs import FollowUpInput
from domain.notifications.models import Notification
from tests.make import Make
from webapp.database import Database
from webapp.work import transaction

pytestmark = pytest.mark.anyio


def entry(title: str = "Fair", **values: Any) -> EntryInput:
    """What a person enters."""
    return parse(EntryInput, {"title": title, "starts_at": "2026-03-12T15:00", **values})


async def test_times_are_mine_and_the_reminder_comes_before(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep", time_zone="Asia/Shanghai")
    work = await work_as(rep)
    made = await actions.add(work, entry(ends_at="2026-03-12T16:00", remind_minutes="30"))
    assert (made.starts_at, made.ends_at, made.remind_at) == (
        datetime(2026, 3, 12, 7, 0, tzinfo=UTC),
        datetime(2026, 3, 12, 8, 0, tzinfo=UTC),
        datetime(2026, 3, 12, 6, 30, tzinfo=UTC),
    )
    (shown,) = await queries.agenda(work, rep.id, date(2026, 3, 12), 1)
    assert shown.title == "Fair"
    assert await queries.agenda(work, rep.id, date(2026, 3, 13), 7) == []


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"title": " "}, "title"),
        ({"starts_at": "soon"}, "starts_at"),
        ({"ends_at": "2026-03-12T14:59"}, "ends_at"),
        ({"ends_at": "2026-03-12T16:00+08:00"}, "ends_at"),
        ({"remind_minutes": "-1"}, "remind_minutes"),
    ],
)
def test_bad_input_is_refused_at_its_field(raw: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        entry(**raw)
    assert set(refusal.value.errors) == {field}


async def test_a_customer_out_of_sight_cannot_be_put_in(make: Any, work_as: Any) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    customer = await make.customer(owner=other)
    with pytest.raises(Invalid):
        await actions.add(await work_as(rep), entry(customer_id=str(customer.id)))


async def test_superiors_look_but_do_not_touch_and_others_see_nothing(make: Any, work_as: Any) -> None:
    department = await make.department()
    boss = await make.user("boss", "department_manager", department=department)
    department.head_id = boss.id
    rep, mate = [await make.user(name, "sales_rep", department=department) for name in ("rep", "mate")]
    made = await actions.add(await work_as(rep), entry())
    theirs = await work_as(boss)
    assert (await queries.get(theirs, made.id)).title == "Fair"
    assert len(await queries.agenda(theirs, rep.id, date(2026, 3, 12), 1)) == 1
    assert await queries.people(theirs) == [(mate.id, "Mate"), (rep.id, "Rep")]
    with pytest.raises(Denied):
        await actions.finish(theirs, made.id)
    with pytest.raises(Denied):
        await actions.delete(theirs, made.id)
    with pytest.raises(Denied):
        await actions.edit(theirs, made.id, entry("x"))
    strange = await work_as(mate)
    with pytest.raises(NotFound):
        await queries.get(strange, made.id)
    with pytest.raises(NotFound):
        await queries.agenda(strange, rep.id, date(2026, 3, 12), 1)
    with pytest.raises(NotFound):
        await actions.delete(strange, made.id)
    assert (made.title, made.done_at) == ("Fair", None)


async def test_done_and_open_again_and_stale(make: Any, work_as: Any) -> None:
    work = await work_as(await make.user("rep", "sales_rep"))
    made = await actions.add(work, entry())
    await actions.finish(work, made.id)
    assert (made.done_at, made.version) == (work.now, 2)
    await actions.finish(work, made.id)
    assert made.version == 2, "done is done"
    await actions.finish(work, made.id, done=False)
    assert made.done_at is None
    with pytest.raises(Conflict):
        await actions.edit(work, made.id, entry("Other"), 1)
    await actions.delete(work, made.id)
    with pytest.raises(NotFound):
        await queries.get(work, made.id)


async def test_a_reminder_comes_once_and_again_when_moved(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    work = await work_as(rep)
    made = await actions.add(work, entry(remind_minutes="0"))
    done = await actions.add(work, entry("Over", remind_minutes="0"))
    silent = await actions.add(work, entry("Silent"))
    await actions.finish(work, done.id)
    clockwork = Work(work.session, SYSTEM, made.starts_at - timedelta(seconds=1))
    assert await actions.remind_due(clockwork) == 0
    clockwork.now = made.starts_at
    assert await actions.remind_due(clockwork) == 1
    assert await actions.remind_due(clockwork) == 0
    assert (made.reminded_at, silent.reminded_at) == (clockwork.now, None)

    await actions.edit(work, made.id, entry("Fair", remind_minutes="5"))
    assert await actions.remind_due(clockwork) == 1
    told = await work.session.scalars(select(Notification).where(Notification.user_id == rep.id))
    assert [notice.params["title"] for notice in told] == ["Fair", "Fair"]


async def test_four_workers_at_once_remind_once_each(own_database: Database) -> None:
    async with own_database.writing() as session:
        rep = await Make(session).user("rep", "sales_rep")
        session.add_all(
            CalendarEvent(user_id=rep.id, title=f"E{n}", starts_at=clock(), remind_at=clock()) for n in range(60)
        )
        await session.commit()

    async def minute() -> int:
        async with transaction(own_database, SYSTEM) as work:
            return await actions.remind_due(work)

    assert sum(await asyncio.gather(*(minute() for _ in range(4)))) == 60
    async with own_database.reading() as session:
        assert (await session.execute(select(func.count()).select_from(Notification))).scalar_one() == 60


async def test_the_week_counts_by_my_days(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep", time_zone="Asia/Shanghai")
    work = await work_as(rep)
    await actions.add(work, entry("Late", starts_at="2026-03-12T23:59"))
    await actions.add(work, entry("Early", starts_at="2026-03-13T00:00"))
    found = await items.items(work, rep.id, date(2026, 3, 9), 7)
    loads = {load.day.day: load.open for load in items.loads(found, date(2026, 3, 9))}
    assert (loads[12], loads[13], loads[14]) == (1, 1, 0)


async def test_nobody_is_reminded_of_a_customer_that_has_left_his_hands(make: Any, work_as: Any) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("rep2", "sales_rep")
    customer = await make.customer(owner=rep)
    work = await work_as(rep)
    due = work.now + timedelta(minutes=5)
    data = FollowUpInput(customer_id=customer.id, content="Called", next_contact_at=due)
    await followups.create(work, data)
    tomorrow = queries.day_starts(work.actor, work.today + timedelta(days=2))
    assert len(await queries.open_until(work, tomorrow)) == 1

    customer.owner_id = other.id
    await work.session.flush()
    assert await queries.open_until(work, tomorrow) == []
    assert await actions.remind_due(Work(work.session, SYSTEM, due)) == 0

    customer.owner_id = rep.id
    await work.session.execute(update(CalendarEvent).values(reminded_at=None))
    assert await actions.remind_due(Work(work.session, SYSTEM, due)) == 1
