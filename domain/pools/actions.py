"""The verbs of the pools: claim, release, assign, move, transfer.

Locks are always taken in the same order: the quota row of who receives, then the records by rising id. So limits hold
exactly and two bulk acts cannot wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, bindparam, select, update

from domain.core.errors import Conflict, Denied, Invalid, NotFound, Problem
from domain.core.text import Text, _
from domain.core.work import Work
from domain.notifications.actions import notify
from domain.notifications.models import NotificationKind
from domain.people.models import User
from domain.pools import clock, ledger, policy, queries
from domain.pools.events import Assigned, Claimed, Moved, OwnershipEvent, Released, Transferred
from domain.pools.kinds import POOL_KINDS
from domain.pools.models import OwnershipVerb, PoolKind
from domain.pools.policy import Standing
from domain.pools.quotas import lock_quota
from domain.pools.words import given_text

MOST_AT_ONCE = 500
"""Records that one bulk act may name."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record of a bulk act; `reason` says why it was left alone."""

    record_id: int
    name: str
    reason: Text | None = None

    @property
    def done(self) -> bool:
        """Whether the act was carried out on it."""
        return self.reason is None


async def claim(work: Work, kind: PoolKind, record_id: int) -> Any:
    """Take a record out of its pool into my own hands.

    Raises NotFound, Denied with the reason of the policy, or Conflict when somebody was quicker. The record is returned
    as it stands afterwards.
    """
    work.actor.require(f"{POOL_KINDS[kind].feature}.claim")
    await lock_quota(work, kind, work.actor.id)
    record = await _claim_one(work, kind, record_id, {})
    await clock.recompute(work.session, kind, [record_id])
    await work.session.refresh(record)
    return record


async def claim_many(work: Work, kind: PoolKind, record_ids: Sequence[int]) -> Sequence[Outcome]:
    """Claim several; each has its own outcome. A pool's batch limit counts over what is asked for."""
    work.actor.require(f"{POOL_KINDS[kind].feature}.claim")
    ids = _checked(record_ids)
    await lock_quota(work, kind, work.actor.id)
    standings: dict[int, Standing] = {}
    taken: dict[int, int] = {}

    async def one(record_id: int) -> Any:
        return await _claim_one(work, kind, record_id, standings, taken)

    return await _each(work, kind, ids, one)


async def _claim_one(
    work: Work, kind: PoolKind, record_id: int, standings: dict[int, Standing], taken: dict[int, int] | None = None
) -> Any:
    """One claim under the locked quota row; `standings` is kept up to date from claim to claim."""
    try:
        record = await work.load(POOL_KINDS[kind].model, record_id, POOL_KINDS[kind].visible)
    except NotFound:
        winner = await ledger.taken_by(work, kind, record_id, work.actor)
        if winner is None:
            raise
        raise Conflict(_("Taken by %(name)s.", name=winner), code="taken") from None
    pool_id: int | None = record.pool_id
    if pool_id is None:
        raise await _taken(work, kind, record_id)
    if pool_id not in standings:
        standings |= await queries.standings(work, kind, [pool_id])
    standing = standings[pool_id]
    if taken is not None and standing.batch_limit is not None and taken.get(pool_id, 0) >= standing.batch_limit:
        raise Denied(_("At most %(n)s at once from %(pool)s.", n=standing.batch_limit, pool=standing.pool))
    _require_open(kind, record)
    reason = await queries.can_claim(work, kind, record, standing)
    if reason is not None:
        raise Denied(reason)
    taking = {"key": record_id, "pool": pool_id, "who": work.actor.id, "now": work.now}
    if not await work.rows(_taking(kind), taking):
        raise await _taken(work, kind, record_id)
    # Everybody who claims loses the race at the statement above, so what follows happens once.
    standings.update((key, value.after_claim()) for key, value in list(standings.items()))
    if taken is not None:
        taken[pool_id] = taken.get(pool_id, 0) + 1
    ledger.write(work, kind, OwnershipVerb.claim, record_id, to_owner_id=work.actor.id, from_pool_id=pool_id)
    record_event(work, kind, Claimed, record_id, pool_id=pool_id, pool=standing.pool, owner=work.actor)
    return record


