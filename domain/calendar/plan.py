"""What an entry says, in wall-clock time, and the columns that it fills in somebody's time zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from domain.calendar.models import CalendarEvent, EntryKind, Priority

UTC = ZoneInfo("UTC")
MORNING = time(9, 0)
"""From here the reminder of what takes a whole day is counted."""


class Plan(BaseModel):
    """One entry or task as entered. `start` and `end` are wall-clock times; of whole days only the day counts."""

    kind: EntryKind = EntryKind.entry
    title: str
    note: str | None = None
    priority: Priority = Priority.normal
    all_day: bool = False
    start: datetime
    end: datetime | None = None
    remind_minutes: int | None = None
    customer_id: int | None = None
    lead_id: int | None = None

    def columns(self, zone: ZoneInfo, on: date | None = None) -> dict[str, Any]:
        """The columns of the entry; of the occurrence that begins `on` a day if it repeats.

        Moved by days on the clock of the wall, so nine o'clock stays nine when the clocks change.
        """
        start, end = self.start, self.end
        if on is not None:
            shift = on - start.date()
            start, end = start + shift, None if end is None else end + shift
        morning = start.replace(hour=MORNING.hour, minute=MORNING.minute, second=0, fold=0)
        remind_from = morning if self.all_day else start
        starts_at = (datetime.combine(start, time.min) if self.all_day else start).replace(tzinfo=zone)
        ends_at = None if end is None or self.all_day else max(starts_at, end.replace(tzinfo=zone), key=_moment)
        remind_at = None
        if self.remind_minutes is not None:
            remind_at = remind_from.replace(tzinfo=zone).astimezone(UTC) - timedelta(minutes=self.remind_minutes)
        last_day = end.date() if end is not None and self.all_day and end.date() > start.date() else None
        return {
            "kind": self.kind.value, "title": self.title, "note": self.note, "priority": self.priority.value,
            "starts_at": starts_at, "ends_at": ends_at, "remind_at": remind_at,
            "day": start.date() if self.all_day else None, "last_day": last_day,
            "customer_id": self.customer_id, "lead_id": self.lead_id,
        }  # fmt: skip


def _moment(value: datetime) -> datetime:
    """Two times of one zone are compared by the wall clock otherwise, which goes back once a year."""
    return value.astimezone(UTC)


def wall_clock(value: datetime, zone: ZoneInfo) -> datetime:
    """A time as the clock on the wall shows it in a zone; one without a zone is meant there."""
    return value if value.tzinfo is None else value.astimezone(zone).replace(tzinfo=None)


def minutes_before(entry: CalendarEvent) -> int | None:
    """How long before the start, or before nine in the morning of whole days, the reminder comes."""
    if entry.remind_at is None:
        return None
    start = entry.starts_at if entry.day is None else entry.starts_at + timedelta(hours=MORNING.hour)
    return int((start - entry.remind_at).total_seconds() // 60)
