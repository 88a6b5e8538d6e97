"""Noting, correcting and deleting follow-ups, and what follows from them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from domain.calendar.models import CalendarEvent
from domain.contacts.models import Contact
from domain.core.access import GrantLevel
from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.core.inputs import parse
from domain.customers.models import Customer
from domain.followups import actions, queries
from domain.followups.inputs import FollowUpInput, NextContact
from domain.followups.models import FollowUp
from domain.pools.models import RecycleRule

pytestmark = pytest.mark.anyio


def said(customer: Customer, content: str = "called", **values: Any) -> FollowUpInput:
    """What a rep enters."""
    return FollowUpInput(customer_id=customer.id, content=content, **values)


async def entries(work: Any) -> list[CalendarEvent]:
    """All calendar entries."""
    await work.session.flush()
    return list(await work.session.scalars(select(CalendarEvent).order_by(CalendarEvent.id)))


async def number(work: Any) -> int:
    """How many follow-ups there are."""
    n: int = (await work.session.execute(select(func.count()).select_from(FollowUp))).scalar_one()
    return n


async def test_a_follow_up_moves_the_customer_and_its_clock(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North")
    work = await work_as(rep)
    work.session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=30))
    customer = await make.customer(owner=rep, home_pool_id=pool.id)

    record = await actions.create(work, said(customer, way="phone", minutes=5))

    await work.session.refresh(customer)
    assert (customer.last_follow_up_at, customer.activity_at) == (work.now, work.now)
    assert customer.follow_stage == "contacted"
    assert customer.recycle_due_at > work.now + timedelta(days=30)
    assert (record.created_by_id, record.minutes, record.at) == (rep.id, 5, work.now)
    assert [row.content for row in await queries.of_customer(work, customer.id)] == ["called"]


async def test_an_older_touch_entered_later_moves_nothing_back(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    customer = await make.customer(owner=rep, follow_stage="negotiating")
    work = await work_as(rep)
    await actions.create(work, said(customer))
    await actions.create(work, said(customer, at=work.now - timedelta(days=3)))
    await work.session.refresh(customer)
    assert (customer.last_follow_up_at, customer.activity_at, customer.follow_stage) == (
        work.now, work.now, "negotiating",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("pick", "expected"),
    [
        (NextContact.tomorrow, datetime(2026, 3, 3, 1, 0, tzinfo=UTC)),
        (NextContact.three_days, datetime(2026, 3, 5, 1, 0, tzinfo=UTC)),
        (NextContact.week, datetime(2026, 3, 9, 1, 0, tzinfo=UTC)),
        (NextContact.none, None),
    ],
)
async def test_quick_picks_are_nine_in_my_morning(
    make: Any, work_as: Any, pick: NextContact, expected: datetime | None
) -> None:
    rep = await make.user("rep", "sales_rep", time_zone="Asia/Shanghai")
    customer = await make.customer("Acme", owner=rep)
    work = await work_as(rep)
    work.now = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)  # past midnight in Shanghai: it is the 2nd
    record = await actions.create(work, said(customer, next_pick=pick, next_contact_at=work.now))
    assert record.next_contact_at == expected
    planned = [(e.title, e.starts_at, e.remind_at, e.user_id, e.followup_id) for e in await entries(work)]
    assert planned == ([("Acme", expected, expected, rep.id, record.id)] if expected else [])


async def test_a_time_without_a_zone_is_my_own(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep", time_zone="Asia/Shanghai")
    customer = await make.customer(owner=rep)
    work = await work_as(rep)
    work.now = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    raw = {"customer_id": str(customer.id), "content": "x", "next_contact_at": "2026-03-12T15:00"}
    data = parse(FollowUpInput, raw)
    record = await actions.create(work, data)
    assert record.next_contact_at == datetime(2026, 3, 12, 7, 0, tzinfo=UTC)


async def test_the_same_key_makes_one_follow_up(make: Any, work_as: Any) -> None:
    rep, mate = await make.user("rep", "sales_rep"), await make.user("mate", "sales_rep")
    customer, other = await make.customer(owner=rep), await make.customer(owner=rep)
    await make.grant("customers", customer.id, user=mate, level=GrantLevel.write)
    work, key = await work_as(rep), uuid4()
    data = said(customer, client_uuid=key, next_pick=NextContact.tomorrow)
    first = await actions.create(work, data)
    again = await actions.create(work, data)
    assert (first.id, await number(work), len(await entries(work))) == (again.id, 1, 1)
    with pytest.raises(Conflict):
        await actions.create(work, said(other, client_uuid=key))
    with pytest.raises(Conflict):
        await actions.create(await work_as(mate), said(customer, client_uuid=key))


async def test_times_that_make_no_sense_are_told_together(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    customer, other = await make.customer(owner=rep), await make.customer(owner=rep)
    work = await work_as(rep)
    contact = Contact(customer_id=other.id, name="Wu", name_sort="wu")
    work.session.add(contact)
    await work.session.flush()
    data = said(
        customer, at=work.now + timedelta(hours=1), next_contact_at=work.now - timedelta(hours=1), contact_id=contact.id
    )
    with pytest.raises(Invalid) as refusal:
        await actions.create(work, data)
    assert set(refusal.value.errors) == {"at", "next_contact_at", "contact_id"}
    assert await number(work) == 0


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"content": "  "}, "content"),
        ({"content": "x" * 10_001}, "content"),
        ({"content": "a\x00b"}, "content"),
        ({"content": "x", "way": "pigeon"}, "way"),
        ({"content": "x", "minutes": "-1"}, "minutes"),
        ({"content": "x", "minutes": "1441"}, "minutes"),
        ({"content": "x", "at": "yesterday"}, "at"),
        ({"content": "x", "customer_id": "0"}, "customer_id"),
        ({"content": "x", "client_uuid": "not one"}, "client_uuid"),
    ],
)
def test_bad_input_is_refused_at_its_field(raw: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse(FollowUpInput, {"customer_id": "1", **raw})
    assert set(refusal.value.errors) == {field}


async def test_who_may_follow_up(make: Any, work_as: Any) -> None:
    rep, reader, rival = [await make.user(name, "sales_rep") for name in ("rep", "reader", "rival")]
    pool = await make.pool("North", members=(rep,))
    customer, lying = await make.customer(owner=rep), await make.customer(pool=pool)
    await make.grant("customers", customer.id, user=reader)
    with pytest.raises(Denied):
        await actions.create(await work_as(reader), said(customer))
    with pytest.raises(NotFound):
        await actions.create(await work_as(rival), said(customer))
    work = await work_as(rep)
    with pytest.raises(Denied, match="Claim it first"):
        await actions.create(work, said(lying))
    assert await number(work) == 0


async def test_a_touch_finishes_what_was_planned_for_today(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    customer = await make.customer(owner=rep)
    work = await work_as(rep)
    await actions.create(work, said(customer, next_pick=NextContact.tomorrow))
    await actions.create(work, said(customer, next_pick=NextContact.week))
    work.now += timedelta(days=1)
    await actions.create(work, said(customer))
    tomorrow, week = await entries(work)
    await work.session.refresh(tomorrow)
    assert (tomorrow.done_at, week.done_at) == (work.now, None)


async def test_correcting_is_for_the_author_and_for_a_day(make: Any, work_as: Any) -> None:
    department = await make.department()
    rep = await make.user("rep", "sales_rep", department=department)
    boss = await make.user("boss", "department_manager", department=department)
    customer = await make.customer(owner=rep)
    work = await work_as(rep)
    record = await actions.create(work, said(customer, next_pick=NextContact.tomorrow))

    earlier = work.now - timedelta(days=2)
    corrected = said(customer, "visited", way="visit", at=earlier, next_pick=NextContact.week)
    await actions.edit(work, record.id, corrected, 1)
    await work.session.refresh(customer)
    assert (record.content, record.version, customer.last_follow_up_at) == ("visited", 2, earlier)
    (entry,) = await entries(work)
    assert entry.starts_at == record.next_contact_at

    with pytest.raises(Conflict):
        await actions.edit(work, record.id, said(customer, "stale"), 1)
    with pytest.raises(Denied, match="Only the author"):
        await actions.edit(await work_as(boss), record.id, said(customer, "better"))
    work.now += timedelta(days=1, seconds=1)
    with pytest.raises(Denied, match="within a day"):
        await actions.edit(work, record.id, said(customer, "too late"))


async def test_deleting_needs_the_right_and_sets_the_clock_back(make: Any, work_as: Any) -> None:
    department = await make.department()
    rep = await make.user("rep", "sales_rep", department=department)
    boss = await make.user("boss", "department_manager", department=department)
    customer = await make.customer(owner=rep)
    work = await work_as(rep)
    before = await actions.create(work, said(customer, at=work.now - timedelta(days=9)))
    false_one = await actions.create(work, said(customer, "never happened", next_pick=NextContact.tomorrow))
    with pytest.raises(Denied):
        await actions.delete(work, false_one.id)
    theirs = await work_as(boss)
    await actions.delete(theirs, false_one.id)
    await work.session.refresh(customer)
    assert (customer.last_follow_up_at, await number(work), await entries(work)) == (before.at, 1, [])


async def test_a_pool_may_hide_the_old_follow_ups(make: Any, work_as: Any) -> None:
    rep, heir = await make.user("rep", "sales_rep"), await make.user("heir", "sales_rep")
    pool = await make.pool("North", members=(heir,), hidden_fields=["phone", "followups"], history_visible=False)
    customer = await make.customer(owner=rep, home_pool_id=pool.id)
    await actions.create(await work_as(rep), said(customer, "old"))
    customer.owner_id, customer.pool_id = None, pool.id
    work = await work_as(heir)
    assert await queries.of_customer(work, customer.id) == []
    customer.owner_id, customer.pool_id, customer.owned_since = heir.id, None, work.now + timedelta(seconds=1)
    work.now += timedelta(seconds=2)
    await actions.create(work, said(customer, "new"))
    assert [row.content for row in await queries.of_customer(work, customer.id)] == ["new"]
