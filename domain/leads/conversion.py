"""Conversion (S-053): a lead becomes a customer, a contact and perhaps an opportunity; follow-ups stand there."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, update

from domain.calendar.models import CalendarEvent
from domain.contacts import actions as contacts
from domain.contacts import queries as contact_queries
from domain.contacts.inputs import ContactInput
from domain.contacts.models import Contact
from domain.core.errors import Invalid, NotFound
from domain.core.events import EventRow
from domain.core.text import _
from domain.core.work import Work
from domain.customers import actions as customers
from domain.customers import queries as customer_queries
from domain.customers.duplicates import Duplicate
from domain.customers.inputs import CustomerInput
from domain.customers.models import Customer, CustomerKind
from domain.followups import actions as followups
from domain.followups.models import FollowUp
from domain.leads.events import LeadConverted
from domain.leads.inputs import ConvertInput
from domain.leads.models import Lead, LeadSource
from domain.leads.steps import locked, settle
from domain.leads.workflow import WORKFLOW
from domain.opportunities import actions as opportunities
from domain.opportunities.inputs import OpportunityInput
from domain.opportunities.models import Opportunity
from domain.opportunities.touches import touched


@dataclass(frozen=True, slots=True)
class Converted:
    """What a lead has become."""

    customer: Customer
    contact: Contact | None
    opportunity: Opportunity | None


async def convert(work: Work, lead_id: int, data: ConvertInput, version: int | None = None) -> Converted:
    """Make a customer of a lead, or add it to one that the actor may change; what is new belongs to the lead's owner.

    Raises Duplicate at `customer_name` and DuplicateMobile at `contact_id` where there is such a customer or contact.
    """
    lead = await locked(work, lead_id)
    WORKFLOW.allowed(work.actor, lead, "convert")
    work.touch(lead, version)
    customer = await _customer(work, lead, data)
    contact = await _contact(work, lead, customer, data)
    WORKFLOW.move(work.actor, lead, "convert")
    lead.converted_at, lead.reason, lead.look_again_on = work.now, None, None
    lead.converted_customer_id, lead.converted_contact_id = customer.id, contact.id if contact else None
    opportunity = await _opportunity(work, lead, customer, contact, data) if data.opportunity else None
    await _carry_over(work, lead, customer, contact, opportunity)
    await settle(work, lead)
    work.record(
        LeadConverted(
            record_id=lead.id, customer_id=customer.id, name=lead.name, new_customer=data.customer_id is None,
            contact_id=contact.id if contact else None, opportunity_id=opportunity.id if opportunity else None,
        )
    )  # fmt: skip
    return Converted(customer, contact, opportunity)


async def _customer(work: Work, lead: Lead, data: ConvertInput) -> Customer:
    if data.customer_id is not None:
        seen, may = customer_queries.visible(work.actor), customer_queries.writable(work.actor)
        try:
            known = await work.load(Customer, data.customer_id, seen, may=may, lock=True)
        except NotFound:
            raise Invalid.of("customer_id", _("Please choose one of the list.")) from None
        if data.customer_source and not known.source:
            work.touch(known)
            known.source = data.customer_source
        return known
    person = data.kind is CustomerKind.person
    entered = CustomerInput(
        name=data.customer_name or (None if person else lead.company) or lead.name,
        kind=data.kind,
        source=data.customer_source,
        phone=lead.phone or (lead.mobile if person or not data.contact else None),
        email=lead.email if person or not data.contact else None,
        country=lead.country,
        region=lead.region,
        city=lead.city,
        address=lead.address,
        notes="\n\n".join(filter(None, (lead.need, lead.notes))) or None,
    )
    try:
        return await customers.create(
            work, entered, confirmed_duplicate=data.confirmed_duplicate, owner_id=lead.owner_id
        )
    except Duplicate as problem:
        problem.errors = {"customer_name": problem.errors["name"]}
        raise


async def _contact(work: Work, lead: Lead, customer: Customer, data: ConvertInput) -> Contact | None:
    if data.contact_id is not None:
        if not await contact_queries.belongs(work, data.contact_id, customer.id):
            raise Invalid.of("contact_id", _("Please choose one of the list."))
        return await work.session.get_one(Contact, data.contact_id)  # of a customer that the actor may change
    if not data.contact:
        return None
    entered = ContactInput(
        customer_id=customer.id, name=data.contact_name or lead.name, post=lead.post, mobile=lead.mobile,
        phone=lead.phone, email=lead.email, wechat=lead.wechat,
    )  # fmt: skip
    try:
        return await contacts.create(work, entered)
    except contacts.DuplicateMobile as problem:
        problem.errors = {"contact_id": problem.errors["mobile"]}
        raise


async def _opportunity(
    work: Work, lead: Lead, customer: Customer, contact: Contact | None, data: ConvertInput
) -> Opportunity:
    entered = OpportunityInput(
        name=data.opportunity_name or lead.company or lead.name, customer_id=customer.id,
        contact_id=contact.id if contact else None, amount=data.amount, expected_on=data.expected_on, need=lead.need,
        source=LeadSource(lead.source) if lead.source else None,
    )  # fmt: skip
    try:
        return await opportunities.create(work, entered, owner_id=lead.owner_id, lead_id=lead.id)
    except Invalid as problem:  # there is no pipeline, or the customer lies in a pool
        raise Invalid({"opportunity": tuple(one for found in problem.errors.values() for one in found)}) from problem


async def _carry_over(
    work: Work, lead: Lead, customer: Customer, contact: Contact | None, opportunity: Opportunity | None
) -> None:
    """Follow-ups, their lines of the timeline, and planned contacts are the customer's too from now on, and follow-ups
    the opportunity's."""
    whose = contact.id if contact else None
    noted = select(FollowUp.id).where(FollowUp.lead_id == lead.id)
    await work.session.execute(
        update(FollowUp)
        .where(FollowUp.lead_id == lead.id)
        .values(
            customer_id=customer.id, contact_id=func.coalesce(FollowUp.contact_id, whose), updated_at=work.now,
            opportunity_id=opportunity.id if opportunity else None, version=FollowUp.version + 1,
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    await work.session.execute(
        update(EventRow)
        .where(EventRow.kind == "followups", EventRow.record_id.in_(noted))
        .values(customer_id=customer.id)
        .execution_options(synchronize_session=False)
    )
    await work.session.execute(
        update(CalendarEvent)
        .where(CalendarEvent.lead_id == lead.id)
        .values(customer_id=customer.id)
        .execution_options(synchronize_session=False)
    )
    if lead.last_follow_up_at is not None:
        await followups.touched(work, customer, lead.last_follow_up_at)
        if opportunity is not None:
            touched(opportunity, lead.last_follow_up_at)
