"""The search index of customers (stack.md section 5): kept in step by the actions, asked by a probe of its own.

A customer is found by any part of its name, by pinyin initials, by its phone number, and by names and numbers of its
contacts.
"""

from __future__ import annotations

import io
import struct
import sys
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ARRAY, BigInteger, any_, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.contacts.models import Contact
from domain.customers.models import Customer, CustomerSearch
from domain.pools.finding import Hidden, TextIndex
from domain.search import phones
from domain.search.fold import squeeze
from domain.search.grams import index_grams
from domain.search.pinyin import initials

SearchRow = tuple[int, str, list[int]]
"""Customer id, text, grams."""


def search_text(name: str, numbers: Iterable[str | None], people: Iterable[str] = ()) -> str:
    """What a customer is found by: folded names, initials, digits of numbers, each once, blanks between.

    Its own name stands in the first line, so that this can be asked alone.
    """
    own = dict.fromkeys((squeeze(name), initials(name)))
    parts: dict[str, None] = {}
    for each in people:
        parts[squeeze(each)] = None
        parts[initials(each)] = None
    for number in numbers:
        parts[phones.searchable(number)] = None
    return "\n".join((" ".join(filter(None, own)), " ".join(part for part in parts if part and part not in own)))


def search_row(customer_id: int, name: str, numbers: Iterable[str | None], people: Iterable[str] = ()) -> SearchRow:
    """The search row of a customer."""
    txt = search_text(name, numbers, people)
    return customer_id, txt, index_grams(txt)


async def copy_rows(session: AsyncSession, rows: Iterable[SearchRow]) -> None:
    """Store rows of customers that have none yet, by COPY in this session's transaction."""
    await copy_packed(session, ((customer_id, packed(txt, grams)) for customer_id, txt, grams in rows))


async def copy_packed(session: AsyncSession, rows: Iterable[tuple[int, bytes]]) -> None:
    """The same with rows that were packed before, when the database had other things to do: for imports."""
    connection = await session.connection()
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    heads = (struct.pack(">hiq", 3, 8, customer_id) + found_by for customer_id, found_by in rows)
    whole = io.BytesIO(b"".join((COPY_HEAD, *heads, b"\xff\xff")))
    columns = ("customer_id", "txt", "grams")
    await driver.copy_to_table("customer_search", source=whole, columns=columns, format="binary")


COPY_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)


def packed(txt: str, grams: Sequence[int]) -> bytes:
    """Text and grams in PostgreSQL's binary COPY format: the driver's own way to write arrays takes far longer."""
    text, count = txt.encode(), len(grams)
    bounds = (1, 0, 23, count, 1) if count else (0, 0, 23)  # dimensions, no NULLs, int4, length, first index
    numbers = array("i", [4]) * (2 * count)  # each number is preceded by its length
    numbers[1::2] = array("i", grams)
    if sys.byteorder == "little":
        numbers.byteswap()
    sizes = struct.pack(f">{1 + len(bounds)}i", 4 * len(bounds) + 8 * count, *bounds)
    return b"".join((struct.pack(">i", len(text)), text, sizes, numbers.tobytes()))


async def index_rows(session: AsyncSession, ids: Sequence[int], *, fresh: bool = False) -> None:
    """Make the search rows of some customers anew from what is stored; `fresh` promises that they have none yet."""
    customers = select(Customer.id, Customer.name, Customer.phone).where(Customer.id == _among(ids))
    contacts = select(Contact.customer_id, Contact.name, Contact.mobile, Contact.phone).where(
        Contact.customer_id == _among(ids), Contact.deleted_at.is_(None)
    )
    people: dict[int, list[tuple[str, str | None, str | None]]] = {}
    for customer_id, name, mobile, phone in await session.execute(contacts.order_by(Contact.id)):
        people.setdefault(customer_id, []).append((name, mobile, phone))
    rows = []
    for customer_id, name, phone in await session.execute(customers):
        known = people.get(customer_id, [])
        numbers = [phone, *(number for one in known for number in one[1:])]
        rows.append(search_row(customer_id, name, numbers, [one[0] for one in known]))
    if fresh:
        await copy_rows(session, rows)
    elif rows:
        new = insert(CustomerSearch)
        change = new.on_conflict_do_update(
            index_elements=[CustomerSearch.customer_id], set_={"txt": new.excluded.txt, "grams": new.excluded.grams}
        )
        await session.execute(change, [{"customer_id": a, "txt": b, "grams": c} for a, b, c in rows])


def _among(ids: Sequence[int]) -> Any:
    return any_(literal(list(ids), ARRAY(BigInteger)))


INDEX = TextIndex(
    record=Customer, found=CustomerSearch, key=CustomerSearch.customer_id, feature="customers",
    hidden=(Hidden("phone", numbers_only=True), Hidden("contacts")),
)  # fmt: skip
probe = INDEX.probe
