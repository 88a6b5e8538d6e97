"""The sweep: what is due returns to its pool, in chunks, each record with its line in the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from sqlalchemy import BigInteger, Text, cast, func, insert, literal, not_, null, or_, select, update

from domain.core.events import EventRow
from domain.core.text import Text as Sentence
from domain.core.text import _
from domain.core.work import Work
from domain.notifications.actions import notify
from domain.notifications.models import Notification, NotificationKind
from domain.people.models import User
from domain.pools import clock
from domain.pools.events import Recycled
from domain.pools.kinds import POOL_KINDS, Pooled
from domain.pools.models import OwnershipChange, OwnershipVerb, Pool, PoolKind, RecycleRule

CHUNK = 5000
Begin = Callable[[], AbstractAsyncContextManager[Work]]
"""Opens a unit of work that is committed at the end of the block."""


async def recycle_all(begin: Begin, *, lanes: int = 1) -> int:
    """Return everything that is due, and tell each former owner once. For the nightly job; returns how many went.

    First sets all clocks by the rules as they are tonight, so that a rule changed in the back office holds. Each chunk
    is a transaction of its own, in so many lanes at once (docs/decisions/0012): whoever works at night waits for one
    chunk at most, and a night that was broken off is ended by the next run.
    """
    total = 0
    for kind in POOL_KINDS:
        async with begin() as work:
            await clock.recompute(work.session, kind)
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(_lane(begin, kind)) for _ in range(lanes)]
        async with begin() as work:
            await _tell(work, kind)
        total += sum(lane.result() for lane in running)
    return total


async def recycle_due(work: Work, limit: int = CHUNK) -> int:
    """Return up to `limit` due records of each kind and tell nobody; returns how many went."""
    return sum([(await _recycle(work, kind, limit))[1] for kind in POOL_KINDS])


async def _lane(begin: Begin, kind: PoolKind) -> int:
    """Chunk after chunk, past what another lane has locked, until nothing more is due; returns how many went."""
    total = 0
    while True:
        async with begin() as work:
            found, gone, set_anew = await _recycle(work, kind, CHUNK)
        total += gone
        if found < CHUNK or not gone + set_anew:
            return total


async def _recycle(work: Work, kind: PoolKind, limit: int) -> tuple[int, int, int]:
    """One chunk: how many were due, went, and turned out to be due on another day.

    Rows that somebody works on at this moment are left for the next night. Under the lock each clock is set once more,
    so a follow-up, an approval or a leave that came in between saves the record.
    """
    ids = await _lock_due(work, POOL_KINDS[kind], limit)
    if not ids:
        return 0, 0, 0
    set_anew = await clock.recompute(work.session, kind, ids)
    # Only what its owner has plans for: a hundred thousand jobs that find nothing to do would take half the night.
    model, planned = POOL_KINDS[kind].model, POOL_KINDS[kind].planned()
    followed = (await work.session.scalars(select(model.id).where(model.id == clock.id_list(ids), planned))).all()
    gone = await _return(work, kind, ids)
    if followed:
        await _react(work, kind, followed)
    return len(ids), gone, set_anew


async def _tell(work: Work, kind: PoolKind) -> None:
    """One item for each person who lost something today and was not told since. Asks the ledger, so that what an
    earlier run returned before it was broken off is told too."""
    tag = f"recycled-{kind}-{work.now:%Y%m%d}"
    told = select(func.max(Notification.at)).where(
        Notification.user_id == OwnershipChange.from_owner_id, Notification.tag == tag
    )
    lost = (
        select(OwnershipChange.from_owner_id, func.count())
        .where(
            OwnershipChange.kind == kind.value,
            OwnershipChange.verb == OwnershipVerb.recycle.value,
            OwnershipChange.at >= work.now.replace(hour=0, minute=0, second=0, microsecond=0),
        )
        .group_by(OwnershipChange.from_owner_id)
        .having(func.coalesce(func.max(OwnershipChange.at) > told.correlate(OwnershipChange).scalar_subquery(), True))
    )
    people: dict[int, list[int]] = {}
    for owner_id, n in await work.session.execute(lost):
        assert owner_id is not None  # what is recycled had an owner
        people.setdefault(n, []).append(owner_id)
    for n, owner_ids in people.items():
        await notify(work, owner_ids, NotificationKind.recycle, _went(kind, n), url="/pools", tag=tag)


async def _lock_due(work: Work, pooled: Pooled, limit: int) -> Sequence[int]:
    model = pooled.model
    due = (
        select(model.id)
        .join(User, User.id == model.owner_id)
        .where(
            model.recycle_due_at <= work.now,
            model.deleted_at.is_(None),
            not_(or_(pooled.frozen(), clock.on_leave(work.now))),
        )
        .order_by(model.recycle_due_at, model.id)
        .limit(limit)
        .with_for_update(of=model, skip_locked=True)
    )
    return (await work.session.execute(due)).scalars().all()


async def _return(work: Work, kind: PoolKind, ids: Sequence[int]) -> int:
    """One statement: rows, ledger and events. In PostgreSQL 15 syntax, so the old owner comes from `due`."""
    pooled = POOL_KINDS[kind]
    model = pooled.model
    due = (
        select(
            model.id, model.owner_id, model.home_pool_id, Pool.id.label("pool_id"), Pool.name.label("pool"),
            User.name.label("owner"),
            (RecycleRule.kind + ":" + cast(RecycleRule.days, Text)).label("reason"),
        )
        .join(User, User.id == model.owner_id)
        .join(RecycleRule, RecycleRule.id == model.recycle_rule_id)
        .join(Pool, Pool.id == clock.destination(model))
        .where(model.id == clock.id_list(ids), model.recycle_due_at <= work.now)
        .order_by(model.id)
        .cte("due")
    )  # fmt: skip
    table = model.__table__
    gone = (
        update(table)
        .where(table.c.id == due.c.id)
        .values(
            owner_id=None,
            pool_id=due.c.pool_id,
            home_pool_id=due.c.pool_id,
            owned_since=None,
            pooled_since=work.now,
            recycle_due_at=None,
            recycle_rule_id=None,
            recycle_warned_days=None,
            updated_at=work.now,
            version=table.c.version + 1,
            **pooled.pooled,
        )
        .returning(table.c.id)
        .cte("gone")
    )
    lines = _lines(work, kind, due).cte("lines")
    told = _events(work, kind, due).cte("told")
    # Joining anything to `due` here would go row by row through all of it: the planner takes it for one row.
    statement = select(func.count()).select_from(due).add_cte(gone, lines, told)
    return int((await work.session.execute(statement)).scalar_one())


async def _react(work: Work, kind: PoolKind, ids: Sequence[int]) -> None:
    """Queue what follows these records' return, with the commit."""
    here = (
        EventRow.kind == POOL_KINDS[kind].feature,
        EventRow.record_id == clock.id_list(ids),
        EventRow.at == work.now,
    )
    told = select(EventRow.id).where(*here, EventRow.name == Recycled.__name__).order_by(EventRow.id)
    event_ids = await work.session.scalars(told)
    work.recorded += [EventRow(id=event_id, name=Recycled.__name__) for event_id in event_ids]