@cache
def _taking(kind: PoolKind) -> Any:
    """Takes a record out of its pool, unless it has left that already; the one statement that decides a race."""
    pooled = POOL_KINDS[kind]
    model = pooled.model
    now, pool = bindparam("now", type_=model.owned_since.type), bindparam("pool", type_=BigInteger())
    return (
        update(model.__table__)
        .where(model.id == bindparam("key"), model.pool_id == pool)
        .where(model.owner_id.is_(None), model.deleted_at.is_(None), pooled.open())
        .values(
            owner_id=bindparam("who"), pool_id=None, home_pool_id=pool, owned_since=now, pooled_since=None,
            updated_at=now, version=model.version + 1, **pooled.owned,
        )
        .returning(model.id)
    )  # fmt: skip


async def release(work: Work, kind: PoolKind, record_id: int, reason: str, pool_id: int | None = None) -> Any:
    """Return an owned record to its home pool, or to the pool chosen, with a reason."""
    pooled = POOL_KINDS[kind]
    work.actor.require(f"{pooled.feature}.release")
    record = await _owned(work, kind, record_id)
    reason = reason.strip()
    if not reason:
        raise Invalid.of("reason", _("Please give a reason."))
    chosen = pool_id or record.home_pool_id
    if chosen is None:
        raise Invalid.of("pool_id", _("Choose the pool it goes to."))
    pool = await queries.target(work, kind, chosen)
    former = record.owner_id
    _into_pool(work, kind, record, pool.id)
    ledger.write(work, kind, OwnershipVerb.release, record_id, from_owner_id=former, to_pool_id=pool.id, reason=reason)
    record_event(work, kind, Released, record_id, pool_id=pool.id, pool=pool.name, reason=reason)
    return record


async def assign(work: Work, kind: PoolKind, record_ids: Sequence[int], user_id: int) -> Sequence[Outcome]:
    """Give records that lie in pools I administer to a user, up to that user's holding limit."""
    pooled = POOL_KINDS[kind]
    work.actor.require(f"{pooled.feature}.assign")
    ids = _checked(record_ids)
    user, room = await _receiver(work, kind, user_id)

    async def one(record_id: int) -> Any:
        record = await work.load(pooled.model, record_id, pooled.visible(work.actor), lock=True)
        pool_id = record.pool_id
        if pool_id is None:
            raise await _taken(work, kind, record_id)
        _require_administrator(work, pool_id)
        _require_open(kind, record)
        room.take()
        pool = await queries.name(work, pool_id)
        into_hands(work, kind, record, user_id, home_pool_id=pool_id)
        ledger.write(work, kind, OwnershipVerb.assign, record_id, to_owner_id=user_id, from_pool_id=pool_id)
        record_event(work, kind, Assigned, record_id, pool_id=pool_id, pool=pool, owner=user)
        return record

    outcomes = await _each(work, kind, ids, one)
    await tell_receiver(work, kind, user_id, outcomes)
    return outcomes


async def move(work: Work, kind: PoolKind, record_ids: Sequence[int], pool_id: int) -> Sequence[Outcome]:
    """Put records that lie in pools I administer into another pool, which becomes their home."""
    pooled = POOL_KINDS[kind]
    work.actor.require(f"{pooled.feature}.assign")
    ids = _checked(record_ids)
    pool = await queries.target(work, kind, pool_id)

    async def one(record_id: int) -> Any:
        record = await work.load(pooled.model, record_id, pooled.visible(work.actor), lock=True)
        former = record.pool_id
        if former is None:
            raise await _taken(work, kind, record_id)
        _require_administrator(work, former)
        _require_open(kind, record)
        if former == pool.id:
            raise Conflict(_("It lies in %(pool)s already.", pool=pool.name))
        _into_pool(work, kind, record, pool.id)
        ledger.write(work, kind, OwnershipVerb.move, record_id, from_pool_id=former, to_pool_id=pool.id)
        record_event(work, kind, Moved, record_id, pool_id=pool.id, pool=pool.name)
        return record

    return await _each(work, kind, ids, one)


