"""What happens to visits by the clock: beats go on, what nobody touched was missed, old positions are forgotten."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select, update

from domain.company.queries import company_settings
from domain.core.work import Work
from domain.customers.models import Customer
from domain.people.models import User
from domain.pools.clock import local_day
from domain.visits.actions.beats import extend
from domain.visits.events import VisitMissed
from domain.visits.models import Beat, Visit, VisitStatus

MISSED_AT_ONCE = 5_000


async def extend_beats(work: Work) -> int:
    """Plan the visits of all beats two weeks ahead, on each owner's calendar; returns how many were made."""
    today = local_day(work.now, User.time_zone)
    statement = (
        select(Beat, today.label("today"))
        .join(User, User.id == Beat.owner_id)
        .join(Customer, Customer.id == Beat.customer_id)
        .where(User.active, Customer.deleted_at.is_(None), or_(Beat.ends_on.is_(None), Beat.ends_on >= today))
        .order_by(Beat.id)
        .with_for_update(of=Beat, skip_locked=True)
    )
    found = (await work.session.execute(statement)).all()  # unscoped: the clock acts for everybody
    return sum([await extend(work, beat, day) for beat, day in found])


async def mark_missed(work: Work) -> int:
    """Mark as missed what was planned for a day that is over, on its owner's calendar; returns how many.

    A visit made offline that comes later still counts: missed is only what is known so far.
    """
    statement = (
        select(Visit)
        .join(User, User.id == Visit.owner_id)
        .where(Visit.status == VisitStatus.planned.value, Visit.planned_on < local_day(work.now, User.time_zone))
        .order_by(Visit.id)
        .limit(MISSED_AT_ONCE)
        .with_for_update(of=Visit, skip_locked=True)
    )
    visits = (await work.session.scalars(statement)).all()  # unscoped: the clock acts for everybody
    for visit in visits:
        work.touch(visit)
        visit.status = VisitStatus.missed.value
        work.record(
            VisitMissed(record_id=visit.id, customer_id=visit.customer_id, day=visit.planned_on.isoformat(), reason="")
        )
    return len(visits)


async def forget_positions(work: Work) -> int:
    """Forget where phones were, after the time that the company has set; what was said about it stays."""
    days = (await company_settings(work.session)).position_days
    kept = or_(Visit.arrived_lat.is_not(None), Visit.left_lat.is_not(None), Visit.arrived_place.is_not(None))
    nothing = dict.fromkeys(
        ("arrived_lat", "arrived_lng", "arrived_accuracy_m", "arrived_age_s", "arrived_place", "left_lat", "left_lng",
         "left_accuracy_m", "left_age_s")
    )  # fmt: skip
    old = Visit.arrived_at < work.now - timedelta(days=days)
    done = await work.session.execute(update(Visit).where(old, kept).values(**nothing))
    return int(done.rowcount)  # type: ignore[attr-defined]
