"""Follow-ups about opportunities from phones."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.followups.models import FollowUp
from tests.make import Make
from tests.sync.conftest import PhoneOf
from tests.sync.phone import record

pytestmark = pytest.mark.anyio


async def test_a_touch_names_its_opportunity(make: Make, phone: PhoneOf, session: AsyncSession) -> None:
    rep = await make.user("rep", "sales_rep")
    customer, other = await make.customer(owner=rep), await make.customer(owner=rep)
    opportunity = await make.opportunity(customer)
    own = await phone(rep)
    about = {"opportunity_id": str(opportunity.id), "content": "Called"}
    wrong = await own.post(record("followups", {**about, "customer_id": str(other.id)}))
    assert wrong.status_code == 422 and "opportunity_id" in wrong.json()["errors"]
    made = await own.post(record("followups", about))
    assert made.status_code == 200, made.text
    touch = (await session.scalars(select(FollowUp))).one()
    await session.refresh(opportunity)
    assert (touch.customer_id, touch.opportunity_id) == (customer.id, opportunity.id)
    assert opportunity.last_follow_up_at == touch.at


async def test_it_does_not_open_a_customer_of_others(make: Make, phone: PhoneOf, session: AsyncSession) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    opportunity = await make.opportunity(await make.customer(owner=other))
    own = await phone(rep)
    refused = await own.post(record("followups", {"opportunity_id": str(opportunity.id), "content": "Called"}))
    assert refused.status_code == 404
    assert (await session.scalars(select(FollowUp.id))).all() == []
