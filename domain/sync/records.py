"""The kinds of records that a phone makes: each with its form's input and its form's action."""

from __future__ import annotations

from dataclasses import replace
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
from domain.orders.events import PriceHadChanged
from domain.orders.inputs import OrderInput, WrittenOrder
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


async def make_order(work: Work, data: WrittenOrder, came: Came) -> Made:
    """A draft of an order, dated as it was written; it is submitted on its page. Prices are those of today: where the
    phone had shown others, that is said, to the phone and in the order's history."""
    day = data.ordered_on or came.recorded_at.astimezone(work.actor.zone).date()
    entered = data.model_dump(exclude={"lines"}) | {"ordered_on": day, "lines": [dict(line) for line in data.lines]}
    order = await orders.create(work, OrderInput.model_validate(entered))
    shown = {line.product_id: line.shown_price for line in data.lines}
    changed = [
        (line, before)
        for line in order.lines
        if (before := shown.get(line.product_id)) is not None and before != line.list_price
    ]
    for line, before in changed:
        work.record(
            PriceHadChanged(
                record_id=order.id, customer_id=order.customer_id, number=order.number, product=line.product_name,
                shown=before, price=line.list_price,
            )
        )  # fmt: skip
    notes = tuple(
        _(
            "%(product)s costs %(price)s now; this phone had shown %(shown)s. Look at the order before you submit it.",
            product=line.product_name, price=f"{line.list_price:,.2f}", shown=f"{before:,.2f}",
        )
        for line, before in changed
    )  # fmt: skip
    return replace(_order(order), notes=notes)


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
ORDERS = Syncable(feature="orders", entered=WrittenOrder, make=make_order, find=find_order)
