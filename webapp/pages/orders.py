"""Orders: the list, one order with all that belongs to it, and its moves."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.approvals import queries as approvals
from domain.contacts.models import Contact
from domain.core.errors import Invalid, NotFound
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers.models import Customer
from domain.opportunities import queries as opportunities
from domain.opportunities.models import Opportunity
from domain.orders import actions, policy, queries
from domain.orders.models import Order, OrderStatus, ShippingStatus
from domain.orders.review import judge_order, price_of
from domain.payments import queries as payments
from domain.payments.models import PaymentStatus
from domain.people.models import User
from domain.shipments import queries as shipments
from domain.shipments.models import ShipmentStatus
from webapp.course import course_of
from webapp.formats import amount, number, percent
from webapp.forms import key_of, raw_form
from webapp.history import Telling, history_of, history_page
from webapp.history_parts import Parts
from webapp.listing import block_of, listing
from webapp.pages.order_form import save_change, save_new
from webapp.render import fragment, page, see_other
from webapp.timeline import happenings
from webapp.work import reading, writing

TONES = {"draft": "neutral", "awaiting": "signal", "approved": "good", "rejected": "bad", "void": "neutral"}


def _line_said(line: Mapping[str, Any]) -> Text:
    """How many at what price."""
    quantity, price, off = (Decimal(str(line[name])) for name in ("quantity", "unit_price", "discount_percent"))
    figures = {"quantity": f"{number(quantity)} {line['unit']}".strip(), "price": amount(price)}
    if not off:
        return _("%(quantity)s at %(price)s", **figures)
    return _("%(quantity)s at %(price)s, %(percent)s off", percent=percent(off), **figures)


TELLING = Telling(
    table="orders", made=_("Created the order"), altered=_("Changed the order"),
    labels={
        "status": _("State"), "owner_id": _("Owner"), "contact_id": _("Contact"), "ordered_on": _("Order date"),
        "required_on": _("Wanted by"), "discount_percent": _("Order discount"), "net_total": _("Total"),
        "approver_id": _("Approver"), "shipping_status": _("Shipping"), "ship_name": _("Receiver"),
        "ship_address": _("Delivery address"), "notes": _("Notes"),
    },
    names={"owner_id": User, "approver_id": User, "contact_id": Contact},
    choices={"status": OrderStatus, "shipping_status": ShippingStatus},
    said={
        "net_total": lambda value: amount(Decimal(str(value))),
        "discount_percent": lambda value: percent(Decimal(str(value))),
    },
    parts=Parts("order_lines", parent="order_id", key="product_id", name="product_name", said=_line_said),
)  # fmt: skip


class Orders(Controller):
    """Open to whoever may view orders."""

    path = "/orders"

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The list, newest first."""
        async with reading(request) as work:
            work.actor.require("orders.view")
            found = await listing(request, work, queries.LIST)
        context: dict[str, Any] = {
            "listing": found,
            "rows": found.rows,
            "states": OrderStatus,
            "tones": TONES,
            "sent": ShippingStatus,
            "status_options": [(one.value, one.label) for one in OrderStatus],
            "sort_options": [(one.name, one.label) for one in queries.LIST.sorts],
        }
        if part := block_of(request, found):
            return fragment(request, "orders/list.html", part, **context)
        return page(request, "orders/list.html", title=_("Orders"), **context)

    @post(status_code=200)
    async def create(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Keep or send what the form holds."""
        return await save_new(request)

    @get("/{order_id:int}")
    async def show(self, request: Request[Any, Any, Any], order_id: FromPath[int]) -> Response[Any]:
        """One order: lines, totals, approval course, shipments, payments, what happened."""
        async with reading(request) as work:
            order = await queries.get(work, order_id)
            context = await _everything(work, order)
        return page(request, "orders/show.html", title=order.number, back="/orders", order=order, **context)

    @get("/{order_id:int}/history")
    async def history(self, request: Request[Any, Any, Any], order_id: FromPath[int]) -> Response[Any]:
        """Every change of a field, with old and new value."""
        async with reading(request) as work:
            order = await queries.get(work, order_id)
            found = await history_of(request, work, TELLING, order.id)
        return history_page(request, TELLING, found, f"/orders/{order_id}")

    @post("/{order_id:int}", status_code=200)
    async def edit(self, request: Request[Any, Any, Any], order_id: FromPath[int]) -> Response[Any]:
        """Keep or send what the form holds."""
        return await save_change(request, order_id)

    @post("/{order_id:int}/submit", status_code=200)
    async def submit(self, request: Request[Any, Any, Any], order_id: FromPath[int]) -> Response[Any]:
        """Send it for approval."""
        version = key_of((await raw_form(request)).get("version"))
        try:
            async with writing(request) as work:
                await actions.submit(work, order_id, version)
        except Invalid as problem:
            return see_other(request, f"/orders/{order_id}/edit", toast=problem.sentence, tone="bad")
        return see_other(request, f"/orders/{order_id}", toast=_("Sent for approval"))

    @post("/{order_id:int}/withdraw", status_code=200)
    async def withdraw(self, request: Request[Any, Any, Any], order_id: FromPath[int]) -> Response[Any]:
        """Take it back while it waits."""
        async with writing(request) as work:
            await actions.withdraw(work, order_id)
        return see_other(request, f"/orders/{order_id}", toast=_("Withdrawn"))

    @post("/{order_id:int}/void", status_code=200)
    async def void(self, request: Request[Any, Any, Any], order_id: FromPath[int]) -> Response[Any]:
        """Void it, with a reason."""
        reason = str((await raw_form(request)).get("reason", ""))
        try:
            async with writing(request) as work:
                await actions.void(work, order_id, reason)
        except Invalid as problem:
            return see_other(request, f"/orders/{order_id}", toast=problem.sentence, tone="bad")
        return see_other(request, f"/orders/{order_id}", toast=_("Voided"))


async def _opportunity(work: Work, order: Order) -> Opportunity | None:
    """What it was made from, if the reader sees that."""
    try:
        return await opportunities.get(work, order.opportunity_id) if order.opportunity_id else None
    except NotFound:
        return None


async def _everything(work: Work, order: Order) -> dict[str, Any]:
    actor = work.actor
    writable = await queries.may_write(work, order.id)
    rounds = await approvals.rounds(work, "orders", order.id)
    course = await course_of(work, rounds)
    verdict = judge_order(order, await queries.authority_of(work)) if order.owner_id == actor.id else None
    return {
        "customer": await work.session.get_one(Customer, order.customer_id),
        "opportunity": await _opportunity(work, order),
        "contact": await work.session.get(Contact, order.contact_id) if order.contact_id else None,
        "owner": (await approvals.names(work, [order.owner_id])).get(order.owner_id or 0),
        "price": price_of(order),
        "verdict": verdict,
        "state": OrderStatus[order.status],
        "tones": TONES,
        "sent": ShippingStatus[order.shipping_status],
        "course": course,
        "events": happenings(await queries.events_of(work, order.id)),
        "shipments": await shipments.of_order(work, order.id),
        "shipment_states": ShipmentStatus,
        "payments": await payments.of_order(work, order.id) if actor.may("payments.view") else [],
        "payment_states": PaymentStatus,
        "paid": await payments.order_totals(work, order.id),
        "why_not": {
            "edit": policy.why_not_edit(actor, order, writable),
            "submit": policy.why_not_submit(actor, order, writable),
            "withdraw": policy.why_not_withdraw(actor, order),
            "void": policy.why_not_void(actor, order, writable),
        },
    }
