"""The search index of customers (stack.md section 5): kept in step by the actions, asked by a probe of its own.

A customer is found by any part of its name, by pinyin initials, by its phone number, and by names and numbers of its
contacts. The probe is a statement of its own: joined with the list, the planner would walk the wrong index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Integer, and_, any_, case, false, func, literal, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.contacts.models import Contact
from domain.core.lists import Hits
from domain.core.work import Work
from domain.customers.models import Customer, CustomerSearch
from domain.search import phones
from domain.search.fold import fold, squeeze
from domain.search.grams import index_grams, query_grams
from domain.search.pinyin import initials

CAP = 10_000
"""Up to so many hits are fetched by key; with more, the list is walked and each row tested: one in a hundred fits."""
COMMON_FOR = timedelta(minutes=10)
MOST_COMMON = 1_000
_common: dict[tuple[str, ...], datetime] = {}
"""Words with more hits than that, and until when the index is not asked for them again: asking takes long."""
_NUMBER = re.compile(r"[+(]?[\d０-９][\d０-９\s()./+-]{2,}")
SearchRow = tuple[int, str, list[int]]
"""Customer id, text, grams."""


def search_text(name: str, numbers: Iterable[str | None], people: Iterable[str] = ()) -> str:
    """What a customer is found by: folded names, initials, digits of numbers, each once, blanks between."""
    parts: dict[str, None] = {}
    for each in (name, *people):
        parts[squeeze(each)] = None
        parts[initials(each)] = None
    for number in numbers:
        parts[phones.searchable(number)] = None
    return " ".join(part for part in parts if part)


def search_row(customer_id: int, name: str, numbers: Iterable[str | None], people: Iterable[str] = ()) -> SearchRow:
    """The search row of a customer."""
    txt = search_text(name, numbers, people)
    return customer_id, txt, index_grams(txt)


async def copy_rows(session: AsyncSession, rows: Iterable[SearchRow]) -> None:
    """Store rows of customers that have none yet, by COPY in this session's transaction: for imports and the bench."""
    connection = await session.connection()
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    await driver.copy_records_to_table("customer_search", records=rows, columns=("customer_id", "txt", "grams"))


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


def words_of(q: str) -> list[str]:
    """The folded words that must all be found; a number typed with blanks and hyphens is one word."""
    if _NUMBER.fullmatch(q):
        q = "".join(letter for letter in q if letter.isdigit())
    return fold(q).split()


def holds(text: ColumnElement[str], words: Sequence[str]) -> ColumnElement[bool]:
    """Condition: the text holds each word. Folding has removed what LIKE takes for a pattern."""
    return and_(*(text.like(f"%{word}%") for word in words))


async def probe(work: Work, q: str) -> Hits:
    """Ask the index; nothing is found by marks alone."""
    words = words_of(q)
    if not words:
        return Hits(false(), ())
    grams = query_grams(" ".join(words))
    if grams and _common.get(tuple(words), work.now) <= work.now:
        text = CustomerSearch.txt
        asked = CustomerSearch.grams.contains(literal(grams, ARRAY(Integer)))
        statement = select(CustomerSearch.customer_id).where(asked, holds(text.expression, words)).limit(CAP + 1)
        ids = (await work.session.scalars(statement)).all()
        if len(ids) <= CAP:
            return Hits(Customer.id == _among(ids), ids)
        if len(_common) > MOST_COMMON:
            _common.clear()
        _common[tuple(words)] = work.now + COMMON_FOR
    own_text = (
        select(func.coalesce(CustomerSearch.txt, ""))
        .where(CustomerSearch.customer_id == Customer.id)
        .correlate(Customer)
        .scalar_subquery()
    )
    # By itself LIKE counts as rare, and the server would fetch and sort all rows before it tests the first one.
    return Hits(case((holds(own_text, words), true()), else_=false()))

