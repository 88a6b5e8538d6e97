"""Keeping to what a geocoder allows: so many requests a second and a day, and silence when it asks for it.

One row a provider, updated by whoever is next, so the limits hold for all processes of all machines together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import and_, case, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.core.errors import Unavailable
from domain.core.text import Text, _
from domain.core.work import Work
from domain.places.models import GeocoderTurn

LONGEST_QUEUE = timedelta(seconds=30)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """Least time between two requests, and how many a day (UTC) may be made; None for as many as one likes."""

    pace: timedelta
    per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a provider stands: requests of today, and until when and why it is left alone."""

    asked: int = 0
    paused_until: datetime | None = None
    why: str | None = None
    full: bool = False
    """The day's requests are used up."""


async def take(work: Work, provider: str, limits: Limits) -> timedelta:
    """Take the next turn; returns how long to wait for it. Commit at once: the row is locked till then.

    Raises Unavailable while the provider is paused, its day is used up, or too many wait already.
    """
    now, today = work.now, _day(work)
    turn = GeocoderTurn
    next_at = func.greatest(turn.next_at, now) + limits.pace
    asked = case((turn.day == today, turn.asked + 1), else_=literal(1))
    allowed = [or_(turn.paused_until.is_(None), turn.paused_until <= now), turn.next_at <= now + LONGEST_QUEUE]
    if limits.per_day is not None:
        allowed.append(or_(turn.day != today, turn.asked < limits.per_day))
    first = insert(turn).values(provider=provider, next_at=now + limits.pace, day=today, asked=1)
    taken = first.on_conflict_do_update(
        index_elements=["provider"],
        set_={"next_at": next_at, "day": today, "asked": asked},
        where=and_(*allowed),
    )
    found = (await work.session.execute(taken.returning(turn.next_at))).scalar_one_or_none()
    if found is None:
        raise await _refusal(work, provider, limits)
    return max(timedelta(0), found - limits.pace - now)


async def pause(work: Work, provider: str, why: str, wait: timedelta | None = None) -> None:
    """Leave a provider alone for the time it asks for, else the longer the more faults came in a row."""
    row = (
        await work.session.execute(select(GeocoderTurn).where(GeocoderTurn.provider == provider).with_for_update())
    ).scalar_one_or_none()
    if row is None:
        row = GeocoderTurn(provider=provider, next_at=work.now, day=_day(work), asked=0, faults=0)
        work.session.add(row)
    length = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(row.faults, 10)) if wait is None else wait
    row.faults += 1
    row.paused_until = max(row.paused_until or work.now, work.now + length)
    row.why = why[:300]


async def well(work: Work, provider: str) -> None:
    """It answered: the next fault is the first again."""
    statement = update(GeocoderTurn).where(GeocoderTurn.provider == provider, GeocoderTurn.faults > 0)
    await work.session.execute(statement.values(faults=0, paused_until=None, why=None))


async def standing(work: Work, provider: str, limits: Limits) -> Standing:
    """How the provider stands now."""
    row = (
        await work.session.execute(select(GeocoderTurn).where(GeocoderTurn.provider == provider))
    ).scalar_one_or_none()
    if row is None:
        return Standing()
    asked = row.asked if row.day == _day(work) else 0
    paused = row.paused_until if row.paused_until is not None and row.paused_until > work.now else None
    full = limits.per_day is not None and asked >= limits.per_day
    return Standing(asked, paused, row.why if paused else None, full)


async def _refusal(work: Work, provider: str, limits: Limits) -> Unavailable:
    now = await standing(work, provider, limits)
    if now.paused_until is not None:
        return _later(_("The geocoder %(name)s is left alone for a while.", name=provider), now.paused_until - work.now)
    if now.full:
        midnight = datetime.combine(_day(work) + timedelta(days=1), datetime.min.time(), UTC)
        message = _("Today's %(n)s requests to %(name)s are used up.", n=limits.per_day or 0, name=provider)
        return _later(message, midnight - work.now)
    return _later(_("Too many wait for the geocoder %(name)s.", name=provider), LONGEST_QUEUE)


def _later(message: Text, wait: timedelta) -> Unavailable:
    return Unavailable(message, retry_after_s=max(1, round(wait.total_seconds())))


def _day(work: Work) -> date:
    return work.now.astimezone(UTC).date()
