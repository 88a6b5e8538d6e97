"""Leads in pools: claims, returns, the clock, default assignment."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.core.access import SYSTEM
from domain.core.errors import Conflict, Denied, Invalid
from domain.core.events import EventRow
from domain.core.inputs import parse
from domain.core.lists import ListQuery, fetch_page
from domain.core.work import Work
from domain.followups.inputs import FollowUpInput
from domain.leads import actions, queries
from domain.leads.inputs import LeadInput, StatusInput
from domain.leads.models import Lead
from domain.notifications.models import Notification
from domain.pools import actions as hands
from domain.pools import assignees, clock, late, ledger, sweep, warnings
from domain.pools import queries as pools
from domain.pools.late import Standing
from domain.pools.models import OwnershipChange, PoolAssignee, PoolKind, RecycleRule
from domain.search.grams import index_grams

pytestmark = pytest.mark.anyio
KIND = PoolKind.lead


def night(work: Work) -> Work:
    """The clock's own work, in the same transaction."""
    return Work(work.session, SYSTEM, work.now)


async def assigned(make: Any, pool: Any, *users: Any) -> None:
    make.session.add_all(PoolAssignee(pool_id=pool.id, user_id=user.id, position=n) for n, user in enumerate(users))
    await make.session.flush()


async def test_claim_return_assign_and_transfer_move_the_state(make: Any, work_as: Any) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    boss = await make.user("boss", "department_manager")
    pool = await make.pool("Shanghai", kind="lead", members=(rep,), administrators=(boss,))
    lead = await make.lead("Wang", pool=pool)
    work = await work_as(rep)

    claimed = await hands.claim(work, KIND, lead.id)
    assert (claimed.owner_id, claimed.pool_id, claimed.status, claimed.home_pool_id) == (
        rep.id,
        None,
        "pending",
        pool.id,
    )
    event = (await work.session.scalars(select(EventRow).where(EventRow.name == "Claimed"))).one()
    assert (event.kind, event.record_id, event.customer_id) == ("leads", lead.id, None)

    await actions.mark_invalid(work, lead.id, StatusInput(reason="No answer"))
    await hands.release(work, KIND, lead.id, "Not for me")
    await work.session.flush()
    await work.session.refresh(lead)
    assert (lead.status, lead.reason, lead.owner_id, lead.pool_id) == ("unassigned", None, None, pool.id)

    above = await work_as(boss)
    assert all(one.done for one in await hands.assign(above, KIND, [lead.id], other.id))
    await above.session.refresh(lead)
    assert (lead.status, lead.owner_id) == ("pending", other.id)
    theirs = await work_as(other)
    await actions.note(theirs, lead.id, parse(FollowUpInput, {"lead_id": lead.id, "content": "Called"}))
    assert all(one.done for one in await hands.transfer(theirs, KIND, [lead.id], rep.id))
    await above.session.refresh(lead)
    assert (lead.status, lead.owner_id) == ("pending", rep.id)
    assert await ledger.claim_count(work, KIND, lead.id) == 3
    told = (await work.session.scalars(select(Notification).where(Notification.user_id == rep.id))).one()
    assert told.url == f"/leads/{lead.id}"


