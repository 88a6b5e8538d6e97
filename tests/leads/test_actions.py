"""Entering and changing leads, and what becomes of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from domain.calendar.models import CalendarEvent
from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.core.events import EventRow
from domain.core.inputs import parse
from domain.core.lists import ListQuery, fetch_page
from domain.core.work import Work
from domain.followups import actions as followups
from domain.followups import queries as touches
from domain.followups.inputs import FollowUpInput
from domain.leads import actions, queries
from domain.leads.duplicates import DuplicateLead
from domain.leads.inputs import LeadInput, StatusInput
from domain.leads.models import Lead
from domain.pools.models import OwnershipChange, RecycleRule

pytestmark = pytest.mark.anyio
MOBILE = "+8613800138000"


def entered(**values: Any) -> LeadInput:
    return parse(LeadInput, {"name": "王芳", **values})


async def found(work: Work, q: str = "", scene: str | None = None, **filters: str) -> list[str]:
    page = await fetch_page(work, queries.LIST, ListQuery(scene=scene, q=q, filters=filters), counted=True)
    assert page.count is not None and page.count.number == len(page.rows)
    return [row.name for row in page.rows]


async def test_what_a_rep_enters_is_his_own_and_pending(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep", department=await make.department())
    pool = await make.pool("Shanghai", kind="lead", members=(rep,))
    work = await work_as(rep)

    lead = await actions.create(
        work, entered(company="上海润达有限公司", mobile="138 0013 8000", email="Wang@Runda.CN", source="trade_show")
    )

    assert (lead.owner_id, lead.pool_id, lead.home_pool_id, lead.status) == (rep.id, None, pool.id, "pending")
    assert (lead.mobile, lead.mobile_key, lead.email, lead.source) == (MOBILE, MOBILE, "wang@runda.cn", "trade_show")
    assert (lead.department_id, lead.owned_since, lead.activity_at) == (rep.department_id, work.now, work.now)
    line = (await work.session.execute(select(OwnershipChange))).scalar_one()
    assert (line.kind, line.verb, line.record_id, line.to_owner_id) == ("lead", "create", lead.id, rep.id)
    event = (await work.session.execute(select(EventRow))).scalar_one()
    assert (event.kind, event.name, event.record_id, event.customer_id) == ("leads", "LeadCreated", lead.id, None)
    for q in ("润达", "王", "shrd", "wf", "0013 8000"):
        assert await found(work, q) == ["王芳"], q
    assert await found(work, "139") == []


async def test_what_is_put_into_a_pool_is_unassigned(make: Any, work_as: Any) -> None:
    marketing = await make.user("mark", "marketing")
    pool = await make.pool("Shanghai", kind="lead")
    work = await work_as(marketing)
    lead = await actions.create(work, entered(pool_id=pool.id))
    assert (lead.owner_id, lead.pool_id, lead.home_pool_id, lead.status) == (None, pool.id, pool.id, "unassigned")
    assert (lead.pooled_since, lead.recycle_due_at) == (work.now, None)
    customers = await make.pool("East", members=(marketing,))
    with pytest.raises(Invalid) as refusal:
        await actions.create(work, entered(pool_id=customers.id))
    assert list(refusal.value.errors) == ["pool_id"]


async def test_a_mobile_number_stands_once(make: Any, work_as: Any) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    work = await work_as(rep)
    first = await actions.create(work, entered(mobile=MOBILE))
    with pytest.raises(DuplicateLead) as mine:
        await actions.create(work, entered(name="Wang", mobile="0086 138-0013-8000"))
    assert mine.value.seen == (first.id, "王芳")
    assert str(mine.value.sentence) == "This is the number of 王芳 already."
    theirs = await work_as(other)
    with pytest.raises(DuplicateLead) as hidden:
        await actions.create(theirs, entered(name="Wang", mobile=MOBILE))
    assert hidden.value.seen is None
    assert "王芳" not in str(hidden.value.sentence)
    assert "Ask your manager" in str(hidden.value.sentence)

    second = await actions.create(theirs, entered(name="Li", mobile="13900139000"))
    with pytest.raises(DuplicateLead):
        await actions.edit(theirs, second.id, entered(name="Li", mobile=MOBILE), second.version)
    await actions.edit(theirs, second.id, entered(name="Li Na", mobile="13900139000"), second.version)


async def test_editing_notes_what_changed_and_minds_the_version(make: Any, work_as: Any) -> None:
    work = await work_as(await make.user("rep", "sales_rep"))
    lead = await actions.create(work, entered(mobile=MOBILE))
    await actions.edit(work, lead.id, entered(name="王芳芳", mobile=MOBILE, city="上海"), lead.version)
    event = (await work.session.scalars(select(EventRow).where(EventRow.name == "LeadEdited"))).one()
    assert event.data["fields"] == ["name", "city"]
    assert await found(work, "芳芳") == ["王芳芳"]
    with pytest.raises(Conflict) as stale:
        await actions.edit(work, lead.id, entered(), 1)
    assert (stale.value.code, stale.value.current["city"]) == ("stale", "上海")


async def test_the_id_of_a_phone_is_used_once(make: Any, work_as: Any) -> None:
    work = await work_as(await make.user("rep", "sales_rep"))
    uuid = uuid4()
    lead = await actions.create(work, entered(), client_uuid=uuid)
    assert lead.client_uuid == uuid
    with pytest.raises(Invalid) as refusal:
        await actions.create(work, entered(name="Other", client_uuid=str(uuid)))
    assert list(refusal.value.errors) == ["client_uuid"]


async def test_the_first_touch_makes_a_lead_followed(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    work = await work_as(rep)
    lead = await actions.create(work, entered())
    assert await found(work, scene="waiting") == ["王芳"]
    assert await queries.waiting(work) == 1

    entry = parse(FollowUpInput, {"lead_id": lead.id, "content": "Called", "next_pick": "week"})
    record = await followups.create(work, entry)

    await work.session.refresh(lead)
    assert (record.lead_id, record.customer_id) == (lead.id, None)
    assert (lead.status, lead.last_follow_up_at, lead.activity_at) == ("following", work.now, work.now)
    assert await found(work, scene="waiting") == []
    assert await found(work, scene="mine") == ["王芳"]
    plan = (await work.session.execute(select(CalendarEvent))).scalar_one()
    assert (plan.lead_id, plan.customer_id, plan.title, plan.remind_at) == (lead.id, None, "王芳", plan.starts_at)
    assert [row.content for row in await touches.of_lead(work, lead.id)] == ["Called"]
    said = await queries.timeline(work, await queries.detail(work, lead.id))
    assert [row.name for row in said] == ["FollowedUp", "LeadCreated"]
    listed = await fetch_page(work, touches.LIST, ListQuery(q="王芳"))
    assert [(row.customer, row.lead, row.lead_id) for row in listed.rows] == [(None, "王芳", lead.id)]

    await actions.note(work, lead.id, parse(FollowUpInput, {"customer_id": 1, "content": "Again"}))
    assert (await work.session.get_one(CalendarEvent, plan.id)).done_at is None, "planned for next week"
    with pytest.raises(Invalid):
        parse(FollowUpInput, {"content": "Called nobody"})
    with pytest.raises(Invalid) as contact:
        await actions.note(work, lead.id, parse(FollowUpInput, {"customer_id": 1, "content": "x", "contact_id": 1}))
    assert list(contact.value.errors) == ["contact_id"]


async def test_correcting_and_deleting_a_touch_of_a_lead(make: Any, work_as: Any) -> None:
    work = await work_as(await make.user("boss", "department_manager", department=await make.department()))
    lead = await actions.create(work, entered())
    record = await actions.note(work, lead.id, parse(FollowUpInput, {"lead_id": lead.id, "content": "Called"}))
    earlier = {"lead_id": lead.id, "content": "Called", "at": (work.now - timedelta(hours=2)).isoformat()}
    await followups.edit(work, record.id, parse(FollowUpInput, earlier), record.version)
    await work.session.refresh(lead)
    assert lead.last_follow_up_at == work.now - timedelta(hours=2)
    gone = await followups.delete(work, record.id)
    await work.session.refresh(lead)
    assert (gone.lead_id, lead.last_follow_up_at, lead.activity_at) == (lead.id, None, lead.created_at)


async def test_nothing_is_noted_of_a_lead_in_a_pool(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("Shanghai", kind="lead", members=(rep,))
    lead = await make.lead("Wang", pool=pool)
    work = await work_as(rep)
    with pytest.raises(Denied):
        await actions.note(work, lead.id, parse(FollowUpInput, {"lead_id": lead.id, "content": "Called"}))
    foreign = await make.lead("Foreign", owner=await make.user("other", "sales_rep"))
    with pytest.raises(NotFound):
        await actions.note(work, foreign.id, parse(FollowUpInput, {"lead_id": foreign.id, "content": "Called"}))


async def test_an_invalid_lead_waits_for_its_day_and_is_woken(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep", time_zone="Asia/Shanghai")
    pool = await make.pool("Shanghai", kind="lead", members=(rep,))
    work = await work_as(rep)
    work.session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=7))
    lead = await actions.create(work, entered())
    due: Any = lead.recycle_due_at
    assert due is not None
    again = work.today + timedelta(days=30)
    with pytest.raises(Invalid):
        await actions.mark_invalid(work, lead.id, StatusInput(reason="No answer", look_again_on=work.today))
    await actions.mark_invalid(work, lead.id, StatusInput(reason="No answer", look_again_on=again), lead.version)
    assert (lead.status, lead.reason, lead.look_again_on, lead.owner_id) == ("invalid", "No answer", again, rep.id)
    assert lead.recycle_due_at == due + timedelta(days=30)
    with pytest.raises(Conflict) as state:
        await actions.mark_invalid(work, lead.id, StatusInput(reason="Still"))
    assert state.value.code == "wrong_state"
    await actions.wake(work, lead.id, lead.version)
    assert (lead.status, lead.reason, lead.look_again_on, lead.recycle_due_at) == ("pending", None, None, due)
    await actions.mark_invalid(work, lead.id, StatusInput(reason="Moved away"), lead.version)
    assert lead.recycle_due_at == due, "without a day the clock goes on"


async def test_voiding_is_for_who_may_and_taking_it_back_for_administrators(make: Any, work_as: Any) -> None:
    rep, boss = await make.user("rep", "sales_rep"), await make.user("boss", "marketing")
    admin = await make.user("admin", "administrator")
    pool = await make.pool("Shanghai", kind="lead", members=(rep,))
    lead = await make.lead("Wang", owner=rep, home_pool_id=pool.id)
    lying = await make.lead("Li", pool=pool)
    reason = StatusInput(reason="A joke")
    with pytest.raises(Denied):
        await actions.void(await work_as(rep), lead.id, reason)
    work = await work_as(boss)
    for one in (lead, lying):
        await work.session.refresh(one)
        await actions.void(work, one.id, reason, one.version)
        assert (one.status, one.reason, one.recycle_due_at) == ("void", "A joke", None)
        with pytest.raises(Denied):
            await actions.edit(work, one.id, entered())
        with pytest.raises(Denied):
            await actions.restore(work, one.id)
        await work.session.refresh(one)
    above = await work_as(admin)
    await actions.restore(above, lead.id)
    await actions.restore(above, lying.id)
    assert (lead.status, lead.owner_id, lying.status, lying.pool_id) == ("pending", rep.id, "unassigned", pool.id)


async def test_the_bin(make: Any, work_as: Any) -> None:
    rep, admin = await make.user("rep", "sales_rep"), await make.user("admin", "administrator")
    lead = await make.lead("Wang", owner=rep, mobile=MOBILE)
    with pytest.raises(Denied):
        await actions.delete(await work_as(rep), lead.id)
    work = await work_as(admin)
    await actions.delete(work, lead.id)
    assert [one.id for one in await queries.binned(work)] == [lead.id]
    with pytest.raises(NotFound):
        await queries.get(work, lead.id)
    other = await actions.create(work, entered(mobile=MOBILE))
    with pytest.raises(DuplicateLead):
        await actions.restore_deleted(work, lead.id)
    await actions.delete(work, other.id)
    await actions.restore_deleted(work, lead.id)
    assert (await queries.detail(work, lead.id)).owner == rep.name
    with pytest.raises(NotFound):
        await actions.restore_deleted(work, lead.id)


async def test_rates_are_the_lengths_of_lists(make: Any, work_as: Any) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    admin = await make.user("admin", "administrator")
    customer = await make.customer("Acme", owner=rep)
    done = {"status": "converted", "converted_customer_id": customer.id}
    for owner, source, values in (
        (rep, "trade_show", done),
        (rep, "trade_show", {}),
        (rep, "trade_show", {}),
        (other, None, {}),
        (rep, None, done),
    ):
        await make.lead(owner=owner, source=source, **values)
    work = await work_as(admin)
    by_source = await queries.rates(work)
    assert [(r.key, r.leads, r.converted, str(r.rate)) for r in by_source] == [
        ("trade_show", 3, 1, "33.3"), ("none", 2, 1, "50.0"),
    ]  # fmt: skip
    for rate in by_source:
        assert len(await found(work, source=rate.key)) == rate.leads
        assert len(await found(work, source=rate.key, status="converted")) == rate.converted
    by_owner = await queries.rates(work, "owner")
    assert [(r.label, r.leads, r.converted) for r in by_owner] == [(rep.name, 4, 2), (other.name, 1, 0)]
    assert [r.leads for r in await queries.rates(await work_as(other), "owner")] == [1]
    assert len(await queries.of_customer(work, customer.id)) == 2


async def test_the_database_keeps_state_and_place_together(make: Any, session: Any) -> None:
    rep, pool = await make.user("rep", "sales_rep"), await make.pool("Shanghai", kind="lead")
    for values in (
        {"owner": rep, "status": "unassigned"},
        {"pool": pool, "status": "pending"},
        {"owner": rep, "pool": pool},
        {"owner": rep, "status": "converted"},
        {"status": "void"},
    ):
        with pytest.raises(Exception, match="violates check constraint"):
            async with session.begin_nested():
                await make.lead(**values)
    assert (await session.scalars(select(Lead))).all() == []
