"""Storing many customers at once: customers, ledger, events, contacts and search rows, a statement for each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Text, any_, literal, literal_column, select, text

from domain.contacts.models import Contact
from domain.core.text import Text as Sentence
from domain.core.text import _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers import search
from domain.customers.models import Customer, CustomerKind
from domain.imports.bulk import copy_into, ids_of
from domain.imports.customers import Candidate, found_by
from domain.pools import clock, ledger
from domain.pools.models import PoolKind

CUSTOMER = (
    "id", "name", "name_key", "name_sort", "kind", "level", "industry", "size", "need", "source", "phone", "email",
    "website", "country", "region", "city", "address", "postal_code", "credit_limit", "notes", "external_ref",
    "latitude", "longitude", "map_x", "map_y", "location_accuracy", "location_provider", "follow_stage", "deal_status",
    "completeness", "activity_at", "owner_id", "pool_id", "home_pool_id", "owned_since", "pooled_since",
    "recycle_due_at", "recycle_rule_id", "created_at", "updated_at", "created_by_id", "version",
)  # fmt: skip
CONTACT = (
    "id", "customer_id", "name", "name_sort", "post", "mobile", "mobile_key", "phone", "email", "wechat", "birthday",
    "role", "main", "created_at", "updated_at", "created_by_id", "version",
)  # fmt: skip
LEDGER = """
INSERT INTO ownership_changes (at, kind, record_id, verb, to_owner_id, to_pool_id, actor_id)
SELECT created_at, 'customer', id, 'create', owner_id, pool_id, CAST(:actor AS bigint) FROM import_customers
WHERE id = ANY(CAST(:ids AS bigint[])) ORDER BY id
"""
EVENTS = """
INSERT INTO events (at, name, actor_id, kind, record_id, customer_id, data)
SELECT created_at, 'CustomerCreated', CAST(:actor AS bigint), 'customers', id, id,
       jsonb_build_object('name', name, 'pool_id', pool_id)
FROM import_customers WHERE id = ANY(CAST(:ids AS bigint[])) ORDER BY id
"""


async def already_there(work: Work, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Leave out what the database has: by the key in the other system, then companies by name."""
    refs = [one.values["external_ref"] for one in candidates if one.values["external_ref"]]
    known = await _known(work, Customer.external_ref, refs) if refs else {}
    keys = [one.values["name_key"] for one in candidates if one.values["kind"] == CustomerKind.company]
    named = await _known(work, Customer.name_key, keys, companies=True)
    fresh = []
    for one in candidates:
        company = one.values["kind"] == CustomerKind.company
        found = known.get(one.values["external_ref"]) or (named.get(one.values["name_key"]) if company else None)
        if found is None:
            fresh.append(one)
            continue
        customer_id, name, seen = found
        one.row.record_id = customer_id if seen else None
        for row in one.rows:
            row.refuse(_taken(name if seen else None), "name", "duplicate")
    return fresh


def _taken(name: str | None) -> Sentence:
    if name is None:
        return _("This company exists already, but you may not see it. Ask your manager.")
    return _("This company exists already: %(name)s.", name=name)


async def _known(
    work: Work, column: Any, keys: Collection[str], *, companies: bool = False
) -> Mapping[str, tuple[int, str, bool]]:
    """Customers by a key column: id, name, and whether the actor may see them."""
    mine = customers.visible(work.actor).label("seen")
    wanted = column == any_(literal(list(keys), ARRAY(Text)))
    statement = select(column, Customer.id, Customer.name, mine).where(column.is_not(None), wanted)
    if companies:
        # As a parameter the kind would keep the planner from the unique index on live companies.
        statement = statement.where(Customer.deleted_at.is_(None), Customer.kind == literal_column("'company'"))
    return {key: (number, name, seen) for key, number, name, seen in await work.session.execute(statement)}