async def test_what_is_at_its_end_changes_hands_no_more_and_counts_for_no_limit(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep", holding_limit=1)
    boss = await make.user("boss", "department_manager")
    pool = await make.pool("Shanghai", kind="lead", members=(rep, boss), administrators=(boss,))
    customer = await make.customer("Acme", owner=rep)
    done = await make.lead("Done", owner=rep, status="converted", converted_customer_id=customer.id)
    void = await make.lead("Void", pool=pool, status="void")
    lead = await make.lead("Wang", pool=pool)
    work = await work_as(rep)
    with pytest.raises(Denied, match="customer"):
        await hands.release(work, KIND, done.id, "x", pool.id)
    with pytest.raises(Denied, match="void"):
        await hands.claim(work, KIND, void.id)
    (one,) = await hands.assign(await work_as(boss), KIND, [void.id], boss.id)
    assert str(one.reason) == "It is void."
    (count,) = await pools.overview(work, KIND)
    assert (count.lying, count.standing.held, count.standing.holding_limit) == (1, 0, 1)
    seen = await fetch_page(work, queries.LIST, ListQuery(scene="pool"), counted=True)
    assert [row.name for row in seen.rows] == ["Wang"]

    await hands.claim(work, KIND, lead.id)
    with pytest.raises(Invalid) as full:
        await actions.create(work, parse(LeadInput, {"name": "One more"}))
    assert str(full.value.sentence) == "You hold 1 of 1 leads. Return one first."


async def test_the_clock_takes_back_what_nobody_follows(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("Shanghai", kind="lead", members=(rep,))
    customer = await make.customer("Acme", owner=rep)
    work = await work_as(rep)
    work.session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=7))
    work.session.add(RecycleRule(pool_id=pool.id, kind="no_deal", days=3))
    owned: dict[str, Any] = {"owner": rep, "home_pool_id": pool.id}
    late_one = await make.lead("Late", status="following", **owned)
    invalid = await make.lead("Invalid", status="invalid", reason="No answer", **owned)
    waits = await make.lead("Waits", status="invalid", look_again_on=work.today + timedelta(days=3), **owned)
    void = await make.lead("Void", status="void", **owned)
    done = await make.lead("Done", status="converted", converted_customer_id=customer.id, **owned)
    fresh = await make.lead("Fresh", last_follow_up_at=work.now, **owned)
    soon = await make.lead("Soon", last_follow_up_at=work.now - timedelta(days=5), **owned)
    every = (late_one, invalid, waits, void, done, fresh, soon)
    for lead in every:
        lead.owned_since = work.now - timedelta(days=10)
    await work.session.flush()

    assert await sweep.recycle_all(lambda: nullcontext(night(work))) == 2

    for lead in every:
        await work.session.refresh(lead)
    assert {(x.status, x.pool_id, x.owner_id, x.reason, x.version) for x in (late_one, invalid)} == {
        ("unassigned", pool.id, None, None, 2)
    }
    assert [x.owner_id for x in (waits, void, done, fresh, soon)] == [rep.id] * 5
    assert (void.recycle_due_at, done.recycle_due_at) == (None, None)
    assert waits.recycle_due_at is not None and waits.recycle_due_at > work.now + timedelta(days=9)
    events = (await work.session.scalars(select(EventRow).where(EventRow.name == "Recycled"))).all()
    assert {(event.kind, event.customer_id) for event in events} == {("leads", None)}
    told = (await work.session.scalars(select(Notification).where(Notification.user_id == rep.id))).all()
    assert [one.sentence for one in told] == ["%(n)s of your leads returned to a pool."]
    assert await warnings.warn_owners(night(work)) == 1
    sentence = await pools.due_sentence(work, KIND, soon)
    assert "no follow-up for 7 days" in str(sentence)
    assert [one.name for one in await pools.leaving(work, KIND)] == ["Soon"]


async def test_what_was_recorded_in_time_brings_a_lead_back(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("Shanghai", kind="lead", members=(rep,))
    work = await work_as(rep)
    work.session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=7))
    lead = await make.lead("Wang", owner=rep, home_pool_id=pool.id, status="following")
    lead.owned_since = work.now - timedelta(days=10)
    await clock.recompute(work.session, KIND)
    assert await sweep.recycle_due(night(work)) == 1
    standing = await late.arrive(work, KIND, lead.id, work.now - timedelta(hours=1))
    await work.session.refresh(lead)
    assert (standing, lead.owner_id, lead.status) == (Standing.brought_back, rep.id, "pending")


