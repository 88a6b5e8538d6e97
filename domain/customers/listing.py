"""The list of customers: views, filters, orders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, case, func, literal, literal_column, select

from domain.core.access import Actor, Scope, grants_to
from domain.core.lists import Branch, Column, Filter, ListSpec, Scene, Sort
from domain.core.text import _
from domain.customers import area
from domain.customers.models import DUE_KEY, Customer, CustomerKind, DealStatus, FollowStage, Industry, Level
from domain.customers.scope import LIVE, branches, visible
from domain.customers.search import probe
from domain.people.models import User
from domain.pools.models import Pool
from domain.search import phones

DUE = literal_column(DUE_KEY.replace("recycle_due_at", "customers.recycle_due_at"), DateTime(timezone=True))
MOST_DAYS = 3_650


def _source(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(Customer)
        .outerjoin(User, User.id == Customer.owner_id)
        .outerjoin(Pool, Pool.id == Customer.pool_id)
    )


def _number(value: str) -> int:
    number = int(value)
    if not 0 < number < 2**63:
        raise ValueError(value)
    return number


def _city(value: str, actor: Actor) -> ColumnElement[bool]:
    """A city with or without its kind: 上海 finds 上海市."""
    bare = value.removesuffix("市") or value
    return Customer.city.in_((bare, f"{bare}市"))


def _due_within(value: str, actor: Actor) -> ColumnElement[bool]:
    days = int(value)
    if not 0 <= days <= MOST_DAYS:
        raise ValueError(value)
    return Customer.recycle_due_at < func.now() + literal(timedelta(days=days))


def _owner_first(actor: Actor) -> tuple[Branch, ...]:
    return (Branch(Customer.owner_id, () if actor.id is None else (actor.id,)),)


def _pools(actor: Actor) -> tuple[Branch, ...]:
    """What lies in my pools; in any pool for who sees all customers."""
    everywhere = actor.scope("customers") is Scope.all
    return (Branch(Customer.pool_id, select(Pool.id) if everywhere else actor.pool_ids),)


PHONE = case((Pool.hidden_fields.contains(["phone"]), None), else_=Customer.phone)
"""A list never shows what a pool hides, not even to its administrators."""

LIST = ListSpec(
    kind="customers",
    id=Customer.id,
    columns=(
        Column("name", _("Name"), Customer.name),
        Column("kind", _("Kind"), Customer.kind, CustomerKind),
        Column("city", _("City"), Customer.city),
        Column("level", _("Level"), Customer.level, Level),
        Column("industry", _("Industry"), Customer.industry, Industry),
        Column("stage", _("Stage"), Customer.follow_stage, FollowStage),
        Column("deal", _("Deal status"), Customer.deal_status, DealStatus),
        Column("phone", _("Phone"), PHONE, phones.shown),
        Column("owner", _("Owner"), User.name),
        Column("pool", _("Public pool"), Pool.name),
        Column("last_follow_up_at", _("Last follow-up"), Customer.last_follow_up_at),
        Column("recycle_due_at", _("Returns to the pool"), Customer.recycle_due_at),
    ),
    visible=visible,
    branches=branches,
    base=LIVE,
    source=_source,
    probe=probe,
    sorts=(
        Sort("activity", _("Latest activity"), Customer.activity_at),
        Sort("name", _("Name"), Customer.name_sort, descending=False),
        Sort("due", _("Leaves me first"), DUE, descending=False),
        Sort("created", _("Newest"), Customer.created_at),
    ),
    scenes=(
        Scene("all", _("All")),
        Scene("mine", _("Mine"), branches=_owner_first),
        Scene(
            "part", _("I take part in"),
            branches=lambda actor: (Branch(Customer.id, grants_to(actor, "customers")),),
        ),
        Scene(
            "subordinates", _("My subordinates'"),
            branches=lambda actor: (Branch(Customer.owner_id, actor.subordinate_ids),),
        ),
        Scene("pool", _("Public pool"), branches=_pools),
    ),
    filters=(
        Filter("level", _("Level"), lambda v, actor: Customer.level == Level(v).value, "choice", Level),
        Filter("industry", _("Industry"), lambda v, actor: Customer.industry == Industry(v).value, "choice", Industry),
        Filter("stage", _("Stage"), lambda v, actor: Customer.follow_stage == FollowStage(v).value, "choice",
               FollowStage),
        Filter("deal", _("Deal status"), lambda v, actor: Customer.deal_status == DealStatus(v).value, "choice",
               DealStatus),
        Filter("city", _("City"), _city, "text"),
        Filter("owner", _("Owner"), lambda v, actor: Customer.owner_id == _number(v), "user"),
        Filter("pool", _("Public pool"), lambda v, actor: Customer.pool_id == _number(v), "number"),
        Filter("due", _("Leaves within days"), _due_within, "number"),
        Filter("unplaced", _("Without a position"), lambda v, actor: Customer.map_x.is_(None), "flag"),
        Filter("area", _("Area on the map"), area.within),
    ),
)  # fmt: skip
