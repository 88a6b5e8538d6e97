"""The clock: when an owned record returns to a pool, and by which rule.

Base is the latest of: owned since, last follow-up (for `no_follow_up`), end of the last opportunity (for
`no_opportunity`, which never takes a record while one is open), and when the clock last went on again after an
approval or a leave. A rule of n days gives the owner n whole days after the day of the base, on the owner's calendar:
due at the midnight that ends the n-th. Of several rules the earliest due date wins, then the higher priority.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Self

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    lateral,
    literal,
    not_,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain.people.models import User
from domain.pools.kinds import POOL_KINDS, Pooled
from domain.pools.models import Pool, PoolKind, RecycleKind, RecycleRule


def id_list(ids: Sequence[int]) -> Any:
    """Any number of ids as one parameter."""
    return any_(bindparam(None, list(ids), type_=ARRAY(BigInteger)))


def midnight(day: Any, zone: Any) -> ColumnElement[Any]:
    """The moment at which a day begins in a zone."""
    return func.timezone(zone, cast(day, DateTime))


def local_day(moment: Any, zone: Any) -> ColumnElement[Any]:
    """The day that it is in a zone at a moment."""
    return cast(func.timezone(zone, moment), Date)


def on_leave(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Condition on users: away today, on their own calendar."""
    moment = literal(now) if isinstance(now, datetime) else now
    return func.coalesce(User.on_leave_until >= local_day(moment, User.time_zone), False)


def days_ahead(now: datetime, days: int) -> ColumnElement[Any]:
    """The midnight some days ahead on the owner's calendar; 0 is the one before this moment."""
    return midnight(local_day(literal(now), User.time_zone) + cast(days, Integer), User.time_zone)


def destination(model: type[Any]) -> ColumnElement[Any]:
    """The pool that a rule sends a row to: its target while that is active, else the row's home."""
    other = aliased(Pool)
    wanted = select(other.id).where(other.id == RecycleRule.target_pool_id, other.active)
    return func.coalesce(wanted.correlate(RecycleRule).scalar_subquery(), model.home_pool_id)


@dataclass(frozen=True, slots=True)
class Held:
    """What the clock looks at in an owned record, as SQL; `level` is None for a kind without levels."""

    home_pool_id: Any
    level: Any
    owned_since: Any
    last_follow_up_at: Any = None
    thawed_at: Any = None
    deal: Any = None
    opportunity: Any = None
    opportunity_ended_at: Any = None

    @classmethod
    def of(cls, pooled: Pooled) -> Self:
        """Of the rows of a kind."""
        model = pooled.model
        return cls(
            model.home_pool_id, pooled.level, model.owned_since, model.last_follow_up_at, pooled.thawed_at(),
            pooled.deal(), pooled.opportunity and pooled.opportunity(),
            pooled.opportunity_ended_at and pooled.opportunity_ended_at(),
        )  # fmt: skip


def base(held: Held) -> ColumnElement[Any]:
    """From when a rule counts (GREATEST leaves out NULLs)."""
    back_from_leave = midnight(User.on_leave_until + cast(1, Integer), User.time_zone)
    anyhow = [each for each in (held.owned_since, held.thawed_at, back_from_leave) if each is not None]
    since = func.greatest(*anyhow)
    own = ((RecycleKind.no_follow_up, held.last_follow_up_at), (RecycleKind.no_opportunity, held.opportunity_ended_at))
    later = [(RecycleRule.kind == kind.value, func.greatest(*anyhow, at)) for kind, at in own if at is not None]
    return case(*later, else_=since) if later else since


def applies(pooled: Pooled, held: Held) -> ColumnElement[bool]:
    """Whether a rule applies to a record."""
    conditions = [
        RecycleRule.pool_id == held.home_pool_id,
        RecycleRule.active,
        RecycleRule.kind.in_([kind.value for kind in pooled.rules]),
    ]
    if held.deal is not None:
        exempt = or_(RecycleRule.exempt_deal, RecycleRule.kind == RecycleKind.no_deal.value)
        conditions.append(not_(and_(exempt, held.deal)))
    if held.opportunity is not None:
        kept = or_(RecycleRule.exempt_opportunity, RecycleRule.kind == RecycleKind.no_opportunity.value)
        conditions.append(not_(and_(kept, held.opportunity)))
    if held.level is not None:
        conditions.append(or_(func.cardinality(RecycleRule.levels) == 0, held.level == any_(RecycleRule.levels)))
    return and_(*conditions)


