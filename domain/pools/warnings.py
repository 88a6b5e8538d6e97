"""Warnings 7, 3 and 1 days before the clock takes a record back: one digest a person."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, literal, not_, or_, select, update

from domain.core.text import Text, _
from domain.core.work import Work
from domain.notifications.actions import notify
from domain.notifications.models import NotificationKind
from domain.people.models import User
from domain.pools import clock
from domain.pools.kinds import POOL_KINDS
from domain.pools.models import PoolKind
from domain.pools.words import day_text

STEPS = (1, 3, 7)
"""Days before, the most urgent first."""


async def warn_owners(work: Work) -> int:
    """Tell each owner once of all records that have come 7, 3 or 1 days near; returns how many people were told.

    Running it again on the same day tells nobody twice: the step that was told is kept with the row.
    """
    told = 0
    for kind in POOL_KINDS:
        by_owner: dict[int, list[Any]] = {}
        for row in await _newly_near(work, kind):
            by_owner.setdefault(row.owner_id, []).append(row)
        for owner_id, rows in by_owner.items():
            await notify(
                work,
                [owner_id],
                NotificationKind.recycle,
                _digest(work, kind, rows),
                url="/today",
                tag=f"leaving-{kind}-{work.now:%Y%m%d}",
            )
        told += len(by_owner)
    return told


async def _newly_near(work: Work, kind: PoolKind) -> list[Any]:
    """Mark and return the rows that passed a step since they were last told of, the first to go first."""
    pooled = POOL_KINDS[kind]
    model = pooled.model
    days_left = clock.local_day(model.recycle_due_at, User.time_zone) - clock.local_day(
        literal(work.now), User.time_zone
    )
    step = case(*((days_left <= days, days) for days in STEPS))
    near = (
        select(model.id, step.label("step"), User.time_zone)
        .join(User, User.id == model.owner_id)
        .where(
            model.recycle_due_at < clock.days_ahead(work.now, STEPS[-1] + 1),
            model.recycle_due_at > work.now,
            model.deleted_at.is_(None),
            or_(model.recycle_warned_days.is_(None), model.recycle_warned_days > step),
            not_(or_(pooled.frozen(), clock.on_leave(work.now))),
        )
        .subquery()
    )
    table = model.__table__
    mark = (
        update(table)
        .where(table.c.id == near.c.id)
        .values(recycle_warned_days=near.c.step)
        .returning(table.c.owner_id, table.c.name, table.c.recycle_due_at, near.c.time_zone)
    )
    return sorted((await work.session.execute(mark)).all(), key=lambda row: (row.recycle_due_at, row.name))


def _digest(work: Work, kind: PoolKind, rows: list[Any]) -> Text:
    first = rows[0]
    zone = ZoneInfo(first.time_zone)
    day = day_text(first.recycle_due_at.astimezone(zone).date(), work.now.astimezone(zone).date())
    if len(rows) == 1:
        return _("%(name)s leaves you on %(day)s.", name=first.name, day=day)
    if kind is PoolKind.customer:
        return _("%(n)s customers leave you soon, %(name)s first, on %(day)s.", n=len(rows), name=first.name, day=day)
    return _("%(n)s leads leave you soon, %(name)s first, on %(day)s.", n=len(rows), name=first.name, day=day)
