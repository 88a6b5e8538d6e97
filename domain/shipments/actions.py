"""Verbs of shipments. Lock order: the order first, then its shipment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from domain.core.errors import Invalid
from domain.core.numbering import next_number
from domain.core.text import Text, _
from domain.core.work import Work
from domain.orders.models import Order, ShippingStatus
from domain.shipments import queries
from domain.shipments.events import (
    ShipmentClosed,
    ShipmentDelivered,
    ShipmentEvent,
    ShipmentOpened,
    ShipmentPicked,
    ShipmentReturned,
    ShipmentSent,
)
from domain.shipments.inputs import ShipInput
from domain.shipments.models import SHIPMENT_NUMBERS, Shipment, ShipmentLine, ShipmentStatus
from domain.shipments.workflow import OPEN, WORKFLOW

PROMISE = timedelta(days=3)
"""When an order names no day, this long after its approval."""


async def open_for_order(work: Work, order: Order) -> None:
    """Make the shipment of what an approved order still has to send. Nothing happens when nothing is left."""
    planned = await queries.shipped_quantities(work, order.id, opened=True)
    left = {line.id: line.quantity - planned.get(line.id, Decimal(0)) for line in order.lines}
    left = {line_id: quantity for line_id, quantity in left.items() if quantity > 0}
    if left:
        await _open(work, order, left, order.required_on or (work.now + PROMISE).date())


async def _open(work: Work, order: Order, quantities: Mapping[int, Decimal], promised_on: Any) -> Shipment:
    shipment = Shipment(
        number=await next_number(work.session, SHIPMENT_NUMBERS, "SH", work.now),
        order_id=order.id,
        customer_id=order.customer_id,
        status=ShipmentStatus.to_ship,
        promised_on=promised_on,
        ship_name=order.ship_name,
        ship_address=order.ship_address,
        created_by_id=work.actor.id,
        lines=[ShipmentLine(order_line_id=line_id, quantity=quantity) for line_id, quantity in quantities.items()],
    )
    work.session.add(shipment)
    await work.session.flush()  # the event needs the id
    work.record(ShipmentOpened(**_subject(shipment)))
    return shipment


async def pick(work: Work, shipment_id: int, version: int | None = None) -> Shipment:
    """Note that the goods are packed. Raises Conflict if it left already."""
    return await _move(work, shipment_id, "pick", ShipmentPicked, version)


async def ship(work: Work, shipment_id: int, entered: ShipInput, version: int | None = None) -> Shipment:
    """Send goods off. Of lines that leave only in part, the rest becomes a new shipment with the same promise.

    Raises Invalid for more than there is or for nothing at all.
    """
    work.actor.require("shipments.ship")
    order, shipment = await _locked(work, shipment_id)
    rest = _rest(shipment, entered)
    work.touch(shipment, version)
    WORKFLOW.move(work.actor, shipment, "ship")
    if rest:
        for line in shipment.lines:
            line.quantity -= rest.get(line.order_line_id, Decimal(0))
        shipment.lines = [line for line in shipment.lines if line.quantity > 0]
        await _open(work, order, rest, shipment.promised_on)
    shipment.carrier = entered.carrier
    shipment.tracking_number = entered.tracking_number
    shipment.notes = entered.notes
    shipment.shipped_at = work.now
    shipment.shipped_by_id = work.actor.id
    await _note_progress(work, order)
    work.record(
        ShipmentSent(carrier=entered.carrier, tracking_number=entered.tracking_number or "–", **_subject(shipment))
    )
    return shipment


async def deliver(work: Work, shipment_id: int, version: int | None = None) -> Shipment:
    """Note that the goods arrived."""
    return await _move(work, shipment_id, "deliver", ShipmentDelivered, version)


async def send_back(work: Work, shipment_id: int, version: int | None = None) -> Shipment:
    """Note that the goods came back; they count as not sent."""
    return await _move(work, shipment_id, "send_back", ShipmentReturned, version)


async def close_for_order(work: Work, order_id: int) -> None:
    """Close what has not left of a voided order, which the caller has locked."""
    statement = select(Shipment).where(Shipment.order_id == order_id, Shipment.status.in_(OPEN)).with_for_update()
    for shipment in (await work.session.scalars(statement)).all():
        WORKFLOW.move(work.actor, shipment, "close")
        work.touch(shipment)
        work.record(ShipmentClosed(**_subject(shipment)))


async def _move(work: Work, shipment_id: int, name: str, event: type[ShipmentEvent], version: int | None) -> Shipment:
    work.actor.require("shipments.ship")
    order, shipment = await _locked(work, shipment_id)
    work.touch(shipment, version)
    WORKFLOW.move(work.actor, shipment, name)
    await _note_progress(work, order)
    work.record(event(**_subject(shipment)))
    return shipment


async def _locked(work: Work, shipment_id: int) -> tuple[Order, Shipment]:
    order_id = (await queries.get(work, shipment_id)).order_id
    # That the actor may see the shipment is settled; the warehouse does not need to see the order itself.
    order = await work.session.get_one(Order, order_id, with_for_update=True)
    return order, await queries.get(work, shipment_id, lock=True)


def _rest(shipment: Shipment, entered: ShipInput) -> dict[int, Decimal]:
    """By order line: what stays for later."""
    if not entered.lines:
        return {}
    asked = {line.line_id: line.quantity for line in entered.lines}
    known = {line.id: line for line in shipment.lines}
    errors: dict[str, tuple[Text, ...]] = {}
    for place, line in enumerate(entered.lines):
        if line.line_id not in known:
            errors[f"lines.{place}.line_id"] = (_("This line is not part of the shipment."),)
        elif line.quantity > known[line.line_id].quantity:
            errors[f"lines.{place}.quantity"] = (_("At most %(n)s.", n=_shown(known[line.line_id].quantity)),)
    if not errors and not any(asked.values()):
        errors[""] = (_("Nothing would leave. Enter how much of at least one line."),)
    if errors:
        raise Invalid(errors)
    rest = {line.order_line_id: line.quantity - asked.get(line.id, Decimal(0)) for line in shipment.lines}
    return {line_id: quantity for line_id, quantity in rest.items() if quantity > 0}


def _shown(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"


async def _note_progress(work: Work, order: Order) -> None:
    """Say on the order how much of it has left."""
    await work.session.flush()  # the sums below read the lines just changed
    await work.session.refresh(order, ["lines"])
    gone = await queries.shipped_quantities(work, order.id)
    full = all(gone.get(line.id, Decimal(0)) >= line.quantity for line in order.lines)
    status = ShippingStatus.full if full else ShippingStatus.part if any(gone.values()) else ShippingStatus.none
    if order.shipping_status != status:
        order.shipping_status = status.value
        order.updated_at = work.now


def _subject(shipment: Shipment) -> dict[str, Any]:
    return {
        "record_id": shipment.id,
        "customer_id": shipment.customer_id,
        "number": shipment.number,
        "order_id": shipment.order_id,
    }
