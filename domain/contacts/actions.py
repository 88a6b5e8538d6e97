"""Verbs of contacts: create, edit, delete. The customer's search row and completeness follow."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from domain.contacts import queries
from domain.contacts.events import ContactCreated, ContactDeleted, ContactEdited, ContactRestored
from domain.contacts.inputs import ContactInput
from domain.contacts.models import Contact
from domain.core.errors import Invalid
from domain.core.model import snapshot
from domain.core.text import Text, _
from domain.core.unique import id_free, unless_taken
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers import search
from domain.customers.actions import refresh_completeness, require_bin
from domain.customers.inputs import region_of
from domain.customers.models import Customer
from domain.search import phones
from domain.search.pinyin import sort_key

FIELDS = ("name", "post", "role", "mobile", "phone", "email", "wechat", "address", "birthday", "notes", "main")
"""What a person enters, as it is stored."""
UNIQUE_MOBILE = "uq_contacts_mobile_key"


class DuplicateMobile(Invalid):
    """Somebody has that mobile number (S-113). `seen` is the contact, if the actor may open it."""

    code = "duplicate"

    def __init__(self, text: Text, seen: tuple[int, str] | None) -> None:
        super().__init__({"mobile": (text,)}, text)
        self.seen = seen


async def create(work: Work, data: ContactInput) -> Contact:
    """Enter a contact of a customer that the actor may change. The first one is the main contact.

    Raises DuplicateMobile if another contact has the number, also if both are entered at once.
    """
    work.actor.require("contacts.create")
    customer = await _customer(work, data.customer_id)
    contact = Contact(
        customer_id=customer.id, created_by_id=work.actor.id, created_at=work.now, updated_at=work.now,
        client_uuid=data.client_uuid, **_values(data, customer),
    )  # fmt: skip
    others = select(Contact.id).where(Contact.customer_id == customer.id, queries.LIVE).limit(1)
    if (await work.session.execute(others)).first() is None:
        contact.main = True
    await _refuse_duplicates(work, contact.mobile_key)
    await _only_main(work, contact)
    async with id_free(work, "uq_contacts_client_uuid"), _number_free(work, contact.mobile_key):
        work.session.add(contact)
    await _follow(work, customer)
    work.record(ContactCreated(record_id=contact.id, customer_id=customer.id, name=contact.name))
    return contact


async def edit(work: Work, contact_id: int, data: ContactInput, version: int | None = None) -> Contact:
    """Change a contact; it stays with its customer. Raises Conflict (`stale`) for an older version."""
    work.actor.require("contacts.edit")
    contact, customer = await _locked(work, contact_id)
    work.touch(contact, version, current=snapshot(contact, *FIELDS))
    new = _values(data, customer)
    changed = [field for field, value in new.items() if getattr(contact, field) != value]
    if "mobile_key" in changed:
        await _refuse_duplicates(work, new["mobile_key"], but=contact.id)
    if data.main and not contact.main:
        await _only_main(work, contact, becomes=True)
    async with _number_free(work, new["mobile_key"], but=contact.id):
        for field in changed:
            setattr(contact, field, new[field])
    await _follow(work, customer)
    if changed:
        work.record(ContactEdited(record_id=contact.id, customer_id=customer.id, name=contact.name))
    return contact


async def delete(work: Work, contact_id: int) -> int:
    """Remove a contact; what refers to it keeps its name. Returns the customer's id."""
    work.actor.require("contacts.delete")
    contact, customer = await _locked(work, contact_id)
    work.touch(contact)
    contact.deleted_at = work.now
    contact.main = False
    await work.session.flush()  # completeness and search row are read next
    await _follow(work, customer)
    work.record(ContactDeleted(record_id=contact.id, customer_id=customer.id, name=contact.name))
    return customer.id


async def restore(work: Work, contact_id: int) -> Contact:
    """Take a contact of a live customer out of the bin. Raises DuplicateMobile if its number was taken meanwhile."""
    require_bin(work)
    contact = await work.load(Contact, contact_id, queries.BINNED)
    customer = await _customer(work, contact.customer_id)
    contact = await work.load(Contact, contact_id, queries.BINNED, lock=True)
    await _refuse_duplicates(work, contact.mobile_key)
    work.touch(contact)
    async with _number_free(work, contact.mobile_key):
        contact.deleted_at = None
    await _follow(work, customer)
    work.record(ContactRestored(record_id=contact.id, customer_id=customer.id, name=contact.name))
    return contact


def _values(data: ContactInput, customer: Customer) -> dict[str, Any]:
    region = region_of(customer.country)
    values: dict[str, Any] = {field: getattr(data, field) for field in FIELDS}
    values["mobile"] = phones.stored(data.mobile, region)
    values["phone"] = phones.stored(data.phone, region)
    values["mobile_key"] = phones.e164(data.mobile, region)
    values["name_sort"] = sort_key(data.name)
    return values


async def _customer(work: Work, customer_id: int) -> Customer:
    seen, may = customers.visible(work.actor), customers.writable(work.actor)
    return await work.load(Customer, customer_id, seen, may=may, lock=True)


async def _locked(work: Work, contact_id: int) -> tuple[Contact, Customer]:
    """A contact and its customer, locked, the customer first. Raises NotFound or Denied."""
    seen = await queries.get(work, contact_id)
    customer = await _customer(work, seen.customer_id)
    return await queries.get(work, contact_id, lock=True), customer


async def _refuse_duplicates(work: Work, mobile_key: str | None, *, but: int | None = None) -> None:
    if mobile_key is not None and await queries.by_mobile(work, mobile_key, but=but) is not None:
        raise await _duplicate(work, mobile_key, but)


async def _duplicate(work: Work, mobile_key: str, but: int | None) -> DuplicateMobile:
    found = await queries.by_mobile(work, mobile_key, but=but)
    if found is None or not found[1]:
        text = _("A contact with this number exists already, but you may not see it. Ask your manager.")
        return DuplicateMobile(text, None)
    contact = found[0]
    text = _("This is the number of %(name)s already.", name=contact.name)
    return DuplicateMobile(text, (contact.id, contact.name))


async def _only_main(work: Work, contact: Contact, *, becomes: bool = False) -> None:
    """Take the mark from the customer's main contact before another one gets it."""
    if contact.main or becomes:
        mains = update(Contact).where(Contact.customer_id == contact.customer_id, Contact.main, queries.LIVE)
        await work.session.execute(mains.values(main=False))


def _number_free(work: Work, mobile_key: str | None, *, but: int | None = None) -> Any:
    """Changes in this block that take a number which somebody else has just taken raise DuplicateMobile."""
    return unless_taken(work, UNIQUE_MOBILE, lambda: _duplicate(work, mobile_key or "", but))


async def _follow(work: Work, customer: Customer) -> None:
    await refresh_completeness(work, customer)
    await search.index_rows(work.session, [customer.id])
