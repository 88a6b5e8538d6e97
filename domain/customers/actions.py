"""Verbs of customers: create, edit, delete and restore."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select

from domain.company.queries import DealTrigger, company_settings
from domain.contacts.models import Contact
from domain.core.access import Scope
from domain.core.errors import Denied, Invalid, NotFound
from domain.core.model import snapshot
from domain.core.text import _
from domain.core.unique import id_free, unless_taken
from domain.core.work import Work
from domain.customers import policy, queries, search
from domain.customers.bin import bring_contacts, take_contacts
from domain.customers.duplicates import UNIQUE_NAME, duplicate, refuse_duplicates
from domain.customers.events import (
    CustomerCreated,
    CustomerDealt,
    CustomerDeleted,
    CustomerEdited,
    CustomerRestored,
)
from domain.customers.inputs import CustomerInput
from domain.customers.models import Customer, CustomerKind, DealStatus, FollowStage
from domain.opportunities.models import Opportunity, StageKind
from domain.orders.models import LIVE as LIVE_ORDERS
from domain.orders.models import Order
from domain.places.location import forget_position
from domain.pools import clock, ledger
from domain.pools import queries as pools
from domain.pools.models import PoolKind
from domain.pools.quotas import make_room
from domain.search.companies import company_key, person_key
from domain.search.pinyin import sort_key

FIELDS = (
    "name", "kind", "level", "industry", "size", "need", "source", "phone", "email", "website", "country", "region",
    "city", "address", "postal_code", "credit_limit", "notes",
)  # fmt: skip
"""What a person enters, as it is stored."""
ADDRESS = frozenset({"country", "region", "city", "address"})


def name_key(kind: CustomerKind, name: str) -> str:
    """The key for finding duplicates: companies by folded name without legal form, persons by folded name."""
    return company_key(name) if kind is CustomerKind.company else person_key(name)


async def create(
    work: Work,
    data: CustomerInput,
    *,
    confirmed_duplicate: bool = False,
    client_uuid: UUID | None = None,
    owner_id: int | None = None,
) -> Customer:
    """Enter a customer: my own, or one that lies in the pool named. `client_uuid` is the id that the phone gave it.
    `owner_id`: it is somebody else's from the beginning, which the caller has seen to be right.

    A company of the same name is refused (Duplicate), also if two people enter it at once; a person of the same name
    only until it is confirmed. Raises Invalid when its owner holds as many as they may.
    """
    actor = work.actor
    actor.require("customers.create")
    customer = Customer(
        **_values(data), follow_stage=(data.follow_stage or FollowStage.new).value, created_by_id=actor.id,
        created_at=work.now, updated_at=work.now, activity_at=work.now, client_uuid=client_uuid,
    )  # fmt: skip
    if data.pool_id is None:
        customer.owner_id = owner_id or actor.id
        await make_room(work, PoolKind.customer, customer.owner_id)
    else:
        customer.pool_id = await _open_pool(work, data.pool_id)
    await refuse_duplicates(work, data.kind, customer.name_key, confirmed=confirmed_duplicate)
    customer.completeness = policy.completeness(customer, has_contact=False)
    async with id_free(work, "uq_customers_client_uuid"), _name_free(work, customer.kind, customer.name_key):
        work.session.add(customer)
    await ledger.begin(work, PoolKind.customer, customer)
    await work.session.refresh(customer, ["department_id"])
    await search.index_rows(work.session, [customer.id])
    work.record(
        CustomerCreated(record_id=customer.id, customer_id=customer.id, name=customer.name, pool_id=customer.pool_id)
    )
    return customer


async def edit(work: Work, customer_id: int, data: CustomerInput, version: int | None = None) -> Customer:
    """Change the fields of a customer. Raises Conflict (`stale`, with what stands now) for an older version."""
    customer = await _locked(work, customer_id)
    work.touch(customer, version, current=snapshot(customer, *FIELDS, "follow_stage"))
    new = _values(data)
    if data.follow_stage is not None:
        new["follow_stage"] = data.follow_stage.value
    changed = [field for field, value in new.items() if getattr(customer, field) != value]
    if "name_key" in changed or "kind" in changed:
        await refuse_duplicates(work, data.kind, new["name_key"], but=customer.id)
    async with _name_free(work, data.kind, new["name_key"], but=customer.id):
        for field in changed:
            setattr(customer, field, new[field])
    if ADDRESS.intersection(changed):
        forget_position(customer)
    await refresh_completeness(work, customer)
    if {"name", "phone"}.intersection(changed):
        await search.index_rows(work.session, [customer.id])
    if {"level", "kind"}.intersection(changed):
        await clock.recompute(work.session, PoolKind.customer, [customer.id])
    shown = [field for field in changed if field not in ("name_key", "name_sort")]
    if shown:
        work.record(CustomerEdited(record_id=customer.id, customer_id=customer.id, fields=shown))
    return customer


async def mark_deal(work: Work, customer_id: int, trigger: DealTrigger) -> None:
    """Note that the customer has bought (S-077), whoever's act brought that about, if the company counts that as a deal
    (S-078). A second time changes nothing."""
    if trigger not in (await company_settings(work.session)).deal_triggers:
        return
    customer = await work.session.get(Customer, customer_id, with_for_update=True)  # unscoped: follows an approval
    if customer is None or customer.deal_status == DealStatus.deal:
        return
    work.touch(customer)
    customer.deal_status = DealStatus.deal.value
    customer.follow_stage = FollowStage.customer.value
    await clock.recompute(work.session, PoolKind.customer, [customer.id])
    work.record(CustomerDealt(record_id=customer.id, customer_id=customer.id))


async def delete(work: Work, customer_id: int) -> Customer:
    """Put a customer into the bin with its contacts; it keeps everything.

    Raises Denied while it has live orders or open opportunities.
    """
    customer = await _managed(work, customer_id)
    work.actor.require("customers.delete")
    live = select(func.count()).where(Order.customer_id == customer.id, Order.status.in_(LIVE_ORDERS))
    hoped = select(func.count()).where(
        Opportunity.customer_id == customer.id, Opportunity.status == StageKind.open.value,
        Opportunity.deleted_at.is_(None),
    )  # fmt: skip
    counts = select(live.scalar_subquery(), hoped.scalar_subquery())
    reason = policy.can_delete(*(await work.session.execute(counts)).one())
    if reason is not None:
        raise Denied(reason)
    work.touch(customer)
    customer.deleted_at = work.now
    await take_contacts(work, customer)
    work.record(CustomerDeleted(record_id=customer.id, customer_id=customer.id))
    return customer


async def restore(work: Work, customer_id: int) -> Customer:
    """Take a customer and its contacts out of the bin. Raises Duplicate if its name was entered again meanwhile."""
    require_bin(work)
    found = select(Customer).where(Customer.id == customer_id, Customer.deleted_at.is_not(None)).with_for_update()
    customer = (await work.session.execute(found)).scalar_one_or_none()
    if customer is None:
        raise NotFound
    work.touch(customer)
    since = customer.deleted_at
    async with _name_free(work, customer.kind, customer.name_key, but=customer.id):
        customer.deleted_at = None
    await bring_contacts(work, customer, since)
    await clock.recompute(work.session, PoolKind.customer, [customer.id])
    work.record(CustomerRestored(record_id=customer.id, customer_id=customer.id))
    return customer


def require_bin(work: Work) -> None:
    """Only who may delete and sees all customers looks into the bin."""
    work.actor.require("customers.delete")
    if work.actor.scope("customers") is not Scope.all:
        raise Denied(_("Only administrators may open the bin."))


async def refresh_completeness(work: Work, customer: Customer) -> None:
    """Count anew how much of the profile is filled; also when contacts come or go."""
    contact = exists(select(Contact.id).where(Contact.customer_id == customer.id, Contact.deleted_at.is_(None)))
    has_contact = bool((await work.session.execute(select(contact))).scalar_one())
    customer.completeness = policy.completeness(customer, has_contact=has_contact)


def _values(data: CustomerInput) -> dict[str, Any]:
    values = {field: getattr(data, field) for field in FIELDS}
    plain = {field: str(value) if field in _CHOICES and value is not None else value for field, value in values.items()}
    return {**plain, "name_key": name_key(data.kind, data.name), "name_sort": sort_key(data.name)}


_CHOICES = frozenset({"kind", "level", "industry", "size", "need"})


def _name_free(work: Work, kind: str, key: str, *, but: int | None = None) -> Any:
    """Changes in this block that take a company's name which somebody else has just taken raise Duplicate."""
    return unless_taken(work, UNIQUE_NAME, lambda: duplicate(work, CustomerKind(kind), key, but=but))


async def _open_pool(work: Work, pool_id: int) -> int:
    """A pool that the actor sees and that takes customers. Raises Invalid at the field."""
    if pool_id not in dict(await pools.choices(work, PoolKind.customer)):
        raise Invalid.of("pool_id", _("Please choose one of the list."))
    return pool_id


async def _locked(work: Work, customer_id: int) -> Customer:
    """A customer whose data the actor may change, locked. Raises NotFound or Denied."""
    seen, may = queries.visible(work.actor), queries.writable(work.actor)
    customer = await work.load(Customer, customer_id, seen, may=may, lock=True)
    work.actor.require("customers.edit")
    return customer


async def _managed(work: Work, customer_id: int) -> Customer:
    """A customer that the actor answers for, locked. Raises NotFound or Denied."""
    return await work.load(
        Customer, customer_id, queries.visible(work.actor), may=queries.manageable(work.actor), lock=True,
        denied=_("Only the owner and the owner's superiors may do this."),
    )  # fmt: skip
