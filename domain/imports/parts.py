"""One part of an import: checked, and unless it is only tried, stored, with an outcome for each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.core.work import Work
from domain.imports import (
    contacts,
    customer_store,
    customers,
    lead_store,
    leads,
    opportunities,
    opportunity_store,
    order_store,
    orders,
    products,
)
from domain.imports.cells import Row, Vocabulary
from domain.imports.lookups import Owners, customers_named
from domain.imports.rooms import Room, Rooms
from domain.pools.models import PoolKind


@dataclass
class Memory:
    """What later parts must know of earlier ones: names and keys by the line they stood on, rooms of owners."""

    lines: dict[str, int] = field(default_factory=dict)
    rooms: dict[int, Room] = field(default_factory=dict)


async def take_customers(candidates: Sequence[customers.Candidate], work: Work, memory: Memory, dry: bool) -> None:
    """Candidates that were checked row by row: against each other, the database, and what their owners may hold."""
    first = customers.twins(candidates, memory.lines)
    fresh = await customer_store.already_there(work, first)
    fits = await Rooms(work, PoolKind.customer, memory.rooms if dry else {}).fitting(fresh)
    if fits and not dry:
        await customer_store.store(work, fits)


async def take_leads(candidates: Sequence[leads.Candidate], work: Work, memory: Memory, dry: bool) -> None:
    """Leads that were checked row by row: against each other, the database, and what their owners may hold."""
    fresh = await lead_store.already_there(work, leads.twins(candidates, memory.lines))
    fits = await Rooms(work, PoolKind.lead, memory.rooms if dry else {}).fitting(fresh)
    if fits and not dry:
        await lead_store.store(work, fits)


async def take_contacts(
    rows: Sequence[Row], vocabulary: Vocabulary, customer_id: int | None, work: Work, memory: Memory, dry: bool
) -> None:
    """Contacts row by row."""
    await contacts.take(work, rows, vocabulary, memory.lines, customer_id=customer_id, dry=dry)


async def take_opportunities(
    rows: Sequence[Row], owners: Owners, vocabulary: Vocabulary, work: Work, memory: Memory, dry: bool
) -> None:
    """Opportunities row by row, against each other and what their customers have."""
    known = await opportunities.known_for(work, rows, owners, vocabulary)
    first = opportunities.twins(opportunities.check(rows, known), memory.lines)
    fresh = await opportunity_store.already_there(work, first)
    if fresh and not dry:
        await opportunity_store.store(work, fresh)


async def take_products(rows: Sequence[Row], work: Work, memory: Memory, dry: bool) -> None:
    """Products row by row."""
    await products.take(work, rows, memory.lines, dry=dry)


async def take_orders(groups: Sequence[orders.Group], owners: Owners, work: Work, _memory: Memory, dry: bool) -> None:
    """Whole orders; each comes in with all its lines or not at all."""
    rows = [row for group in groups for row in group.rows]
    buyers = await customers_named(work, {row.values["customer"] for row in rows if "customer" in row.values})
    goods = await products.named(work, list({row.values["product"] for row in rows if "product" in row.values}))
    arrivals = await order_store.already_there(work, orders.check(groups, buyers, goods, owners, work.today))
    if arrivals and not dry:
        await order_store.store(work, arrivals)
