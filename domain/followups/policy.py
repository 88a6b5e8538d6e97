"""Who may correct a follow-up, and what times make sense."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from domain.core.access import Actor
from domain.core.text import Text, _
from domain.followups.inputs import FollowUpInput, NextContact
from domain.followups.models import FollowUp

EDITABLE = timedelta(days=1)
CLOCK_SKEW = timedelta(minutes=5)
"""How far ahead of ours a phone's clock may go."""
MORNING = time(9, 0)
DAYS_AHEAD = {NextContact.tomorrow: 1, NextContact.three_days: 3, NextContact.week: 7}


def can_edit(actor: Actor, record: FollowUp, now: datetime) -> Text | None:
    """None if the actor may correct it: the author, within a day of saving it."""
    if not actor.may("followups.edit"):
        return _("Your role does not allow this.")
    if record.created_by_id != actor.id:
        return _("Only the author can correct a follow-up.")
    if now - record.created_at > EDITABLE:
        return _("A follow-up can be corrected within a day.")
    return None


def can_delete(actor: Actor) -> Text | None:
    """None if the actor may delete follow-ups that they see."""
    return None if actor.may("followups.delete") else _("Your role does not allow this.")


def aware(actor: Actor, value: datetime) -> datetime:
    """A time without a zone is meant in the actor's."""
    return value if value.tzinfo is not None else value.replace(tzinfo=actor.zone)


def took_place_at(actor: Actor, data: FollowUpInput, now: datetime) -> datetime:
    """When it took place: as entered, else now."""
    return now if data.at is None else aware(actor, data.at)


def next_contact_at(actor: Actor, pick: NextContact, own: datetime | None, now: datetime) -> datetime | None:
    """When to get in touch again: an own time, or nine in the morning of the day picked, counted from `now`."""
    if pick in DAYS_AHEAD:
        day = now.astimezone(actor.zone).date() + timedelta(days=DAYS_AHEAD[pick])
        return datetime.combine(day, MORNING, tzinfo=actor.zone)
    return None if own is None else aware(actor, own)


def wrong_times(at: datetime, next_at: datetime | None, now: datetime) -> dict[str, tuple[Text, ...]]:
    """Errors by field: a touch does not lie ahead, the next one does not lie behind."""
    errors: dict[str, tuple[Text, ...]] = {}
    if at > now + CLOCK_SKEW:
        errors["at"] = (_("This lies in the future."),)
    if next_at is not None and next_at <= now:
        errors["next_contact_at"] = (_("This lies in the past."),)
    return errors