async def store(work: Work, candidates: Sequence[Candidate]) -> None:
    """Store candidates that were checked, a statement for each table. One that somebody else entered this very moment
    becomes a duplicate."""
    for one, number in zip(candidates, await ids_of(work.session, "customers", len(candidates)), strict=True):
        one.id = number  # in the order of the file
    owners = {one.owner_id for one in candidates if one.owner_id is not None}
    homes = await ledger.home_pool_ids(work, PoolKind.customer, owners)
    for one in candidates:
        one.extra["home_pool_id"] = one.pool_id if one.owner_id is None else homes.get(one.owner_id)
    await _set_clocks(work, candidates)
    await _insert(work, candidates)


async def _set_clocks(work: Work, candidates: Sequence[Candidate]) -> None:
    """Due date and rule, before they are stored: setting them afterwards would write every row and all its index
    entries a second time. All that the clock asks of a new customer is the same for many of them."""
    asked = list({_held(work, one): None for one in candidates if one.owner_id is not None})
    answers = dict(zip(asked, await clock.of_new(work.session, PoolKind.customer, asked), strict=True))
    for one in candidates:
        if one.owner_id is not None:
            one.extra["recycle_due_at"], one.extra["recycle_rule_id"] = answers[_held(work, one)]


def _held(work: Work, one: Candidate) -> clock.NewHeld:
    level = one.values["level"]
    return one.owner_id, one.extra["home_pool_id"], level and str(level), one.at or work.now


async def _insert(work: Work, candidates: Sequence[Candidate]) -> None:
    rows = [_record(work, one) for one in candidates]
    made = await copy_into(work.session, "customers", CUSTOMER, rows)
    for one in candidates:
        if one.id in made:
            one.row.outcome, one.row.record_id = "created", one.id
        else:
            for row in one.rows:
                row.refuse(_taken(None), "name", "duplicate")
    for statement in (LEDGER, EVENTS):
        await work.session.execute(text(statement), {"actor": work.actor.id, "ids": sorted(made)})
    stored = [one for one in candidates if one.id in made]
    await _contacts(work, stored)
    for one in stored:
        if one.more or one.left_out or not one.found_by:  # seeds come without having been checked
            one.found_by = found_by(one)
    await search.copy_packed(work.session, [(one.id, one.found_by) for one in stored])


def _record(work: Work, one: Candidate) -> tuple[Any, ...]:
    at = one.at or work.now
    owned = one.owner_id is not None
    values = {
        "follow_stage": "new", "deal_status": "none", **one.values, **one.extra, "id": one.id, "activity_at": at,
        "owner_id": one.owner_id, "pool_id": None if owned else one.pool_id, "owned_since": at if owned else None,
        "pooled_since": None if owned else at, "created_at": at, "updated_at": at, "created_by_id": work.actor.id,
        "version": 1,
    }  # fmt: skip
    return tuple(values.get(column) for column in CUSTOMER)


async def _contacts(work: Work, candidates: Sequence[Candidate]) -> None:
    """The contacts; one whose mobile number somebody has already is left out, and its row says so."""
    wanted = [(one, row, contact) for one in candidates for row, contact in one.contacts]
    if not wanted:
        return
    numbers = await ids_of(work.session, "contacts", len(wanted))
    rows = []
    for (one, _row, contact), number in zip(wanted, numbers, strict=True):
        at = one.at or work.now
        values = {
            **contact, "id": number, "customer_id": one.id, "main": contact is one.contact, "created_at": at,
            "updated_at": at, "created_by_id": work.actor.id, "version": 1,
        }  # fmt: skip
        rows.append(tuple(values.get(column) for column in CONTACT))
    made = await copy_into(work.session, Contact.__tablename__, CONTACT, rows)
    for (one, row, contact), number in zip(wanted, numbers, strict=True):
        if row is not one.row:
            row.outcome, row.record_id = "created", one.id
        if number not in made:
            left_out = _("%(name)s was left out: another contact has this mobile number.", name=contact["name"])
            row.note(left_out, "contact_mobile")
            one.left_out.append(contact)