async def test_a_pool_hides_numbers(make: Any, work_as: Any) -> None:
    rep, boss = await make.user("rep", "sales_rep"), await make.user("boss", "sales_rep")
    pool = await make.pool(
        "Shanghai", kind="lead", members=(rep,), administrators=(boss,), hidden_fields=["phone", "notes"]
    )
    marketing = await work_as(await make.user("mark", "marketing"))
    data = {"name": "Wang", "mobile": "13800138000", "need": "Tea", "pool_id": pool.id}
    lead = await actions.create(marketing, parse(LeadInput, data))
    work = await work_as(rep)
    assert (await queries.detail(work, lead.id)).hidden == {"phone", "mobile", "notes", "need"}
    assert (await queries.detail(await work_as(boss), lead.id)).hidden == frozenset()
    assert (await queries.detail(marketing, lead.id)).hidden == frozenset()
    assert (await fetch_page(work, queries.LIST, ListQuery(q="1380013"))).rows == []
    (row,) = (await fetch_page(work, queries.LIST, ListQuery(q="wang"))).rows
    assert row.mobile is None
    await hands.claim(work, KIND, lead.id)
    (row,) = (await fetch_page(work, queries.LIST, ListQuery(q="1380013"))).rows
    assert row.mobile == "+8613800138000"
    assert index_grams("wang") != []


async def test_assignees_take_turns(make: Any, work_as: Any) -> None:
    ann, bob, eve = [await make.user(name, "sales_rep") for name in ("ann", "bob", "eve")]
    gone = await make.user("gone", "sales_rep", active=False)
    away = await make.user("away", "sales_rep", on_leave_until=date(2199, 1, 1))
    pool = await make.pool("Shanghai", kind="lead")
    await assigned(make, pool, gone, away, ann, bob, eve)
    work = await work_as(await make.user("mark", "marketing"))

    owners = []
    for n in range(4):
        lead = await actions.create(work, parse(LeadInput, {"name": f"Lead {n}", "pool_id": pool.id}))
        assert (lead.status, lead.pool_id, lead.home_pool_id) == ("pending", None, pool.id)
        owners.append(lead.owner_id)
    assert owners == [ann.id, bob.id, eve.id, ann.id]
    assert await assignees.turns(work, KIND, pool.id, 4) == [bob.id, eve.id, ann.id, bob.id]
    assert await assignees.turns(work, KIND, pool.id, 1) == [eve.id]

    lines = (await work.session.scalars(select(OwnershipChange).order_by(OwnershipChange.id))).all()
    assert [(x.verb, x.from_pool_id, x.to_pool_id, x.to_owner_id) for x in lines[:2]] == [
        ("create", None, pool.id, None), ("assign", pool.id, None, ann.id),
    ]  # fmt: skip
    told = (await work.session.scalars(select(Notification).where(Notification.user_id == ann.id))).all()
    assert len(told) == 2


async def test_who_is_full_is_passed_over(make: Any, work_as: Any) -> None:
    ann = await make.user("ann", "sales_rep", holding_limit=1)
    bob = await make.user("bob", "sales_rep", holding_limit=2)
    pool = await make.pool("Shanghai", kind="lead")
    await assigned(make, pool, ann, bob)
    work = await work_as(await make.user("mark", "marketing"))
    made = [await actions.create(work, parse(LeadInput, {"name": f"Lead {n}", "pool_id": pool.id})) for n in range(4)]
    assert [lead.owner_id for lead in made] == [ann.id, bob.id, bob.id, None]
    assert (made[3].status, made[3].pool_id) == ("unassigned", pool.id)
    assert await assignees.turns(work, KIND, pool.id, 2) == [None, None]


async def test_pools_of_leads_are_for_who_sees_leads(make: Any, work_as: Any) -> None:
    leads = await make.pool("Shanghai", kind="lead")
    await make.pool("East", kind="customer")
    work = await work_as(await make.user("mark", "marketing"))
    assert await pools.choices(work, KIND) == [(leads.id, "Shanghai")]
    assert await pools.choices(work, PoolKind.customer) == []
    rep = await work_as(await make.user("rep", "sales_rep"))
    assert await pools.choices(rep, KIND) == []
    with pytest.raises(Conflict):
        lead = await make.lead("Mine", owner=await make.user("o", "sales_rep"))
        boss = await work_as(await make.user("admin", "administrator"))
        await hands.claim(boss, KIND, lead.id)
    assert (await work.session.scalars(select(Lead))).one().status == "pending"
