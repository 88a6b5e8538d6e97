"""Visits that somebody sees: one by one, of a day, of a team's day, of a customer, and as a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, false, func, or_, select, true

from domain.calendar.queries import DayLoad
from domain.contacts.models import Contact
from domain.core.access import Actor, Scope, in_scope
from domain.core.kept import kept
from domain.core.lists import Branch, Column, Filter, Hits, ListSpec, Scene, Sort
from domain.core.text import _
from domain.core.work import Work
from domain.customers import scope, search
from domain.customers.models import Customer
from domain.people.models import RolePermission, User, UserRole
from domain.visits.models import Verdict, Visit, VisitStatus, VisitType


def visible(actor: Actor) -> ColumnElement[bool]:
    """Visits of people in the actor's scope, and those of customers whose history the actor sees."""
    mine = actor.scope("visits")
    if mine is None:
        return false()
    if mine is Scope.all:
        return true()
    return or_(
        in_scope(actor, "visits", Visit.owner_id, Visit.department_id),
        scope.touches_seen(actor, Visit, Visit.owner_id, Visit.arrived_at),
    )


def writable(actor: Actor) -> ColumnElement[bool]:
    """Visits that the actor may move and cancel: the own ones and those of the people in scope."""
    return in_scope(actor, "visits", Visit.owner_id, Visit.department_id)


async def get(work: Work, visit_id: int, *, lock: bool = False) -> Visit:
    """One visit. Raises NotFound for one that the actor may not see."""
    return await work.load(Visit, visit_id, visible(work.actor), lock=lock)


def _source(statement: Any) -> Any:
    return (
        statement.select_from(Visit)
        .join(Customer, Customer.id == Visit.customer_id)
        .outerjoin(User, User.id == Visit.owner_id)
        .outerjoin(VisitType, VisitType.id == Visit.type_id)
        .outerjoin(Contact, Contact.id == Visit.contact_id)
    )


def _rows() -> Any:
    """A visit as lists of a day show it, with what is needed to go there."""
    return _source(
        select(
            Visit, Customer.name.label("customer"), Customer.phone, Customer.address, Customer.city,
            Customer.latitude, Customer.longitude, Customer.deleted_at, User.name.label("owner"), User.time_zone,
            VisitType.name_zh, VisitType.name_en, VisitType.minutes,
            Contact.name.label("contact"), func.coalesce(Contact.mobile, Contact.phone).label("contact_phone"),
        )
    )  # fmt: skip


ROUTE = (Visit.stop.nulls_last(), Visit.planned_at.nulls_last(), Visit.id)
"""The order in which a day's visits are made."""


async def detail(work: Work, visit_id: int) -> Any:
    """One visit as `day` gives it, with `may_write`: whether the actor may move and cancel it. Raises NotFound."""
    record = await get(work, visit_id)
    statement = _rows().add_columns(writable(work.actor).label("may_write")).where(Visit.id == record.id)
    return (await work.session.execute(statement)).one()


async def day(work: Work, user_id: int | None, on: date) -> Sequence[Any]:
    """Somebody's visits of a day in the order of the route; of nobody else than the actor sees.

    Rows: `Visit`, customer, phone, address, city, latitude, longitude, owner, name_zh, name_en, minutes, contact …
    """
    statement = _rows().where(Visit.owner_id == user_id, Visit.planned_on == on, visible(work.actor)).order_by(*ROUTE)
    found: Sequence[Any] = (await work.session.execute(statement)).all()
    return found


async def between(work: Work, user_id: int | None, first: date, last: date) -> Sequence[Any]:
    """Somebody's visits of some days, both counted, without those called off; rows as of `day`."""
    statement = _rows().where(
        Visit.owner_id == user_id, Visit.planned_on.between(first, last),
        Visit.status != VisitStatus.cancelled.value, visible(work.actor),
    )  # fmt: skip
    found: Sequence[Any] = (await work.session.execute(statement)).all()
    return found


async def times(work: Work, user_id: int, first: date, last: date) -> Sequence[Any]:
    """When somebody is on visits on some days, both counted, and nothing else of these; the caller has seen to the
    right: planned_on, planned_at, arrived_at, left_at, minutes, time_zone."""
    statement = (
        select(
            Visit.planned_on, Visit.planned_at, Visit.arrived_at, Visit.left_at, VisitType.minutes, User.time_zone
        )
        .join(User, User.id == Visit.owner_id)
        .outerjoin(VisitType, VisitType.id == Visit.type_id)
        .where(
            Visit.owner_id == user_id, Visit.planned_on.between(first, last),
            Visit.status != VisitStatus.cancelled.value,
        )
    )  # unscoped: times only  # fmt: skip
    found: Sequence[Any] = (await work.session.execute(statement)).all()
    return found


