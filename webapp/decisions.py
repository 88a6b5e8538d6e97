"""What a decision page shows of each kind of record, as plain values for templates/approvals/show.html."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from domain.core.text import Text, _
from domain.core.work import Work
from domain.orders.authority import percent
from domain.orders.models import Order
from domain.orders.review import price_of
from domain.payments.models import Payment, PaymentMethod
from domain.payments.queries import order_totals


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order. `given` is what it gives away, in percent."""

    name: str
    unit: str
    quantity: Decimal
    price: Decimal
    given: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Detail:
    """The record behind an approval: its address, its version as shown, figures (label, amount), facts, lines."""

    url: str
    version: int
    figures: Sequence[tuple[Text, Decimal]]
    facts: Sequence[tuple[Text, Any]]
    lines: Sequence[Line] = ()
    given_percent: Decimal = Decimal(0)
    warning: Text | None = None


async def order_detail(work: Work, order_id: int) -> Detail:
    """An order; the caller has asked whether the reader may see its approval."""
    statement = select(Order).where(Order.id == order_id).options(selectinload(Order.lines))
    order = (await work.session.scalars(statement)).one()
    price = price_of(order)
    figures = [(_("At list prices"), order.list_total)] if order.list_total != order.net_total else []
    if order.goods_total not in (order.list_total, order.net_total):
        figures.append((_("After line discounts"), order.goods_total))
    if order.discount_percent:
        given = percent(order.discount_percent)
        figures.append((_("Order discount of %(percent)s", percent=given), order.net_total - order.goods_total))
    return Detail(
        url=f"/orders/{order.id}",
        version=order.version,
        figures=[*figures, (_("Total"), order.net_total)],
        facts=[(_("Wanted by"), order.required_on), (_("Delivery address"), order.ship_address),
               (_("Notes"), order.notes)],
        lines=[
            Line(line.product_name, line.unit, line.quantity, line.unit_price, one.given_percent, line.net)
            for line, one in zip(order.lines, price.lines, strict=True)
        ],
        given_percent=price.given_percent,
    )  # fmt: skip


async def payment_detail(work: Work, payment_id: int) -> Detail:
    """A payment with what its order still owes; the caller has asked whether the reader may see its approval."""
    payment = (await work.session.scalars(select(Payment).where(Payment.id == payment_id))).one()
    order = (await work.session.scalars(select(Order).where(Order.id == payment.order_id))).one()
    totals = await order_totals(work, order.id, leaving_out=payment.id)
    warning = None
    if payment.overpay_reason:
        warning = _("More than was outstanding: %(reason)s", reason=payment.overpay_reason)
    return Detail(
        url=f"/payments/{payment.id}",
        version=payment.version,
        figures=[(_("Order"), totals.net), (_("Paid"), totals.confirmed),
                 (_("Outstanding before this payment"), totals.outstanding)],
        facts=[(_("Order"), order.number), (_("Received on"), payment.received_on),
               (_("Way of payment"), PaymentMethod[payment.method].label),
               (_("Bank reference"), payment.bank_reference), (_("Note"), payment.notes)],
        warning=warning,
    )  # fmt: skip


DETAILS: Mapping[str, Callable[[Work, int], Awaitable[Detail]]] = {"orders": order_detail, "payments": payment_detail}
"""By kind; as many as `domain/wiring.py` registers approvables."""
