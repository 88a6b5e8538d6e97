"""Pools that somebody sees, how a person stands before them, and what the clock says of a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    DateTime,
    Select,
    SQLColumnExpression,
    any_,
    bindparam,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from domain.core.access import Actor, Scope
from domain.core.errors import NotFound
from domain.core.kept import kept
from domain.core.rows import columns
from domain.core.text import Text, _
from domain.core.work import Work
from domain.people.models import Role, RolePermission, User, UserRole
from domain.pools import clock, ledger, policy
from domain.pools.kinds import POOL_KINDS
from domain.pools.models import OwnershipChange, OwnershipVerb, Pool, PoolKind, RecycleKind, RecycleRule
from domain.pools.policy import Standing
from domain.pools.words import days_left, due_text, missing_for


def visible(actor: Actor) -> ColumnElement[bool]:
    """Pools that I am a member or an administrator of; all for who administers pools, and all of a kind for
    who sees all of its records."""
    if not actor.may("pools.view"):
        return false()
    if actor.may("pools.administer"):
        return true()
    whole = [kind.value for kind, pooled in POOL_KINDS.items() if actor.scope(pooled.feature) is Scope.all]
    return true() if len(whole) == len(POOL_KINDS) else or_(Pool.id.in_(actor.pool_ids), Pool.kind.in_(whole))


def administers(actor: Actor, pool_id: int | None) -> bool:
    """Whether somebody may assign and move what lies in a pool."""
    return actor.everything or pool_id in actor.admin_pool_ids


async def get(work: Work, pool_id: int) -> Pool:
    """One pool that the actor sees. Raises NotFound."""
    return await work.load(Pool, pool_id, visible(work.actor))


async def target(work: Work, kind: PoolKind, pool_id: int) -> Pool:
    """An active pool to put records into; any pool of the kind will do, seen or not. Raises NotFound."""
    pool = await work.session.get(Pool, pool_id)  # unscoped: who returns a record need not be a member of its home
    if pool is None or pool.kind != kind or not pool.active:
        raise NotFound
    return pool


async def name(work: Work, pool_id: int) -> str:
    """What a pool is called."""
    pool = await work.session.get_one(Pool, pool_id)  # unscoped: the name of where something lies or lay
    return pool.name


async def choices(work: Work, kind: PoolKind) -> Sequence[tuple[int, str]]:
    """Active pools of a kind that the actor sees, for a list to choose from."""
    seen = (Pool.kind == kind, Pool.active, visible(work.actor))
    statement = select(Pool.id, Pool.name).where(*seen).order_by(Pool.name)
    return [(row.id, row.name) for row in await work.session.execute(statement)]


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who can be given records, with what they hold."""

    id: int
    name: str
    held: int
    holding_limit: int | None


async def receivers(work: Work, kind: PoolKind) -> Sequence[Receiver]:
    """Active people whose role lets them hold records of a kind (who may claim may receive)."""
    right = f"{POOL_KINDS[kind].feature}.claim"
    may = (
        select(UserRole.user_id)
        .join(Role, Role.id == UserRole.role_id)
        .outerjoin(RolePermission, RolePermission.role_id == Role.id)
        .where(or_(Role.everything, RolePermission.permission == right))
    )
    statement = (
        select(User.id, User.name, held_by(kind, User.id).label("held"), personal_limit(User.id).label("holding_limit"))
        .where(User.active, User.id.in_(may))
        .order_by(User.name, User.id)
    )
    return [Receiver(*row) for row in await work.session.execute(statement)]


async def rules(work: Work, pool_id: int) -> Sequence[tuple[RecycleRule, str | None]]:
    """The active recycle rules of a pool with the names of their own target pools."""
    other = aliased(Pool)
    statement = (
        select(RecycleRule, other.name)
        .outerjoin(other, other.id == RecycleRule.target_pool_id)
        .where(RecycleRule.pool_id == pool_id, RecycleRule.active)
        .order_by(RecycleRule.days, RecycleRule.id)
    )
    return [(row.RecycleRule, row.name) for row in await work.session.execute(statement)]


