"""The bin of opportunities."""

from __future__ import annotations

from sqlalchemy import select

from domain.core.access import Scope
from domain.core.errors import Denied, NotFound
from domain.core.text import _
from domain.core.work import Work
from domain.customers.models import Customer
from domain.opportunities.events import OpportunityDeleted, OpportunityRestored, about
from domain.opportunities.models import Opportunity
from domain.opportunities.steps import changed, locked, settle


async def delete(work: Work, opportunity_id: int, version: int | None = None) -> Opportunity:
    """Put an opportunity into the bin; it keeps everything and counts for nothing."""
    work.actor.require("opportunities.delete")
    opportunity = await locked(work, opportunity_id, answering=True)
    changed(work, opportunity, version)
    opportunity.deleted_at = work.now
    work.record(OpportunityDeleted(**about(opportunity)))
    await settle(work, opportunity)
    return opportunity


async def restore_deleted(work: Work, opportunity_id: int) -> Opportunity:
    """Take an opportunity out of the bin. Raises Denied while its customer lies in the customers' bin."""
    require_bin(work)
    whose = select(Opportunity.customer_id).where(Opportunity.id == opportunity_id, Opportunity.deleted_at.is_not(None))
    customer_id = (await work.session.execute(whose)).scalar_one_or_none()
    if customer_id is None:
        raise NotFound
    customer = await work.session.get_one(Customer, customer_id, with_for_update=True)
    if customer.deleted_at is not None:
        raise Denied(_("Its customer lies in the bin. Restore that first."))
    opportunity = await work.session.get_one(Opportunity, opportunity_id, with_for_update=True, populate_existing=True)
    if opportunity.deleted_at is None:
        raise NotFound
    changed(work, opportunity, None)
    opportunity.deleted_at = None
    work.record(OpportunityRestored(**about(opportunity)))
    await settle(work, opportunity)
    return opportunity


def require_bin(work: Work) -> None:
    """Only who may delete and sees all opportunities looks into the bin."""
    work.actor.require("opportunities.delete")
    if work.actor.scope("opportunities") is not Scope.all:
        raise Denied(_("Only administrators may open the bin."))