def _rule(pooled: Pooled, held: Held, *outer: Any) -> Any:
    """The rule that takes a record back first, and when; `outer` are the tables that `held` and the owner are from."""
    due_on = local_day(base(held), User.time_zone) + RecycleRule.days.cast(Integer) + cast(1, Integer)
    return lateral(
        select(RecycleRule.id.label("rule_id"), midnight(due_on, User.time_zone).label("due_at"))
        .join(Pool, Pool.id == RecycleRule.pool_id)
        .where(applies(pooled, held), Pool.active)
        .order_by(due_on, RecycleRule.priority.desc(), RecycleRule.id)
        .limit(1)
        .correlate(*outer, User)
    )


NewHeld = tuple[int | None, int | None, str | None, datetime]
"""Owner, home pool, level and owned since: all that the clock of a new record depends on."""


async def of_new(
    session: AsyncSession, kind: PoolKind, records: Sequence[NewHeld]
) -> Sequence[tuple[datetime | None, int | None]]:
    """Due date and rule of records that are about to be stored, in the same order; NULLs for those without an owner."""
    owners, homes, levels, since = zip(*records, strict=True) if records else ((), (), (), ())
    new = (
        func.unnest(
            bindparam(None, owners, type_=ARRAY(BigInteger)), bindparam(None, homes, type_=ARRAY(BigInteger)),
            bindparam(None, levels, type_=ARRAY(Text)), bindparam(None, since, type_=ARRAY(DateTime(timezone=True))),
        )
        .table_valued("owner_id", "home_pool_id", "level", "owned_since", with_ordinality="place")
        .render_derived()
    )  # fmt: skip
    pooled = POOL_KINDS[kind]
    level = None if pooled.level is None else new.c.level
    rule = _rule(pooled, Held(new.c.home_pool_id, level, new.c.owned_since), new)
    found = (
        select(rule.c.due_at, rule.c.rule_id)
        .select_from(new)
        .outerjoin(User, User.id == new.c.owner_id)
        .outerjoin(rule, User.id.is_not(None))
        .order_by(new.c.place)
    )
    return [(due_at, rule_id) for due_at, rule_id in await session.execute(found)]


async def recompute(session: AsyncSession, kind: PoolKind, ids: Sequence[int] | None = None) -> int:
    """Set due date and rule of these records (None: of all of the kind) by the rules as they are now.

    Writes changed rows only and returns how many. A new due date is warned of anew. Callers hold the locks of the rows;
    with None a row that changes at the same time may keep its older date until the sweep looks at it under its lock.
    """
    await session.flush()  # a Core statement does not flush by itself, and reads what stands in the database
    some = {} if ids is None else {"ids": list(ids)}
    return int((await session.execute(_recomputing(kind, bool(some)), some)).rowcount)  # type: ignore[attr-defined]


@cache
def _recomputing(kind: PoolKind, some: bool) -> Any:
    """The statement of `recompute`, made once; with `some` it takes the records' `ids`."""
    pooled = POOL_KINDS[kind]
    model = pooled.model
    rule = _rule(pooled, Held.of(pooled), model)
    found = (
        select(model.id.label("id"), rule.c.rule_id, rule.c.due_at)
        .outerjoin(User, User.id == model.owner_id)
        .outerjoin(rule, and_(true(), model.owner_id.is_not(None), model.deleted_at.is_(None), pooled.open()))
    )
    ids = any_(bindparam("ids", type_=ARRAY(BigInteger)))
    if some:
        found = found.where(model.id == ids)
    row = found.subquery()
    target = model.__table__
    changed = or_(
        target.c.recycle_due_at.is_distinct_from(row.c.due_at),
        target.c.recycle_rule_id.is_distinct_from(row.c.rule_id),
    )
    statement = (
        update(target)
        .where(target.c.id == row.c.id, changed)
        .values(
            recycle_due_at=row.c.due_at,
            recycle_rule_id=row.c.rule_id,
            recycle_warned_days=case(
                (target.c.recycle_due_at.is_distinct_from(row.c.due_at), None), else_=target.c.recycle_warned_days
            ),
        )
    )
    return statement.where(target.c.id == ids) if some else statement
