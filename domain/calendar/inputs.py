"""What a person enters into the own calendar, and as a task."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from domain.calendar.models import EntryKind, Priority
from domain.calendar.plan import Plan, wall_clock
from domain.core.errors import Invalid
from domain.core.inputs import Input, Key, Name, Optional, Paragraph, Refusal
from domain.core.model import Choice
from domain.core.text import _

LONGEST = timedelta(days=62)
"""What goes on longer is more than one entry."""
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
Minutes = Annotated[Annotated[int, Field(ge=0, le=7 * 1440)] | None, Optional]


class Repeat(Choice):
    """How often something comes again."""

    never = "never", _("Does not repeat")
    daily = "daily", _("Every day")
    weekly = "weekly", _("Every week")
    monthly = "monthly", _("Every month, on that day")


def _listed(value: Any) -> Any:
    """One box ticked comes as a single value, none as nothing at all."""
    return value if isinstance(value, (list, tuple)) else [] if value in (None, "") else [value]


class Repeating(Input):
    """Whether something repeats: `every` so many days, weeks or months, `until` a day or so many `times`."""

    repeat: Repeat = Repeat.never
    every: Annotated[int, BeforeValidator(lambda value: 1 if value in (None, "") else value), Field(ge=1, le=52)] = 1
    weekdays: Annotated[list[Annotated[int, Field(ge=1, le=7)]], BeforeValidator(_listed)] = Field(default_factory=list)
    until: Annotated[date | None, Optional] = None
    times: Annotated[Annotated[int, Field(ge=1, le=1000)] | None, Optional] = None

    def rule(self, start: date) -> str | None:
        """As an RRULE, for something that begins on a day; None for what does not repeat. Raises Invalid."""
        if self.repeat is Repeat.never:
            return None
        if self.until is not None and self.times is not None:
            raise Invalid.of("times", _("Give a last day or how many times, not both."))
        if self.until is not None and not start <= self.until <= date(2200, 12, 31):
            raise Invalid.of("until", _("It must not end before it starts."))
        parts = [f"FREQ={self.repeat.value.upper()}", f"INTERVAL={self.every}"]
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        if self.times is not None:
            parts.append(f"COUNT={self.times}")
        if self.repeat is Repeat.weekly:
            days = sorted({*self.weekdays} or {start.isoweekday()})
            parts.append("BYDAY=" + ",".join(WEEKDAYS[day - 1] for day in days))
        if self.repeat is Repeat.monthly:
            parts.append(f"BYMONTHDAY={start.day}")
        return ";".join(parts)


def repeating_of(rule: str, done: int) -> dict[str, Any]:
    """The fields of a rule of which so many times are over."""
    parts = dict(part.split("=") for part in rule.split(";"))
    until, count = parts.get("UNTIL"), parts.get("COUNT")
    return {
        "repeat": parts["FREQ"].lower(), "every": parts.get("INTERVAL", "1"),
        "weekdays": [WEEKDAYS.index(day) + 1 for day in parts.get("BYDAY", "").split(",") if day],
        "until": f"{until[:4]}-{until[4:6]}-{until[6:]}" if until else None,
        "times": max(1, int(count) - done) if count else None,
    }  # fmt: skip


class EntryInput(Repeating):
    """One entry. Times without a zone are meant in the actor's own; of whole days only the days count. No
    `remind_minutes` (before the start, or before nine in the morning of whole days): no push."""

    title: Name
    starts_at: datetime
    ends_at: Annotated[datetime | None, Optional] = None
    all_day: bool = False
    remind_minutes: Minutes = None
    customer_id: Annotated[Key | None, Optional] = None
    note: Annotated[Paragraph | None, Optional] = None

    @field_validator("ends_at")
    @classmethod
    def _ends_after_start(cls, value: datetime | None, info: ValidationInfo) -> datetime | None:
        start: datetime | None = info.data.get("starts_at")
        if value is None or start is None:
            return value
        if (value.tzinfo is None) != (start.tzinfo is None):
            raise Refusal(_("Give both times with a zone, or neither."))
        if value < start:
            raise Refusal(_("It must not end before it starts."))
        if value - start > LONGEST:
            raise Refusal(_("An entry lasts %(n)s days at most.", n=LONGEST.days))
        return value

    def plan(self, zone: ZoneInfo) -> Plan:
        """As it stands on the clock of somebody's wall."""
        return Plan(
            title=self.title, note=self.note, all_day=self.all_day, start=wall_clock(self.starts_at, zone),
            end=None if self.ends_at is None else wall_clock(self.ends_at, zone),
            remind_minutes=self.remind_minutes, customer_id=self.customer_id,
        )  # fmt: skip


class TaskInput(Repeating):
    """Something to be done by a day, perhaps by a time of that day. Without `user_id` it is the actor's own task.

    Day and time are meant where the one who does it is. The reminder counts from that time, else from nine in the
    morning.
    """

    title: Name
    due_on: date
    due_at: Annotated[time | None, Optional] = None
    user_id: Annotated[Key | None, Optional] = None
    priority: Priority = Priority.normal
    remind_minutes: Minutes = None
    customer_id: Annotated[Key | None, Optional] = None
    lead_id: Annotated[Key | None, Optional] = None
    note: Annotated[Paragraph | None, Optional] = None

    @field_validator("due_on")
    @classmethod
    def _within_reason(cls, value: date) -> date:
        if not 1970 <= value.year <= 2200:
            raise Refusal(_("This is not a date."))
        return value

    @field_validator("due_at")
    @classmethod
    def _without_zone(cls, value: time | None) -> time | None:
        return None if value is None else value.replace(tzinfo=None)

    @field_validator("lead_id")
    @classmethod
    def _one_of_both(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is not None and info.data.get("customer_id") is not None:
            raise Refusal(_("Give a customer or a lead, not both."))
        return value

    def plan(self) -> Plan:
        """As it stands on the clock of the wall of whoever does it."""
        return Plan(
            kind=EntryKind.task, title=self.title, note=self.note, priority=self.priority, all_day=self.due_at is None,
            start=datetime.combine(self.due_on, self.due_at or time.min), remind_minutes=self.remind_minutes,
            customer_id=self.customer_id, lead_id=self.lead_id,
        )  # fmt: skip
