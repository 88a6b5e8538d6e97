"""Rows that become contacts of customers that are there: matched by mobile number, else by name at the customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from domain.contacts import actions, queries
from domain.contacts.inputs import ContactInput
from domain.contacts.models import Contact
from domain.core.errors import Invalid, Problem
from domain.core.inputs import Refusal, parse
from domain.core.text import _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.inputs import region_of
from domain.customers.models import Customer
from domain.imports import cells
from domain.imports.cells import Row, Vocabulary
from domain.imports.customers import note, whole_name
from domain.imports.lookups import customers_named
from domain.search import phones


async def take(
    work: Work, rows: Sequence[Row], vocabulary: Vocabulary, seen: dict[str, int], *, customer_id: int | None, dry: bool
) -> None:
    """Make the contacts; `dry` only says what would be done. `customer_id` is whose they are that name nobody."""
    named = await customers_named(work, {row.values["customer"] for row in rows if "customer" in row.values})
    default = await customers.get(work, customer_id) if customer_id is not None else None
    may = await _writable(work, [*named.values(), *([default] if default else [])])
    for row in rows:
        customer = named.get(row.values["customer"]) if "customer" in row.values else default
        data = _check(row, vocabulary, customer)
        if data is None or not await _new(work, row, data, customer, seen):
            continue
        if customer is None:
            word = row.values.get("customer")
            unknown = _("There is no customer %(word)s, or you may not see it.", word=word)
            row.refuse(unknown if word else _("It names no customer."), "customer")
        elif customer.id not in may:
            row.refuse(_("You may read this but not change it."), "customer")
        else:
            await _make(work, row, data, dry=dry)


async def _new(work: Work, row: Row, data: ContactInput, customer: Customer | None, seen: dict[str, int]) -> bool:
    """Whether nobody is there already, by the mobile number, else by the name at the customer; if so, the row says."""
    mobile = phones.e164(data.mobile, region_of(customer.country if customer else None))
    key = f"mobile {mobile}" if mobile else f"name {customer.id if customer else 0} {data.name}"
    if (line := seen.setdefault(key, row.number)) != row.number:
        row.refuse(_("The same as line %(line)s.", line=line), "name", "duplicate")
    elif mobile and (found := await queries.by_mobile(work, mobile)) is not None:
        there, visible = found
        row.record_id = there.id if visible else None
        unseen = _("A contact with this number exists already, but you may not see it. Ask your manager.")
        known = _("This is the number of %(name)s already.", name=there.name)
        row.refuse(known if visible else unseen, "mobile", "duplicate")
    elif not mobile and customer and (same := await _of_that_name(work, customer.id, data.name)) is not None:
        row.record_id = same
        row.refuse(_("The customer has a contact of this name already."), "name", "duplicate")
    return row.sound


async def _make(work: Work, row: Row, data: ContactInput, *, dry: bool) -> None:
    try:
        work.actor.require("contacts.create")
        if not dry:
            row.record_id, row.outcome = (await actions.create(work, data)).id, "created"
    except Problem as problem:
        row.refuse(problem.message)


async def _writable(work: Work, found: Sequence[Customer]) -> set[int]:
    ids = {one.id for one in found}
    statement = select(Customer.id).where(Customer.id.in_(ids), customers.writable(work.actor))
    return set(await work.session.scalars(statement))


async def _of_that_name(work: Work, customer_id: int, name: str) -> int | None:
    same = select(Contact.id).where(Contact.customer_id == customer_id, Contact.name == name, queries.LIVE)
    return await work.session.scalar(same.limit(1))


def _check(row: Row, vocabulary: Vocabulary, customer: Customer | None) -> ContactInput | None:
    raw: dict[str, Any] = {**row.values, "customer_id": customer.id if customer else 1}
    raw["name"] = row.values.get("name") or whole_name(row)
    if "role" in raw:
        raw["role"] = cells.choice(vocabulary, "role", raw["role"])
    if "main" in raw:
        try:
            raw["main"] = cells.yes(raw["main"])
        except Refusal:
            row.refuse(_("Please choose yes or no."), "main")
            raw.pop("main")
    try:
        data = parse(ContactInput, raw)
    except Invalid as problem:
        note(row, problem)
        return None
    return data if row.sound else None
