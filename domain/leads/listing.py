"""The list of leads: views, filters, orders."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, case, literal_column, select

from domain.core.access import Actor
from domain.core.lists import Column, Filter, ListSpec, Scene, record_number
from domain.core.text import _
from domain.leads.models import Lead, LeadSource, LeadStatus
from domain.leads.scope import LIVE, SCOPE, branches, visible
from domain.leads.search import probe
from domain.people.models import User
from domain.places import area
from domain.pools.listing import due_within, in_city, in_pools, mine, sorts, subordinates
from domain.pools.models import Pool, PoolKind
from domain.search import phones

WITHOUT = "none"
"""As a filter of the source: those without one."""
EVERY_POOL = select(Pool.id).where(Pool.kind == literal_column(f"'{PoolKind.lead}'"))


def _source(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(Lead).outerjoin(User, User.id == Lead.owner_id).outerjoin(Pool, Pool.id == Lead.pool_id)
    )


def _from(value: str, actor: Actor) -> ColumnElement[bool]:
    return Lead.source.is_(None) if value == WITHOUT else Lead.source == LeadSource(value).value


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
    sorts=sorts(Lead),
    scenes=(
        Scene("all", _("All")),
        Scene("waiting", _("To follow up"), lambda actor: _is(LeadStatus.pending), mine(Lead)),
        Scene("mine", _("Mine"), branches=mine(Lead)),
        Scene("subordinates", _("My subordinates'"), branches=subordinates(Lead)),
        Scene("pool", _("Lead pool"), lambda actor: _is(LeadStatus.unassigned), in_pools(Lead, "leads", EVERY_POOL)),
    ),
    filters=(
        Filter("status", _("Status"), lambda v, actor: Lead.status == LeadStatus(v).value, "choice", LeadStatus),
        Filter("source", _("Source"), _from, "choice", LeadSource),
        Filter("city", _("City"), in_city(Lead.city), "text"),
        Filter("owner", _("Owner"), lambda v, actor: Lead.owner_id == record_number(v), "user"),
        Filter("pool", _("Lead pool"), lambda v, actor: Lead.pool_id == record_number(v), "number"),
        Filter("due", _("Leaves within days"), due_within(Lead), "number"),
        Filter("unplaced", _("Without a position"), lambda v, actor: Lead.map_x.is_(None), "flag"),
        Filter("area", _("Area on the map"), area.within(SCOPE)),
    ),
)
