"""Who sees which payments, what an order still owes, and the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from domain.approvals.queries import visible_records
from domain.core.access import Actor, granted, in_scope
from domain.core.kept import kept
from domain.core.lists import Column, Filter, ListSpec, Scene, Sort
from domain.core.rows import columns
from domain.core.text import _
from domain.core.work import Work
from domain.customers.models import Customer
from domain.orders import queries as orders
from domain.orders.models import LIVE as LIVE_ORDERS
from domain.orders.models import Order
from domain.payments.models import LIVE, Payment, PaymentMethod, PaymentStatus
from domain.people.models import User
from domain.search.fold import fold

Owner = aliased(User)


def visible(actor: Actor) -> ColumnElement[bool]:
    """Payments in scope, opened to the actor, or asked of them as approver. The whole company's only for finance and
    administrators (D-04)."""
    if actor.everything:
        return true()
    return or_(
        in_scope(actor, "payments", Payment.owner_id, Payment.department_id),
        granted(actor, "payments", Payment.id),
        Payment.id.in_(visible_records(actor, "payments")),
    )


def writable(actor: Actor) -> ColumnElement[bool]:
    """Payments the actor may change."""
    return or_(
        in_scope(actor, "payments", Payment.owner_id, Payment.department_id),
        granted(actor, "payments", Payment.id, write=True),
    )


def visible_ids(actor: Actor) -> Select[Any]:
    """Ids of the payments the actor sees."""
    return select(Payment.id).where(visible(actor))


async def get(work: Work, payment_id: int, *, lock: bool = False) -> Payment:
    """One payment. Raises NotFound."""
    return await work.load(Payment, payment_id, visible, lock=lock)


async def may_write(work: Work, payment_id: int) -> bool:
    """Whether the actor may change this payment, as far as the record goes."""
    statement = select(exists().where(Payment.id == payment_id, writable(work.actor)))
    return bool((await work.session.execute(statement)).scalar_one())


async def lock_any(work: Work, payment_id: int) -> Payment:
    """The payment, locked, whoever asks: for the approval engine, which has checked the approver itself."""
    return await work.load(Payment, payment_id, true(), lock=True)


async def of_order(work: Work, order_id: int) -> Sequence[Payment]:
    """The payments of an order that the actor sees, oldest first."""
    statement = select(Payment).where(Payment.order_id == order_id, visible(work.actor)).order_by(Payment.id)
    return (await work.session.scalars(statement)).all()


async def of_customer(work: Work, customer_id: int, *, limit: int = 20) -> Sequence[Any]:
    """The newest payments of a customer that the actor sees."""
    return await work.rows(kept(work.actor, _of_customer), {"customer_id": customer_id, "most": limit})


def _of_customer(actor: Actor) -> Select[Any]:
    statement = select(*columns(Payment)).where(Payment.customer_id == bindparam("customer_id"), visible(actor))
    return statement.order_by(Payment.id.desc()).limit(bindparam("most", type_=Integer()))


@dataclass(frozen=True, slots=True)
class OrderTotals:
    """What an order is worth, what came in, what waits for finance."""

    net: Decimal
    confirmed: Decimal
    awaiting: Decimal

    @property
    def outstanding(self) -> Decimal:
        """Still to come; negative when too much came."""
        return self.net - self.confirmed - self.awaiting


async def order_totals(work: Work, order_id: int, *, leaving_out: int | None = None) -> OrderTotals:
    """The totals of an order over all its live payments, whoever recorded them; one payment may be left out.

    The caller has seen to it that the actor sees the order.
    """
    confirmed_sum, awaiting_sum = (
        func.coalesce(func.sum(Payment.amount).filter(Payment.status == status), 0)
        for status in (PaymentStatus.confirmed, PaymentStatus.awaiting)
    )
    paid = select(confirmed_sum, awaiting_sum).where(Payment.order_id == order_id, Payment.id != (leaving_out or 0))
    confirmed, awaiting = (await work.session.execute(paid)).one()
    net = (await work.session.execute(select(Order.net_total).where(Order.id == order_id))).scalar_one()
    return OrderTotals(net, Decimal(confirmed), Decimal(awaiting))


def _source(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(Payment)
        .join(Order, Order.id == Payment.order_id)
        .join(Customer, Customer.id == Payment.customer_id)
        .outerjoin(Owner, Owner.id == Payment.owner_id)
    )


def _search(q: str) -> ColumnElement[bool]:
    like = f"%{fold(q)}%"
    return or_(
        func.lower(Payment.number).like(like),
        func.lower(Order.number).like(like),
        func.lower(Customer.name).like(like),
        func.lower(Payment.bank_reference).like(like),
    )


LIST = ListSpec(
    kind="payments",
    id=Payment.id,
    columns=(
        Column("number", _("Number"), Payment.number),
        Column("order", _("Order"), Order.number),
        Column("customer", _("Customer"), Customer.name),
        Column("owner", _("Owner"), Owner.name),
        Column("status", _("State"), Payment.status, PaymentStatus),
        Column("amount", _("Amount"), Payment.amount),
        Column("received_on", _("Received on"), Payment.received_on),
        Column("method", _("Way of payment"), Payment.method, PaymentMethod),
    ),
    visible=visible,
    source=_source,
    sorts=(Sort("newest", _("Newest first"), Payment.created_at), Sort("amount", _("Largest first"), Payment.amount)),
    scenes=(
        Scene("all", _("All")),
        Scene("waiting", _("To confirm"), lambda actor: Payment.status == PaymentStatus.awaiting),
        Scene("mine", _("Mine"), lambda actor: Payment.owner_id == actor.id),
        Scene("subordinates", _("My subordinates'"), lambda actor: Payment.owner_id.in_(actor.subordinate_ids)),
    ),
    filters=(
        Filter("status", _("State"), lambda v, actor: Payment.status == PaymentStatus(v), "choice", PaymentStatus),
        Filter("owner", _("Owner"), lambda v, actor: Payment.owner_id == int(v), "user"),
        Filter("from", _("Received from"), lambda v, actor: Payment.received_on >= date.fromisoformat(v), "date"),
        Filter("to", _("Received until"), lambda v, actor: Payment.received_on <= date.fromisoformat(v), "date"),
    ),
    search=_search,
)


@dataclass(frozen=True, slots=True)
class Owing:
    """An order with what is still to come."""

    id: int
    number: str
    customer: str
    outstanding: Decimal


async def owing(work: Work, *, customer_id: int | None = None, limit: int = 50) -> Sequence[Owing]:
    """Live orders that the actor sees and that owe something, perhaps of one customer only, newest first."""
    paid = (
        select(func.coalesce(func.sum(Payment.amount), 0))
        .where(Payment.order_id == Order.id, Payment.status.in_(LIVE))
        .scalar_subquery()
    )
    statement = (
        select(Order.id, Order.number, Customer.name, (Order.net_total - paid).label("outstanding"))
        .join(Customer, Customer.id == Order.customer_id)
        .where(orders.visible(work.actor), Order.status.in_(LIVE_ORDERS), Order.net_total > paid)
        .order_by(Order.created_at.desc(), Order.id.desc())
        .limit(limit)
    )
    if customer_id is not None:
        statement = statement.where(Order.customer_id == customer_id)
    return [Owing(*row) for row in (await work.session.execute(statement)).all()]
