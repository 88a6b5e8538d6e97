"""Entries that somebody sees: the own ones and those of the own people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, literal_column, or_, select, true

from domain.calendar.inputs import LONGEST
from domain.calendar.models import CalendarEvent, EntryKind
from domain.core.access import Actor, Scope, among, in_scope
from domain.core.errors import NotFound
from domain.core.rows import columns
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.leads import scope as leads
from domain.leads.models import Lead
from domain.leads.workflow import OPEN
from domain.people.models import User

ONE_DAY = timedelta(days=1)

IS_TASK = CalendarEvent.kind == literal_column(f"'{EntryKind.task}'")
"""As part of the statement, so that the server knows which index is for it."""


def visible(actor: Actor) -> ColumnElement[bool]:
    """My entries, and read-only those of my subordinates; tasks also if I gave them or my scope holds who does them."""
    if not actor.may("calendar.view"):
        return false()
    mine = CalendarEvent.user_id.in_((actor.id, *actor.subordinate_ids))
    return or_(mine, and_(IS_TASK, or_(CalendarEvent.created_by_id == actor.id, in_charge(actor))))


def in_charge(actor: Actor) -> ColumnElement[bool]:
    """Condition: whose entry it is lies in the actor's scope."""
    scope = actor.scope("calendar")
    if scope is Scope.all:
        return true()
    return false() if scope in (None, Scope.own) else CalendarEvent.user_id.in_(colleagues(actor))


def colleagues(actor: Actor) -> Select[int]:
    """Ids of the people in the actor's scope on calendars, and of the actor's own people."""
    scoped = in_scope(actor, "calendar", User.id, User.department_id)
    return select(User.id).where(or_(scoped, among(User.id, actor.subordinate_ids)))


def writable(actor: Actor) -> ColumnElement[bool]:
    """My own entries, and tasks that I gave: who was given a task only says that it is done."""
    given = and_(IS_TASK, CalendarEvent.created_by_id == actor.id)
    return or_(and_(CalendarEvent.user_id == actor.id, or_(~IS_TASK, CalendarEvent.created_by_id.is_(None))), given)


def doable(actor: Actor) -> ColumnElement[bool]:
    """What I may tick off: my own entries and tasks, and tasks that I gave."""
    return or_(CalendarEvent.user_id == actor.id, and_(IS_TASK, CalendarEvent.created_by_id == actor.id))


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


def _entries(actor: Actor) -> Any:
    """Entries with the name of the customer or lead, if the reader sees that."""
    return (
        select(*columns(CalendarEvent), func.coalesce(Customer.name, Lead.name).label("customer"))
        .outerjoin(Customer, and_(Customer.id == CalendarEvent.customer_id, customers.visible(actor)))
        .outerjoin(
            Lead, and_(Lead.id == CalendarEvent.lead_id, CalendarEvent.customer_id.is_(None), leads.visible(actor))
        )
    )


def may_look(actor: Actor, user_id: int) -> bool:
    """Whether the actor may read somebody's calendar."""
    return user_id == actor.id or user_id in actor.subordinate_ids


async def agenda(work: Work, user_id: int, first: date, days: int, *, standing: bool = False) -> Sequence[Any]:
    """Somebody's entries that touch some days, in order of time, with the name of the `customer` or lead; with
    `standing` only what `stands`.

    Raises NotFound for a calendar that may not be seen.
    """
    if not may_look(work.actor, user_id):
        raise NotFound
    statement = (
        _entries(work.actor)
        .where(visible(work.actor), CalendarEvent.user_id == user_id, during(work.actor, first, days))
        .order_by(CalendarEvent.starts_at, CalendarEvent.id)
    )
    if standing:
        statement = statement.where(stands(work.actor))
    rows: Sequence[Any] = (await work.session.execute(statement)).all()
    return rows


def during(actor: Actor, first: date, days: int) -> ColumnElement[bool]:
    """Condition: the entry touches some days of the reader's. The first part is for the index."""
    start, end = day_starts(actor, first), day_starts(actor, first + timedelta(days=days))
    near = and_(CalendarEvent.starts_at >= start - LONGEST - ONE_DAY, CalendarEvent.starts_at < end + ONE_DAY)
    timed = and_(
        CalendarEvent.day.is_(None),
        CalendarEvent.starts_at < end,
        or_(CalendarEvent.starts_at >= start, CalendarEvent.ends_at > start),
    )
    last = func.coalesce(CalendarEvent.last_day, CalendarEvent.day)
    whole = and_(CalendarEvent.day < first + timedelta(days=days), last >= first)
    return and_(near, or_(timed, whole))


async def rows(work: Work, entry_ids: Sequence[int]) -> Sequence[Any]:
    """These entries as lists show them."""
    statement = _entries(work.actor).where(CalendarEvent.id.in_(entry_ids), visible(work.actor))
    found: Sequence[Any] = (await work.session.execute(statement)).all()
    return found


async def open_until(work: Work, moment: datetime, *, limit: int = 100) -> Sequence[Any]:
    """My entries and tasks before a moment that are not done, the oldest first: what is overdue and what is next."""
    statement = (
        _entries(work.actor)
        .where(
            visible(work.actor),
            CalendarEvent.user_id == work.actor.id,
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


async def people(work: Work) -> Sequence[tuple[int, str]]:
    """Whose calendars the actor may look into, or at least see when they are busy, besides the own one."""
    statement = (
        select(User.id, User.name)
        .where(User.id.in_(colleagues(work.actor)), User.id != work.actor.id, User.active)
        .order_by(User.name)
    )
    return [(row.id, row.name) for row in await work.session.execute(statement)]


async def in_reach(work: Work, user_id: int) -> bool:
    """Whether the actor may see when somebody is busy."""
    wanted = select(User.id).where(User.id == user_id, User.active, User.id.in_(colleagues(work.actor)))
    return work.actor.may("calendar.view") and await work.session.scalar(wanted) is not None


async def busy_times(work: Work, user_id: int, first: date, days: int) -> Sequence[tuple[datetime, datetime | None]]:
    """From when to when the entries of somebody last that take a time; the caller has seen to the right."""
    statement = select(CalendarEvent.starts_at, CalendarEvent.ends_at).where(
        CalendarEvent.user_id == user_id, ~IS_TASK, CalendarEvent.day.is_(None), during(work.actor, first, days)
    )  # unscoped: times only
    return [(row.starts_at, row.ends_at) for row in await work.session.execute(statement)]


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
