"""A lead becomes an opportunity too, if one is wanted."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.access import Scope
from domain.core.errors import Denied
from domain.core.inputs import parse
from domain.followups.inputs import FollowUpInput
from domain.followups.models import FollowUp
from domain.leads import actions as leads
from domain.leads.inputs import ConvertInput
from domain.leads.models import LeadStatus
from domain.opportunities import queries
from domain.opportunities.models import Opportunity
from tests.conftest import WorkAs
from tests.make import Make

pytestmark = pytest.mark.anyio
WANTED = {"opportunity": True, "amount": "5,000", "expected_on": "2027-01-31"}


async def test_the_opportunity_carries_on_what_the_lead_was(make: Make, session: AsyncSession, work_as: WorkAs) -> None:
    rep, _pipeline = await make.user("rep", "sales_rep"), await make.pipeline()
    boss = await make.user("boss", "administrator")
    lead = await make.lead("王芳", owner=rep, company="润达", need="A line", source="trade_show")
    await leads.note(await work_as(rep), lead.id, parse(FollowUpInput, {"lead_id": lead.id, "content": "Called"}))
    work = await work_as(boss)
    made = await leads.convert(work, lead.id, parse(ConvertInput, {**WANTED, "customer_source": "展会"}))
    opportunity = made.opportunity
    assert opportunity is not None and made.contact is not None
    assert (opportunity.name, opportunity.owner_id, opportunity.customer_id) == ("润达", rep.id, made.customer.id)
    assert (opportunity.amount, opportunity.expected_on) == (Decimal("5000.00"), date(2027, 1, 31))
    assert (opportunity.need, opportunity.source, opportunity.contact_id) == ("A line", "trade_show", made.contact.id)
    assert made.customer.source == "展会"
    touch = (await session.scalars(select(FollowUp))).one()
    assert (touch.opportunity_id, touch.customer_id) == (opportunity.id, made.customer.id)
    assert opportunity.last_follow_up_at == touch.at
    found = await queries.detail(work, opportunity.id)
    assert (found.lead, found.contact) == ("王芳", "王芳")
    assert await queries.of_lead(work, lead.id) == (opportunity.id, "润达")
    assert work.recorded[-1].data["opportunity_id"] == opportunity.id


async def test_none_unless_it_is_wanted_and_its_own_name(make: Make, work_as: WorkAs) -> None:
    rep, _pipeline = await make.user("rep", "sales_rep"), await make.pipeline()
    first, second = await make.lead(owner=rep), await make.lead(owner=rep, source=None)
    known = await make.customer(owner=rep, source="Web")
    work = await work_as(rep)
    assert (await leads.convert(work, first.id, ConvertInput())).opportunity is None
    entered = {**WANTED, "customer_id": known.id, "opportunity_name": "Big deal", "customer_source": "Fair"}
    made = await leads.convert(work, second.id, parse(ConvertInput, entered))
    assert made.opportunity is not None
    assert (made.opportunity.name, made.opportunity.source, made.customer.source) == ("Big deal", None, "Web")


async def test_who_may_not_create_opportunities_converts_without(
    make: Make, session: AsyncSession, work_as: WorkAs
) -> None:
    rights = ("leads.view", "leads.edit", "leads.convert", "customers.view", "customers.create", "customers.edit",
              "contacts.view", "contacts.create")  # fmt: skip
    role = await make.role("Narrow", rights, dict.fromkeys(("leads", "customers", "contacts"), Scope.own))
    rep = await make.user("rep", role)
    await make.pipeline()
    lead = await make.lead(owner=rep)
    work = await work_as(rep)
    with pytest.raises(Denied):
        async with session.begin_nested():
            await leads.convert(work, lead.id, parse(ConvertInput, WANTED))
    await session.refresh(lead)
    assert lead.status == LeadStatus.pending
    assert (await session.scalars(select(Opportunity.id))).all() == []
    assert (await leads.convert(work, lead.id, ConvertInput())).opportunity is None
