"""How the approval engine deals with payments."""

from __future__ import annotations

from domain.approvals.kinds import Approvable
from domain.core.text import _
from domain.payments import actions, queries

APPROVABLE = Approvable(
    kind="payments",
    label=_("Payment"),
    permission="payments.confirm",
    load=queries.lock_any,
    title=lambda payment: payment.number,
    amount=lambda payment: payment.amount,
    customer_id=lambda payment: payment.customer_id,
    owner_id=lambda payment: payment.owner_id,
    visible_ids=queries.visible_ids,
    on_confirmed=(actions.confirmed,),
    on_rejected=(actions.rejected,),
    ask_holders=True,
)
