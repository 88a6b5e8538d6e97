"""Carrying imports out: part by part, each in a transaction of its own, by the worker or while the person waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

import anyio.to_thread

from domain.contacts.models import ContactRole
from domain.core.access import SYSTEM, Actor
from domain.core.errors import Problem
from domain.core.events import EventRow
from domain.core.model import Choice
from domain.core.sentences import restored, stored
from domain.core.text import _
from domain.core.work import Work
from domain.customers.models import CustomerKind, Industry, Level, Need, Size
from domain.imports import actions, customers, leads, orders, queries
from domain.imports.cells import Row, Vocabulary, rows_of
from domain.imports.lookups import Owners, owners
from domain.imports.models import ImportBatch, ImportKind
from domain.imports.parts import (
    Memory,
    take_contacts,
    take_customers,
    take_leads,
    take_opportunities,
    take_orders,
    take_products,
)
from domain.leads.models import LeadSource
from domain.people.queries import load_actor
from domain.search.fold import fold
from webapp.database import Database
from webapp.i18n import LANGUAGES, catalogue
from webapp.outside import Outside
from webapp.reading_files import Table, read

T = TypeVar("T")
Begin = Callable[[Actor], AbstractAsyncContextManager[Work]]
PART = {
    ImportKind.customers: 5000, ImportKind.leads: 5000, ImportKind.contacts: 200, ImportKind.opportunities: 500,
    ImportKind.products: 500, ImportKind.orders: 500,
}  # fmt: skip
"""Rows (of orders: orders) in one transaction."""
PLACED = 5000
"""Files of up to so many rows are put on the map at once; longer ones by the clock."""
CHOICES: Mapping[str, type[Choice]] = {
    "kind": CustomerKind, "level": Level, "industry": Industry, "size": Size, "need": Need,
    "lead_source": LeadSource, "role": ContactRole,
}  # fmt: skip


@cache
def vocabulary() -> Vocabulary:
    """By field: what a choice is called in any of our languages, and its value."""
    return {
        name: {
            fold(word): member.value
            for member in kind
            for word in (member.value, *(catalogue(language).say(member.label) for language in LANGUAGES))
        }
        for name, kind in CHOICES.items()
    }


async def carry_out(database: Database, begin: Begin, batch_id: int) -> None:
    """Do what is left of a running import. A run that was broken off goes on where it stopped.

    While the database stores one part of a long import, a thread checks the next.
    """
    async with database.reading() as session:
        batch = await session.get_one(ImportBatch, batch_id)
        actor = await load_actor(session, batch.created_by_id or 0)
        known = None if actor is None else await owners(Work(session, actor, batch.updated_at), batch.kind)
    if actor is None or known is None:
        async with begin(SYSTEM) as work:
            if (running := await actions.running(work, batch_id)) is not None:
                await actions.fail(work, running, stored(_("Whoever started it may not sign in any more.")))
        return
    parts = _parts(database, batch, known)
    memory = Memory()
    async for part in _ahead(parts) if batch.row_count > actions.DIRECT_ROWS else parts:
        async with begin(actor) as work:
            if not await _take(work, batch_id, part, memory):
                return
    async with begin(actor) as work:
        if (running := await actions.running(work, batch_id)) is not None:
            await actions.end(work, running)


async def _take(work: Work, batch_id: int, part: Part, memory: Memory) -> bool:
    """Take one part, in one transaction with what is said of its rows. False when the import must not go on."""
    running = await actions.running(work, batch_id)
    if running is None:
        return False
    try:
        async with work.session.begin_nested():
            actions.require(work, ImportKind(running.kind))
            await part.take(work, memory, bool(running.options.get("dry")))
    except Problem as problem:
        await actions.fail(work, running, stored(problem.message))
        return False
    await actions.mark(work, running, part.rows)
    return True


@dataclass
class Part:
    """Some rows, checked as far as can be done without the database, and how they are taken."""

    rows: list[Row]
    take: Callable[[Work, Memory, bool], Awaitable[None]]


async def _parts(database: Database, batch: ImportBatch, known: Owners) -> AsyncIterator[Part]:
    """The parts of an import. Orders are grouped over the whole file first: their lines may lie apart."""
    kind = ImportKind(batch.kind)
    if kind is ImportKind.orders:
        rows = [row async for some in _rows(database, batch) for row in some]
        groups = orders.grouped(rows)
        homeless = [row for row in rows if not row.sound]
        for start in range(0, max(1, len(groups)), PART[kind]):
            part = groups[start : start + PART[kind]]
            told = [row for group in part for row in group.rows] + (homeless if start == 0 else [])
            yield Part(told, partial(take_orders, part, known))
        return
    async for some in _rows(database, batch):
        if kind is ImportKind.products:
            yield Part(some, partial(take_products, some))
            continue
        if kind is ImportKind.contacts:
            yield Part(some, partial(take_contacts, some, vocabulary(), batch.options.get("customer_id")))
            continue
        if kind is ImportKind.opportunities:
            yield Part(some, partial(take_opportunities, some, known, vocabulary()))
            continue
        pool_id, place = batch.options.get("pool_id"), batch.row_count <= PLACED
        if kind is ImportKind.leads:
            check_leads = partial(leads.check, some, vocabulary(), known, pool_id)
            yield Part(some, partial(take_leads, await anyio.to_thread.run_sync(check_leads)))
            continue
        check = partial(customers.check, some, vocabulary(), known, pool_id, place=place)
        yield Part(some, partial(take_customers, await anyio.to_thread.run_sync(check)))


async def _rows(database: Database, batch: ImportBatch) -> AsyncIterator[list[Row]]:
    """The rows that still wait, in the order of the file; the connection goes back between the parts."""
    after = 0
    while True:
        async with database.reading() as session:
            cells = await queries.waiting_cells(session, batch.id, after, PART[ImportKind(batch.kind)])
        if not cells:
            return
        after = cells[-1][0]
        yield await anyio.to_thread.run_sync(rows_of, cells, batch.columns, batch.mapping)


async def _ahead(items: AsyncIterator[T]) -> AsyncIterator[T]:
    """The same items, the next one already being made while one is used."""

    async def following() -> T | None:
        return await anext(items, None)

    upcoming = asyncio.create_task(following())
    try:
        while (item := await upcoming) is not None:
            upcoming = asyncio.create_task(following())
            yield item
    finally:
        if not upcoming.done():
            upcoming.cancel()
            await asyncio.gather(upcoming, return_exceptions=True)


async def in_worker(outside: Outside, row: EventRow) -> None:
    """Follows the start of a long import."""
    await carry_out(outside.database, outside.transaction, row.record_id)


@dataclass(frozen=True)
class Complaint:
    """What is said of a line."""

    line: int
    text: str


@dataclass
class Result:
    """What came of a file: rows read, records made, rows that changed something, rows left out."""

    read: int = 0
    made: int = 0
    changed: int = 0
    refused: int = 0
    there: int = 0
    problems: list[Complaint] = field(default_factory=list)


async def import_file(database: Database, user_name: str, kind: str, path: Path, dry_run: bool = False) -> Result:
    """Import a file as a user, by the rules of the import page. Raises Problem when it cannot be used at all."""
    table = await anyio.to_thread.run_sync(lambda: read(path.read_bytes(), path.name))
    return await import_table(database, user_name, ImportKind(kind), path.name, table, dry_run=dry_run)


async def import_table(
    database: Database, user_name: str, kind: ImportKind, name: str, table: Table, *, dry_run: bool = False
) -> Result:
    """Import rows as a user, at once."""
    from webapp.work import command_work, transaction  # which know what follows events, this module among it

    async with command_work(database, user_name) as work:
        batch = await actions.upload(work, kind, name, table.columns, table.rows)
        await actions.start(work, batch.id, dry=dry_run)
        work.recorded.clear()  # carried out here, not by the worker
    await carry_out(database, partial(transaction, database), batch.id)
    async with command_work(database, user_name) as work:
        return await result_of(work, batch.id)


async def result_of(work: Work, batch_id: int, language: str = "en") -> Result:
    """The outcome of an import in figures and sentences."""
    batch = await queries.get(work, batch_id)
    totals, words = batch.totals, catalogue(language)
    dry = bool(batch.options.get("dry"))
    found = Result(
        batch.row_count,
        totals.get("waiting" if dry else "records", 0),
        totals.get("updated", 0),
        totals.get("refused", 0),
        totals.get("duplicate", 0),
    )
    after = 0
    while rows := await queries.rows(work, batch_id, "said", after=after, limit=1000):
        after = rows[-1].number
        found.problems += [
            Complaint(row.number, words.say(restored(error["text"]))) for row in rows for error in row.errors
        ]
    return found
