"""Nobody forgets an opportunity (S-126): each morning owners are told of theirs that are overdue or stale."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, exists, func, literal, not_, or_, select

from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers.models import Customer
from domain.notifications.actions import notify
from domain.notifications.models import Notification, NotificationKind
from domain.opportunities.listing import stale
from domain.opportunities.models import Opportunity, Stage, StageKind
from domain.opportunities.scope import LIVE
from domain.people.models import User
from domain.pools.clock import local_day, on_leave


async def remind_owners(work: Work) -> int:
    """Tell each owner once a day of all that wait for them; returns how many people were told. Running it again on the
    same day tells nobody twice; who is on leave is left alone."""
    tag = f"opportunities-waiting-{work.now:%Y%m%d}"
    rows = (await work.session.execute(_first_of_each(work, tag))).all()  # unscoped: the clock acts for everybody
    for row in rows:
        one = row.number == 1
        url = f"/opportunities/{row.id}" if one else "/today"
        await notify(work, [row.owner_id], NotificationKind.opportunity, _sentence(row), url=url, tag=tag)
    return len(rows)


def _first_of_each(work: Work, tag: str) -> Any:
    """One row an owner: how many wait, and the one that has waited longest, overdue ones before stale ones."""
    now = literal(work.now)
    late = and_(Opportunity.status == StageKind.open.value, Opportunity.expected_on < local_day(now, User.time_zone))
    told = exists(select(Notification.id).where(Notification.user_id == User.id, Notification.tag == tag))
    whose = Opportunity.owner_id
    awake = and_(User.active, not_(on_leave(work.now)))
    order = (func.coalesce(late, False).desc(), Opportunity.expected_on, Opportunity.activity_at, Opportunity.id)
    waiting = (
        select(
            Opportunity.id, Opportunity.owner_id, Opportunity.name, func.coalesce(late, False).label("late"),
            func.count().over(partition_by=whose).label("number"),
            func.row_number().over(partition_by=whose, order_by=order).label("place"),
        )
        .join(Stage, Stage.id == Opportunity.stage_id)
        .join(User, User.id == Opportunity.owner_id)
        .join(Customer, Customer.id == Opportunity.customer_id)
        .where(
            LIVE, Customer.deleted_at.is_(None), awake, or_(late, stale(now)), not_(told)
        )
        .subquery()
    )  # fmt: skip
    return select(waiting).where(waiting.c.place == 1).order_by(waiting.c.owner_id)


def _sentence(row: Any) -> Text:
    if row.number > 1:
        return _("%(n)s opportunities wait for you, %(name)s first.", n=row.number, name=row.name)
    if row.late:
        return _("The opportunity %(name)s was to be closed by now.", name=row.name)
    return _("Nothing has happened with the opportunity %(name)s for a long time.", name=row.name)
