"""The list of leads: views, filters, orders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, case, func, literal, literal_column, select

from domain.core.access import Actor, Scope
from domain.core.lists import Branch, Column, Filter, ListSpec, Scene, Sort
from domain.core.text import _
from domain.leads.models import DUE_KEY, Lead, LeadSource, LeadStatus
from domain.leads.scope import LIVE, branches, visible
from domain.leads.search import probe
from domain.people.models import User
from domain.pools.models import Pool, PoolKind
from domain.search import phones

DUE = literal_column(DUE_KEY.replace("recycle_due_at", "leads.recycle_due_at"), DateTime(timezone=True))
MOST_DAYS = 3_650
WITHOUT = "none"
"""As a filter of the source: those without one."""


def _source(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(Lead).outerjoin(User, User.id == Lead.owner_id).outerjoin(Pool, Pool.id == Lead.pool_id)
    )


def _number(value: str) -> int:
    number = int(value)
    if not 0 < number < 2**63:
        raise ValueError(value)
    return number


def _from(value: str, actor: Actor) -> ColumnElement[bool]:
    return Lead.source.is_(None) if value == WITHOUT else Lead.source == LeadSource(value).value


def _city(value: str, actor: Actor) -> ColumnElement[bool]:
    """A city with or without its kind: 上海 finds 上海市."""
    bare = value.removesuffix("市") or value
    return Lead.city.in_((bare, f"{bare}市"))


def _due_within(value: str, actor: Actor) -> ColumnElement[bool]:
    days = int(value)
    if not 0 <= days <= MOST_DAYS:
        raise ValueError(value)
    return Lead.recycle_due_at < func.now() + literal(timedelta(days=days))


def _mine(actor: Actor) -> tuple[Branch, ...]:
    return (Branch(Lead.owner_id, () if actor.id is None else (actor.id,)),)


def _below(actor: Actor) -> tuple[Branch, ...]:
    return (Branch(Lead.owner_id, actor.subordinate_ids),)


def _pools(actor: Actor) -> tuple[Branch, ...]:
    """What lies in my pools; in any pool of leads for who sees all leads."""
    everywhere = actor.scope("leads") is Scope.all
    every = select(Pool.id).where(Pool.kind == literal_column(f"'{PoolKind.lead}'"))
    return (Branch(Lead.pool_id, every if everywhere else actor.pool_ids),)


def _is(status: LeadStatus) -> ColumnElement[bool]:
    """As part of the statement, so that the server knows which index is for it."""
    return Lead.status == literal_column(f"'{status.value}'")


def _shown(field: str, column: Any) -> Any:
    """A list never shows what a pool hides, not even to its administrators."""
    return case((Pool.hidden_fields.contains([field]), None), else_=column)


LIST = ListSpec(
    kind="leads",
    id=Lead.id,
    columns=(
        Column("name", _("Name"), Lead.name),
        Column("company", _("Company name"), Lead.company),
        Column("post", _("Post"), Lead.post),
        Column("status", _("Status"), Lead.status, LeadStatus),
        Column("source", _("Source"), Lead.source, LeadSource),
        Column("mobile", _("Mobile"), _shown("phone", Lead.mobile), phones.shown),
        Column("phone", _("Phone"), _shown("phone", Lead.phone), phones.shown),
        Column("city", _("City"), Lead.city),
        Column("owner", _("Owner"), User.name),
        Column("pool", _("Lead pool"), Pool.name),
        Column("reason", _("Reason"), Lead.reason),
        Column("look_again_on", _("Look again on"), Lead.look_again_on),
        Column("last_follow_up_at", _("Last follow-up"), Lead.last_follow_up_at),
        Column("recycle_due_at", _("Returns to the pool"), Lead.recycle_due_at),
        Column("created_at", _("Created"), Lead.created_at),
    ),
    visible=visible,
    branches=branches,
    base=LIVE,
    source=_source,
    probe=probe,
    sorts=(
        Sort("activity", _("Latest activity"), Lead.activity_at),
        Sort("name", _("Name"), Lead.name_sort, descending=False),
        Sort("due", _("Leaves me first"), DUE, descending=False),
        Sort("created", _("Newest"), Lead.created_at),
    ),
    scenes=(
        Scene("all", _("All")),
        Scene("waiting", _("To follow up"), lambda actor: _is(LeadStatus.pending), _mine),
        Scene("mine", _("Mine"), branches=_mine),
        Scene(
            "subordinates",
            _("My subordinates'"),
            branches=lambda actor: (Branch(Lead.owner_id, actor.subordinate_ids),),
        ),
        Scene("pool", _("Lead pool"), lambda actor: _is(LeadStatus.unassigned), _pools),
    ),
    filters=(
        Filter("status", _("Status"), lambda v, actor: Lead.status == LeadStatus(v).value, "choice", LeadStatus),
        Filter("source", _("Source"), _from, "choice", LeadSource),
        Filter("city", _("City"), _city, "text"),
        Filter("owner", _("Owner"), lambda v, actor: Lead.owner_id == _number(v), "user"),
        Filter("pool", _("Lead pool"), lambda v, actor: Lead.pool_id == _number(v), "number"),
        Filter("due", _("Leaves within days"), _due_within, "number"),
    ),
)
