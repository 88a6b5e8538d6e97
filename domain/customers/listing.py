"""The list of customers: views, filters, orders."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, case, select

from domain.core.access import grants_to
from domain.core.lists import Branch, Column, Filter, ListSpec, Scene, record_number
from domain.core.text import _
from domain.customers.models import Customer, CustomerKind, DealStatus, FollowStage, Industry, Level
from domain.customers.scope import LIVE, SCOPE, branches, visible
from domain.customers.search import probe
from domain.people.models import User
from domain.places import area
from domain.pools.listing import due_within, in_city, in_pools, mine, sorts, subordinates
from domain.pools.models import Pool
from domain.search import phones


def _source(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(Customer)
        .outerjoin(User, User.id == Customer.owner_id)
        .outerjoin(Pool, Pool.id == Customer.pool_id)
    )


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
    sorts=sorts(Customer),
    scenes=(
        Scene("all", _("All")),
        Scene("mine", _("Mine"), branches=mine(Customer)),
        Scene(
            "part", _("I take part in"),
            branches=lambda actor: (Branch(Customer.id, grants_to(actor, "customers")),),
        ),
        Scene("subordinates", _("My subordinates'"), branches=subordinates(Customer)),
        Scene("pool", _("Public pool"), branches=in_pools(Customer, "customers", select(Pool.id))),
    ),
    filters=(
        Filter("level", _("Level"), lambda v, actor: Customer.level == Level(v).value, "choice", Level),
        Filter("industry", _("Industry"), lambda v, actor: Customer.industry == Industry(v).value, "choice", Industry),
        Filter("stage", _("Stage"), lambda v, actor: Customer.follow_stage == FollowStage(v).value, "choice",
               FollowStage),
        Filter("deal", _("Deal status"), lambda v, actor: Customer.deal_status == DealStatus(v).value, "choice",
               DealStatus),
        Filter("city", _("City"), in_city(Customer.city), "text"),
        Filter("owner", _("Owner"), lambda v, actor: Customer.owner_id == record_number(v), "user"),
        Filter("pool", _("Public pool"), lambda v, actor: Customer.pool_id == record_number(v), "number"),
        Filter("due", _("Leaves within days"), due_within(Customer), "number"),
        Filter("unplaced", _("Without a position"), lambda v, actor: Customer.map_x.is_(None), "flag"),
        Filter("area", _("Area on the map"), area.within(SCOPE)),
    ),
)  # fmt: skip
