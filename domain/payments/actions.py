"""Verbs of payments. Lock order: the order first, then its payment, then the approval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from domain.approvals import actions as approvals
from domain.core.errors import Conflict, Denied, Invalid
from domain.core.money import cents
from domain.core.numbering import next_number
from domain.core.once import once
from domain.core.text import Text, _
from domain.core.work import Work
from domain.orders import queries as orders
from domain.orders.models import Order, OrderStatus
from domain.payments import queries
from domain.payments.events import (
    PaymentChanged,
    PaymentConfirmed,
    PaymentRecorded,
    PaymentRejected,
    PaymentSubmitted,
    PaymentWithdrawn,
)
from domain.payments.inputs import PaymentInput
from domain.payments.models import PAYMENT_NUMBERS, Payment, PaymentStatus
from domain.payments.workflow import EDITABLE, WORKFLOW

PAYABLE = (OrderStatus.awaiting, OrderStatus.approved)
"""Orders that money may be recorded for; finance confirms only once the order is approved (D-15)."""


async def create(work: Work, entered: PaymentInput, *, submit_now: bool = True) -> Payment:
    """Record money received for a visible order and, unless told otherwise, send it to finance.

    A second call with the same `client_uuid` gives back the first payment. Raises Invalid above the outstanding
    amount unless there is a reason (S-159).
    """
    work.actor.require("payments.create")

    async def make() -> dict[str, Any]:
        return {"id": (await _create(work, entered, submit_now)).id}

    key = None if entered.client_uuid is None else f"payment:{entered.client_uuid}"
    made = await once(work, key, "payments.create", entered.model_dump(mode="json"), make, wait=True)
    return await queries.get(work, made["id"])


async def _create(work: Work, entered: PaymentInput, submit_now: bool) -> Payment:
    order = await orders.get(work, entered.order_id, lock=True)
    if order.status not in PAYABLE:
        raise Conflict(
            _('Money cannot be recorded while the order is "%(state)s".', state=OrderStatus(order.status).label),
            code="wrong_state",
        )
    await _check_outstanding(work, entered)
    payment = Payment(
        number=await next_number(work.session, PAYMENT_NUMBERS, "PA", work.now),
        order_id=order.id,
        customer_id=order.customer_id,
        owner_id=work.actor.id,
        created_by_id=work.actor.id,
        client_uuid=entered.client_uuid,
        status=PaymentStatus.draft,
        round=0,
    )
    _fill(payment, entered)
    work.session.add(payment)
    await work.session.flush()  # the event needs the id
    work.record(PaymentRecorded(**_subject(payment)))
    if submit_now:
        await _submit(work, payment)
    return payment


async def edit(work: Work, payment_id: int, entered: PaymentInput, version: int | None = None) -> Payment:
    """Correct a draft or rejected payment. The order stays the same."""
    work.actor.require("payments.edit")
    order, payment = await _locked(work, payment_id)
    await require_writable(work, payment)
    if payment.status not in EDITABLE:
        raise Conflict(
            _('This is not possible while the state is "%(state)s".', state=PaymentStatus(payment.status).label),
            code="wrong_state",
        )
    if entered.order_id != order.id:
        raise Invalid.of("order_id", _("A payment stays with its order."))
    await _check_outstanding(work, entered, leaving_out=payment.id)
    work.touch(payment, version)
    _fill(payment, entered)
    work.record(PaymentChanged(**_subject(payment)))
    return payment


async def submit(work: Work, payment_id: int, version: int | None = None) -> Payment:
    """Send a draft or rejected payment to finance."""
    _order, payment = await _locked(work, payment_id)
    await require_writable(work, payment)
    work.touch(payment, version)
    await _submit(work, payment)
    return payment


async def withdraw(work: Work, payment_id: int, version: int | None = None) -> Payment:
    """Take back what still waits; only the owner does."""
    _order, payment = await _locked(work, payment_id)
    if payment.owner_id != work.actor.id:
        raise Denied(_("Only the owner may withdraw it."))
    work.touch(payment, version)
    WORKFLOW.move(work.actor, payment, "withdraw")
    await approvals.withdraw(work, "payments", payment.id)
    work.record(PaymentWithdrawn(**_subject(payment)))
    return payment


async def confirmed(work: Work, payment: Payment) -> None:
    """The last approver confirmed it: part of the decision. Refused until the order is approved (D-15)."""
    status = (await work.session.execute(select(Order.status).where(Order.id == payment.order_id))).scalar_one()
    if status != OrderStatus.approved:
        raise Conflict(_("The order of this payment is not approved yet."), code="order_not_approved")
    WORKFLOW.move(work.actor, payment, "confirm")
    payment.confirmed_at = work.now
    work.touch(payment)
    work.record(PaymentConfirmed(**_subject(payment)))


async def rejected(work: Work, payment: Payment, reason: str) -> None:
    """An approver sent it back: part of the decision's transaction."""
    WORKFLOW.move(work.actor, payment, "reject")
    work.touch(payment)
    work.record(PaymentRejected(reason=reason, **_subject(payment)))


async def _submit(work: Work, payment: Payment) -> None:
    WORKFLOW.move(work.actor, payment, "submit")
    payment.round += 1
    why: Sequence[Text] = ()
    if payment.overpay_reason:
        why = (_("More than is outstanding: %(reason)s", reason=payment.overpay_reason),)
    await work.session.flush()  # the approval is bound to the version just written
    await approvals.submit(work, "payments", payment, payment.approver_id, why)
    work.record(PaymentSubmitted(**_subject(payment)))


async def _locked(work: Work, payment_id: int) -> tuple[Order, Payment]:
    order_id = (await queries.get(work, payment_id)).order_id
    # That the actor sees the payment is settled; the lock keeps two payments from passing the same outstanding amount.
    order = await work.session.get_one(Order, order_id, with_for_update=True)
    return order, await queries.get(work, payment_id, lock=True)


async def require_writable(work: Work, payment: Payment) -> None:
    """Raise Denied for a payment that the actor may only read."""
    if not await queries.may_write(work, payment.id):
        raise Denied(_("You may read this but not change it."))


async def _check_outstanding(work: Work, entered: PaymentInput, *, leaving_out: int | None = None) -> None:
    totals = await queries.order_totals(work, entered.order_id, leaving_out=leaving_out)
    if entered.amount > totals.outstanding and not entered.overpay_reason:
        raise Invalid.of(
            "overpay_reason",
            _(
                "%(amount)s is more than the %(outstanding)s still outstanding (order %(net)s, "
                "confirmed %(confirmed)s, waiting %(awaiting)s). Say why, or correct the amount.",
                amount=f"{entered.amount:,.2f}",
                outstanding=f"{totals.outstanding:,.2f}",
                net=f"{totals.net:,.2f}",
                confirmed=f"{totals.confirmed:,.2f}",
                awaiting=f"{totals.awaiting:,.2f}",
            ),
        )


def _fill(payment: Payment, entered: PaymentInput) -> None:
    payment.amount = cents(entered.amount)
    payment.method = entered.method.value
    payment.received_on = entered.received_on
    payment.bank_reference = entered.bank_reference
    payment.overpay_reason = entered.overpay_reason
    payment.approver_id = entered.approver_id
    payment.notes = entered.notes


def _subject(payment: Payment) -> dict[str, Any]:
    return {
        "record_id": payment.id,
        "customer_id": payment.customer_id,
        "number": payment.number,
        "amount": payment.amount,
        "order_id": payment.order_id,
    }
