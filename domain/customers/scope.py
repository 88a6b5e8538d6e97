"""Who sees which customers, who may change them, and why (domain.md section 1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from domain.core.access import Actor, Grant, GrantLevel, Scope
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers.models import Customer
from domain.people.models import Department, Role, User
from domain.pools.models import Pool
from domain.pools.scope import PooledScope

SCOPE = PooledScope(Customer, "customers")
LIVE = SCOPE.live
visible = SCOPE.visible
branches = SCOPE.branches
writable = SCOPE.writable
manageable = SCOPE.manageable


def touches_seen(actor: Actor, table: Any, author_id: Any, at: Any) -> ColumnElement[bool]:
    """Condition on rows of `table`, which tell what was done with a customer: `PooledScope.touches_seen`."""
    return SCOPE.touches_seen(actor, table, table.customer_id, author_id, at)


async def why_visible(work: Work, customer: Customer) -> Text:
    """Why the actor sees this customer, in one sentence; the strongest reason first."""
    actor = work.actor
    if customer.owner_id is not None and customer.owner_id == actor.id:
        return _("You are the owner.")
    if customer.pool_id is not None and customer.pool_id in actor.pool_ids:
        pool = (await work.session.execute(select(Pool.name).where(Pool.id == customer.pool_id))).scalar_one()
        if customer.pool_id in actor.admin_pool_ids:
            return _("It lies in %(pool)s, which you administer.", pool=pool)
        return _("It lies in %(pool)s, of which you are a member.", pool=pool)
    scope = actor.scope("customers")
    by_scope = await _scope_reason(work, customer, scope) if scope is not None else None
    if by_scope is not None:
        return by_scope
    return await _grant_reason(work, customer) or _("Your role lets you see every customer.")


async def _scope_reason(work: Work, customer: Customer, scope: Scope) -> Text | None:
    actor = work.actor
    if customer.owner_id is None:
        return None
    if scope is Scope.subordinates and customer.owner_id in actor.subordinate_ids:
        return _("The owner works under you.")
    departments = {Scope.department: actor.department_ids, Scope.department_tree: actor.tree_ids}.get(scope, ())
    if customer.department_id not in departments:
        return None
    row = (
        await work.session.execute(
            select(Department.name, Department.head_id).where(Department.id == customer.department_id)
        )
    ).one()
    if row.head_id == actor.id:
        return _("You lead the owner's department, %(department)s.", department=row.name)
    if customer.department_id in actor.department_ids:
        return _("The owner works in your department, %(department)s.", department=row.name)
    return _("The owner's department, %(department)s, lies below yours.", department=row.name)


async def _grant_reason(work: Work, customer: Customer) -> Text | None:
    actor = work.actor
    if actor.scope("customers") in (None, Scope.all):
        return None
    statement = (
        select(Grant.user_id, User.name.label("member"), Department.name.label("department"), Role.name.label("role"))
        .outerjoin(User, User.id == Grant.user_id)
        .outerjoin(Department, Department.id == Grant.to_department_id)
        .outerjoin(Role, Role.id == Grant.to_role_id)
        .where(
            Grant.kind == "customers",
            Grant.record_id == customer.id,
            or_(Grant.until_on.is_(None), Grant.until_on >= func.current_date()),
            or_(
                Grant.user_id == actor.id,
                and_(Grant.level == GrantLevel.write, Grant.user_id.in_(actor.subordinate_ids)),
                Grant.to_department_id.in_(actor.department_ids),
                Grant.to_role_id.in_(actor.role_ids),
            ),
        )
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
