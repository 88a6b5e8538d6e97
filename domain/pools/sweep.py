"""The sweep: what is due returns to its pool, in chunks, each record with its line in the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Text, cast, func, insert, literal, not_, null, or_, select, update

from domain.core.events import EventRow
from domain.core.text import Text as Sentence
from domain.core.text import _
from domain.core.work import Work
from domain.notifications.actions import notify
from domain.notifications.models import NotificationKind
from domain.people.models import User
from domain.pools import clock
from domain.pools.events import Recycled
from domain.pools.kinds import POOL_KINDS, Pooled
from domain.pools.models import OwnershipChange, OwnershipVerb, Pool, PoolKind, RecycleRule

CHUNK = 5000


async def recycle_all(work: Work) -> int:
    """Return everything that is due, and tell each former owner once. For the nightly job; returns how many went.

    First sets all clocks by the rules as they are tonight, so that a rule changed in the back office holds.
    """
    total = 0
    for kind in POOL_KINDS:
        await clock.recompute(work.session, kind)
        lost: Counter[int] = Counter()
        while gone := await _recycle(work, kind, CHUNK):
            lost.update(gone)
        for owner_id, n in lost.items():
            await notify(
                work,
                [owner_id],
                NotificationKind.recycle,
                _went(kind, n),
                url="/pools",
                tag=f"recycled-{kind}-{work.now:%Y%m%d}",
            )
        total += lost.total()
    return total


async def recycle_due(work: Work, limit: int = CHUNK) -> int:
    """Return up to `limit` due records of each kind and tell nobody; returns how many went."""
    return sum([sum((await _recycle(work, kind, limit)).values()) for kind in POOL_KINDS])


async def _recycle(work: Work, kind: PoolKind, limit: int) -> Mapping[int, int]:
    """One chunk; how many each owner lost.

    Rows that somebody works on at this moment are left for the next night. Under the lock each clock is set once more,
    so a follow-up, an approval or a leave that came in between saves the record.
    """
    ids = await _lock_due(work, POOL_KINDS[kind], limit)
    if not ids:
        return {}
    await clock.recompute(work.session, kind, ids)
    return await _return(work, kind, ids)


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


async def _return(work: Work, kind: PoolKind, ids: Sequence[int]) -> Mapping[int, int]:
    """One statement: rows, ledger and events. In PostgreSQL 15 syntax, so the old owner comes from `due`."""
    model = POOL_KINDS[kind].model
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
        )
        .returning(table.c.id)
        .cte("gone")
    )
    lines = _lines(work, kind, due).cte("lines")
    told = _events(work, kind, due).cte("told")
    statement = select(due.c.owner_id, func.count()).group_by(due.c.owner_id).add_cte(gone, lines, told)
    return {owner_id: n for owner_id, n in await work.session.execute(statement)}


def _lines(work: Work, kind: PoolKind, due: Any) -> Any:
    line = {
        "at": literal(work.now),
        "kind": literal(kind.value),
        "record_id": due.c.id,
        "verb": literal(OwnershipVerb.recycle.value),
        "from_owner_id": due.c.owner_id,
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
        "from_pool_id": due.c.home_pool_id,
