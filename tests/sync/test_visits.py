"""Visits from phones: however late, with whatever the phone made beside them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar.models import CalendarEvent
from domain.contacts.models import Contact
from domain.core.access import SYSTEM
from domain.core.work import Work, clock
from domain.customers.models import Customer
from domain.followups.models import FollowUp
from domain.notifications.models import Notification
from domain.pools import clock as pool_clock
from domain.pools import sweep
from domain.pools.models import PoolKind, RecycleRule
from domain.visits.models import Visit
from tests.make import Make
from tests.sync.conftest import PhoneOf
from tests.sync.phone import record

pytestmark = pytest.mark.anyio


async def fresh(session: AsyncSession, model: Any, *where: Any) -> Any:
    found = select(model).where(*where).execution_options(populate_existing=True)
    return (await session.execute(found)).scalar_one()


async def test_a_visit_becomes_a_follow_up_at_its_own_time(make: Make, phone: PhoneOf, session: AsyncSession) -> None:
    rep = await make.user("rep", "sales_rep")
    customer = await make.customer(owner=rep)
    at = clock() - timedelta(hours=6)
    body = record("visits", {"customer_id": str(customer.id), "result": "Shelf is full"}, at=at)
    answer = await (await phone(rep)).post(body)
    assert answer.status_code == 200, answer.text
    visit = await fresh(session, Visit)
    assert answer.json()["record"] == {"id": visit.id, "url": f"/visits/{visit.id}", "title": customer.name}
    assert (str(visit.client_uuid), visit.recorded_at, visit.clock_offset_s) == (body["id"], at, 0)
    followup = await fresh(session, FollowUp)
    assert (followup.at, followup.way, visit.followup_id) == (at, "visit", followup.id)
    assert (await fresh(session, Customer)).last_follow_up_at == at


async def test_a_planned_visit_is_recorded_once_and_keeps_its_row(
    make: Make, phone: PhoneOf, session: AsyncSession
) -> None:
    rep = await make.user("rep", "sales_rep")
    customer = await make.customer(owner=rep)
    planned = Visit(customer_id=customer.id, owner_id=rep.id, created_by_id=rep.id, planned_on=clock().date())
    session.add(planned)
    await session.commit()
    own = await phone(rep)
    body = record("visits", {"visit_id": str(planned.id), "customer_id": str(customer.id), "result": "Done"})
    first, again = await own.post(body), await own.post(body)
    assert (first.json()["record"]["id"], again.json()["replayed"]) == (planned.id, True)
    assert (await fresh(session, Visit)).status == "done"


async def test_a_contact_that_comes_after_its_visit_is_linked(
    make: Make, phone: PhoneOf, session: AsyncSession
) -> None:
    rep = await make.user("rep", "sales_rep")
    own = await phone(rep)
    customer = record("customers", {"name": "Tea House"})
    contact = record("contacts", {"customer_uuid": customer["id"], "name": "Wang"})
    visit = record("visits", {"customer_uuid": customer["id"], "contact_uuid": contact["id"], "result": "Met Wang"})
    early = await own.post(visit)
    assert (early.status_code, early.json()["code"]) == (409, "waits_for")
    for body in (customer, visit):
        assert (await own.post(body)).status_code == 200
    assert (await fresh(session, Visit)).contact_id is None
    assert (await own.post(contact)).status_code == 200
    made = await fresh(session, Contact)
    assert (await fresh(session, Visit)).contact_id == made.id
    assert (await fresh(session, FollowUp)).contact_id == made.id


async def test_somebody_elses_contact_is_not_linked_to_my_visit(
    make: Make, phone: PhoneOf, session: AsyncSession
) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    mine, theirs = await make.customer(owner=rep), await make.customer(owner=other)
    contact = record("contacts", {"customer_id": str(theirs.id), "name": "Wang"})
    visit = record("visits", {"customer_id": str(mine.id), "contact_uuid": contact["id"], "result": "Met Wang"})
    assert (await (await phone(rep)).post(visit)).status_code == 200
    assert (await (await phone(other)).post(contact)).status_code == 200
    assert (await fresh(session, Visit)).contact_id is None


async def test_a_customer_that_the_clock_took_comes_back_for_a_visit_in_time(
    make: Make, phone: PhoneOf, session: AsyncSession
) -> None:
    rep = await make.user("rep", "sales_rep")
    chief = await make.user("chief", "department_manager")
    pool = await make.pool("North", members=(rep,), administrators=(chief,))
    session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=30))
    customer = await make.customer(owner=rep, home_pool_id=pool.id)
    customer.owned_since = clock() - timedelta(days=40)
    await session.flush()
    at = clock()
    await pool_clock.recompute(session, PoolKind.customer)
    assert await sweep.recycle_due(Work(session, SYSTEM, clock())) == 1
    await session.commit()
    own = await phone(rep)
    answer = await own.send("visits", {"customer_id": str(customer.id), "result": "Sold"}, at=at)
    assert answer.status_code == 200, answer.text
    assert answer.json()["notes"] == ["The customer had left you by the clock; it is yours again."]
    stands = await fresh(session, Customer)
    assert (stands.owner_id, stands.pool_id, stands.last_follow_up_at) == (rep.id, None, at)
    assert stands.recycle_due_at is not None
    assert stands.recycle_due_at > clock() + timedelta(days=29)
    assert (await fresh(session, Visit)).flag is None
    shown = await own.client.get(f"/customers/{customer.id}", headers={"accept": "text/html"})
    assert "recorded in time, sent later" in shown.text
    told = select(Notification.user_id).where(Notification.kind == "pool")
    assert set(await session.scalars(told)) == {rep.id, chief.id}


async def test_after_a_claim_the_visit_is_kept_and_flagged_and_both_are_told(
    make: Make, phone: PhoneOf, session: AsyncSession
) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    pool = await make.pool("North", members=(rep, other))
    session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=30))
    customer = await make.customer(owner=rep, home_pool_id=pool.id)
    customer.owned_since = clock() - timedelta(days=40)
    await session.flush()
    at = clock()
    await pool_clock.recompute(session, PoolKind.customer)
    assert await sweep.recycle_due(Work(session, SYSTEM, clock())) == 1
    await session.commit()
    theirs = await phone(other)
    await theirs.hello()
    claimed = await theirs.client.post(f"/customers/{customer.id}/claim", headers={"x-csrf-token": theirs.csrf})
    assert claimed.status_code == 303
    own = await phone(rep)
    for kind in ("visits", "followups"):
        fields = {"customer_id": str(customer.id), "result": "Sold", "content": "Sold too"}
        answer = await own.send(kind, fields, at=at)
        assert answer.status_code == 200, answer.text
        assert answer.json()["notes"][0].startswith("Somebody else has the customer now.")
    assert (await fresh(session, Visit)).flag == "reassigned"
    assert (await fresh(session, Customer)).owner_id == other.id
    told = select(Notification.user_id).where(Notification.kind == "pool")
    assert set(await session.scalars(told)) == {rep.id, other.id}


async def test_the_plan_of_a_later_visit_stands_when_an_earlier_one_comes_after_it(
    make: Make, phone: PhoneOf, session: AsyncSession
) -> None:
    rep = await make.user("rep", "sales_rep")
    customer = await make.customer(owner=rep)
    own = await phone(rep)
    fields = {"customer_id": str(customer.id), "result": "Second", "next_pick": "own"}
    later = {**fields, "next_contact_at": "2099-01-02T09:00"}
    assert (await own.send("visits", later, at=clock() - timedelta(hours=1))).status_code == 200
    earlier = {**fields, "result": "First", "next_contact_at": "2099-05-05T09:00"}
    assert (await own.send("visits", earlier, at=clock() - timedelta(hours=4))).status_code == 200
    open_plans = select(CalendarEvent.starts_at).where(CalendarEvent.done_at.is_(None))
    assert [at.month for at in await session.scalars(open_plans)] == [1]
    kept = await session.scalars(select(Visit.next_contact_at).order_by(Visit.id))
    assert [at.month for at in kept if at is not None] == [1, 5]
