"""Who somebody is and what they may do, as of now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.access import GENEROSITY, Actor, Scope
from domain.core.errors import NotFound
from domain.people.models import ApiToken, Role, RolePermission, User, UserRole, UserSession

# Every part is one pass over small tables; the tree walks use UNION, so a cycle ends by itself.
ACTOR = text("""
WITH RECURSIVE me AS (
    SELECT id, user_name, name, language, time_zone, department_id FROM users WHERE id = :user_id AND active
), mine AS (
    SELECT department_id AS id FROM me WHERE department_id IS NOT NULL
    UNION SELECT department_id FROM user_departments WHERE user_id = :user_id
), tree AS (
    SELECT id FROM mine UNION SELECT d.id FROM departments d JOIN tree t ON d.parent_id = t.id
), headed AS (
    SELECT id FROM departments WHERE head_id = :user_id
    UNION SELECT d.id FROM departments d JOIN headed h ON d.parent_id = h.id
), reports AS (
    SELECT id FROM users WHERE manager_id = :user_id
    UNION SELECT u.id FROM users u JOIN reports r ON u.manager_id = r.id
), subordinates AS (
    SELECT id FROM reports
    UNION SELECT u.id FROM users u JOIN headed h ON u.department_id = h.id
    UNION SELECT d.user_id FROM user_departments d JOIN headed h ON d.department_id = h.id
), held AS (
    SELECT r.id, r.everything FROM roles r JOIN user_roles u ON u.role_id = r.id WHERE u.user_id = :user_id
), pooled AS (
    SELECT m.pool_id, bool_or(m.administrator) AS administrator, bool_or(NOT m.administrator) AS member
    FROM pool_members m JOIN pools p ON p.id = m.pool_id AND p.active
    WHERE m.user_id = :user_id OR m.department_id IN (SELECT id FROM mine) OR m.role_id IN (SELECT id FROM held)
    GROUP BY m.pool_id
)
SELECT me.*,
    ARRAY(SELECT id FROM mine) AS department_ids,
    ARRAY(SELECT id FROM tree) AS tree_ids,
    ARRAY(SELECT id FROM subordinates WHERE id <> :user_id) AS subordinate_ids,
    ARRAY(SELECT id FROM held) AS role_ids,
    ARRAY(SELECT pool_id FROM pooled WHERE member OR administrator) AS member_pool_ids,
    ARRAY(SELECT pool_id FROM pooled WHERE administrator) AS admin_pool_ids,
    EXISTS (SELECT FROM held WHERE everything) AS everything,
    ARRAY(SELECT DISTINCT permission FROM role_permissions WHERE role_id IN (SELECT id FROM held)) AS permissions,
    ARRAY(SELECT feature || ':' || scope FROM role_scopes WHERE role_id IN (SELECT id FROM held)) AS scopes
FROM me
""")


async def load_actor(session: AsyncSession, user_id: int) -> Actor | None:
    """Resolve all rights of an active user; None for nobody or somebody switched off."""
    row = (await session.execute(ACTOR, {"user_id": user_id})).one_or_none()
    if row is None:
        return None
    values: dict[str, Any] = row._asdict()
    scopes: dict[str, Scope] = {}
    for pair in values.pop("scopes"):
        feature, name = pair.split(":")
        scope = Scope[name]
        if feature not in scopes or GENEROSITY[scope] > GENEROSITY[scopes[feature]]:
            scopes[feature] = scope
    permissions = frozenset(values.pop("permissions"))
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return Actor(**{**values, **lists}, permissions=permissions, scopes=scopes)


async def actor_by_name(session: AsyncSession, user_name: str) -> Actor:
    """The actor with a user name, in any case of letters. Raises NotFound."""
    statement = text("SELECT id FROM users WHERE lower(user_name) = lower(:name)")
    user_id = (await session.execute(statement, {"name": user_name})).scalar_one_or_none()
    actor = None if user_id is None else await load_actor(session, user_id)
    if actor is None:
        raise NotFound
    return actor


async def devices(session: AsyncSession, user_id: int, now: datetime) -> Sequence[UserSession]:
    """Where somebody is signed in, last seen first."""
    alive = select(UserSession).where(UserSession.user_id == user_id, UserSession.expires_at > now)
    return (await session.scalars(alive.order_by(UserSession.seen_at.desc(), UserSession.id.desc()))).all()


async def with_right(session: AsyncSession, permission: str) -> list[tuple[int, str]]:
    """Active people who hold a right, by name."""
    may = (
        select(UserRole.user_id)
        .join(Role, Role.id == UserRole.role_id)
        .outerjoin(RolePermission, RolePermission.role_id == Role.id)
        .where(or_(Role.everything, RolePermission.permission == permission))
    )
    found = select(User.id, User.name).where(User.active, User.id.in_(may)).order_by(User.name, User.id)
    return [(row.id, row.name) for row in await session.execute(found)]


async def with_devices(session: AsyncSession, *, limit: int = 500) -> list[tuple[int, str]]:
    """Everybody who is signed in somewhere: id and name."""
    here = select(UserSession.user_id)
    statement = select(User.id, User.name).where(User.id.in_(here)).order_by(User.name, User.id).limit(limit)
    return [(row.id, row.name) for row in await session.execute(statement)]


async def tokens(session: AsyncSession, user_id: int) -> Sequence[ApiToken]:
    """Somebody's API tokens, the newest first; ended ones too."""
    mine = select(ApiToken).where(ApiToken.user_id == user_id).order_by(ApiToken.id.desc())
    return (await session.scalars(mine)).all()


async def account(session: AsyncSession, user_id: int) -> User:
    """One's own row."""
    return (await session.execute(select(User).where(User.id == user_id))).scalar_one()
