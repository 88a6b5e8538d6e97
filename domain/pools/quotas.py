"""The row that whoever gives somebody records locks first, so that limits hold exactly under races."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, literal, select
from sqlalchemy.dialects.postgresql import insert

from domain.core.errors import Denied
from domain.core.text import _
from domain.core.work import Work
from domain.people.models import User
from domain.pools.models import HoldingQuota, PoolKind


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
