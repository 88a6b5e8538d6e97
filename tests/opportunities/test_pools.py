"""What the pools' clock makes of opportunities, and what goes along when a customer changes hands."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.access import Scope
from domain.core.errors import Denied
from domain.customers.models import Customer
from domain.opportunities import actions
from domain.opportunities.inputs import OpportunityInput, ReopenInput, StageInput
from domain.opportunities.models import Opportunity
from domain.pools import actions as pools
from domain.pools import clock
from domain.pools.models import PoolKind, RecycleRule
from tests.conftest import Client, WorkAs
from tests.make import FIXED, Make

pytestmark = pytest.mark.anyio


async def due_of(session: AsyncSession, customer: Customer) -> Any:
    await session.refresh(customer, ["recycle_due_at"])
    return customer.recycle_due_at


@pytest.mark.parametrize(
    ("values", "stage", "runs"),
    [
        ({"kind": "no_follow_up"}, "Stage 1", True),
        ({"kind": "no_follow_up", "exempt_opportunity": True}, "Stage 1", False),
        ({"kind": "no_follow_up", "exempt_opportunity": True}, "Lost", True),
        ({"kind": "no_opportunity"}, "Stage 1", False),
        ({"kind": "no_opportunity"}, "Lost", True),
        ({"kind": "no_deal"}, "Stage 1", True),
        ({"kind": "no_deal", "exempt_opportunity": True}, "Stage 1", False),
    ],
)
async def test_what_an_opportunity_does_to_a_rule(
    make: Make, session: AsyncSession, values: dict[str, Any], stage: str, runs: bool
) -> None:
    rep, pool, pipeline = await make.user("rep", "sales_rep"), await make.pool(), await make.pipeline()
    session.add(RecycleRule(pool_id=pool.id, days=30, **values))
    customer = await make.customer(owner=rep, home_pool_id=pool.id)
    await make.opportunity(customer, stage=await make.stage(pipeline, stage))
    await clock.recompute(session, PoolKind.customer, [customer.id])
    assert (await due_of(session, customer) is not None) is runs


async def test_every_verb_sets_the_clock_of_the_customer(make: Make, session: AsyncSession, work_as: WorkAs) -> None:
    """A rule of thirty days without an opportunity counts from the end of the last one."""
    admin, pool, pipeline = await make.user("admin", "administrator"), await make.pool(), await make.pipeline()
    session.add(RecycleRule(pool_id=pool.id, days=30, kind="no_opportunity"))
    customer = await make.customer(owner=admin, home_pool_id=pool.id)
    await clock.recompute(session, PoolKind.customer, [customer.id])
    first = await due_of(session, customer)
    assert first is not None and first < FIXED + timedelta(days=32)
    work = await work_as(admin)
    made = await actions.create(work, OpportunityInput(name="x", customer_id=customer.id))
    assert await due_of(session, customer) is None
    lost = StageInput(stage_id=(await make.stage(pipeline, "Lost")).id, end_note="No")
    await actions.move(work, made.id, lost)
    again = await due_of(session, customer)
    assert again > work.now + timedelta(days=29)
    await actions.reopen(work, made.id, ReopenInput(reason="Yes"))
    assert await due_of(session, customer) is None
    await actions.delete(work, made.id)
    assert await due_of(session, customer) == first
    await actions.restore_deleted(work, made.id)
    assert await due_of(session, customer) is None


async def test_open_opportunities_go_along_by_choice(make: Make, session: AsyncSession, work_as: WorkAs) -> None:
    rep, other, third = [await make.user(name, "sales_rep") for name in ("rep", "other", "third")]
    pipeline = await make.pipeline()
    stays, goes = await make.customer(owner=rep), await make.customer(owner=rep)
    kept = await make.opportunity(stays)
    gone, ended, others = [
        await make.opportunity(goes, owner=owner, stage=await make.stage(pipeline, stage))
        for owner, stage in ((rep, "Stage 1"), (rep, "Won"), (third, "Stage 1"))
    ]
    work = await work_as(rep)
    await pools.transfer(work, PoolKind.customer, [stays.id], other.id)
    await pools.transfer(work, PoolKind.customer, [goes.id], other.id, along=True)
    await session.flush()
    owners = {row.id: row.owner_id for row in await session.execute(select(Opportunity.id, Opportunity.owner_id))}
    assert owners == {kept.id: rep.id, gone.id: other.id, ended.id: rep.id, others.id: third.id}
    told = [row for row in work.recorded if row.name == "OpportunityTransferred"]
    assert [(row.record_id, row.customer_id) for row in told] == [(gone.id, goes.id)]


async def test_taking_along_needs_the_right(make: Make, session: AsyncSession, work_as: WorkAs) -> None:
    role = await make.role("Half", ("customers.view", "customers.transfer"), {"customers": Scope.own})
    half, other = await make.user("half", role), await make.user("other", "sales_rep")
    customer = await make.customer(owner=half)
    with pytest.raises(Denied):
        await pools.transfer(await work_as(half), PoolKind.customer, [customer.id], other.id, along=True)
    assert customer.owner_id == half.id


async def test_the_form_offers_the_choice(make: Make, session: AsyncSession, client: Client) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    customer, second = await make.customer(owner=rep), await make.customer(owner=rep)
    first, kept = await make.opportunity(customer), await make.opportunity(second)
    page = await client(rep)
    form = await page.get(f"/customers/{customer.id}/transfer")
    assert 'name="along"' in form.text and " checked" in form.text
    await page.submit(f"/customers/{customer.id}/transfer", {"user_id": other.id, "along": "1"})  # type: ignore[attr-defined]
    await page.submit(f"/customers/{second.id}/transfer", {"user_id": other.id})  # type: ignore[attr-defined]
    for opportunity in (first, kept):
        await session.refresh(opportunity)
    assert (first.owner_id, kept.owner_id) == (other.id, rep.id)
    lead = await make.lead(owner=rep)
    assert 'name="along"' not in (await page.get(f"/leads/{lead.id}/transfer")).text