def held_by(kind: PoolKind, user_id: int | SQLColumnExpression[int]) -> Any:
    """Expression: how many records of a kind somebody holds."""
    pooled = POOL_KINDS[kind]
    model = pooled.model
    return (
        select(func.count())
        .select_from(model)
        .where(model.owner_id == user_id, model.deleted_at.is_(None), pooled.open())
        .scalar_subquery()
    )


def personal_limit(user_id: int | SQLColumnExpression[int]) -> Any:
    """Expression: the smaller of a user's own and their roles' holding limits; NULL for none."""
    by_role = (
        select(func.min(Role.holding_limit))
        .join(UserRole, UserRole.role_id == Role.id)
        .where(UserRole.user_id == user_id)
        .scalar_subquery()
    )
    person = aliased(User)
    own = select(person.holding_limit).where(person.id == user_id).scalar_subquery()
    return func.least(own, by_role)


def day_start(work: Work) -> datetime:
    """When the actor's day began."""
    return work.now.astimezone(work.actor.zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _claimed_today(actor: Actor, kind: PoolKind) -> Any:
    return (
        select(func.count())
        .where(
            OwnershipChange.to_owner_id == actor.id,
            OwnershipChange.verb == OwnershipVerb.claim.value,
            OwnershipChange.at >= bindparam("day_start"),
            OwnershipChange.kind == kind.value,
            OwnershipChange.from_pool_id == Pool.id,
        )
        .correlate(Pool)
        .scalar_subquery()
    )


def _standings(actor: Actor, kind: PoolKind, given: bool) -> Any:
    user_id = actor.id or 0
    scope = Pool.id == any_(bindparam("pool_ids", type_=ARRAY(BigInteger))) if given else visible(actor)
    return (
        select(
            *columns(Pool), held_by(kind, user_id).label("held"),
            func.least(personal_limit(user_id), Pool.holding_limit).label("least_limit"),
            _claimed_today(actor, kind).label("claimed_today"),
        )
        .where(Pool.kind == kind.value, scope)
        .order_by(Pool.name)
    )  # fmt: skip


async def standings(work: Work, kind: PoolKind, pool_ids: Sequence[int] | None = None) -> dict[int, Standing]:
    """How the actor stands before pools of a kind: those given, else all that they see."""
    values: dict[str, Any] = {"day_start": day_start(work)}
    if pool_ids is not None:
        values["pool_ids"] = list(pool_ids)
    found = {}
    for row in await work.rows(kept(work.actor, _standings, kind, pool_ids is not None), values):
        found[row.id] = Standing(
            kind=kind, pool_id=row.id, pool=row.name, active=row.active, claiming=row.claiming,
            member=row.id in work.actor.pool_ids or work.actor.everything, held=row.held,
            holding_limit=row.least_limit, claimed_today=row.claimed_today, daily_limit=row.daily_limit,
            batch_limit=row.batch_limit, cooldown_days=row.cooldown_days, protect_days=row.protect_days,
        )  # fmt: skip
    return found


async def left_at(work: Work, kind: PoolKind, record_id: int) -> datetime | None:
    """When the actor last gave up the record; None if they never held it."""
    statement = select(ledger.last_left(kind, literal(record_id), work.actor.id or 0))
    moment: datetime | None = (await work.session.execute(statement)).scalar_one()
    return moment


async def can_claim(work: Work, kind: PoolKind, record: Any, standing: Standing | None = None) -> Text | None:
    """None if the actor may claim this record that lies in a pool, else why not."""
    if not work.actor.may(f"{POOL_KINDS[kind].feature}.claim"):
        return _("Your role does not allow this.")
    standing = standing or (await standings(work, kind, [record.pool_id]))[record.pool_id]
    left = await left_at(work, kind, record.id) if standing.cooldown_days else None
    zone = work.actor.zone
    return policy.can_claim(
        standing,
        today=work.today,
        pooled_on=record.pooled_since.astimezone(zone).date() if record.pooled_since else None,
        left_on=left.astimezone(zone).date() if left else None,
    )


@dataclass(frozen=True, slots=True)
class PoolCount:
    """A pool as the list of pools shows it."""

    id: int
    kind: str
    name: str
    active: bool
    lying: int
    administers: bool
    standing: Standing
    reason: Text | None
    """Why the actor cannot claim from it now."""


async def overview(work: Work, kind: PoolKind) -> Sequence[PoolCount]:
    """All pools of a kind that the actor sees, with what lies in them and the actor's standing."""
    pooled = POOL_KINDS[kind]
    model = pooled.model
    by_id = await standings(work, kind)
    lying = (
        select(model.pool_id, func.count().label("n"))
        .where(model.pool_id.in_(by_id), model.deleted_at.is_(None), pooled.open())
        .group_by(model.pool_id)
    )
    numbers = {row.pool_id: row.n for row in await work.session.execute(lying)}
    refused = None if work.actor.may(f"{POOL_KINDS[kind].feature}.claim") else _("Your role does not allow this.")
    return [
        PoolCount(
            pool_id,
            kind,
            standing.pool,
            standing.active,
            numbers.get(pool_id, 0),
            administers(work.actor, pool_id),
            standing,
            refused or policy.can_claim_from(standing),
        )
        for pool_id, standing in by_id.items()
    ]


async def due_sentence(work: Work, kind: PoolKind, record: Any) -> Text | None:
    """What the clock says of an owned record; None where no rule takes it back."""
    rows = await work.rows(_due_of(kind), {"record_id": record.id, "now": work.now})
    if not rows:
        return None
    row = rows[0]
    if row.frozen:
        return _("Does not return to %(pool)s while an approval waits.", pool=row.pool)
    if row.on_leave:
        return _("Does not return to %(pool)s while %(name)s is on leave.", pool=row.pool, name=row.owner)
    return _due_text(work, row)


@cache
def _due_of(kind: PoolKind) -> Select[Any]:
    pooled = POOL_KINDS[kind]
    model = pooled.model
    now = bindparam("now", type_=DateTime(timezone=True))
    return (
        select(
            model.recycle_due_at, RecycleRule.kind, RecycleRule.days, Pool.name.label("pool"), User.name.label("owner"),
            pooled.frozen().label("frozen"), clock.on_leave(now).label("on_leave"),
        )
        .join(User, User.id == model.owner_id)
        .join(RecycleRule, RecycleRule.id == model.recycle_rule_id)
        .join(Pool, Pool.id == clock.destination(model))
        .where(model.id == bindparam("record_id"), model.recycle_due_at.is_not(None))
    )  # fmt: skip


def _due_text(work: Work, row: Any) -> Text:
    due_on = row.recycle_due_at.astimezone(work.actor.zone).date()
    return due_text(row.pool, due_on, work.today, RecycleKind(row.kind), row.days)


@dataclass(frozen=True, slots=True)
class Leaving:
    """A record that the clock takes back soon; `days_left` on the reader's calendar, 0 for tonight."""

    id: int
    name: str
    due_at: datetime
    days_left: int
    why: Text
    pool: str
    sentence: Text


async def leaving(work: Work, kind: PoolKind, *, days: int = 7, limit: int = 50) -> Sequence[Leaving]:
    """The actor's own records that return to a pool within some days, the first to go first."""
    pooled = POOL_KINDS[kind]
    model = pooled.model
    statement = (
        select(model.id, model.name, model.recycle_due_at, RecycleRule.kind, RecycleRule.days, Pool.name.label("pool"))
        .join(User, User.id == model.owner_id)
        .join(RecycleRule, RecycleRule.id == model.recycle_rule_id)
        .join(Pool, Pool.id == clock.destination(model))
        .where(
            model.owner_id == work.actor.id,
            model.deleted_at.is_(None),
            model.recycle_due_at < clock.days_ahead(work.now, days + 1),
            ~or_(pooled.frozen(), clock.on_leave(work.now)),
        )
        .order_by(model.recycle_due_at, model.id)
        .limit(limit)
    )
    return [
        Leaving(
            row.id,
            row.name,
            row.recycle_due_at,
            days_left(row.recycle_due_at, work.today, work.actor.zone),
            missing_for(RecycleKind(row.kind), row.days),
            row.pool,
            _due_text(work, row),
        )
        for row in await work.session.execute(statement)
    ]
