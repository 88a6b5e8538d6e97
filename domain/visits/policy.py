"""What may be done with a visit, and which moments of a phone's clock can be taken."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from domain.core.access import Actor
from domain.core.clocks import right_time
from domain.core.text import Text, _
from domain.visits.models import Visit, VisitStatus

MOST_AHEAD = timedelta(days=366)
"""How far ahead a visit can be planned."""


def put_right(actor: Actor, moment: datetime | None, offset_s: int | None, now: datetime) -> datetime | None:
    """A moment of a phone's clock as ours would have said it; without a zone it is in the actor's."""
    if moment is None:
        return None
    return right_time(moment if moment.tzinfo is not None else moment.replace(tzinfo=actor.zone), offset_s, now)


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
