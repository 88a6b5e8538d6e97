"""How a kind of record plugs into the pools."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, true

from domain.core.access import Actor
from domain.core.text import Text
from domain.core.work import Work
from domain.pools.models import PoolKind, RecycleKind


@dataclass(frozen=True, slots=True)
class Along:
    """What can go to the new owner with a transferred record: who may take it along, what it is called, and how, given
    the record's id and its owners before and now."""

    right: str
    label: Text
    take: Callable[[Work, int, int, int], Awaitable[None]]


def _never(record: Any) -> Text | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """What the mechanism must know of a kind.

    `model` is an Owned table with name, deleted_at, pool_id, home_pool_id, owned_since, pooled_since,
    last_follow_up_at, recycle_due_at, recycle_rule_id and recycle_warned_days. `feature` is its plural noun and the
    first half of its permissions. The rest are SQL conditions and expressions on a row of `model`: `manageable`, that
    the actor may return or transfer it; `deal`, that it has bought; `frozen`, that the clock stands while an approval
    waits; `thawed_at`, when it last went on again (may be NULL); `planned`, that its owner has plans for it, which must
    follow when the sweep takes it; `opportunity`, that one is open, and `opportunity_ended_at`, when the last one ended
    (both None for a kind that has none); `level` is None for a kind without levels. `rules` are the rule kinds that can
    be judged for it.

    `owned` and `pooled` are values by column, written whenever a row gets an owner or comes into a pool. Rows that are
    at their end change hands no more and count for no limit: `closed` says why of one record, and `open` is the
    condition on those that it says nothing of.
    """

    model: type[Any]
    feature: str
    visible: Callable[[Actor], ColumnElement[bool]]
    manageable: Callable[[Actor], ColumnElement[bool]]
    deal: Callable[[], ColumnElement[bool]]
    frozen: Callable[[], ColumnElement[bool]]
    thawed_at: Callable[[], ColumnElement[Any]]
    planned: Callable[[], ColumnElement[bool]]
    rules: tuple[RecycleKind, ...]
    opportunity: Callable[[], ColumnElement[bool]] | None = None
    opportunity_ended_at: Callable[[], ColumnElement[Any]] | None = None
    along: Along | None = None
    level: Any = None
    owned: Mapping[str, Any] = field(default_factory=dict)
    pooled: Mapping[str, Any] = field(default_factory=dict)
    open: Callable[[], ColumnElement[bool]] = true
    closed: Callable[[Any], Text | None] = _never


POOL_KINDS: dict[PoolKind, Pooled] = {}
"""Filled by `domain/wiring.py`."""
