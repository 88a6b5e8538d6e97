"""What comes late: recorded on a phone while its owner held the record, sent after the clock took it away.

Had it come at once, it would have moved the clock. So within 48 hours the record comes back to its owner, unless
somebody else has got it meanwhile; then both are told. "In time" means before the sweep took the record: until then it
was its owner's, and a follow-up saved at that hour would have kept it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from domain.core.access import granted
from domain.core.text import Text, _
from domain.core.work import Work
from domain.notifications.actions import notify
from domain.notifications.models import NotificationKind
from domain.people.models import User, UserDepartment, UserRole
from domain.pools import clock, ledger, queries
from domain.pools.events import BroughtBack
from domain.pools.kinds import POOL_KINDS
from domain.pools.models import OwnershipChange, OwnershipVerb, PoolKind, PoolMember, RecycleKind
from domain.pools.quotas import lock_quota

GRACE = timedelta(hours=48)


class Standing(StrEnum):
    """How somebody stands to a record for which something comes late."""

    usual = "usual"
    """Nothing happened since: the usual rules hold."""
    brought_back = "brought_back"
    """The clock had taken it; it is its owner's again."""
    claimed = "claimed"
    """The clock had taken it and somebody else has got it since; both have been told."""
    gone = "gone"
    """It was theirs when this was recorded, and went elsewhere by another way or too long ago."""
    deleted = "deleted"
    """It was theirs when this was recorded, and lies in the bin now."""


async def arrive(work: Work, kind: PoolKind, record_id: int, recorded_at: datetime) -> Standing:
    """Settle whose a record is when something comes that the actor recorded at `recorded_at`.

    Locks the quota row of the owner of that time and the record. Call it before the action that stores what came, with
    the rights of the owner of that time unless the standing is `usual`.
    """
    model = POOL_KINDS[kind].model
    found = select(model.owner_id, model.deleted_at).where(model.id == record_id)
    row = (await work.session.execute(found)).one_or_none()  # unscoped: it may be out of the actor's sight by now
    if row is None:
        return Standing.usual
    was = await _owner_at(work, kind, record_id, recorded_at, row.owner_id)
    if was is None or not await _acts_for(work, kind, record_id, was):
        return Standing.usual
    if row.deleted_at is not None:
        return Standing.deleted
    if row.owner_id == was:
        return Standing.usual
    await lock_quota(work, kind, was)
    record = await work.session.get_one(model, record_id, with_for_update=True, populate_existing=True)
    if record.owner_id == was:
        return Standing.usual
    return await _settle(work, kind, record, was, recorded_at)


async def _settle(work: Work, kind: PoolKind, record: Any, was: int, recorded_at: datetime) -> Standing:
    """Under both locks."""
    lost = await _lost_to_the_clock(work, kind, record.id, was, recorded_at)
    if lost is None:
        return Standing.gone
    if record.owner_id is not None:
        await _tell_of_two(work, kind, record, was)
        return Standing.claimed
    if lost.taken_since or work.now - lost.at > GRACE or not lost.by_silence:
        return Standing.gone
    await _bring_back(work, kind, record, was, lost.home_pool_id)
    return Standing.brought_back


@dataclass(frozen=True, slots=True)
class _Loss:
    """How somebody lost a record to the clock; `by_silence` if a follow-up would have prevented it."""

    at: datetime
    home_pool_id: int | None
    by_silence: bool
    taken_since: bool


async def _lost_to_the_clock(
    work: Work, kind: PoolKind, record_id: int, was: int, recorded_at: datetime
) -> _Loss | None:
    """The first thing that took the record from its owner after that time, if it was the clock."""
    lines = (
        await work.session.execute(
            select(OwnershipChange)
            .where(
                OwnershipChange.kind == kind.value,
                OwnershipChange.record_id == record_id,
                OwnershipChange.at > recorded_at,
            )
            .order_by(OwnershipChange.id)
        )
    ).scalars().all()  # fmt: skip
    for number, line in enumerate(lines):
        if line.from_owner_id == was:
            if line.verb != OwnershipVerb.recycle:
                return None
            silent = (line.reason or "").startswith(f"{RecycleKind.no_follow_up}:")
            return _Loss(
                line.at, line.from_pool_id, silent, any(later.to_owner_id is not None for later in lines[number + 1 :])
            )
    return None


