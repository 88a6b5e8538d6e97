"""Contacts of the customer who have a part in the decision (S-108)."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from domain.contacts import queries as contacts
from domain.contacts.models import Contact
from domain.core.errors import Invalid, NotFound
from domain.core.text import _
from domain.core.work import Work
from domain.opportunities.events import OpportunityContactAdded, OpportunityContactRemoved, about
from domain.opportunities.inputs import ContactRoleInput
from domain.opportunities.models import Opportunity, OpportunityContact
from domain.opportunities.steps import changed, locked


async def add_contact(work: Work, opportunity_id: int, data: ContactRoleInput) -> Opportunity:
    """Name a contact and its part; who has a part already gets the new one."""
    opportunity = await locked(work, opportunity_id)
    work.actor.require("opportunities.edit")
    if not await contacts.belongs(work, data.contact_id, opportunity.customer_id):
        raise Invalid.of("contact_id", _("This is not a contact of the customer."))
    changed(work, opportunity, None)
    row = insert(OpportunityContact).values(
        opportunity_id=opportunity.id, contact_id=data.contact_id, role=data.role.value
    )
    known = ["opportunity_id", "contact_id"]
    await work.session.execute(row.on_conflict_do_update(index_elements=known, set_={"role": row.excluded.role}))
    work.record(
        OpportunityContactAdded(
            **about(opportunity),
            contact=await _name(work, data.contact_id), role=data.role.value,
        )
    )  # fmt: skip
    return opportunity


async def remove_contact(work: Work, opportunity_id: int, contact_id: int) -> Opportunity:
    """Take a contact out. Raises NotFound for one that has no part."""
    opportunity = await locked(work, opportunity_id)
    work.actor.require("opportunities.edit")
    gone = delete(OpportunityContact).where(
        OpportunityContact.opportunity_id == opportunity.id, OpportunityContact.contact_id == contact_id
    )
    if (await work.session.execute(gone.returning(OpportunityContact.id))).first() is None:
        raise NotFound
    changed(work, opportunity, None)
    work.record(
        OpportunityContactRemoved(
            **about(opportunity),
            contact=await _name(work, contact_id),
        )
    )  # fmt: skip
    return opportunity


async def _name(work: Work, contact_id: int) -> str:
    return (await work.session.execute(select(Contact.name).where(Contact.id == contact_id))).scalar_one()
