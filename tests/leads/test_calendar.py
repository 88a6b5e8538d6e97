"""Planned contacts with leads: in the calendar, with a reminder, as long as the lead is in one's hands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.calendar import actions as calendar
from domain.calendar import queries
from domain.core.access import SYSTEM
from domain.core.inputs import parse
from domain.core.work import Work
from domain.followups.inputs import FollowUpInput
from domain.leads import actions
from domain.leads.inputs import ConvertInput, StatusInput
from domain.leads.models import Lead
from domain.notifications.models import Notification
from domain.pools import actions as hands
from domain.pools.models import PoolKind

pytestmark = pytest.mark.anyio


async def planned(work: Work, lead: Lead) -> None:
    at = (work.now + timedelta(hours=1)).isoformat()
    data = {"lead_id": lead.id, "content": "Called", "next_pick": "own", "next_contact_at": at}
    await actions.note(work, lead.id, parse(FollowUpInput, data))
    await work.session.flush()


async def open_names(work: Work) -> list[str]:
    return [row.title for row in await queries.open_until(work, work.now + timedelta(days=2))]


async def reminded(work: Work, user: Any) -> list[str]:
    later = Work(work.session, SYSTEM, work.now + timedelta(hours=2))
    await calendar.remind_due(later)
    told = select(Notification.url).where(Notification.user_id == user.id, Notification.kind == "followup")
    return list(await work.session.scalars(told))


async def test_a_reminder_leads_to_the_form_of_the_lead(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    lead = await make.lead("Wang", owner=rep, mobile="+8613800138000")
    work = await work_as(rep)
    await planned(work, lead)
    (row,) = await queries.open_until(work, work.now + timedelta(days=2))
    assert (row.title, row.customer, row.lead_id, row.customer_id) == ("Wang", "Wang", lead.id, None)
    assert await reminded(work, rep) == [f"/followups/new?lead={lead.id}"]


async def test_a_touch_settles_what_was_planned_for_today(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep", time_zone="UTC")
    lead, other = await make.lead("Wang", owner=rep), await make.lead("Li", owner=rep)
    work = await work_as(rep)
    work.now = work.now.replace(hour=9)
    await planned(work, lead)
    await planned(work, other)
    await actions.note(work, lead.id, parse(FollowUpInput, {"lead_id": lead.id, "content": "Again"}))
    assert await open_names(work) == ["Li"]


@pytest.mark.parametrize("way", ["transfer", "void", "delete"])
async def test_nobody_is_reminded_of_what_has_left_him(make: Any, work_as: Any, way: str) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    lead = await make.lead("Wang", owner=rep)
    work = await work_as(rep)
    await planned(work, lead)
    above = await work_as(await make.user("admin", "administrator"))
    if way == "transfer":
        await hands.transfer(above, PoolKind.lead, [lead.id], other.id)
    elif way == "void":
        await actions.void(above, lead.id, StatusInput(reason="A joke"))
    else:
        await actions.delete(above, lead.id)
    await work.session.flush()
    assert await open_names(work) == []
    assert await reminded(work, rep) == []


async def test_after_a_conversion_the_contact_is_with_the_customer(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    lead = await make.lead("Wang", owner=rep)
    work = await work_as(rep)
    await planned(work, lead)
    made = await actions.convert(work, lead.id, ConvertInput())
    assert await open_names(work) == ["Wang"]
    assert await reminded(work, rep) == [f"/followups/new?customer={made.customer.id}"]