def _lines(work: Work, kind: PoolKind, due: Any) -> Any:
    line = {
        "at": literal(work.now),
        "kind": literal(kind.value),
        "record_id": due.c.id,
        "verb": literal(OwnershipVerb.recycle.value),
        "from_owner_id": due.c.owner_id,
        "from_pool_id": due.c.home_pool_id,
        "to_pool_id": due.c.pool_id,
        "reason": due.c.reason,
    }
    return insert(OwnershipChange).from_select(list(line), select(*line.values())).returning(OwnershipChange.id)


def _events(work: Work, kind: PoolKind, due: Any) -> Any:
    data = func.jsonb_build_object(
        "feature", literal(POOL_KINDS[kind].feature), "pool_id", due.c.pool_id, "pool", due.c.pool,
        "owner_id", due.c.owner_id, "owner", due.c.owner, "reason", due.c.reason,
    )  # fmt: skip
    event = {
        "at": literal(work.now),
        "name": literal(Recycled.__name__),
        "kind": literal(POOL_KINDS[kind].feature),
        "record_id": due.c.id,
        "customer_id": due.c.id if kind is PoolKind.customer else cast(null(), BigInteger),
        "data": data,
    }
    return insert(EventRow).from_select(list(event), select(*event.values())).returning(EventRow.id)


def _went(kind: PoolKind, n: int) -> Sentence:
    if kind is PoolKind.customer:
        return _(
            "%(n)s of your customers returned to a public pool.",
            plural="%(n)s of your customers returned to public pools.",
            n=n,
        )
    return _("%(n)s of your leads returned to a pool.", plural="%(n)s of your leads returned to pools.", n=n)
