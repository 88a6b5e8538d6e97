"""The ownership ledger: every change of hands is one line, and claim count, quotas and cool-down are read from it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on

from domain.core.access import Actor
from domain.core.work import Work
from domain.people.models import User, UserDepartment, UserRole
from domain.pools import clock
from domain.pools.models import OwnershipChange, OwnershipVerb, Pool, PoolKind, PoolMember


def write(
    work: Work,
    kind: PoolKind,
    verb: OwnershipVerb,
    record_id: int,
    *,
    from_owner_id: int | None = None,
    to_owner_id: int | None = None,
    from_pool_id: int | None = None,
    to_pool_id: int | None = None,
    reason: str | None = None,
) -> None:
    """Add one line."""
    work.session.add(
        OwnershipChange(
            at=work.now,
            kind=kind.value,
            record_id=record_id,
            verb=verb.value,
            from_owner_id=from_owner_id,
            to_owner_id=to_owner_id,
            from_pool_id=from_pool_id,
            to_pool_id=to_pool_id,
            actor_id=work.actor.id,
            reason=reason,
        )
    )


async def begin(work: Work, kind: PoolKind, record: Any) -> None:
    """Start the ledger of a new record, which has its id and either an owner or a pool; also its home and its clock.

    Home is the pool it lies in, else the one given, else the owner's nearest pool (as member in person, then by
    department, then by role).
    """
    if record.owner_id is None:
        record.pooled_since = work.now
        record.home_pool_id = record.pool_id
    else:
        record.owned_since = work.now
        if record.home_pool_id is None:
            record.home_pool_id = await home_pool_id(work, kind, record.owner_id)
    write(work, kind, OwnershipVerb.create, record.id, to_owner_id=record.owner_id, to_pool_id=record.pool_id)
    await clock.recompute(work.session, kind, [record.id])
    await work.session.refresh(record, ["recycle_due_at", "recycle_rule_id", "recycle_warned_days"])


async def home_pool_id(work: Work, kind: PoolKind, user_id: int) -> int | None:
    """The pool that a user's new records belong to; None where the user is a member of none."""
    return (await home_pool_ids(work, kind, [user_id])).get(user_id)


async def home_pool_ids(work: Work, kind: PoolKind, user_ids: Collection[int]) -> dict[int, int]:
    """The pools that new records of these users belong to; without those who are members of none."""
    among = clock.id_list(sorted(user_ids))
    member = PoolMember.pool_id.label("pool_id")
    further, post = PoolMember.department_id == UserDepartment.department_id, PoolMember.role_id == UserRole.role_id
    near = union_all(
        select(PoolMember.user_id, member, literal(0).label("distance")).where(PoolMember.user_id == among),
        select(User.id, member, literal(1)).where(PoolMember.department_id == User.department_id, User.id == among),
        select(UserDepartment.user_id, member, literal(1)).where(further, UserDepartment.user_id == among),
        select(UserRole.user_id, member, literal(2)).where(post, UserRole.user_id == among),
    ).subquery()
    nearest = (
        select(near.c.user_id, Pool.id)
        .join(Pool, Pool.id == near.c.pool_id)
        .where(Pool.kind == kind.value, Pool.active)
        .ext(distinct_on(near.c.user_id))
        .order_by(near.c.user_id, near.c.distance, Pool.id)
    )
    return {user_id: pool_id for user_id, pool_id in await work.session.execute(nearest)}


async def claim_count(work: Work, kind: PoolKind, record_id: int) -> int:
    """How often the record got an owner other than the one before (S-076, D-08); the first owner does not count."""
    values = {"kind": kind.value, "record_id": record_id}
    return int((await work.rows(_CLAIM_COUNT, values))[0][0])


_CLAIM_COUNT = select(func.count()).where(
    OwnershipChange.kind == bindparam("kind"),
    OwnershipChange.record_id == bindparam("record_id"),
    OwnershipChange.to_owner_id.is_not(None),
    OwnershipChange.verb.not_in([OwnershipVerb.create.value, OwnershipVerb.bring_back.value]),
)


async def taken_by(work: Work, kind: PoolKind, record_id: int, actor: Actor) -> str | None:
    """Who took a record out of one of the actor's pools, if that is the last thing that happened to it.

    Lets somebody who saw it a moment ago hear who was quicker, though the record is out of sight by now.
    """
    last = (
        select(OwnershipChange.verb, OwnershipChange.from_pool_id, User.name)
        .outerjoin(User, User.id == OwnershipChange.to_owner_id)
        .where(OwnershipChange.kind == kind.value, OwnershipChange.record_id == record_id)
        .order_by(OwnershipChange.id.desc())
        .limit(1)
    )
    row = (await work.session.execute(last)).one_or_none()
    if row is None or row.verb not in (OwnershipVerb.claim, OwnershipVerb.assign):
        return None
    return row.name if row.from_pool_id in actor.pool_ids else None


def last_left(kind: PoolKind, record_id: Any, user_id: int) -> Any:
    """Expression: when the user last gave up the record."""
    return (
        select(func.max(OwnershipChange.at))
        .where(
            OwnershipChange.kind == literal(kind.value),
            OwnershipChange.record_id == record_id,
            OwnershipChange.from_owner_id == user_id,
        )
        .correlate_except(OwnershipChange)
        .scalar_subquery()
    )
