"""Leads and their follow-ups from phones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.access import SYSTEM
from domain.core.work import Work, clock
from domain.followups.models import FollowUp
from domain.leads import actions
from domain.leads.inputs import ConvertInput
from domain.leads.models import Lead
from domain.notifications.models import Notification
from domain.pools import clock as pool_clock
from domain.pools import sweep
from domain.pools.models import PoolKind, RecycleRule
from tests.conftest import WorkAs
from tests.make import Make
from tests.sync.conftest import PhoneOf
from tests.sync.phone import record

pytestmark = pytest.mark.anyio


def touch(lead: Lead, **more: Any) -> dict[str, Any]:
    return record("followups", {"lead_id": str(lead.id), "content": "Called"}, **more)


async def test_a_lead_and_its_touch_come_once_and_in_order(make: Make, phone: PhoneOf, session: AsyncSession) -> None:
    rep = await make.user("rep", "sales_rep")
    own = await phone(rep)
    lead = record("leads", {"name": "王芳", "mobile": "13800138000"})
    noted = record("followups", {"lead_uuid": lead["id"], "content": "Called"})
    early = await own.post(noted)
    assert (early.status_code, early.json()["code"]) == (409, "waits_for")

    first = await own.post(lead)
    assert first.status_code == 200, first.text
    made = (await session.scalars(select(Lead))).one()
    assert (made.owner_id, str(made.client_uuid)) == (rep.id, lead["id"])
    assert (first.json()["record"]["url"], first.json()["record"]["title"]) == (f"/leads/{made.id}", "王芳")
    assert (await own.post(lead)).json()["replayed"] is True

    assert (await own.post(noted)).status_code == 200
    stored = (await session.scalars(select(FollowUp))).one()
    await session.refresh(made)
    assert (stored.lead_id, stored.customer_id, made.status) == (made.id, None, "following")
    again = await own.post(noted)
    assert (again.json()["replayed"], again.json()["record"]["title"]) == (True, "王芳")

    same = await own.post(record("leads", {"name": "Other", "mobile": "13800138000"}))
    assert (same.status_code, list(same.json()["errors"])) == (422, ["mobile"])
    nobody = await own.post(record("followups", {"content": "Called"}))
    assert (nobody.status_code, list(nobody.json()["errors"])) == (422, ["customer_id"])


async def test_a_lead_that_the_clock_took_comes_back(
    make: Make, phone: PhoneOf, work_as: WorkAs, session: AsyncSession
) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    pool = await make.pool("Shanghai", kind="lead", members=(rep, other))
    work = await work_as(rep)
    session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=7))
    back = await make.lead("Back", owner=rep, home_pool_id=pool.id)
    taken = await make.lead("Taken", owner=rep, home_pool_id=pool.id)
    for lead in (back, taken):
        lead.owned_since = work.now - timedelta(days=10)
    await pool_clock.recompute(session, PoolKind.lead)
    assert await sweep.recycle_due(Work(session, SYSTEM, work.now)) == 2
    await session.refresh(taken)
    taken.owner_id, taken.pool_id, taken.status = other.id, None, "pending"
    await session.flush()
    own = await phone(rep)
    at = clock() - timedelta(hours=1)

    said = (await own.post(touch(back, at=at))).json()
    await session.refresh(back)
    assert (back.owner_id, back.status) == (rep.id, "following")
    assert said["notes"] == ["The lead had left you by the clock; it is yours again."]
    said = (await own.post(touch(taken, at=at))).json()
    await session.refresh(taken)
    assert (taken.owner_id, len((await session.scalars(select(FollowUp))).all())) == (other.id, 2)
    assert said["notes"] == ["Somebody else has the lead now. What you recorded is kept; both of you have been told."]


async def test_a_lead_that_went_elsewhere_keeps_what_was_recorded(
    make: Make, phone: PhoneOf, work_as: WorkAs, session: AsyncSession
) -> None:
    boss = await make.user("boss", "department_manager")
    rep = await make.user("rep", "sales_rep", manager=boss)
    admin = await make.user("admin", "administrator")
    own = await phone(rep)
    first = await own.post(record("leads", {"name": "Wang"}))
    lead = await session.get_one(Lead, first.json()["record"]["id"])
    at = clock() + timedelta(seconds=1)
    await actions.delete(await work_as(admin), lead.id)
    answer = await own.post(touch(lead, at=at))
    assert answer.json()["notes"] == [
        "The lead was deleted meanwhile. What you recorded is kept; your manager has been told."
    ]
    told = (await session.scalars(select(Notification).where(Notification.user_id == boss.id))).one()
    assert told.params["name"] == "Wang"


async def test_a_touch_of_a_converted_lead_stands_with_the_customer(
    make: Make, phone: PhoneOf, work_as: WorkAs, session: AsyncSession
) -> None:
    rep = await make.user("rep", "sales_rep")
    lead = await make.lead("Wang", owner=rep, company="Runda")
    made = await actions.convert(await work_as(rep), lead.id, ConvertInput())
    await session.flush()
    answer = await (await phone(rep)).post(touch(lead, at=clock() - timedelta(hours=1)))
    assert answer.status_code == 200, answer.text
    assert answer.json()["notes"] == ["The lead has become a customer meanwhile. What you recorded stands there."]
    assert (await session.scalars(select(FollowUp.customer_id))).all() == [made.customer.id]
