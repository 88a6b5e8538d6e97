"""Verbs of orders."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import select

from domain.approvals import actions as approvals
from domain.approvals.approvers import pick_fault
from domain.approvals.kinds import APPROVABLES
from domain.contacts.models import Contact
from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.core.model import snapshot
from domain.core.numbering import next_number
from domain.core.once import once
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.opportunities import scope as opportunities
from domain.opportunities.models import Opportunity
from domain.orders import policy, queries
from domain.orders.events import (
    OrderApproved,
    OrderChanged,
    OrderCreated,
    OrderRejected,
    OrderSubmitted,
    OrderVoided,
    OrderWithdrawn,
)
from domain.orders.inputs import OrderInput
from domain.orders.lines import compose
from domain.orders.models import ORDER_NUMBERS, Order, OrderLine
from domain.orders.pricing import Price
from domain.orders.review import judge_order, reasons
from domain.orders.shipto import address_of
from domain.orders.workflow import WORKFLOW
from domain.products.queries import by_ids

ON_VOID: list[Callable[[Work, int], Awaitable[Any]]] = []
"""What must happen together with voiding, given the order's id; filled by `domain/wiring.py`."""
HEAD = ("customer_id", "contact_id", "required_on", "discount_percent", "approver_id", "ship_name", "ship_address",
        "notes", "external_ref")  # fmt: skip


async def create(work: Work, data: OrderInput, *, send: bool = False) -> Order:
    """Write an order, owned by the actor, and with `send` submit it at once.

    A second call with the same `client_uuid` gives back the first order; with other content: Invalid (`key_reused`).
    Raises Denied, or Invalid with every fault at its field.
    """
    work.actor.require("orders.create")
    if send:
        work.actor.require("orders.submit")

    made: list[Order] = []

    async def make() -> dict[str, Any]:
        made.append(await _create(work, data, send))
        return {"id": made[0].id}

    key = None if data.client_uuid is None else f"order:{data.client_uuid}"
    answer = await once(work, key, "orders.create", {**data.model_dump(mode="json"), "send": send}, make, wait=True)
    return made[0] if made else await queries.get(work, answer["id"])


async def _create(work: Work, data: OrderInput, send: bool) -> Order:
    customer, lines, priced = await _checked(work, data)
    await _of_customer(work, data)
    order = Order(
        number=await next_number(work.session, ORDER_NUMBERS, "SO", work.now),
        owner_id=work.actor.id,
        created_by_id=work.actor.id,
        status="draft",
        round=0,
        ordered_on=data.ordered_on or work.today,
        opportunity_id=data.opportunity_id,
        client_uuid=data.client_uuid,
        created_at=work.now,
        lines=lines,
        **{name: getattr(data, name) for name in HEAD},
    )
    _set_price(order, priced)
    if customer is not None:
        order.ship_name = order.ship_name or customer.name
        order.ship_address = order.ship_address or address_of(customer)
    if send:
        await _ready(work, order)
    work.session.add(order)
    await work.session.flush()  # the event needs the id
    work.record(OrderCreated(**_about(order)))
    if send:
        await _ask(work, order)
    return order


async def edit(work: Work, order_id: int, data: OrderInput, version: int | None = None, *, send: bool = False) -> Order:
    """Change a draft or a rejected order, and with `send` submit it at once. Raises Conflict on a stale form."""
    order = await queries.get(work, order_id, lock=True)
    _allow(policy.why_not_edit(work.actor, order, await queries.may_write(work, order_id)), order)
    work.touch(order, version, current=_current(order))
    _customer, lines, priced = await _checked(work, data, order)
    if data.customer_id != order.customer_id:
        order.opportunity_id = None  # it was the other customer's
    for name in HEAD:
        setattr(order, name, getattr(data, name))
    order.ordered_on = data.ordered_on or order.ordered_on
    order.lines = lines
    _set_price(order, priced)
    work.record(OrderChanged(**_about(order)))
    if send:
        await _send(work, order)
    await work.session.flush()  # the page that follows reads the new lines
    return order


async def submit(work: Work, order_id: int, version: int | None = None) -> Order:
    """Send a draft or rejected order for approval: a new round."""
    order = await queries.get(work, order_id, lock=True)
    _allow(policy.why_not_submit(work.actor, order, await queries.may_write(work, order_id)), order)
    work.touch(order, version, current=_current(order))
    await _send(work, order)
    return order


async def withdraw(work: Work, order_id: int) -> Order:
    """Take an order back while it waits; it is a draft again (S-142)."""
    order = await queries.get(work, order_id, lock=True)
    _allow(policy.why_not_withdraw(work.actor, order), order)
    WORKFLOW.move(work.actor, order, "withdraw")
    work.touch(order)
    await approvals.withdraw(work, "orders", order.id)
    work.record(OrderWithdrawn(**_about(order)))
    return order


async def void(work: Work, order_id: int, reason: str) -> Order:
    """Void an order: it no longer counts, and what is still open of it is closed. A reason is needed."""
    if not reason.strip():
        raise Invalid.of("reason", _("Please say why."))
    order = await queries.get(work, order_id, lock=True)
    _allow(policy.why_not_void(work.actor, order, await queries.may_write(work, order_id)), order)
    await approvals.withdraw(work, "orders", order.id)
    WORKFLOW.move(work.actor, order, "void")
    work.touch(order)
    for follow in ON_VOID:
        await follow(work, order.id)
    work.record(OrderVoided(reason=reason.strip()[:1000], **_about(order)))
    return order


