"""Every row of a list, for taking it out of Offing, and the note that somebody did."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from domain.core.events import Event
from domain.core.lists import ListQuery, ListSpec, fetch_page
from domain.core.text import Text, _
from domain.core.work import Work

PART = 1_000
"""Rows fetched at a time."""


@dataclass(frozen=True, kw_only=True)
class Exported(Event):
    """Somebody took a list out of Offing; its record is that person. `asked` is the list's address."""

    kind: ClassVar[str] = "exports"
    sentence: ClassVar[Text] = _("Exported %(rows)s rows: %(asked)s (%(ending)s)")
    asked: str
    ending: str
    rows: int


async def every(work: Work, spec: ListSpec, query: ListQuery) -> AsyncIterator[Sequence[Any]]:
    """All rows that the list would show from page to page, in its order, some at a time.

    Ask in a session whose queries see one moment: a row that changes meanwhile would come twice or not at all.
    """
    cursor: str | None = None
    while True:
        page = await fetch_page(work, spec, replace(query, cursor=cursor), size=PART)
        if page.rows:
            yield page.rows
        if page.next is None:
            return
        cursor = page.next
