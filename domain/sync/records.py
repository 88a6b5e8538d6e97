"""The kinds of records that a phone makes: each with its form's input and its form's action."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.contacts import actions as contacts
from domain.contacts.inputs import ContactInput
from domain.contacts.models import Contact
from domain.core.errors import Conflict
from domain.core.text import _
from domain.core.work import Work
from domain.customers import actions as customers
from domain.customers.inputs import NewCustomer
from domain.customers.models import Customer
from domain.leads import actions as leads
from domain.leads.inputs import LeadInput
from domain.leads.models import Lead
from domain.orders import actions as orders
from domain.orders.inputs import OrderInput
from domain.orders.models import Order
from domain.sync.kinds import Came, Made, Syncable
from domain.sync.references import lock_contact
from domain.visits.actions import link_contact


async def mine(work: Work, model: Any, uuid: UUID) -> Any:
    """What I made of an id before; None if nobody used it. Raises Conflict (`id_taken`) if somebody else did."""
    statement = select(model).where(model.client_uuid == uuid)
    record = (await work.session.execute(statement)).scalar_one_or_none()  # unscoped: asked for by a key of one's own
    if record is not None and work.actor.id not in {record.created_by_id, getattr(record, "owner_id", None)}:
        raise id_taken()
    return record


def id_taken() -> Conflict:
    """The refusal of an id that somebody else's record has; it says nothing of that record."""
    return Conflict(_("This id is in use. Export what you entered and enter it again."), code="id_taken")


async def make_customer(work: Work, data: NewCustomer, came: Came) -> Made:
    """A new customer."""
    return _customer(
        await customers.create(work, data, confirmed_duplicate=data.confirmed_duplicate, client_uuid=data.client_uuid)
    )


async def make_contact(work: Work, data: ContactInput, came: Came) -> Made:
    """A new contact; visits that came before it are linked to it."""
    await lock_contact(work, came.uuid)
    contact = await contacts.create(work, data)
    await link_contact(work, contact)
    return _contact(contact)


async def make_order(work: Work, data: OrderInput, came: Came) -> Made:
    """A draft of an order, dated as it was written; it is submitted on its page."""
    if data.ordered_on is None:
        data = data.model_copy(update={"ordered_on": came.recorded_at.astimezone(work.actor.zone).date()})
    return _order(await orders.create(work, data))


async def make_lead(work: Work, data: LeadInput, came: Came) -> Made:
    """A new lead."""
    return _lead(await leads.create(work, data))


def _customer(record: Customer) -> Made:
    return Made(record.id, f"/customers/{record.id}", record.name, record.id)


def _contact(record: Contact) -> Made:
    return Made(record.id, f"/contacts/{record.id}", record.name, record.customer_id)


def _order(record: Order) -> Made:
    return Made(record.id, f"/orders/{record.id}", record.number, record.customer_id)


def _lead(record: Lead) -> Made:
    return Made(record.id, f"/leads/{record.id}", record.name)


async def find_lead(work: Work, uuid: UUID) -> Made | None:
    """The lead that I made of this id."""
    record = await mine(work, Lead, uuid)
    return record and _lead(record)


async def find_customer(work: Work, uuid: UUID) -> Made | None:
    """The customer that I made of this id."""
    record = await mine(work, Customer, uuid)
    return record and _customer(record)


async def find_contact(work: Work, uuid: UUID) -> Made | None:
    """The contact that I made of this id."""
    record = await mine(work, Contact, uuid)
    return record and _contact(record)


async def find_order(work: Work, uuid: UUID) -> Made | None:
    """The order that I made of this id."""
    record = await mine(work, Order, uuid)
    return record and _order(record)


CUSTOMERS = Syncable(feature="customers", entered=NewCustomer, make=make_customer, find=find_customer)
LEADS = Syncable(feature="leads", entered=LeadInput, make=make_lead, find=find_lead)
CONTACTS = Syncable(feature="contacts", entered=ContactInput, make=make_contact, find=find_contact)
ORDERS = Syncable(feature="orders", entered=OrderInput, make=make_order, find=find_order)
