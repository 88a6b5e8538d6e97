"""Entries that somebody sees: the own ones and those of the own people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from domain.calendar.models import CalendarEvent
from domain.core.access import Actor
from domain.core.errors import NotFound
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.leads import scope as leads
from domain.leads.models import Lead
from domain.leads.workflow import OPEN
from domain.people.models import User


def visible(actor: Actor) -> ColumnElement[bool]:
    """My entries, and read-only those of my subordinates."""
    if not actor.may("calendar.view"):
        return false()
    return CalendarEvent.user_id.in_((actor.id, *actor.subordinate_ids))


def writable(actor: Actor) -> ColumnElement[bool]:
    """Only my own entries."""
    return CalendarEvent.user_id == actor.id


def stands(actor: Actor) -> ColumnElement[bool]:
    """Condition: not a contact planned with a customer or lead that has left the actor's hands since, nor with a lead
    that has come to its end otherwise than as a customer."""
    kept = select(Customer.id).where(Customer.id == CalendarEvent.customer_id, customers.writable(actor))
    lead = select(Lead.id).where(Lead.id == CalendarEvent.lead_id, leads.writable(actor), Lead.status.in_(OPEN))
    return or_(
        CalendarEvent.followup_id.is_(None),
        exists(kept.correlate(CalendarEvent)),
        and_(CalendarEvent.customer_id.is_(None), exists(lead.where(leads.LIVE).correlate(CalendarEvent))),
    )


async def get(work: Work, entry_id: int) -> CalendarEvent:
    """One entry to read. Raises NotFound."""
    return await work.load(CalendarEvent, entry_id, visible(work.actor))


def day_starts(actor: Actor, day: date) -> datetime:
    """When a day begins for somebody."""
    return datetime.combine(day, time.min, tzinfo=actor.zone)


def _entries() -> Any:
    return select(
        CalendarEvent.id, CalendarEvent.user_id, CalendarEvent.title, CalendarEvent.starts_at, CalendarEvent.ends_at,
        CalendarEvent.remind_at, CalendarEvent.done_at, CalendarEvent.customer_id, CalendarEvent.followup_id,
        CalendarEvent.lead_id, CalendarEvent.version, func.coalesce(Customer.name, Lead.name).label("customer"),
        func.coalesce(Customer.phone, Lead.mobile, Lead.phone).label("phone"),
    ).outerjoin(Customer, Customer.id == CalendarEvent.customer_id).outerjoin(
        Lead, and_(Lead.id == CalendarEvent.lead_id, CalendarEvent.customer_id.is_(None))
    )  # fmt: skip


async def agenda(work: Work, user_id: int, first: date, days: int) -> Sequence[Any]:
    """Somebody's entries of some days, in order of time. Raises NotFound for a calendar that may not be seen."""
    if user_id != work.actor.id and user_id not in work.actor.subordinate_ids:
        raise NotFound
    start, end = day_starts(work.actor, first), day_starts(work.actor, first + timedelta(days=days))
    statement = (
        _entries()
        .where(
            visible(work.actor), CalendarEvent.user_id == user_id,
            CalendarEvent.starts_at >= start, CalendarEvent.starts_at < end,
        )
        .order_by(CalendarEvent.starts_at, CalendarEvent.id)
    )  # fmt: skip
    rows: Sequence[Any] = (await work.session.execute(statement)).all()
    return rows


async def rows(work: Work, entry_ids: Sequence[int]) -> Sequence[Any]:
    """These entries as lists show them."""
    statement = _entries().where(CalendarEvent.id.in_(entry_ids), visible(work.actor)).order_by(CalendarEvent.id)
    found: Sequence[Any] = (await work.session.execute(statement)).all()
    return found


async def open_until(work: Work, moment: datetime, *, limit: int = 100) -> Sequence[Any]:
    """My entries before a moment that are not done, the oldest first: what is overdue and what is next."""
    statement = (
        _entries()
        .where(
            visible(work.actor),
            writable(work.actor),
            stands(work.actor),
            CalendarEvent.done_at.is_(None),
            CalendarEvent.starts_at < moment,
        )
        .order_by(CalendarEvent.starts_at, CalendarEvent.id)
        .limit(limit)
    )
    rows: Sequence[Any] = (await work.session.execute(statement)).all()
    return rows


@dataclass(frozen=True, slots=True)
class DayLoad:
    """How much a day holds."""

    day: date
    open: int
    done: int


async def week(work: Work, user_id: int, first: date) -> Sequence[DayLoad]:
    """Seven days with the number of open and done entries of each, on the reader's calendar."""
    rows = await agenda(work, user_id, first, 7)
    loads: dict[date, list[int]] = {first + timedelta(days=n): [0, 0] for n in range(7)}
    for row in rows:
        loads[row.starts_at.astimezone(work.actor.zone).date()][row.done_at is not None] += 1
    return [DayLoad(day, *counts) for day, counts in loads.items()]


async def people(work: Work) -> Sequence[tuple[int, str]]:
    """Whose calendars the actor may look into, besides the own one."""
    statement = (
        select(User.id, User.name).where(User.id.in_(work.actor.subordinate_ids), User.active).order_by(User.name)
    )
    return [(row.id, row.name) for row in await work.session.execute(statement)]


def about(subject: Customer | Lead) -> dict[str, int]:
    """The column that says whom an entry is about, with its value."""
    return {"customer_id" if isinstance(subject, Customer) else "lead_id": subject.id}


def open_contacts(user_id: int | None, subject: Customer | Lead, before: datetime) -> ColumnElement[bool]:
    """Condition: planned contacts of a user with a customer or lead that are due before a moment."""
    ((column, record_id),) = about(subject).items()
    return and_(
        CalendarEvent.user_id == user_id,
        getattr(CalendarEvent, column) == record_id,
        CalendarEvent.followup_id.is_not(None),
        CalendarEvent.done_at.is_(None),
        CalendarEvent.starts_at < before,
    )
