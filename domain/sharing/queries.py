"""Who takes part in a record, and why somebody sees it (domain.md section 1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, func, or_, select

from domain.core.access import Grant, GrantPost, Scope, grants_to
from domain.core.text import Text as Sentence
from domain.core.text import _
from domain.core.work import Work
from domain.people.models import Department, Role, User
from domain.pools.models import Pool
from domain.sharing.kinds import SHARED


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody (or a department or role) to whom a record is open besides its owner."""

    id: int
    name: str
    party: str
    user_id: int | None
    level: str
    post: str
    until_on: date | None


async def team(work: Work, feature: str, record_id: int) -> Sequence[Member]:
    """The related team and those it is shared with; past ones are left out. The caller has seen the record."""
    members = []
    found: Any = await work.rows(_team(), {"kind": feature, "record_id": record_id})
    for grant_id, name, user_id, department_id, level, post, until_on in found:
        party = "user" if user_id else "department" if department_id else "role"
        members.append(Member(grant_id, name or "", party, user_id, level, post, until_on))
    return members


@cache
def _team() -> Any:
    party = func.coalesce(User.name, Department.name, Role.name)
    return (
        select(Grant.id, party, Grant.user_id, Grant.to_department_id, Grant.level, Grant.post, Grant.until_on)
        .outerjoin(User, User.id == Grant.user_id)
        .outerjoin(Department, Department.id == Grant.to_department_id)
        .outerjoin(Role, Role.id == Grant.to_role_id)
        .where(
            Grant.kind == bindparam("kind", type_=Text()),
            Grant.record_id == bindparam("record_id", type_=BigInteger()),
            or_(Grant.until_on.is_(None), Grant.until_on >= func.current_date()),
        )
        .order_by(Grant.post == GrantPost.shared.value, party)
    )


async def why_visible(work: Work, feature: str, record: Any) -> Sentence:
    """Why the actor sees this record, in one sentence; the strongest reason first."""
    actor, shared = work.actor, SHARED[feature]
    if record.owner_id is not None and record.owner_id == actor.id:
        return _("You are the owner.")
    pool_id = getattr(record, "pool_id", None)
    if pool_id is not None and pool_id in actor.pool_ids:
        pool = (await work.session.execute(select(Pool.name).where(Pool.id == pool_id))).scalar_one()
        if pool_id in actor.admin_pool_ids:
            return _("It lies in %(pool)s, which you administer.", pool=pool)
        return _("It lies in %(pool)s, of which you are a member.", pool=pool)
    scope = actor.scope(feature)
    if scope is Scope.all:
        return shared.sees_all
    by_scope = await _by_scope(work, record, scope) if scope is not None else None
    return by_scope or await by_grant(work, feature, record.id) or await shared.besides(work, record) or shared.sees_all


async def _by_scope(work: Work, record: Any, scope: Scope) -> Sentence | None:
    actor = work.actor
    if record.owner_id is None:
        return None
    if scope is Scope.subordinates and record.owner_id in actor.subordinate_ids:
        return _("The owner works under you.")
    departments = {Scope.department: actor.department_ids, Scope.department_tree: actor.tree_ids}.get(scope, ())
    if record.department_id not in departments:
        return None
    found = select(Department.name, Department.head_id).where(Department.id == record.department_id)
    row = (await work.session.execute(found)).one()
    if row.head_id == actor.id:
        return _("You lead the owner's department, %(department)s.", department=row.name)
    if record.department_id in actor.department_ids:
        return _("The owner works in your department, %(department)s.", department=row.name)
    return _("The owner's department, %(department)s, lies below yours.", department=row.name)


async def by_grant(work: Work, feature: str, record_id: int) -> Sentence | None:
    """Through which team or share the actor sees a record; None if through none."""
    actor = work.actor
    told = (Grant.user_id, User.name.label("member"), Department.name.label("department"), Role.name.label("role"))
    statement = (
        grants_to(actor, feature)
        .with_only_columns(*told)
        .outerjoin(User, User.id == Grant.user_id)
        .outerjoin(Department, Department.id == Grant.to_department_id)
        .outerjoin(Role, Role.id == Grant.to_role_id)
        .where(Grant.record_id == record_id)
        .order_by((Grant.user_id == actor.id).desc().nulls_last(), Grant.id)
        .limit(1)
    )
    row = (await work.session.execute(statement)).one_or_none()
    if row is None:
        return None
    if row.user_id == actor.id:
        return _("You belong to its team.")
    if row.member:
        return _("%(name)s, who works under you, belongs to its team.", name=row.member)
    if row.department:
        return _("It is shared with your department, %(department)s.", department=row.department)
    return _("It is shared with your role, %(role)s.", role=row.role)
