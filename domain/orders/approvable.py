"""How orders are approved: what the approval engine needs to know of them."""

from __future__ import annotations

from domain.approvals.kinds import Approvable
from domain.core.text import _
from domain.orders import actions, queries, review
from domain.orders.models import Order


def _number(order: Order) -> str:
    return order.number


APPROVABLE = Approvable(
    kind="orders",
    label=_("Order"),
    permission="orders.approve",
    load=queries.lock_any,
    title=_number,
    amount=lambda order: order.net_total,
    customer_id=lambda order: order.customer_id,
    owner_id=lambda order: order.owner_id,
    visible_ids=queries.visible_ids,
    on_confirmed=(actions.approved,),
    on_rejected=(actions.rejected,),
    entitled=review.entitled,
)
"""`domain/wiring.py` adds what else follows an approved order: shipment and deal."""
