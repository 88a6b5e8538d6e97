"""Where somebody's day starts: the place they set themselves, else that of their department."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from domain.core.access import in_scope
from domain.core.errors import Denied, NotFound
from domain.core.places import Position
from domain.core.text import _
from domain.core.work import Work
from domain.people.models import Department, User
from domain.places.inputs import StartInput
from domain.places.models import StartPlace


@dataclass(frozen=True, slots=True)
class StartOf:
    """A start, and the department it comes from if it is not the person's own."""

    name: str
    position: Position
    department: str | None = None


async def start_of(work: Work, user_id: int | None) -> StartOf | None:
    """Where the day of a user starts; None if nobody has said. Only for the own day and those the actor may plan."""
    statement = (
        select(StartPlace.name, StartPlace.latitude, StartPlace.longitude, StartPlace.user_id, Department.name)
        .select_from(User)
        .join(StartPlace, (StartPlace.user_id == User.id) | (StartPlace.department_id == User.department_id))
        .outerjoin(Department, Department.id == StartPlace.department_id)
        .where(User.id == user_id, in_scope(work.actor, "visits", User.id, User.department_id))
        .order_by(StartPlace.user_id.is_(None))
        .limit(1)
    )
    row = (await work.session.execute(statement)).one_or_none()
    return StartOf(row[0], Position(row[1], row[2]), row[4]) if row else None


async def mine(work: Work) -> StartPlace | None:
    """The start that the actor has set for the own days."""
    return await _kept(work, user_id=work.actor.id)


async def of_department(work: Work, department_id: int) -> tuple[str, StartPlace | None]:
    """A department's name and start. Raises NotFound, and Denied for who neither leads it nor may edit departments."""
    department = await work.session.get(Department, department_id)
    if department is None:
        raise NotFound
    if department.head_id != work.actor.id and not work.actor.may("departments.edit"):
        raise Denied(_("Only the head of the department may set where its days start."))
    return department.name, await _kept(work, department_id=department_id)


async def departments(work: Work, *, limit: int = 500) -> Sequence[Any]:
    """Departments whose start the actor may set, those led first: `id`, `name`, and `start`, the name of the place."""
    if not work.actor.may("visits.edit"):
        return ()
    led = Department.head_id == work.actor.id
    statement = (
        select(Department.id, Department.name, StartPlace.name.label("start"))
        .outerjoin(StartPlace, StartPlace.department_id == Department.id)
        .order_by(led.desc().nulls_last(), Department.name, Department.id)
        .limit(limit)
    )
    if not work.actor.may("departments.edit"):
        statement = statement.where(led)
    return (await work.session.execute(statement)).all()


async def set_start(work: Work, data: StartInput, *, department_id: int | None = None) -> StartPlace:
    """Set where the own days start, or those of a department."""
    work.actor.require("visits.edit")
    if department_id is None:
        kept = await mine(work)
    else:
        _name, kept = await of_department(work, department_id)
    if kept is None:
        user_id = work.actor.id if department_id is None else None
        kept = StartPlace(user_id=user_id, department_id=department_id, created_by_id=work.actor.id)
        work.session.add(kept)
    else:
        work.touch(kept)
    kept.name, kept.latitude, kept.longitude = data.name, data.position.lat, data.position.lng
    return kept


async def forget_mine(work: Work) -> None:
    """Start from the department again."""
    kept = await mine(work)
    if kept is not None:
        await work.session.delete(kept)


async def _kept(work: Work, **of: int | None) -> StartPlace | None:
    return (await work.session.execute(select(StartPlace).filter_by(**of))).scalar_one_or_none()
