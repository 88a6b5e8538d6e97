"""Payments: recorded on the phone, confirmed by finance."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.approvals import queries as approvals
from domain.core.errors import Invalid
from domain.core.text import _
from domain.customers.models import Customer
from domain.orders import queries as orders
from domain.orders.models import Order
from domain.payments import actions, queries
from domain.payments.inputs import PaymentInput
from domain.payments.models import Payment, PaymentMethod, PaymentStatus
from domain.payments.workflow import EDITABLE
from webapp.forms import Form, bind, filled, raw_form, whole_number
from webapp.htmx import AnyRequest
from webapp.listing import block_of, listing
from webapp.render import fragment, page, see_other
from webapp.work import actor_of, reading, writing

TONES = {
    PaymentStatus.draft: "neutral",
    PaymentStatus.awaiting: "signal",
    PaymentStatus.confirmed: "good",
    PaymentStatus.rejected: "bad",
}


class Payments(Controller):
    """Open to whoever may see payments."""

    path = "/payments"

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The list, newest first; finance opens it on what waits."""
        async with reading(request) as work:
            work.actor.require("payments.view")
            found = await listing(request, work, queries.LIST)
        context: dict[str, Any] = {"listing": found, "rows": found.rows, "states": PaymentStatus, "tones": TONES}
        if part := block_of(request, found):
            return fragment(request, "payments/list.html", part, **context)
        return page(request, "payments/list.html", title=_("Payments"), **context)

    @get("/new")
    async def new(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The form for `?order=`; without one, a choice of orders (of `?customer=`) that still owe something."""
        actor_of(request).require("payments.create")
        given = request.query_params.get("order", "")
        if not (isinstance(given, str) and given.isdecimal()):
            async with reading(request) as work:
                customer_id = whole_number(request.query_params.get("customer"))
                owing = await queries.owing(work, customer_id=customer_id)
            if customer_id and len(owing) == 1:
                return see_other(request, f"/payments/new?order={owing[0].id}")
            return page(request, "payments/pick.html", title=_("Which order was paid?"), back="/payments", orders=owing)
        async with reading(request) as work:
            order = await orders.get(work, int(given))
            totals = await queries.order_totals(work, order.id)
        form = filled(
            PaymentInput,
            order_id=order.id,
            amount=max(totals.outstanding, 0) or None,
            method=PaymentMethod.transfer,
            received_on=work.today,
            client_uuid=uuid4(),
        )
        return await self._form(request, form, order.id, None)

    @post(status_code=200)
    async def create(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Record it and send it to finance."""
        form = await bind(request, PaymentInput)
        try:
            async with writing(request) as work:
                payment = await actions.create(work, form.checked())
        except Invalid as problem:
            order_id = whole_number(form.raw.get("order_id"))
            return await self._form(request, form.refuse(problem.errors), order_id, None, 422)
        return see_other(request, f"/payments/{payment.id}", toast=_("Sent to finance"))

    @get("/{payment_id:int}")
    async def show(self, request: Request[Any, Any, Any], payment_id: FromPath[int]) -> Response[Any]:
        """One payment with its course."""
        async with reading(request) as work:
            payment = await queries.get(work, payment_id)
            order = await work.session.get_one(Order, payment.order_id)
            customer = await work.session.get_one(Customer, payment.customer_id)
            totals = await queries.order_totals(work, payment.order_id)
            rounds = await approvals.rounds(work, "payments", payment.id)
            people = await approvals.names(
                work,
                [
                    payment.owner_id,
                    *(step.decided_by_id for one in rounds for step in one.steps),
                    *(who.user_id for one in rounds for step in one.steps for who in step.approvers),
                ],
            )
            mine = await queries.may_write(work, payment.id)
        waiting_for = {
            step.id: ", ".join(people.get(who.user_id, "") for who in step.approvers)
            for one in rounds
            for step in one.steps
        }
        me = actor_of(request).id
        decides = next(
            (
                one.id
                for one in rounds
                for step in one.steps
                if step.status == "awaiting" and me in {who.user_id for who in step.approvers}
            ),
            None,
        )
        editable = mine and payment.status in EDITABLE
        return page(
            request,
            "payments/show.html",
            title=payment.number,
            back="/payments",
            payment=payment,
            order=order,
            customer=customer,
            totals=totals,
            rounds=rounds,
            people=people,
            state=PaymentStatus(payment.status),
            method=PaymentMethod(payment.method),
            tones=TONES,
            editable=editable,
            withdrawable=payment.status == PaymentStatus.awaiting and payment.owner_id == me,
            waiting_for=waiting_for,
            decide_url=f"/approvals/{decides}" if decides else None,
        )

    @get("/{payment_id:int}/edit")
    async def change(self, request: Request[Any, Any, Any], payment_id: FromPath[int]) -> Response[Any]:
        """The form of a draft or rejected payment."""
        async with reading(request) as work:
            payment = await queries.get(work, payment_id)
            work.actor.require("payments.edit")
            await actions.require_writable(work, payment)
        values = {name: getattr(payment, name) for name in PaymentInput.model_fields}
        return await self._form(request, filled(PaymentInput, **values), payment.order_id, payment)

    @post("/{payment_id:int}", status_code=200)
    async def edit(self, request: Request[Any, Any, Any], payment_id: FromPath[int]) -> Response[Any]:
        """Save it and send it to finance again."""
        form = await bind(request, PaymentInput)
        try:
            async with writing(request) as work:
                await actions.edit(work, payment_id, form.checked(), whole_number(form.raw.get("version")))
                await actions.submit(work, payment_id)
        except Invalid as problem:
            async with reading(request) as work:
                payment = await queries.get(work, payment_id)
            return await self._form(request, form.refuse(problem.errors), payment.order_id, payment, 422)
        return see_other(request, f"/payments/{payment_id}", toast=_("Sent to finance"))

    @post("/{payment_id:int}/withdraw", status_code=200)
    async def withdraw(self, request: Request[Any, Any, Any], payment_id: FromPath[int]) -> Response[Any]:
        """Take it back."""
        version = whole_number((await raw_form(request)).get("version"))
        async with writing(request) as work:
            await actions.withdraw(work, payment_id, version)
        return see_other(request, f"/payments/{payment_id}", toast=_("Withdrawn"))

    async def _form(
        self,
        request: AnyRequest,
        form: Form[PaymentInput],
        order_id: int | None,
        payment: Payment | None,
        status: int = 200,
    ) -> Response[Any]:
        async with reading(request) as work:
            order = await orders.get(work, order_id or 0)
            customer = await work.session.get_one(Customer, order.customer_id)
            totals = await queries.order_totals(work, order.id, leaving_out=payment.id if payment else None)
            finance = await approvals.names(work, await approvals.holders_of(work, "payments.confirm"))
        return page(
            request,
            "payments/form.html",
            status=status,
            form=form,
            order=order,
            customer=customer,
            totals=totals,
            title=_("Correct payment") if payment else _("Record payment"),
            payment=payment,
            back=f"/payments/{payment.id}" if payment else f"/orders/{order.id}",
            method_options=[(one.value, one.label) for one in PaymentMethod],
            finance=[pair for pair in finance.items() if pair[0] != work.actor.id],
        )
