"""Beats that somebody sees, and on which days they fall."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from domain.core.access import Actor, in_scope
from domain.core.work import Work
from domain.customers.models import Customer
from domain.people.models import User
from domain.visits.models import Beat, VisitType

AHEAD_DAYS = 14
"""So many days ahead the visits of beats are planned."""


def visible(actor: Actor) -> ColumnElement[bool]:
    """Beats of people in the actor's scope; whoever sees one may change it."""
    return in_scope(actor, "visits", Beat.owner_id, Beat.department_id)


async def get(work: Work, beat_id: int, *, lock: bool = False) -> Beat:
    """One beat. Raises NotFound."""
    return await work.load(Beat, beat_id, visible(work.actor), lock=lock)


async def every(work: Work, *, limit: int = 500) -> Sequence[Any]:
    """The beats that go on, person by person: Beat, customer, owner, name_zh, name_en."""
    statement = (
        select(Beat, Customer.name.label("customer"), User.name.label("owner"), VisitType.name_zh, VisitType.name_en)
        .join(Customer, Customer.id == Beat.customer_id)
        .outerjoin(User, User.id == Beat.owner_id)
        .outerjoin(VisitType, VisitType.id == Beat.type_id)
        .where(visible(work.actor), or_(Beat.ends_on.is_(None), Beat.ends_on >= work.today))
        .order_by((Beat.owner_id == work.actor.id).desc(), User.name, Customer.name_sort, Beat.id)
        .limit(limit)
    )
    found: Sequence[Any] = (await work.session.execute(statement)).all()
    return found


def days(beat: Beat, first: date, last: date) -> Iterator[date]:
    """The days of a beat between two days, both counted; weeks begin on Monday and are counted from its first one."""
    day = max(first, beat.starts_on)
    last = last if beat.ends_on is None else min(last, beat.ends_on)
    monday = beat.starts_on - timedelta(days=beat.starts_on.weekday())
    while day <= last:
        if (day - monday).days // 7 % beat.every_weeks == 0 and day.isoweekday() in beat.weekdays:
            yield day
        day += timedelta(days=1)
