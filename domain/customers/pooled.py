"""How customers plug into the pools."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from domain.approvals.models import Approval
from domain.customers.models import Customer, DealStatus
from domain.customers.scope import manageable, visible
from domain.orders.models import Order, OrderStatus
from domain.pools.kinds import Pooled
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


POOLED = Pooled(
    model=Customer,
    feature="customers",
    visible=visible,
    manageable=manageable,
    deal=_deal,
    frozen=_approval_waits,
    thawed_at=_last_answer,
    planned=_planned,
    rules=(RecycleKind.no_follow_up, RecycleKind.no_deal),
    level=Customer.level,
)
