"""Who sees which shipments, one shipment with its goods, and the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import selectinload

from domain.core.access import Actor, Scope
from domain.core.lists import Column, Filter, ListSpec, Scene, Sort
from domain.core.text import _
from domain.core.work import Work
from domain.customers.models import Customer
from domain.orders import queries as orders
from domain.orders.models import Order, OrderLine
from domain.search.fold import fold
from domain.shipments.models import Shipment, ShipmentLine, ShipmentStatus
from domain.shipments.workflow import GONE, OPEN


def visible(actor: Actor) -> ColumnElement[bool]:
    """All shipments for the warehouse; for others those of the orders that they see."""
    if actor.scope("shipments") is Scope.all:
        return true()
    return Shipment.order_id.in_(orders.visible_ids(actor))


async def get(work: Work, shipment_id: int, *, lock: bool = False) -> Shipment:
    """One shipment with its lines. Raises NotFound, Denied."""
    work.actor.require("shipments.view")
    return await work.load(
        Shipment, shipment_id, visible(work.actor), lock=lock, options=(selectinload(Shipment.lines),)
    )


async def of_order(work: Work, order_id: int) -> Sequence[Shipment]:
    """All shipments of an order that the actor sees, oldest first."""
    statement = select(Shipment).where(Shipment.order_id == order_id, visible(work.actor)).order_by(Shipment.id)
    return (await work.session.scalars(statement.options(selectinload(Shipment.lines)))).all()


@dataclass(frozen=True, slots=True)
class Goods:
    """One line of a shipment as the warehouse reads it."""

    line_id: int
    product: str
    code_unit: str
    quantity: Decimal


async def goods(work: Work, shipment: Shipment) -> Sequence[Goods]:
    """What is in a shipment, in the order's sequence."""
    statement = (
        select(ShipmentLine.id, OrderLine.product_name, OrderLine.unit, ShipmentLine.quantity)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .where(ShipmentLine.shipment_id == shipment.id)
        .order_by(OrderLine.position)
    )
    return [Goods(*row) for row in (await work.session.execute(statement)).all()]


async def shipped_quantities(work: Work, order_id: int, *, opened: bool = False) -> dict[int, Decimal]:
    """By order line: how much has left; with `opened` also what is about to."""
    states = (*GONE, *OPEN) if opened else GONE
    statement = (
        select(ShipmentLine.order_line_id, func.sum(ShipmentLine.quantity))
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(Shipment.order_id == order_id, Shipment.status.in_(states))
        .group_by(ShipmentLine.order_line_id)
    )
    return {line_id: quantity for line_id, quantity in (await work.session.execute(statement)).all()}


def _source(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(Shipment)
        .join(Order, Order.id == Shipment.order_id)
        .join(Customer, Customer.id == Shipment.customer_id)
    )


def _search(q: str) -> ColumnElement[bool]:
    like = f"%{fold(q)}%"
    return or_(
        func.lower(Shipment.number).like(like),
        func.lower(Order.number).like(like),
        func.lower(Customer.name).like(like),
        func.lower(Shipment.tracking_number).like(like),
    )


LIST = ListSpec(
    kind="shipments",
    id=Shipment.id,
    columns=(
        Column("number", _("Number"), Shipment.number),
        Column("order", _("Order"), Order.number),
        Column("customer", _("Customer"), Customer.name),
        Column("status", _("State"), Shipment.status, ShipmentStatus),
        Column("promised_on", _("Promised for"), Shipment.promised_on),
        Column("ship_address", _("Address"), Shipment.ship_address),
        Column("carrier", _("Carrier"), Shipment.carrier),
        Column("tracking_number", _("Tracking number"), Shipment.tracking_number),
    ),
    visible=visible,
    source=_source,
    sorts=(
        Sort("promised", _("Oldest promise first"), Shipment.promised_on, descending=False),
        Sort("newest", _("Newest first"), Shipment.created_at),
    ),
    scenes=(
        Scene("open", _("To ship"), lambda actor: Shipment.status.in_(OPEN)),
        Scene("shipped", _("On the way"), lambda actor: Shipment.status == ShipmentStatus.shipped),
        Scene("all", _("All")),
    ),
    filters=(
        Filter("status", _("State"), lambda v, actor: Shipment.status == ShipmentStatus(v), "choice", ShipmentStatus),
    ),
    search=_search,
)
