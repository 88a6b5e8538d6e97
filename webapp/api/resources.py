"""The endpoints: plural nouns, verbs as POST /{id}/verb. Each calls the action that the page calls."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import select

from domain.approvals import actions as approval_actions
from domain.approvals import queries as approvals
from domain.contacts import actions as contact_actions
from domain.contacts import queries as contacts
from domain.contacts.inputs import ContactInput
from domain.core.errors import NotFound
from domain.core.inputs import Input, Key, Optional, Paragraph
from domain.customers import actions as customer_actions
from domain.customers import queries as customers
from domain.customers.inputs import CustomerInput
from domain.followups import actions as followup_actions
from domain.followups import queries as followups
from domain.followups.inputs import FollowUpInput
from domain.orders import actions as order_actions
from domain.orders import queries as orders
from domain.orders.inputs import OrderInput
from domain.payments import actions as payment_actions
from domain.payments import queries as payments
from domain.payments.inputs import PaymentInput
from domain.people import listing as people
from domain.pools import queries as pools
from domain.pools.models import Pool, PoolKind
from domain.products import actions as product_actions
from domain.products import queries as products
from domain.products.inputs import ProductInput
from domain.shipments import actions as shipment_actions
from domain.shipments import queries as shipments
from domain.shipments.inputs import ShipInput
from webapp.api import shapes as shape
from webapp.api.endpoints import Call, Endpoint, rows
from webapp.api.leads import LEADS
from webapp.api.making import acting, fields_of, given_by, one, resource, verb
from webapp.api.opportunities import OPPORTUNITIES
from webapp.api.pooling import pool_verbs
from webapp.api.tasks import TASKS
from webapp.api.visits import VISITS


class Reason(Input):
    """Why."""

    reason: Annotated[Paragraph, Field(min_length=1)]


class Decision(Input):
    """What an approver decides; `record_version` is the one that was shown."""

    step_id: Key
    record_version: int
    comment: Annotated[Paragraph | None, Optional] = None


class NewOrder(OrderInput):
    """An order, sent for approval at once unless `submit` is false."""

    submit: bool = False


async def _customer(call: Call) -> dict[str, Any]:
    detail = await customers.detail(call.work, call.id)
    totals = await customers.totals(call.work, call.id)
    return _masked(detail, totals)


def _masked(detail: customers.Detail, totals: customers.Totals | None) -> dict[str, Any]:
    names = [name for name in shape.CustomerShape.model_fields if name != "totals"]
    values = {name: None if name in detail.hidden else getattr(detail.customer, name) for name in names}
    return {**values, "totals": totals}


async def _shown(call: Call, customer_id: int) -> dict[str, Any]:
    await call.work.session.flush()  # the detail is read anew, with what the pool hides left out
    return _masked(await customers.detail(call.work, customer_id), await customers.totals(call.work, customer_id))


async def _create_customer(call: Call) -> Any:
    return await _shown(call, (await customer_actions.create(call.work, call.data)).id)


async def _edit_customer(call: Call) -> Any:
    await customer_actions.edit(call.work, call.id, call.data, call.version)
    return await _shown(call, call.id)


async def _pool_list(call: Call) -> Any:
    call.work.actor.require("pools.view")
    found = (
        await call.work.session.scalars(select(Pool).where(pools.visible(call.work.actor)).order_by(Pool.id))
    ).all()
    return {"items": found, "next": None}


async def _create_order(call: Call) -> Any:
    return await order_actions.create(call.work, call.data, send=call.data.submit)


async def _edit_order(call: Call) -> Any:
    await order_actions.edit(call.work, call.id, call.data, call.version)
    return await _fresh_order(call)


async def _order_given(call: Call) -> dict[str, Any]:
    order = await orders.get(call.work, call.id)
    lines = [
        {"product_id": line.product_id, "quantity": str(line.quantity.normalize()), "unit_price": str(line.unit_price),
         "discount_percent": str(line.discount_percent)} for line in order.lines
    ]  # fmt: skip
    return {**fields_of(order, OrderInput), "client_uuid": None, "lines": lines}


async def _fresh_order(call: Call) -> Any:
    await call.work.session.flush()  # the answer shows what the database now holds
    return await orders.get(call.work, call.id)


async def _submit_order(call: Call) -> Any:
    await order_actions.submit(call.work, call.id, call.version)
    return await _fresh_order(call)


async def _withdraw_order(call: Call) -> Any:
    await order_actions.withdraw(call.work, call.id)
    return await _fresh_order(call)


async def _void_order(call: Call) -> Any:
    await order_actions.void(call.work, call.id, call.data.reason)
    return await _fresh_order(call)


def _round(approval: Any) -> dict[str, Any]:
    names = [name for name in shape.ApprovalShape.model_fields if name != "steps"]
    steps = [
        {**{name: getattr(step, name) for name in shape.StepShape.model_fields if name != "approver_ids"},
         "approver_ids": [one.user_id for one in step.approvers]} for step in approval.steps
    ]  # fmt: skip
    return {**{name: getattr(approval, name) for name in names}, "steps": steps}


async def _approval(call: Call) -> Any:
    return _round(await approvals.get(call.work, call.id))


async def _waiting(call: Call) -> Any:
    call.work.actor.require("approvals.view")
    found = (await call.work.session.execute(approvals.waiting(call.work.actor).limit(200))).all()
    return {"items": [_round(await approvals.get(call.work, approval.id)) for approval, _step in found], "next": None}


async def _own_step(call: Call) -> None:
    round_ = await approvals.of_step(call.work, call.data.step_id)
    if round_.id != call.id:
        raise NotFound


async def _confirm(call: Call) -> Any:
    await _own_step(call)
    data = call.data
    await approval_actions.confirm(call.work, data.step_id, data.record_version, data.comment)
    return _round(await approvals.get(call.work, call.id))


async def _reject(call: Call) -> Any:
    await _own_step(call)
    data = call.data
    await approval_actions.reject(call.work, data.step_id, data.record_version, data.comment or "")
    return _round(await approvals.get(call.work, call.id))


CUSTOMER, ORDER, SHIPMENT, PAYMENT = shape.CustomerShape, shape.OrderShape, shape.ShipmentShape, shape.PaymentShape

ENDPOINTS: tuple[Endpoint, ...] = (
    rows(customers.LIST, shape.page_of(customers.LIST), "/customers"),
    Endpoint(
        method="GET",
        path="/customers/{id}",
        summary="Read one customer with its totals",
        run=_customer,
        output=CUSTOMER,
    ),
    Endpoint(
        method="POST",
        path="/customers",
        summary="Create a customer",
        run=_create_customer,
        output=CUSTOMER,
        input=CustomerInput,
        status=201,
    ),
    Endpoint(
        method="PATCH",
        path="/customers/{id}",
        summary="Change a customer",
        run=_edit_customer,
        output=CUSTOMER,
        input=CustomerInput,
        given=given_by(customers.get, CustomerInput),
    ),
    *pool_verbs("/customers", "customer", PoolKind.customer, _shown, CUSTOMER, ("phone", "email", "address", "notes")),
    *LEADS,
    *OPPORTUNITIES,
    *resource("/contacts", "contact", contacts.LIST, contacts.get, shape.ContactShape, ContactInput, contact_actions),
    Endpoint(
        method="GET",
        path="/pools",
        summary="List pools",
        run=_pool_list,
        output=shape.page_shape("pools", shape.PoolShape),
    ),
    one("/pools/{id}", "pool", pools.get, shape.PoolShape),
    *resource(
        "/followups", "follow-up", followups.LIST, followups.get, shape.FollowUpShape, FollowUpInput, followup_actions
    ),
    *VISITS,
    *TASKS,
    *resource("/products", "product", products.LIST, products.get, shape.ProductShape, ProductInput, product_actions),
    rows(orders.LIST, shape.page_of(orders.LIST), "/orders"),
    one("/orders/{id}", "order", orders.get, ORDER),
    Endpoint(
        method="POST",
        path="/orders",
        summary="Write an order",
        run=_create_order,
        output=ORDER,
        input=NewOrder,
        status=201,
    ),
    Endpoint(
        method="PATCH",
        path="/orders/{id}",
        summary="Change an order",
        run=_edit_order,
        output=ORDER,
        input=OrderInput,
        given=_order_given,
    ),
    verb("/orders/{id}/submit", "Send an order for approval", _submit_order, ORDER),
    verb("/orders/{id}/withdraw", "Take an order back", _withdraw_order, ORDER),
    verb("/orders/{id}/void", "Void an order", _void_order, ORDER, Reason),
    Endpoint(
        method="GET",
        path="/approvals",
        summary="List what waits for my decision",
        run=_waiting,
        output=shape.page_shape("approvals", shape.ApprovalShape),
    ),
    Endpoint(
        method="GET", path="/approvals/{id}", summary="Read one approval", run=_approval, output=shape.ApprovalShape
    ),
    verb("/approvals/{id}/confirm", "Confirm a step", _confirm, shape.ApprovalShape, Decision),
    verb("/approvals/{id}/reject", "Reject a step; the comment is the reason", _reject, shape.ApprovalShape, Decision),
    *resource("/shipments", "shipment", shipments.LIST, shipments.get, SHIPMENT, None, None),
    verb(
        "/shipments/{id}/pick",
        "Note that the goods are packed",
        acting(shipment_actions.pick, shipments.get),
        SHIPMENT,
    ),
    verb(
        "/shipments/{id}/ship",
        "Send goods off",
        acting(shipment_actions.ship, shipments.get, data=True),
        SHIPMENT,
        ShipInput,
    ),
    verb(
        "/shipments/{id}/deliver",
        "Note that the goods arrived",
        acting(shipment_actions.deliver, shipments.get),
        SHIPMENT,
    ),
    *resource("/payments", "payment", payments.LIST, payments.get, PAYMENT, PaymentInput, payment_actions),
    verb("/payments/{id}/submit", "Send a payment to finance", acting(payment_actions.submit, payments.get), PAYMENT),
    verb("/payments/{id}/withdraw", "Take a payment back", acting(payment_actions.withdraw, payments.get), PAYMENT),
    *resource("/users", "user", people.USERS, people.user, shape.UserShape, None, None),
    *resource("/departments", "department", people.DEPARTMENTS, people.department, shape.DepartmentShape, None, None),
)
