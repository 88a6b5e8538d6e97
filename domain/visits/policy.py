"""What may be done with a visit, and which moments of a phone's clock can be taken."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from domain.core.access import Actor
from domain.core.text import Text, _
from domain.visits.models import Visit, VisitStatus

OLDEST = timedelta(days=366)
"""What a clock says to be older is not the time of a visit."""
NOTED_CLOCK = timedelta(minutes=10)
"""A phone's clock that is wrong by more is shown."""
MOST_AHEAD = timedelta(days=366)
"""How far ahead a visit can be planned."""


def put_right(actor: Actor, moment: datetime | None, offset_s: int | None, now: datetime) -> datetime | None:
    """A moment of a phone's clock as the server's clock would have said it; without a zone it is in the actor's.

    Nothing lies in the future; what cannot be a time of this visit is taken as now.
    """
    if moment is None:
        return None
    try:
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=actor.zone)
        right = aware.astimezone(now.tzinfo) - timedelta(seconds=offset_s or 0)
    except OverflowError:
        return now
    return right if now - OLDEST <= right <= now else now


def can_check_in(actor: Actor, visit: Visit) -> Text | None:
    """None if the actor may go: it is their own visit, and it is not over."""
    if not actor.may("visits.edit"):
        return _("Your role does not allow this.")
    if visit.owner_id != actor.id:
        return _("This is somebody else's visit.")
    if visit.status == VisitStatus.done:
        return _("This visit is done already.")
    return None


def wrong_day(day: date, today: date) -> Text | None:
    """None if a visit can be planned for that day."""
    if day < today:
        return _("This lies in the past.")
    if day > today + MOST_AHEAD:
        return _("This is more than a year ahead.")
    return None


def clock_note(offset_s: int | None) -> Text | None:
    """How far off the phone's clock was, if so far that it should be known."""
    if offset_s is None or abs(offset_s) < NOTED_CLOCK.total_seconds():
        return None
    minutes = round(abs(offset_s) / 60)
    if offset_s > 0:
        return _("The phone's clock was %(n)s minutes fast; the times here are put right.", n=minutes)
    return _("The phone's clock was %(n)s minutes slow; the times here are put right.", n=minutes)