async def approved(work: Work, order: Order) -> None:
    """The last approver has confirmed: the order counts from now on (S-139)."""
    WORKFLOW.move(work.actor, order, "approve")
    work.touch(order)
    order.approved_at = work.now
    work.record(OrderApproved(**_about(order)))


async def rejected(work: Work, order: Order, reason: str) -> None:
    """An approver has sent it back to the owner."""
    WORKFLOW.move(work.actor, order, "reject")
    work.touch(order)
    work.record(OrderRejected(reason=reason, **_about(order)))


async def _send(work: Work, order: Order) -> None:
    await _ready(work, order)
    await work.session.flush()  # the round is bound to the version as it is stored
    await _ask(work, order)


async def _ready(work: Work, order: Order) -> None:
    """Begin a round: what is sent has lines, and all of it is still sold."""
    WORKFLOW.move(work.actor, order, "submit")
    products = await by_ids(work, {line.product_id for line in order.lines})
    off = {
        f"lines.{number}.product_id": (_("%(product)s is no longer sold.", product=line.product_name),)
        for number, line in enumerate(order.lines)
        if not products[line.product_id].active
    }
    if off:
        raise Invalid(off)
    if not order.lines:
        raise Invalid.of("lines", _("Add at least one product."))
    order.round += 1
    order.submitted_at = work.now


async def _ask(work: Work, order: Order) -> None:
    """Ask for approval of what is stored."""
    verdict = judge_order(order, await queries.authority_of(work))
    await approvals.submit(work, "orders", order, order.approver_id, reasons(work.actor.name, order, verdict))
    work.record(OrderSubmitted(round=order.round, **_about(order)))


async def _checked(
    work: Work, data: OrderInput, order: Order | None = None
) -> tuple[Customer | None, list[OrderLine], Price]:
    """Customer (None: as before), lines and price of what was entered. Raises Invalid with all faults."""
    customer = None
    errors: dict[str, tuple[Text, ...]] = {}
    new_customer = order is None or order.customer_id != data.customer_id
    if new_customer:
        try:
            customer = await _customer(work, data.customer_id)
        except Invalid as problem:
            errors |= problem.errors
    owner_id = work.actor.id if order is None else order.owner_id
    if data.approver_id is not None:
        barred = {one for one in (work.actor.id, owner_id) if one is not None}
        if fault := await pick_fault(work, APPROVABLES["orders"], data.approver_id, barred):
            errors["approver_id"] = (fault,)
    if data.contact_id is not None:
        contact = await work.session.get(Contact, data.contact_id)
        if contact is None or contact.customer_id != data.customer_id:
            errors["contact_id"] = (_("This is not a contact of the customer."),)
    try:
        lines, priced = await compose(work, data.lines, data.discount_percent)
    except Invalid as problem:
        raise Invalid({**errors, **problem.errors}) from problem
    if errors:
        raise Invalid(errors)
    return customer, lines, priced


async def _customer(work: Work, customer_id: int) -> Customer:
    """The customer of a new order. Raises Invalid for one that is not seen or has no owner."""
    try:
        customer = await customers.get(work, customer_id)
    except NotFound:
        fault = _("There is no such customer, or you may not see it.")
        raise Invalid.of("customer_id", fault) from None
    if customer.owner_id is None:
        fault = _("%(customer)s lies in a public pool. Claim it first.", customer=customer.name)
        raise Invalid.of("customer_id", fault)
    return customer


async def _of_customer(work: Work, data: OrderInput) -> None:
    """Raise Invalid for an opportunity that the actor does not see or that is another customer's."""
    if data.opportunity_id is None:
        return
    whose = select(Opportunity.customer_id).where(Opportunity.id == data.opportunity_id)
    if await work.session.scalar(whose.where(opportunities.visible(work.actor))) != data.customer_id:
        raise Invalid.of("opportunity_id", _("This is not an opportunity of the customer."))


def _set_price(order: Order, priced: Price) -> None:
    order.discount_percent = priced.discount_percent
    order.list_total = priced.list_total
    order.goods_total = priced.goods_total
    order.net_total = priced.net_total


def _allow(reason: Text | None, order: Order) -> None:
    """Raise the reason: Conflict where only the state is in the way, else Denied."""
    if reason is None:
        return
    if reason.msgid == policy.wrong_state(order).msgid:
        raise Conflict(reason, code="wrong_state", current={"status": str(order.status), "version": order.version})
    raise Denied(reason)


def _current(order: Order) -> dict[str, Any]:
    return {**snapshot(order, *HEAD), "lines": [
        {"product_id": line.product_id, "quantity": line.quantity, "discount_percent": line.discount_percent}
        for line in order.lines
    ]}  # fmt: skip


def _about(order: Order) -> dict[str, Any]:
    return {"record_id": order.id, "customer_id": order.customer_id, "number": order.number, "amount": order.net_total}
