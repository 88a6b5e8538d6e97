"""What lists of everything that is owned or lies in pools have in common: whose, how long, where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Integer, Select, cast, func, literal_column
from sqlalchemy.sql.elements import ColumnClause

from domain.core.access import Actor, Scope
from domain.core.lists import Branch, Sort
from domain.core.text import _
from domain.pools.clock import local_day, midnight
from domain.pools.models import DUE_KEY

MOST_DAYS = 3_650
Branches = Callable[[Actor], tuple[Branch, ...]]
Condition = Callable[[str, Actor], ColumnElement[bool]]


def due_order(table: str) -> ColumnClause[Any]:
    """The order by due date, as the index of that table has it."""
    return literal_column(DUE_KEY.replace("recycle_due_at", f"{table}.recycle_due_at"), DateTime(timezone=True))


def due_within(model: Any) -> Condition:
    """A filter: leaves within so many days on the calendar of who reads the list; 0 is today."""

    def condition(value: str, actor: Actor) -> ColumnElement[bool]:
        days = int(value)
        if not 0 <= days <= MOST_DAYS:
            raise ValueError(value)
        today = local_day(func.now(), actor.time_zone)
        due: ColumnElement[bool] = model.recycle_due_at < midnight(today + cast(days + 1, Integer), actor.time_zone)
        return due

    return condition


def in_city(column: Any) -> Condition:
    """A filter: a city with or without its kind, so that 上海 finds 上海市."""

    def condition(value: str, actor: Actor) -> ColumnElement[bool]:
        bare = value.removesuffix("市") or value
        found: ColumnElement[bool] = column.in_((bare, f"{bare}市"))
        return found

    return condition


def mine(model: Any) -> Branches:
    """A scene: what the actor owns."""
    return lambda actor: (Branch(model.owner_id, () if actor.id is None else (actor.id,)),)


def subordinates(model: Any) -> Branches:
    """A scene: what those below the actor own."""
    return lambda actor: (Branch(model.owner_id, actor.subordinate_ids),)


def in_pools(model: Any, feature: str, every: Select[Any]) -> Branches:
    """A scene: what lies in the actor's pools; in `every` pool for who sees all records of the feature."""
    return lambda actor: (Branch(model.pool_id, every if actor.scope(feature) is Scope.all else actor.pool_ids),)


def sorts(model: Any) -> tuple[Sort, ...]:
    """The orders of such a list."""
    return (
        Sort("activity", _("Latest activity"), model.activity_at),
        Sort("name", _("Name"), model.name_sort, descending=False),
        Sort("due", _("Leaves me first"), due_order(model.__tablename__), descending=False),
        Sort("created", _("Newest"), model.created_at),
    )