async def transfer(
    work: Work, kind: PoolKind, record_ids: Sequence[int], user_id: int, *, along: bool = False
) -> Sequence[Outcome]:
    """Give owned records that I may change to another user, up to that user's holding limit (S-018); with `along` also
    what the kind lets go along with them."""
    work.actor.require(f"{POOL_KINDS[kind].feature}.transfer")
    goes = POOL_KINDS[kind].along if along else None
    if goes is not None:
        work.actor.require(goes.right)
    ids = _checked(record_ids)
    user, room = await _receiver(work, kind, user_id)

    async def one(record_id: int) -> Any:
        record = await _owned(work, kind, record_id)
        former = record.owner_id
        if former == user_id:
            raise Conflict(_("%(name)s holds it already.", name=user.name))
        room.take()
        into_hands(work, kind, record, user_id, home_pool_id=record.home_pool_id)
        if goes is not None:
            await goes.take(work, record_id, former, user_id)
        ledger.write(work, kind, OwnershipVerb.transfer, record_id, from_owner_id=former, to_owner_id=user_id)
        record_event(work, kind, Transferred, record_id, owner=user)
        return record

    outcomes = await _each(work, kind, ids, one)
    await tell_receiver(work, kind, user_id, outcomes)
    return outcomes


class _Room:
    """How many more a receiver may get; every take counts."""

    def __init__(self, kind: PoolKind, user: Any) -> None:
        self.kind, self.user, self.held = kind, user, user.held

    def take(self) -> None:
        """Count one more, or raise Denied with the reason."""
        reason = policy.can_receive(self.kind, self.user.name, self.user.active, self.held, self.user.holding_limit)
        if reason is not None:
            raise Denied(reason)
        self.held += 1


async def _receiver(work: Work, kind: PoolKind, user_id: int) -> tuple[Any, _Room]:
    """The user who is to receive, with the quota row locked and the room left. Raises Invalid for nobody."""
    if await work.session.get(User, user_id) is None:
        raise Invalid.of("user_id", _("Please choose a person."))
    await lock_quota(work, kind, user_id)
    user = (
        await work.session.execute(
            select(
                User.id, User.name, User.active,
                queries.held_by(kind, user_id).label("held"),
                queries.personal_limit(user_id).label("holding_limit"),
            ).where(User.id == user_id)
        )
    ).one()  # fmt: skip
    return user, _Room(kind, user)


async def tell_receiver(work: Work, kind: PoolKind, user_id: int, outcomes: Sequence[Outcome]) -> None:
    """One notice to somebody who was given records by somebody else."""
    given = [outcome for outcome in outcomes if outcome.done]
    if not given or user_id == work.actor.id:
        return
    feature = POOL_KINDS[kind].feature
    one = given[0] if len(given) == 1 else None
    await notify(
        work,
        [user_id],
        NotificationKind.pool,
        given_text(kind, work.actor.name, len(given), given[0].name),
        url=f"/{feature}/{one.record_id}" if one else f"/{feature}?scene=mine",
        tag=f"{feature}-given-{given[0].record_id}-{len(given)}",
    )


async def _owned(work: Work, kind: PoolKind, record_id: int) -> Any:
    """Lock a record that has an owner and that the actor may change."""
    pooled = POOL_KINDS[kind]
    visible = pooled.visible(work.actor)
    record = await work.load(pooled.model, record_id, visible, lock=True)
    if record.owner_id is None:
        raise Conflict(_("It lies in a pool; nobody holds it."), code="pooled")
    _require_open(kind, record)
    return await work.load(pooled.model, record_id, visible, may=pooled.manageable(work.actor))