async def week(work: Work, user_id: int | None, first: date) -> Sequence[DayLoad]:
    """Seven days with the number of somebody's visits that are still to be made and that are over."""
    over = Visit.status.in_((VisitStatus.done.value, VisitStatus.missed.value))
    statement = (
        select(Visit.planned_on, func.count().filter(~over), func.count().filter(over))
        .where(
            Visit.owner_id == user_id, Visit.planned_on >= first, Visit.planned_on < first + timedelta(days=7),
            Visit.status != VisitStatus.cancelled.value, visible(work.actor),
        )
        .group_by(Visit.planned_on)
    )  # fmt: skip
    counts = {row[0]: (row[1], row[2]) for row in await work.session.execute(statement)}
    days = (first + timedelta(days=number) for number in range(7))
    return [DayLoad(one, *counts.get(one, (0, 0))) for one in days]


async def goers(work: Work) -> Sequence[tuple[int, str]]:
    """People whom the actor may send on visits, besides the actor."""
    may = (
        select(UserRole.user_id)
        .join(RolePermission, RolePermission.role_id == UserRole.role_id)
        .where(RolePermission.permission == "visits.edit")
    )
    statement = (
        select(User.id, User.name)
        .where(
            User.active, User.id != work.actor.id, User.id.in_(may),
            in_scope(work.actor, "visits", User.id, User.department_id),
        )
        .order_by(User.name, User.id)
    )  # fmt: skip
    return [(row[0], row[1]) for row in await work.session.execute(statement)]


async def team_day(work: Work, on: date) -> Sequence[Any]:
    """All visits of a day by people in the actor's scope, person by person in the order of their routes."""
    statement = (
        _rows()
        .where(Visit.planned_on == on, writable(work.actor), visible(work.actor))
        .order_by(User.name, Visit.owner_id, *ROUTE)
    )
    found: Sequence[Any] = (await work.session.execute(statement)).all()
    return found


async def of_customer(work: Work, customer_id: int, *, limit: int = 50) -> Sequence[Any]:
    """The newest visits of a customer that the actor sees, with the type's names and whose they are."""
    return await work.rows(kept(work.actor, _of_customer), {"customer_id": customer_id, "most": limit})


def _of_customer(actor: Actor) -> Select[Any]:
    shown: tuple[Any, ...] = (
        Visit.id, Visit.status, Visit.planned_on, Visit.result, Visit.purpose, VisitType.name_zh, VisitType.name_en,
        User.name.label("owner"),
    )  # fmt: skip
    return (
        select(*shown)
        .outerjoin(User, User.id == Visit.owner_id)
        .outerjoin(VisitType, VisitType.id == Visit.type_id)
        .where(Visit.customer_id == bindparam("customer_id"), visible(actor))
        .order_by(Visit.planned_on.desc(), Visit.id.desc())
        .limit(bindparam("most", type_=Integer()))
    )


async def _probe(work: Work, q: str) -> Hits:
    """Visits are found by their customer."""
    return Hits((await search.probe(work, q)).where)


LIST = ListSpec(
    kind="visits",
    id=Visit.id,
    columns=(
        Column("planned_on", _("Day"), Visit.planned_on),
        Column("planned_at", _("Time"), Visit.planned_at),
        Column("customer", _("Customer"), Customer.name),
        Column("customer_id", _("Customer number"), Visit.customer_id),
        Column("contact", _("Contact"), Contact.name),
        Column("type_zh", _("Type (Chinese)"), VisitType.name_zh),
        Column("type_en", _("Type (English)"), VisitType.name_en),
        Column("status", _("State"), Visit.status, VisitStatus),
        Column("owner", _("Who goes"), User.name),
        Column("purpose", _("Purpose"), Visit.purpose),
        Column("arrived_at", _("Arrived"), Visit.arrived_at),
        Column("left_at", _("Left at"), Visit.left_at),
        Column("verdict", _("Check-in"), Visit.verdict, Verdict),
        Column("distance_m", _("Metres from the customer"), Visit.distance_m),
        Column("result", _("Result"), Visit.result),
        Column("reason", _("Reason"), Visit.reason),
    ),
    visible=visible,
    source=_source,
    probe=_probe,
    sorts=(
        Sort("day", _("Newest first"), Visit.planned_on),
        Sort("oldest", _("Oldest first"), Visit.planned_on, False),
    ),
    scenes=(
        Scene("all", _("All")),
        Scene("mine", _("Mine"), branches=lambda actor: (Branch(Visit.owner_id, (actor.id or 0,)),)),
        Scene(
            "subordinates",
            _("My subordinates'"),
            branches=lambda actor: (Branch(Visit.owner_id, actor.subordinate_ids),),
        ),
    ),
    filters=(
        Filter("status", _("State"), lambda value, actor: Visit.status == VisitStatus(value), "choice", VisitStatus),
        Filter("verdict", _("Check-in"), lambda value, actor: Visit.verdict == Verdict(value), "choice", Verdict),
        Filter("type", _("Type"), lambda value, actor: Visit.type_id == int(value), "number"),
        Filter("owner", _("Who goes"), lambda value, actor: Visit.owner_id == int(value), "user"),
        Filter("customer", _("Customer"), lambda value, actor: Visit.customer_id == int(value), "number"),
        Filter("from", _("From"), lambda value, actor: Visit.planned_on >= date.fromisoformat(value), "date"),
        Filter("to", _("To"), lambda value, actor: Visit.planned_on <= date.fromisoformat(value), "date"),
    ),
)
