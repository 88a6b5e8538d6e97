"""Taking a list out of Offing: the rows, the order and the columns of the screen, as a file for spreadsheets."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from typing import IO, Any

import anyio.to_thread
from litestar.response import Stream

from domain.contacts import queries as contacts
from domain.core.errors import NotFound
from domain.core.exports import Exported, every
from domain.core.lists import ListQuery, ListSpec
from domain.core.text import _
from domain.core.work import Work, clock
from domain.customers import queries as customers
from domain.followups import queries as followups
from domain.leads import queries as leads
from domain.opportunities import queries as opportunities
from domain.orders import queries as orders
from domain.payments import queries as payments
from domain.products import queries as products
from domain.shipments import queries as shipments
from domain.visits import queries as visits
from webapp.card_files import CARD_TYPE, CardFile
from webapp.htmx import AnyRequest
from webapp.i18n import catalogue
from webapp.sheets import SHEETS, Reader, Sheet
from webapp.work import actor_of, database_of, writing

LISTS: Mapping[str, ListSpec] = {
    each.LIST.kind: each.LIST
    for each in (customers, leads, opportunities, contacts, followups, visits, orders, payments, shipments, products)
}
"""The lists that can be taken out, each by its own right `<kind>.export`."""
CARDS = frozenset({"contacts"})
"""Lists of people, that can be taken out as business cards, too."""
Make = Callable[[IO[bytes], Reader], Sheet]
CHUNK = 256 * 1024
_AT_ONCE = asyncio.Semaphore(2)
"""Files that one web process makes at a time: they must not take the connections of everybody else."""


def export_items(kind: str, params: str) -> list[dict[str, Any]]:
    """The lines of a list's menu."""
    endings = [("xlsx", _("Export for Excel")), ("csv", _("Export as CSV"))]
    if kind in CARDS:
        endings.append(("vcf", _("Export as business cards (vCard)")))
    return [
        {
            "label": label,
            "icon": "export",
            "href": f"/exports/{kind}.{ending}" + (f"?{params}" if params else ""),
            "attrs": {"download": ""},
        }
        for ending, label in endings
    ]


async def exported(request: AnyRequest, kind: str, ending: str) -> Stream:
    """The file of a list as its address asks for it. Raises NotFound for a list or an ending that there is not.

    It is made whole before the first byte is sent, from one moment of the database, and noted down.
    """
    if kind not in LISTS or (made := _makers(kind).get(ending)) is None:
        raise NotFound
    spec, actor = LISTS[kind], actor_of(request)
    actor.require(f"{kind}.view")
    actor.require(f"{kind}.export")
    query = ListQuery.of(spec, {name: value for name, value in request.query_params.items() if isinstance(value, str)})
    file = tempfile.TemporaryFile(prefix="offing-export-")  # noqa: SIM115  it is closed when it was sent
    try:
        async with _AT_ONCE, database_of(request).snapshot() as session:
            number = await _fill(file, Work(session, actor, clock()), spec, query, request, made[0])
        async with writing(request) as work:
            asked = f"/{kind}?{query.params()}".rstrip("?")
            work.record(Exported(record_id=actor.id or 0, asked=asked, ending=ending, rows=number))
        file.seek(0)
    except BaseException:
        file.close()
        raise
    name = f"offing-{kind}-{clock().astimezone(actor.zone):%Y-%m-%d}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Stream(_sent(file), media_type=made[1], headers=headers)


def _makers(kind: str) -> Mapping[str, tuple[Make, str]]:
    """By the ending of a list's file: who writes it, and its type."""
    return {**SHEETS, "vcf": (CardFile, CARD_TYPE)} if kind in CARDS else SHEETS


async def _fill(file: IO[bytes], work: Work, spec: ListSpec, query: ListQuery, request: AnyRequest, make: Make) -> int:
    """Write all rows; returns their number. The event loop only waits for the database."""
    say = catalogue(request.scope["state"]["language"]).say
    sheet = await anyio.to_thread.run_sync(make, file, Reader(spec.columns, say, work.actor.zone))
    number = 0
    async for rows in every(work, spec, query):
        number += len(rows)
        await anyio.to_thread.run_sync(sheet.add, rows)
    await anyio.to_thread.run_sync(sheet.close)
    return number


async def _sent(file: IO[bytes]) -> AsyncIterator[bytes]:
    try:
        while part := await anyio.to_thread.run_sync(file.read, CHUNK):
            yield part
    finally:
        file.close()
