"""The row that whoever gives somebody records locks first, so that limits hold exactly under races."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, literal, select
from sqlalchemy.dialects.postgresql import insert

from domain.core.errors import Denied, Invalid
from domain.core.text import _
from domain.core.work import Work
from domain.people.models import User
from domain.pools import queries
from domain.pools.models import HoldingQuota, PoolKind
from domain.pools.words import they_are_full, you_are_full


async def lock_quota(work: Work, kind: PoolKind, user_id: int | None) -> None:
    """Lock the quota row of who receives until the end of the transaction; what counts is read after this."""
    if user_id is None:
        raise Denied(_("Only a person can hold a record."))
    await lock_quotas(work, kind, [user_id])


async def lock_quotas(work: Work, kind: PoolKind, user_ids: Collection[int]) -> None:
    """Lock the quota rows of several, always in the same order, so that no two wait for each other."""
    people = {"people": sorted(user_ids)}
    if len(await work.rows(_quotas(kind), people)) < len(people["people"]):
        await work.rows(_new_quotas(kind), people)
        await work.rows(_quotas(kind), people)


_PEOPLE = any_(bindparam("people", type_=ARRAY(BigInteger)))


@cache
def _quotas(kind: PoolKind) -> Any:
    quotas = select(HoldingQuota.user_id).where(HoldingQuota.kind == kind.value, HoldingQuota.user_id == _PEOPLE)
    return quotas.order_by(HoldingQuota.user_id).with_for_update()


@cache
def _new_quotas(kind: PoolKind) -> Any:
    rows = select(User.id, literal(kind.value)).where(User.id == _PEOPLE).order_by(User.id)
    return insert(HoldingQuota).from_select(["user_id", "kind"], rows).on_conflict_do_nothing()


async def make_room(work: Work, kind: PoolKind, user_id: int | None) -> None:
    """Raise Invalid if somebody holds as many of a kind as they may; their quota row stays locked until the end."""
    if user_id is None:
        raise Invalid.of("pool_id", _("Choose the pool it goes to."))
    limit = (await work.session.execute(select(queries.personal_limit(user_id)))).scalar_one()
    if limit is None:
        return
    await lock_quota(work, kind, user_id)
    held = (await work.session.execute(select(queries.held_by(kind, user_id)))).scalar_one()
    if held < limit:
        return
    if user_id == work.actor.id:
        raise Invalid.of("", you_are_full(kind, held, limit))
    name = (await work.session.execute(select(User.name).where(User.id == user_id))).scalar_one()
    raise Invalid.of("", they_are_full(kind, name, held, limit))
