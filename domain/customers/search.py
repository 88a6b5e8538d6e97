"""The search index of customers (stack.md section 5): kept in step by the actions, asked by a probe of its own.

A customer is found by any part of its name, by pinyin initials, by its phone number, and by names and numbers of its
contacts. The probe is a statement of its own: joined with the list, the planner would walk the wrong index.
"""

from __future__ import annotations

import io
import re
import struct
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    all_,
    and_,
    any_,
    bindparam,
    case,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.contacts.models import Contact
from domain.core.access import Actor, Grant, Scope, grants_to
from domain.core.kept import kept
from domain.core.lists import Hits
from domain.core.work import Work
from domain.customers.models import Customer, CustomerSearch
from domain.pools.models import Pool
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


def words_of(q: str) -> list[str]:
    """The folded words that must all be found; a number typed with blanks and hyphens is one word."""
    if _NUMBER.fullmatch(q):
        q = "".join(letter for letter in q if letter.isdigit())
    return fold(q).split()


def holds(text: ColumnElement[str], words: Sequence[str]) -> ColumnElement[bool]:
    """Condition: the text holds each word. Folding has removed what LIKE takes for a pattern."""
    return and_(*(text.like(f"%{word}%") for word in words))


async def probe(work: Work, q: str) -> Hits:
    """Ask the index; nothing is found by marks alone, and nothing by what a pool hides from the actor."""
    words = tuple(words_of(q))
    if not words:
        return Hits(false(), ())
    values: dict[str, Any] = {f"word{place}": f"%{word}%" for place, word in enumerate(words)}
    digits = tuple(place for place, word in enumerate(words) if word.isdecimal())
    grams = query_grams(" ".join(words))
    if grams and _common.get(words, work.now) <= work.now:
        ((ids,),) = await work.rows(_asked(len(words)), {**values, "grams": grams})
        if len(ids) <= CAP:
            return Hits(kept(work.actor, _met, len(words), digits, True), ids, {**values, "hits": ids})
        if len(_common) > MOST_COMMON:
            _common.clear()
        _common[words] = work.now + COMMON_FOR
    return Hits(kept(work.actor, _met, len(words), digits, False), None, values)


def _like(text: ColumnElement[str], places: Iterable[int]) -> ColumnElement[bool]:
    return and_(*(text.like(bindparam(f"word{place}")) for place in places))


@cache
def _asked(number: int) -> Select[Any]:
    """Ids of the customers with all the grams and words, as one array: thousands of rows would take longer to carry
    than to find."""
    asked = CustomerSearch.grams.contains(bindparam("grams", type_=ARRAY(Integer)))
    found = select(CustomerSearch.customer_id).where(asked, _like(CustomerSearch.txt.expression, range(number)))
    return select(func.array(found.limit(literal_column(str(CAP + 1), Integer)).scalar_subquery()))


def _met(actor: Actor, number: int, digits: Sequence[int], by_key: bool) -> ColumnElement[bool]:
    """Condition: the customer is among the hits, or its text holds the words; with what hides it from the actor."""
    if by_key:
        found: ColumnElement[bool] = Customer.id == any_(bindparam("hits", type_=ARRAY(BigInteger)))
    else:
        # By itself LIKE counts as rare, and the server would fetch and sort all rows before it tests the first one.
        found = case((_like(_text(), range(number)), true()), else_=false())
    return and_(found, *_not_hidden(actor, number, digits))


def _text() -> Any:
    """The search text of the customer at hand."""
    own = select(func.coalesce(CustomerSearch.txt, "")).where(CustomerSearch.customer_id == Customer.id)
    return own.correlate(Customer).scalar_subquery()


def _not_hidden(actor: Actor, number: int, digits: Sequence[int]) -> Iterator[ColumnElement[bool]]:
    """Conditions: what is seen only through a pool that hides numbers or contacts is found by its own name alone.

    Otherwise one could read a hidden number digit by digit. Only hits that lie in such a pool are looked at.
    """
    pools = [pool_id for pool_id in actor.member_pool_ids if pool_id not in actor.admin_pool_ids]
    if not pools or actor.scope("customers") is Scope.all:
        return
    name = func.split_part(_text(), "\n", 1)
    opened = grants_to(actor, "customers").where(Grant.record_id == Customer.id).exists()
    for hidden, asked in (("phone", digits), ("contacts", range(number))):
        if asked:
            closed = select(Pool.id).where(Pool.id == _among(pools), Pool.hidden_fields.contains([hidden]))
            elsewhere = or_(Customer.pool_id.is_(None), Customer.pool_id != all_(func.array(closed.scalar_subquery())))
            yield or_(elsewhere, _like(name, asked), opened)