def _require_open(kind: PoolKind, record: Any) -> None:
    """Raise Denied for a record that changes hands no more."""
    reason = POOL_KINDS[kind].closed(record)
    if reason is not None:
        raise Denied(reason)


def _require_administrator(work: Work, pool_id: int) -> None:
    if not queries.administers(work.actor, pool_id):
        raise Denied(_("You do not administer the pool it lies in."))


async def _taken(work: Work, kind: PoolKind, record_id: int) -> Conflict:
    """The refusal that names who holds it now."""
    model = POOL_KINDS[kind].model
    statement = select(User.id, User.name).join(model, model.owner_id == User.id).where(model.id == record_id)
    owner = (await work.session.execute(statement)).one_or_none()
    if owner is None:
        return Conflict(_("It has left this pool. Please look again."), code="taken")
    if owner.id == work.actor.id:
        return Conflict(_("You hold it already."), code="taken")
    return Conflict(_("Taken by %(name)s.", name=owner.name), code="taken")


def into_hands(work: Work, kind: PoolKind, record: Any, user_id: int, *, home_pool_id: int | None) -> None:
    """Give a locked record to a user."""
    work.touch(record)
    record.owner_id, record.pool_id, record.home_pool_id = user_id, None, home_pool_id
    record.owned_since, record.pooled_since = work.now, None
    for column, value in POOL_KINDS[kind].owned.items():
        setattr(record, column, value)


def _into_pool(work: Work, kind: PoolKind, record: Any, pool_id: int) -> None:
    """Put a locked record into a pool, its home from now on; the clock stops."""
    work.touch(record)
    record.owner_id, record.pool_id, record.home_pool_id = None, pool_id, pool_id
    record.owned_since, record.pooled_since = None, work.now
    record.recycle_due_at = record.recycle_rule_id = record.recycle_warned_days = None
    for column, value in POOL_KINDS[kind].pooled.items():
        setattr(record, column, value)


def record_event(
    work: Work,
    kind: PoolKind,
    event: type[OwnershipEvent],
    record_id: int,
    *,
    pool_id: int | None = None,
    pool: str = "",
    owner: Any = None,
    reason: str = "",
) -> None:
    """Note a change of hands."""
    work.record(
        event(
            record_id=record_id,
            customer_id=record_id if kind is PoolKind.customer else None,
            feature=POOL_KINDS[kind].feature,
            pool_id=pool_id,
            pool=pool,
            owner_id=owner.id if owner is not None else None,
            owner=owner.name if owner is not None else "",
            reason=reason,
        )
    )


def _checked(record_ids: Sequence[int]) -> list[int]:
    """The ids once each, in the order in which they are locked. Raises Invalid for none or too many."""
    ids = sorted(set(record_ids))
    if not ids:
        raise Invalid.of("", _("Nothing is selected."))
    if len(ids) > MOST_AT_ONCE:
        raise Invalid.of("", _("At most %(n)s at once.", n=MOST_AT_ONCE))
    return ids


async def _each(
    work: Work, kind: PoolKind, ids: Sequence[int], one: Callable[[int], Awaitable[Any]]
) -> Sequence[Outcome]:
    """Do one act on each; a refusal, which has changed nothing, is that record's outcome. Then set the clocks."""
    outcomes, done = [], []
    names = await _names(work, kind, ids)
    for record_id in ids:
        try:
            await one(record_id)
            outcomes.append(Outcome(record_id, names.get(record_id, f"#{record_id}")))
            done.append(record_id)
        except Problem as refusal:
            outcomes.append(Outcome(record_id, names.get(record_id, f"#{record_id}"), refusal.message))
    if done:
        await clock.recompute(work.session, kind, done)
    return outcomes


async def _names(work: Work, kind: PoolKind, ids: Sequence[int]) -> dict[int, str]:
    pooled = POOL_KINDS[kind]
    statement = select(pooled.model.id, pooled.model.name).where(
        pooled.model.id == clock.id_list(ids), pooled.visible(work.actor)
    )
    return {row.id: row.name for row in await work.session.execute(statement)}
