"""Storing many orders at once as approved history (docs/decisions): orders, lines, shipments, events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import ARRAY, Text, any_, literal, select, text
from sqlalchemy import Sequence as SqlSequence

from domain.company.queries import DealTrigger
from domain.core.text import _
from domain.core.work import Work
from domain.customers import actions as customers
from domain.customers.models import Customer
from domain.imports.bulk import copy_into, copy_rows, ids_of
from domain.imports.events import OrderImported
from domain.imports.orders import Arrival
from domain.orders.events import OrderEvent
from domain.orders.models import ORDER_NUMBERS, Order, OrderStatus, ShippingStatus
from domain.orders.shipto import address_of
from domain.shipments.models import SHIPMENT_NUMBERS, ShipmentStatus

ORDER = (
    "id", "number", "customer_id", "status", "ordered_on", "required_on", "discount_percent", "list_total",
    "goods_total", "net_total", "round", "submitted_at", "approved_at", "shipping_status", "ship_name", "ship_address",
    "notes", "external_ref", "owner_id", "created_at", "updated_at", "created_by_id", "version",
)  # fmt: skip
LINE = (
    "id", "order_id", "position", "product_id", "product_name", "unit", "quantity", "list_price", "unit_price",
    "discount_percent", "net",
)  # fmt: skip
SHIPMENT = (
    "id", "number", "order_id", "customer_id", "status", "promised_on", "ship_name", "ship_address", "carrier",
    "tracking_number", "shipped_at", "created_at", "updated_at", "created_by_id", "version",
)  # fmt: skip
NOON = time(12, 0)


async def already_there(work: Work, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Leave out orders whose number of the other system has come in before."""
    refs = [one.number for one in arrivals]
    statement = select(Order.external_ref, Order.id, Order.number)
    found = await work.session.execute(statement.where(Order.external_ref == any_(literal(refs, ARRAY(Text)))))
    known = {ref: (number, name) for ref, number, name in found}
    fresh = []
    for one in arrivals:
        if one.number not in known:
            fresh.append(one)
            continue
        for row in one.rows:
            row.record_id = known[one.number][0]
            told = _("This order is there already: %(number)s.", number=known[one.number][1])
            row.refuse(told, "number", "duplicate")
    return fresh


async def store(work: Work, arrivals: Sequence[Arrival], event: type[OrderEvent] = OrderImported) -> None:
    """Store checked orders; each counts as approved on the day it was made, and what was not sent waits to be."""
    wanted = {one.customer_id for one in arrivals}
    buyers = {one.id: one for one in await work.session.scalars(select(Customer).where(Customer.id.in_(wanted)))}
    numbers = await _drawn(work, ORDER_NUMBERS, len(arrivals))
    ids = await ids_of(work.session, "orders", len(arrivals))
    rows = []
    for one, order_id, number in zip(arrivals, ids, numbers, strict=True):
        one.id = order_id
        one.at = one.at or datetime.combine(one.ordered_on, NOON, tzinfo=work.actor.zone)
        rows.append(_order(work, one, f"SO-{one.ordered_on:%Y}-{number:06d}", buyers[one.customer_id]))
    made = await copy_into(work.session, "orders", ORDER, rows)
    by_id = {row[0]: row[1] for row in rows}
    for one in arrivals:
        for row in one.rows:
            if one.id in made:
                row.outcome, row.record_id = "created", one.id
            else:
                row.refuse(_("This order is there already: %(number)s.", number=one.number), "number", "duplicate")
    stored = [one for one in arrivals if one.id in made]
    await _lines_and_shipments(work, stored, buyers)
    for one in stored:
        told = event(record_id=one.id, customer_id=one.customer_id, number=by_id[one.id], amount=one.price.net_total)
        work.session.add(told.row(one.at or work.now, work.actor.id))  # history: nobody is told of it any more
    for customer_id in sorted({one.customer_id for one in stored}):
        await customers.mark_deal(work, customer_id, DealTrigger.order_approved)


def _order(work: Work, one: Arrival, number: str, buyer: Customer) -> tuple[Any, ...]:
    entered, at = one.entered, one.at
    values = {
        "id": one.id, "number": number, "customer_id": one.customer_id, "status": OrderStatus.approved.value,
        "ordered_on": one.ordered_on, "required_on": entered.required_on, "discount_percent": entered.discount_percent,
        "list_total": one.price.list_total, "goods_total": one.price.goods_total, "net_total": one.price.net_total,
        "round": 0, "submitted_at": at, "approved_at": at,
        "shipping_status": (ShippingStatus.full if one.shipped_on else ShippingStatus.none).value,
        "ship_name": entered.ship_name or buyer.name, "ship_address": entered.ship_address or address_of(buyer),
        "notes": entered.notes, "external_ref": one.number, "owner_id": one.owner_id, "created_at": at,
        "updated_at": at, "created_by_id": work.actor.id, "version": 1,
    }  # fmt: skip
    return tuple(values[column] for column in ORDER)


async def _lines_and_shipments(work: Work, arrivals: Sequence[Arrival], buyers: dict[int, Customer]) -> None:
    lines = [(one, line) for one in arrivals for line in one.lines]
    line_ids = await ids_of(work.session, "order_lines", len(lines))
    drawn = await ids_of(work.session, "shipments", len(arrivals))
    shipment_ids = dict(zip((one.id for one in arrivals), drawn, strict=True))
    numbers = await _drawn(work, SHIPMENT_NUMBERS, len(arrivals))
    line_rows, part_rows = [], []
    for (one, line), line_id in zip(lines, line_ids, strict=True):
        line.id, line.order_id = line_id, one.id
        line_rows.append(tuple(getattr(line, column) for column in LINE))
        part_rows.append((shipment_ids[one.id], line_id, line.quantity))
    shipments = [
        _shipment(work, one, shipment_ids[one.id], number, buyers[one.customer_id])
        for one, number in zip(arrivals, numbers, strict=True)
    ]
    await copy_rows(work.session, "order_lines", LINE, line_rows)
    await copy_rows(work.session, "shipments", SHIPMENT, shipments)
    await copy_rows(work.session, "shipment_lines", ("shipment_id", "order_line_id", "quantity"), part_rows)


def _shipment(work: Work, one: Arrival, shipment_id: int, number: int, buyer: Customer) -> tuple[Any, ...]:
    sent = ShipmentStatus.delivered if one.delivered else ShipmentStatus.shipped
    values = {
        "id": shipment_id, "number": f"SH-{one.ordered_on:%Y}-{number:06d}", "order_id": one.id,
        "customer_id": one.customer_id, "status": (sent if one.shipped_on else ShipmentStatus.to_ship).value,
        "promised_on": one.entered.required_on or one.ordered_on, "ship_name": one.entered.ship_name or buyer.name,
        "ship_address": one.entered.ship_address or address_of(buyer), "carrier": one.carrier,
        "tracking_number": one.tracking_number,
        "shipped_at": one.shipped_on and datetime.combine(one.shipped_on, NOON, tzinfo=work.actor.zone),
        "created_at": one.at, "updated_at": one.at, "created_by_id": work.actor.id, "version": 1,
    }  # fmt: skip
    return tuple(values[column] for column in SHIPMENT)


async def _drawn(work: Work, sequence: SqlSequence, count: int) -> list[int]:
    """So many numbers of a sequence at once."""
    statement = select(sequence.next_value()).select_from(text("generate_series(1, :count)"))
    return list((await work.session.execute(statement, {"count": count})).scalars())
