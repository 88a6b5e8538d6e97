"""Lists of colleagues and departments. Everybody who may view them sees all: one has to know whom to ask."""

from __future__ import annotations

from sqlalchemy import func, or_, true

from domain.core.lists import Column, ListSpec, Scene, Sort
from domain.core.text import _
from domain.core.work import Work
from domain.people.models import Department, User


async def user(work: Work, user_id: int) -> User:
    """One colleague. Raises NotFound, Denied."""
    work.actor.require("users.view")
    return await work.load(User, user_id, true())


async def department(work: Work, department_id: int) -> Department:
    """One department. Raises NotFound, Denied."""
    work.actor.require("departments.view")
    return await work.load(Department, department_id, true())


USERS = ListSpec(
    kind="users",
    id=User.id,
    columns=(
        Column("user_name", _("User name"), User.user_name),
        Column("name", _("Name"), User.name),
        Column("email", _("E-mail"), User.email),
        Column("department_id", _("Department"), User.department_id),
        Column("manager_id", _("Manager"), User.manager_id),
        Column("active", _("Active"), User.active),
    ),
    visible=lambda actor: true(),
    source=lambda statement: statement.select_from(User),
    sorts=(Sort("name", _("Name"), User.name, descending=False),),
    scenes=(Scene("active", _("Active"), lambda actor: User.active.is_(True)), Scene("all", _("All"))),
    search=lambda q: or_(
        func.lower(User.name).contains(q.lower(), autoescape=True),
        func.lower(User.user_name).contains(q.lower(), autoescape=True),
    ),
)

DEPARTMENTS = ListSpec(
    kind="departments",
    id=Department.id,
    columns=(
        Column("name", _("Name"), Department.name),
        Column("parent_id", _("Part of"), Department.parent_id),
        Column("head_id", _("Head"), Department.head_id),
    ),
    visible=lambda actor: true(),
    source=lambda statement: statement.select_from(Department),
    sorts=(Sort("name", _("Name"), Department.name, descending=False),),
)
