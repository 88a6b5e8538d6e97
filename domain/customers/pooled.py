"""How customers plug into the pools."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from domain.approvals.models import Approval
from domain.core.text import _
from domain.customers.models import Customer, DealStatus
from domain.customers.scope import manageable, visible
from domain.opportunities.actions.handing import go_along
from domain.opportunities.models import Opportunity, StageKind
from domain.orders.models import Order, OrderStatus
from domain.pools.kinds import Along, Pooled
from domain.pools.models import RecycleKind
from domain.visits.models import Beat, Visit, VisitStatus


def _deal() -> ColumnElement[bool]:
    return Customer.deal_status == DealStatus.deal.value


def _approval_waits() -> ColumnElement[bool]:
    """An order of the customer awaits its approval."""
    waiting = select(Order.id).where(Order.customer_id == Customer.id, Order.status == OrderStatus.awaiting.value)
    return exists(waiting.correlate(Customer))


def _last_answer() -> ColumnElement[Any]:
    """When the last approval of an order of the customer ended."""
    return (
        select(func.max(Approval.ended_at))
        .join(Order, and_(Approval.kind == "orders", Approval.record_id == Order.id))
        .where(Order.customer_id == Customer.id)
        .correlate(Customer)
        .scalar_subquery()
    )


def _planned() -> ColumnElement[bool]:
    """A visit or a recurring visit of the owner is planned."""
    visits = select(Visit.id).where(
        Visit.customer_id == Customer.id, Visit.owner_id == Customer.owner_id,
        Visit.status == VisitStatus.planned.value,
    )  # fmt: skip
    beats = select(Beat.id).where(Beat.customer_id == Customer.id, Beat.owner_id == Customer.owner_id)
    return or_(exists(visits.correlate(Customer)), exists(beats.correlate(Customer)))


def _open_opportunity() -> ColumnElement[bool]:
    found = select(Opportunity.id).where(
        Opportunity.customer_id == Customer.id, Opportunity.status == StageKind.open.value,
        Opportunity.deleted_at.is_(None),
    )  # fmt: skip
    return exists(found.correlate(Customer))


def _opportunity_ended_at() -> ColumnElement[Any]:
    ended = select(func.max(Opportunity.ended_at)).where(
        Opportunity.customer_id == Customer.id, Opportunity.deleted_at.is_(None)
    )
    return ended.correlate(Customer).scalar_subquery()


POOLED = Pooled(
    model=Customer,
    feature="customers",
    visible=visible,
    manageable=manageable,
    deal=_deal,
    frozen=_approval_waits,
    thawed_at=_last_answer,
    planned=_planned,
    rules=(RecycleKind.no_follow_up, RecycleKind.no_opportunity, RecycleKind.no_deal),
    opportunity=_open_opportunity,
    opportunity_ended_at=_opportunity_ended_at,
    along=Along("opportunities.transfer", _("Open opportunities go along"), go_along),
    level=Customer.level,
)
