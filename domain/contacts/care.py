"""Care: whoever looks after a customer hears of the birthdays of its people, in the morning where he is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, cast, exists, extract, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert

from domain.contacts import birthdays, queries
from domain.contacts.models import BirthdayCare, Contact
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.notifications.actions import notify
from domain.notifications.models import NotificationKind
from domain.people.models import User
from domain.people.queries import load_actor

MORNING = 8
"""From this hour on, where the owner is."""
AHEAD = 3
"""Days before, for who wants to know earlier, too."""


async def remind(work: Work) -> int:
    """Tell each owner once a day of the birthdays at his customers; returns how many people were told.

    Whom it concerns is marked and told in one transaction, so a second worker, or a second run, tells nobody again.
    """
    told = 0
    for user_id, today, ahead in await _newly_concerned(work):
        owner = await load_actor(work.session, user_id)
        if owner is None:
            continue
        theirs = Work(work.session, owner, work.now)
        of_today = await queries.born(theirs, today)
        soon = await queries.born(theirs, today, ahead=AHEAD) if ahead else ()
        for rows, days in ((of_today, 0), (soon, AHEAD)):
            if rows:
                tag, url = f"birthdays-{today + timedelta(days=days)}-{days}", _address(rows, days)
                await notify(work, [user_id], NotificationKind.birthday, _sentence(rows, days), url=url, tag=tag)
        told += bool(of_today or soon)
    return told


async def choose(work: Work, *, ahead: bool) -> None:
    """Whether the actor wants to know three days before, too."""
    values = {"user_id": work.actor.id, "ahead": ahead}
    statement = insert(BirthdayCare).values(**values)
    await work.session.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_={"ahead": ahead}))


async def ahead(work: Work) -> bool:
    """Whether the actor does."""
    mine = select(BirthdayCare.ahead).where(BirthdayCare.user_id == work.actor.id)
    return bool(await work.session.scalar(mine))


async def _newly_concerned(work: Work) -> Sequence[tuple[int, date, bool]]:
    """Mark and return whoever has birthdays at customers of his own, has his morning, and was not told today."""
    here: Any = func.timezone(User.time_zone, literal(work.now))
    day = cast(here, Date)
    soon = birthdays.within(day + AHEAD, 0) & BirthdayCare.ahead
    theirs = (
        select(Contact.id)
        .join(Customer, Customer.id == Contact.customer_id)
        .where(Customer.owner_id == User.id, queries.LIVE, customers.LIVE, or_(birthdays.within(day, 0), soon))
    )
    due = (
        select(User.id, day.label("day"), func.coalesce(BirthdayCare.ahead, False).label("ahead"))
        .outerjoin(BirthdayCare, BirthdayCare.user_id == User.id)
        .where(
            User.active, extract("hour", here) >= MORNING, BirthdayCare.told_on.is_distinct_from(day),
            exists(theirs.correlate(User, BirthdayCare)),
        )
        .order_by(User.id)
    )  # fmt: skip
    found = (await work.session.execute(due)).all()
    concerned = []
    for user_id, today, wants in found:
        mark = insert(BirthdayCare).values(user_id=user_id, told_on=today)
        mark = mark.on_conflict_do_update(
            index_elements=["user_id"], set_={"told_on": today}, where=BirthdayCare.told_on.is_distinct_from(today)
        )
        if (await work.session.scalars(mark.returning(BirthdayCare.user_id))).first() is not None:
            concerned.append((user_id, today, wants))
    return concerned


def _address(rows: Sequence[Any], days: int) -> str:
    """Where the item leads: to the one contact, else to the list of the next days."""
    if len(rows) == 1:
        return f"/contacts/{rows[0].id}"
    return f"/contacts?scene=mine&sort=birthday&birthday={days}"


def _sentence(rows: Sequence[Any], days: int) -> Text:
    first, n = rows[0], len(rows)
    if n == 1 and days:
        return _("%(name)s of %(customer)s has a birthday in %(days)s days.", name=first.name, customer=first.customer,
                 days=days)  # fmt: skip
    if n == 1:
        return _("%(name)s of %(customer)s has a birthday today.", name=first.name, customer=first.customer)
    if days:
        return _("%(n)s contacts have a birthday in %(days)s days, %(name)s first.", n=n, days=days, name=first.name)
    return _("%(n)s contacts have a birthday today, %(name)s first.", n=n, name=first.name)
