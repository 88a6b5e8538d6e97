"""The list of tasks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Date, and_, cast, false, func, or_
from sqlalchemy.orm import aliased

from domain.calendar.models import CalendarEvent, Priority
from domain.calendar.queries import IS_TASK, colleagues, visible
from domain.core.access import Actor, Scope
from domain.core.lists import Branch, Column, Filter, ListSpec, Scene, Sort, record_number
from domain.core.text import _
from domain.people.models import User

GIVER = aliased(User)
OPEN = CalendarEvent.done_at.is_(None)


def tasks_seen(actor: Actor) -> ColumnElement[bool]:
    """Tasks that the actor sees."""
    return and_(IS_TASK, visible(actor))


def branches(actor: Actor) -> Sequence[Branch]:
    """The same: those of my people and my own, those I gave, those of whoever lies in my scope."""
    if not actor.may("calendar.view"):
        return (Branch.of(false()),)
    if actor.scope("calendar") is Scope.all:
        return (Branch.of(IS_TASK),)
    found = [
        Branch(CalendarEvent.user_id, (actor.id or 0, *actor.subordinate_ids)),
        Branch(CalendarEvent.created_by_id, (actor.id or 0,)),
    ]
    wide = actor.scope("calendar") not in (None, Scope.own)
    return [*found, Branch(CalendarEvent.user_id, colleagues(actor))] if wide else found


def overdue(actor: Actor) -> ColumnElement[bool]:
    """Condition: it should be done by now; a day is over when it is over for the reader."""
    today = cast(func.timezone(actor.time_zone, func.now()), Date)
    timed = and_(CalendarEvent.day.is_(None), CalendarEvent.starts_at < func.now())
    return and_(OPEN, or_(timed, CalendarEvent.day < today))


def _mine(actor: Actor) -> Sequence[Branch]:
    return (Branch(CalendarEvent.user_id, (actor.id or 0,)),)


LIST = ListSpec(
    kind="calendar",
    id=CalendarEvent.id,
    columns=(
        Column("title", _("Task"), CalendarEvent.title),
        Column("starts_at", _("Due"), CalendarEvent.starts_at),
        Column("day", _("Due day"), CalendarEvent.day),
        Column("priority", _("Priority"), CalendarEvent.priority, Priority),
        Column("done_at", _("Done on"), CalendarEvent.done_at),
        Column("user_id", _("Who does it"), CalendarEvent.user_id),
        Column("user", _("Who does it"), User.name),
        Column("given_by_id", _("Given by"), CalendarEvent.created_by_id),
        Column("given_by", _("Given by"), GIVER.name),
        Column("customer_id", _("Customer number"), CalendarEvent.customer_id),
        Column("lead_id", _("Lead number"), CalendarEvent.lead_id),
        Column("version", _("Version"), CalendarEvent.version),
    ),
    visible=tasks_seen,
    branches=branches,
    base=IS_TASK,
    source=lambda statement: (
        statement.select_from(CalendarEvent)
        .join(User, User.id == CalendarEvent.user_id)
        .outerjoin(GIVER, GIVER.id == CalendarEvent.created_by_id)
    ),
    sorts=(
        Sort("due", _("Due first"), CalendarEvent.starts_at, False),
        Sort("newest", _("Due last"), CalendarEvent.starts_at),
    ),
    scenes=(
        Scene("mine", _("Mine"), lambda actor: OPEN, branches=_mine),
        Scene(
            "given",
            _("Given by me"),
            lambda actor: CalendarEvent.user_id != actor.id,
            branches=lambda actor: (Branch(CalendarEvent.created_by_id, (actor.id or 0,)),),
        ),
        Scene(
            "subordinates",
            _("My subordinates'"),
            lambda actor: OPEN,
            branches=lambda actor: (Branch(CalendarEvent.user_id, actor.subordinate_ids),),
        ),
        Scene("overdue", _("Overdue"), overdue),
        Scene("done", _("Done"), lambda actor: CalendarEvent.done_at.is_not(None)),
        Scene("all", _("All")),
    ),
    filters=(
        Filter("priority", _("Priority"), lambda value, actor: CalendarEvent.priority == Priority(value), "choice",
               Priority),
        Filter("user", _("Who does it"), lambda value, actor: CalendarEvent.user_id == record_number(value), "user"),
        Filter("customer", _("Customer"), lambda value, actor: CalendarEvent.customer_id == record_number(value),
               "number"),
    ),
    search=lambda q: func.lower(CalendarEvent.title).contains(q.lower(), autoescape=True),
)  # fmt: skip
