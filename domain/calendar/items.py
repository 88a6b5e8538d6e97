"""What stands in somebody's calendar on some days: entries, next contacts, tasks and visits, on the reader's clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.calendar import queries
from domain.calendar.models import EntryKind, Priority
from domain.calendar.queries import DayLoad
from domain.core.errors import NotFound
from domain.core.work import Work
from domain.visits import queries as visits
from domain.visits.models import Visit, VisitStatus

MINUTES = 30
"""So long a visit takes of which nothing is known."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a calendar. `kind` is entry, contact, task, visit or busy.

    `start` and `end` are on the reader's clock and None for what takes whole days; `first` and `last` are the days that
    it touches.
    """

    kind: str
    id: int
    title: str
    first: date
    last: date
    start: datetime | None = None
    end: datetime | None = None
    done: bool = False
    late: bool = False
    about: str | None = None
    note: str | None = None
    high: bool = False
    customer_id: int | None = None
    lead_id: int | None = None
    version: int = 1

    def hours(self, day: date) -> str:
        """The time of day as it is said on one of its days: 09:00–10:30, 22:00–, –01:00; nothing for the whole day."""
        if self.start is None:
            return ""
        begins = f"{self.start:%H:%M}" if self.first == day else ""
        if self.end is None or self.end == self.start:
            return begins
        ends = f"{self.end:%H:%M}" if self.end.date() == day else "24:00" if self.last == day else ""
        return f"{begins}–{ends}" if begins or ends else ""

    def order(self, day: date) -> tuple[int, str, str, int]:
        """Where it stands among the others of a day: what takes all of it, what began before, then by the clock."""
        if self.start is None or self.first < day < self.last:
            return (0, "", self.kind, self.id)
        return (2, f"{self.start:%H:%M}", self.kind, self.id) if self.first == day else (1, "", self.kind, self.id)


async def items(work: Work, user_id: int, first: date, days: int, *, standing: bool = False) -> list[Item]:
    """Everything that somebody has on some days; with `standing` no contacts with whom has left the reader's hands.

    Of a colleague in scope whose entries may not be read only when they are busy. Raises NotFound for a calendar of
    which nothing may be seen.
    """
    if not queries.may_look(work.actor, user_id):
        return await busy(work, user_id, first, days)
    rows = await queries.agenda(work, user_id, first, days, standing=standing)
    found = [of_entry(row, work) for row in rows]
    if work.actor.may("visits.view"):
        # A day more on each side: the day of a visit is that of who makes it.
        planned = await visits.between(work, user_id, first - ONE_DAY, first + timedelta(days=days))
        found += [one for row in planned if touches(one := of_visit(row, work), first, days)]
    return found


async def busy(work: Work, user_id: int, first: date, days: int) -> list[Item]:
    """When a colleague is busy, and nothing else of it; tasks and whole days leave them free."""
    if not await queries.in_reach(work, user_id):
        raise NotFound
    rows = await queries.busy_times(work, user_id, first, days)
    found = [_span_of(*row, work.actor.zone) for row in rows]
    planned = await visits.times(work, user_id, first - ONE_DAY, first + timedelta(days=days))
    found += [_span_of(*_visit_times(row, row), work.actor.zone) for row in planned if row.planned_at or row.arrived_at]
    spans = sorted(
        {(one.start, one.end, one.first, one.last) for one in found if touches(one, first, days)}, key=_begins
    )
    return [
        Item("busy", number, "", begins, ends, start, end) for number, (start, end, begins, ends) in enumerate(spans)
    ]


def _begins(span: tuple[datetime | None, datetime | None, date, date]) -> str:
    return str(span[0])


def _span_of(starts_at: datetime, ends_at: datetime | None, zone: ZoneInfo) -> Item:
    start = starts_at.astimezone(zone)
    end = (ends_at or starts_at.astimezone(ZoneInfo("UTC")) + timedelta(minutes=MINUTES)).astimezone(zone)
    return Item("busy", 0, "", start.date(), last_day(start, end), start, end)


def _visit_times(visit: Any, row: Any) -> tuple[datetime, datetime]:
    """From when to when a visit takes place, or is planned where the one is who makes it; `row` has that zone."""
    start: datetime | None = visit.arrived_at
    if start is None:
        start = datetime.combine(visit.planned_on, visit.planned_at, tzinfo=ZoneInfo(row.time_zone))
    return start, visit.left_at or start.astimezone(ZoneInfo("UTC")) + timedelta(minutes=row.minutes or MINUTES)


def touches(item: Item, first: date, days: int) -> bool:
    """Whether it takes place on one of some days."""
    return item.first < first + timedelta(days=days) and item.last >= first


def by_day(found: Sequence[Item], first: date, days: int) -> dict[date, list[Item]]:
    """What there is on each of some days, in the order of the day."""
    dates = [first + timedelta(days=number) for number in range(days)]
    return {
        day: sorted((one for one in found if one.first <= day <= one.last), key=lambda one: one.order(day))
        for day in dates
    }


def loads(found: Sequence[Item], first: date, days: int = 7) -> list[DayLoad]:
    """How much each of some days holds."""
    return [
        DayLoad(day, sum(not one.done for one in there), sum(one.done for one in there))
        for day, there in by_day(found, first, days).items()
    ]


def of_entry(entry: Any, work: Work) -> Item:
    """An entry or task as the reader sees it: a row of the calendar's queries."""
    start, end, first, last = span(entry, work.actor.zone)
    kind = "contact" if entry.followup_id is not None else entry.kind
    about = entry.customer if entry.customer != entry.title else None
    open_ = entry.done_at is None and kind != EntryKind.entry
    late = open_ and (last < work.today if start is None else start < work.now)
    return Item(
        kind, entry.id, entry.title, first, last, start, end, entry.done_at is not None, late, about, entry.note,
        entry.priority == Priority.high, entry.customer_id, entry.lead_id, entry.version,
    )  # fmt: skip


def span(entry: Any, zone: ZoneInfo) -> tuple[datetime | None, datetime | None, date, date]:
    """Start and end on a clock, and the first and last day that it touches there."""
    if entry.day is not None:
        return None, None, entry.day, entry.last_day or entry.day
    start = entry.starts_at.astimezone(zone)
    end = None if entry.ends_at is None else entry.ends_at.astimezone(zone)
    return start, end, start.date(), last_day(start, end)


def last_day(start: datetime, end: datetime | None) -> date:
    """The last day that something touches; what ends at midnight does not touch the day that begins then."""
    if end is None or end.date() == start.date():
        return start.date()
    return (end - timedelta(microseconds=1)).date()


def of_visit(row: Any, work: Work) -> Item:
    """A visit as the reader sees it: when it took place, else when it is planned on the clock of who makes it."""
    visit: Visit = row.Visit
    start, end, first, last = None, None, visit.planned_on, visit.planned_on
    if visit.arrived_at is not None or visit.planned_at is not None:
        taken = _span_of(*_visit_times(visit, row), work.actor.zone)
        start, end, first, last = taken.start, taken.end, taken.first, taken.last
    over = visit.status in (VisitStatus.done.value, VisitStatus.missed.value)
    return Item(
        "visit", visit.id, row.customer, first, last, start, end, over, visit.status == VisitStatus.missed.value,
        note=visit.purpose, customer_id=visit.customer_id,
    )  # fmt: skip
