"""Plans of people who no longer go: handed to whoever has the customer now, or ended."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, or_, select, union, update
from sqlalchemy.orm import aliased

from domain.core.work import Work
from domain.customers.models import Customer
from domain.people.models import User
from domain.visits.models import Beat, Visit, VisitStatus

AT_ONCE = 1_000


async def hand_over(work: Work, customer_id: int, before: int, now: int | None, today: date) -> None:
    """What `before` had planned with a customer goes to `now`, or ends. `today` is by the calendar of `before`.

    From tomorrow on: who is on the road today keeps the plan that the phone shows.
    """
    ahead = (
        Visit.customer_id == customer_id, Visit.owner_id == before, Visit.planned_on > today,
        Visit.status == VisitStatus.planned.value,
    )  # fmt: skip
    theirs = (Beat.customer_id == customer_id, Beat.owner_id == before)
    if now is None:
        await work.session.execute(delete(Visit).where(*ahead))
        await work.session.execute(update(Beat).where(*theirs).values(ends_on=today, updated_at=work.now))
        return
    moved = {"owner_id": now, "updated_at": work.now}
    await work.session.execute(update(Visit).where(*ahead).values(**moved, stop=None, version=Visit.version + 1))
    await work.session.execute(update(Beat).where(*theirs).values(**moved, version=Beat.version + 1))


async def relieve(work: Work) -> int:
    """Hand over what people who were switched off had planned with customers of others; returns how many customers.

    Their own customers come first to a new owner, and the plans follow then.
    """
    goer, owner = aliased(User), aliased(User)
    planned = union(
        select(Visit.customer_id, Visit.owner_id).where(
            Visit.status == VisitStatus.planned.value, Visit.planned_on > work.today
        ),
        select(Beat.customer_id, Beat.owner_id).where(or_(Beat.ends_on.is_(None), Beat.ends_on > work.today)),
    ).subquery()
    statement = (
        select(planned.c.customer_id, goer.id, owner.id)
        .join(goer, goer.id == planned.c.owner_id)
        .join(Customer, Customer.id == planned.c.customer_id)
        .outerjoin(owner, owner.id == Customer.owner_id)
        .where(~goer.active, or_(owner.id.is_(None), owner.active))
        .limit(AT_ONCE)
    )
    found = (await work.session.execute(statement)).all()  # unscoped: the clock acts for everybody
    for customer_id, before, now in found:
        await hand_over(work, customer_id, before, now, work.today)
    return len(found)