async def _bring_back(work: Work, kind: PoolKind, record: Any, was: int, home_pool_id: int | None) -> None:
    """Give it back as it was: its home, and held since when it was held."""
    pool_id = record.pool_id
    since = await _held_since(work, kind, record.id, was)
    work.touch(record)
    record.owner_id, record.pool_id, record.pooled_since = was, None, None
    record.owned_since, record.home_pool_id = since or record.created_at, home_pool_id or pool_id
    for column, value in POOL_KINDS[kind].owned.items():
        setattr(record, column, value)
    await work.session.flush()  # the clock reads what stands in the database
    verb = OwnershipVerb.bring_back
    ledger.write(work, kind, verb, record.id, to_owner_id=was, from_pool_id=pool_id)
    owner = await work.session.get_one(User, was)
    pool = await queries.name(work, pool_id)
    work.record(
        BroughtBack(
            record_id=record.id, customer_id=record.id if kind is PoolKind.customer else None,
            feature=POOL_KINDS[kind].feature, pool_id=pool_id, pool=pool, owner_id=was, owner=owner.name,
        )
    )  # fmt: skip
    await clock.recompute(work.session, kind, [record.id])
    await work.session.refresh(record)
    await _tell(
        work, kind, record, [was], _("%(name)s is yours again: what you recorded in time has come.", name=record.name)
    )
    others = [user_id for user_id in await administrators(work, pool_id) if user_id != was]
    told = _("%(name)s went back from %(pool)s to %(owner)s, who had recorded a visit or follow-up in time.",
             name=record.name, pool=pool, owner=owner.name)  # fmt: skip
    await _tell(work, kind, record, others, told)


async def _tell_of_two(work: Work, kind: PoolKind, record: Any, was: int) -> None:
    """Tell who lost it and who has it now."""
    names = dict(
        (row.id, row.name)
        for row in await work.session.execute(select(User.id, User.name).where(User.id.in_([was, record.owner_id])))
    )
    mine = _("%(name)s left you by the clock and %(owner)s has it now. What you recorded is kept.",
             name=record.name, owner=names[record.owner_id])  # fmt: skip
    theirs = _("%(former)s had recorded a visit or follow-up for %(name)s before it left them. It stays yours.",
               former=names[was], name=record.name)  # fmt: skip
    await _tell(work, kind, record, [was], mine)
    await _tell(work, kind, record, [record.owner_id], theirs)


async def _tell(work: Work, kind: PoolKind, record: Any, user_ids: list[int], sentence: Text) -> None:
    feature = POOL_KINDS[kind].feature
    url = f"/{feature}/{record.id}"
    await notify(work, user_ids, NotificationKind.pool, sentence, url=url, tag=f"{feature}-late-{record.id}")


async def administrators(work: Work, pool_id: int) -> list[int]:
    """Active users who administer a pool, in person or by department or role."""
    by_department = or_(
        PoolMember.department_id == User.department_id,
        PoolMember.department_id.in_(
            select(UserDepartment.department_id).where(UserDepartment.user_id == User.id).correlate(User)
        ),
    )
    by_role = PoolMember.role_id.in_(select(UserRole.role_id).where(UserRole.user_id == User.id).correlate(User))
    statement = (
        select(User.id)
        .join(PoolMember, or_(PoolMember.user_id == User.id, by_department, by_role))
        .where(PoolMember.pool_id == pool_id, PoolMember.administrator, User.active)
        .distinct()
    )
    return list((await work.session.execute(statement)).scalars())


async def _owner_at(work: Work, kind: PoolKind, record_id: int, moment: datetime, owner_now: int | None) -> int | None:
    """Who owned a record at a moment, by the ledger; for one older than its ledger, who lost it first."""
    lines = select(OwnershipChange).where(OwnershipChange.kind == kind.value, OwnershipChange.record_id == record_id)
    before = lines.where(OwnershipChange.at <= moment).order_by(OwnershipChange.id.desc()).limit(1)
    last = (await work.session.execute(before)).scalar_one_or_none()
    if last is not None:
        return last.to_owner_id
    after = lines.order_by(OwnershipChange.id).limit(1)
    first = (await work.session.execute(after)).scalar_one_or_none()
    return owner_now if first is None else first.from_owner_id


async def _held_since(work: Work, kind: PoolKind, record_id: int, was: int) -> datetime | None:
    """When the owner got it; coming back does not count anew."""
    statement = (
        select(OwnershipChange.at)
        .where(
            OwnershipChange.kind == kind.value,
            OwnershipChange.record_id == record_id,
            OwnershipChange.to_owner_id == was,
            OwnershipChange.verb != OwnershipVerb.bring_back.value,
        )
        .order_by(OwnershipChange.id.desc())
        .limit(1)
    )
    moment: datetime | None = (await work.session.execute(statement)).scalar_one_or_none()
    return moment


async def _acts_for(work: Work, kind: PoolKind, record_id: int, owner_id: int) -> bool:
    """Whether the actor is the owner, leads the owner, or takes part with the right to write."""
    actor = work.actor
    if actor.id == owner_id or owner_id in actor.subordinate_ids:
        return True
    model = POOL_KINDS[kind].model
    part: ColumnElement[bool] = granted(actor, POOL_KINDS[kind].feature, model.id, write=True)
    return (await work.session.execute(select(model.id).where(model.id == record_id, part))).first() is not None
