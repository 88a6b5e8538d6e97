"""Default assignment (S-060): what comes into a pool goes to its assignees in turn, for fast distribution."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from domain.core.work import Work
from domain.people.models import User
from domain.pools import clock, ledger, queries
from domain.pools.actions import Outcome, into_hands, record_event, tell_receiver
from domain.pools.events import Assigned
from domain.pools.models import OwnershipVerb, Pool, PoolAssignee, PoolKind
from domain.pools.quotas import lock_quotas

TICK = timedelta(microseconds=1)


async def hand_out(work: Work, kind: PoolKind, records: Sequence[Any]) -> None:
    """Give new records, which lie in one pool, to the pool's assignees in turn; what nobody can take stays."""
    pool_id: int = records[0].pool_id
    turn = await turns(work, kind, pool_id, len(records))
    taken = [(record, user_id) for record, user_id in zip(records, turn, strict=True) if user_id is not None]
    if not taken:
        return
    wanted = select(User).where(User.id == clock.id_list([user_id for _record, user_id in taken]))
    people = {user.id: user for user in await work.session.scalars(wanted)}
    pool = await queries.name(work, pool_id)
    for record, user_id in taken:
        into_hands(work, kind, record, user_id, home_pool_id=pool_id)
        ledger.write(work, kind, OwnershipVerb.assign, record.id, to_owner_id=user_id, from_pool_id=pool_id)
        record_event(work, kind, Assigned, record.id, pool_id=pool_id, pool=pool, owner=people[user_id])
    await clock.recompute(work.session, kind, [record.id for record, _user_id in taken])
    for user_id in people:
        given = [Outcome(record.id, record.name) for record, receiver in taken if receiver == user_id]
        await tell_receiver(work, kind, user_id, given)


async def names(work: Work, pool_id: int) -> Sequence[str]:
    """To whom what comes into a pool goes, the next one first; without those who cannot take anything now."""
    return [one.name for one in await work.session.execute(_waiting(work, pool_id).with_only_columns(User.name))]


async def turns(work: Work, kind: PoolKind, pool_id: int, number: int) -> list[int | None]:
    """Who gets the next `number` records that come into a pool, in order; None for each that nobody can take.

    Who waits longest is next. Left out are people who have gone, are on leave, or hold as many as they may. The pool's
    row and then the quota rows are locked, so that two who put something in at once do not give it to the same person
    and limits hold.
    """
    asked = select(PoolAssignee.id).where(PoolAssignee.pool_id == pool_id).limit(1)
    if (await work.session.execute(asked)).first() is None:
        return [None] * number
    # Weaker than FOR UPDATE: whoever has just stored a record of this pool holds the key already.
    await work.session.execute(select(Pool.id).where(Pool.id == pool_id).with_for_update(key_share=True))
    assignees = (await work.session.scalars(_waiting(work, pool_id))).all()
    await lock_quotas(work, kind, {each.user_id for each in assignees})
    room = await _rooms(work, kind, [each.user_id for each in assignees])
    last: datetime = max([work.now, *(each.last_at for each in assignees if each.last_at is not None)])
    queue, given = list(assignees), list[int | None]()
    for _turn in range(number):
        queue = [each for each in queue if room[each.user_id] > 0]
        if not queue:
            given += [None] * (number - len(given))
            break
        first = queue.pop(0)
        last += TICK
        first.last_at = last
        room[first.user_id] -= 1
        given.append(first.user_id)
        queue.append(first)
    return given


def _waiting(work: Work, pool_id: int) -> Any:
    """Those who can take something, who waits longest first."""
    return (
        select(PoolAssignee)
        .join(User, User.id == PoolAssignee.user_id)
        .where(PoolAssignee.pool_id == pool_id, User.active, ~clock.on_leave(work.now))
        .order_by(PoolAssignee.last_at.asc().nulls_first(), PoolAssignee.position, PoolAssignee.id)
        .execution_options(populate_existing=True)
    )


async def _rooms(work: Work, kind: PoolKind, user_ids: list[int]) -> dict[int, float]:
    """How many more each may get, under their locked quota rows."""
    statement = select(
        User.id, queries.held_by(kind, User.id).label("held"), queries.personal_limit(User.id).label("most")
    ).where(User.id == clock.id_list(user_ids))
    rows = await work.session.execute(statement)
    return {row.id: float("inf") if row.most is None else row.most - row.held for row in rows}
