"""Asking a table's search index: which records hold the words that somebody typed, but for what a pool hides.

The probe is a statement of its own: joined with the list, the planner would walk the wrong index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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

from domain.core.access import Actor, Grant, Scope, grants_to
from domain.core.kept import kept
from domain.core.lists import Hits
from domain.core.work import Work
from domain.pools.models import Pool
from domain.search.fold import fold
from domain.search.grams import query_grams

CAP = 10_000
"""Up to so many hits are fetched by key; with more, the list is walked and each row tested: one in a hundred fits."""
COMMON_FOR = timedelta(minutes=10)
MOST_COMMON = 1_000
_NUMBER = re.compile(r"[+(]?[\d０-９][\d０-９\s()./+-]{2,}")


def words_of(q: str) -> list[str]:
    """The folded words that must all be found; a number typed with blanks and hyphens is one word."""
    if _NUMBER.fullmatch(q):
        q = "".join(letter for letter in q if letter.isdigit())
    return fold(q).split()


def holds(text: ColumnElement[str], words: Sequence[str]) -> ColumnElement[bool]:
    """Condition: the text holds each word. Folding has removed what LIKE takes for a pattern."""
    return and_(*(text.like(f"%{word}%") for word in words))


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a pool may hide: words (or only those of digits) are then looked for in the record's own name alone."""

    field: str
    numbers_only: bool = False


class TextIndex:
    """The search index of a kind of record: table `found` with `txt`, whose first line are the record's own names, and
    `grams`, under the record's id in the column `key`."""

    def __init__(self, *, record: Any, found: Any, key: Any, feature: str, hidden: Sequence[Hidden]) -> None:
        self.record, self.found, self.key, self.feature, self.hidden = record, found, key, feature, hidden
        self.common: dict[tuple[str, ...], datetime] = {}
        """Words with more hits than CAP, and until when the index is not asked for them again: asking takes long."""

    async def probe(self, work: Work, q: str) -> Hits:
        """Ask the index; nothing is found by marks alone, and nothing by what a pool hides from the actor."""
        words = tuple(words_of(q))
        if not words:
            return Hits(false(), ())
        values: dict[str, Any] = {f"word{place}": f"%{word}%" for place, word in enumerate(words)}
        digits = tuple(place for place, word in enumerate(words) if word.isdecimal())
        grams = query_grams(" ".join(words))
        if grams and self.common.get(words, work.now) <= work.now:
            ((ids,),) = await work.rows(_asked(self, len(words)), {**values, "grams": grams})
            if len(ids) <= CAP:
                return Hits(kept(work.actor, _met, self, len(words), digits, True), ids, {**values, "hits": ids})
            if len(self.common) > MOST_COMMON:
                self.common.clear()
            self.common[words] = work.now + COMMON_FOR
        return Hits(kept(work.actor, _met, self, len(words), digits, False), None, values)


def _like(text: ColumnElement[str], places: Iterable[int]) -> ColumnElement[bool]:
    return and_(*(text.like(bindparam(f"word{place}")) for place in places))


@cache
def _asked(index: TextIndex, number: int) -> Select[Any]:
    """Ids of the records with all the grams and words, as one array: thousands of rows would take longer to carry
    than to find."""
    asked = index.found.grams.contains(bindparam("grams", type_=ARRAY(Integer)))
    found = select(index.key).where(asked, _like(index.found.txt.expression, range(number)))
    return select(func.array(found.limit(literal_column(str(CAP + 1), Integer)).scalar_subquery()))


def _met(actor: Actor, index: TextIndex, number: int, digits: Sequence[int], by_key: bool) -> ColumnElement[bool]:
    """Condition: the record is among the hits, or its text holds the words; with what hides it from the actor."""
    if by_key:
        found: ColumnElement[bool] = index.record.id == any_(bindparam("hits", type_=ARRAY(BigInteger)))
    else:
        # By itself LIKE counts as rare, and the server would fetch and sort all rows before it tests the first one.
        found = case((_like(_text(index), range(number)), true()), else_=false())
    return and_(found, *_not_hidden(actor, index, number, digits))


def _text(index: TextIndex) -> Any:
    """The search text of the record at hand."""
    own = select(func.coalesce(index.found.txt, "")).where(index.key == index.record.id)
    return own.correlate(index.record).scalar_subquery()


def _not_hidden(actor: Actor, index: TextIndex, number: int, digits: Sequence[int]) -> Iterator[ColumnElement[bool]]:
    """Conditions: what is seen only through a pool that hides something is found by its own name alone.

    Otherwise one could read a hidden number digit by digit. Only hits that lie in such a pool are looked at.
    """
    pools = [pool_id for pool_id in actor.member_pool_ids if pool_id not in actor.admin_pool_ids]
    if not index.hidden or not pools or actor.scope(index.feature) is Scope.all:
        return
    name = func.split_part(_text(index), "\n", 1)
    opened = grants_to(actor, index.feature).where(Grant.record_id == index.record.id).exists()
    lies_in = index.record.pool_id
    for hidden in index.hidden:
        asked = digits if hidden.numbers_only else range(number)
        if asked:
            closed = select(Pool.id).where(
                Pool.id == any_(literal(pools, ARRAY(BigInteger))), Pool.hidden_fields.contains([hidden.field])
            )
            elsewhere = or_(lies_in.is_(None), lies_in != all_(func.array(closed.scalar_subquery())))
            yield or_(elsewhere, _like(name, asked), opened)
