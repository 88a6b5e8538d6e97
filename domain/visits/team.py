"""A team's day, person by person: how far each has come, who is late, and what a manager should look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.core.text import Text, _
from domain.visits.models import Verdict, Visit, VisitStatus

LATE = timedelta(minutes=15)
"""So long after the agreed time somebody is late."""
LONG = timedelta(hours=3)
"""Whoever has been at a customer for longer has probably forgotten to finish."""


@dataclass
class PersonDay:
    """The visits of one person on one day, in the order of the route; cancelled ones do not count."""

    id: int
    name: str
    rows: list[Any] = field(default_factory=list)
    notes: dict[int, list[Text]] = field(default_factory=dict)
    """By visit: what a manager should look at."""

    @property
    def live(self) -> int:
        """How many are to be made or were."""
        return sum(row.Visit.status != VisitStatus.cancelled for row in self.rows)

    @property
    def done(self) -> int:
        """How many are done."""
        return sum(row.Visit.status == VisitStatus.done for row in self.rows)

    @property
    def here(self) -> Any | None:
        """The visit that the person is at."""
        return next((row for row in self.rows if row.Visit.status == VisitStatus.open), None)

    @property
    def flagged(self) -> int:
        """How many of the visits have a note."""
        return len(self.notes)


def by_person(rows: Sequence[Any], now: datetime) -> list[PersonDay]:
    """The rows of `queries.team_day` as days of persons, in their order."""
    days: dict[int, PersonDay] = {}
    for row in rows:
        visit: Visit = row.Visit
        one = days.setdefault(visit.owner_id or 0, PersonDay(visit.owner_id or 0, row.owner or ""))
        one.rows.append(row)
        if found := notes_of(visit, ZoneInfo(row.time_zone or "UTC"), now):
            one.notes[visit.id] = found
    return list(days.values())


def notes_of(visit: Visit, zone: ZoneInfo, now: datetime) -> list[Text]:
    """What a manager should look at: late, forgotten, missed, doubtful, or changed hands meanwhile."""
    notes: list[Text] = []
    if visit.status == VisitStatus.planned and visit.planned_at is not None:
        agreed = datetime.combine(visit.planned_on, visit.planned_at, tzinfo=zone)
        if now > agreed + LATE:
            notes.append(_("Should have begun at %(time)s", time=f"{visit.planned_at:%H:%M}"))
    if visit.status == VisitStatus.open and visit.arrived_at is not None and now - visit.arrived_at > LONG:
        notes.append(_("Checked in long ago and not finished"))
    if visit.status == VisitStatus.missed:
        notes.append(_("Missed: %(reason)s", reason=visit.reason) if visit.reason else _("Nobody checked in that day"))
    if visit.verdict == Verdict.doubtful:
        notes.append(_("Position doubtful"))
    if visit.flag is not None:
        notes.append(_("The customer had changed hands"))
    return notes
