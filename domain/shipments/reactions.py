"""What people are told about shipments; run by the worker after the commit."""

from __future__ import annotations

from domain.approvals.queries import holders_of
from domain.core.events import EventRow
from domain.core.text import _
from domain.core.work import Work
from domain.customers.models import Customer
from domain.notifications.actions import notify
from domain.notifications.models import NotificationKind
from domain.orders.models import Order
from domain.shipments.models import Shipment, ShipmentStatus


async def tell_warehouse(work: Work, event: EventRow) -> None:
    """The warehouse has something to send, unless it is under way already."""
    shipment = await work.session.get(Shipment, event.record_id)
    if shipment is None or shipment.status != ShipmentStatus.to_ship:
        return
    customer = await work.session.get_one(Customer, shipment.customer_id)
    await notify(
        work,
        await holders_of(work, "shipments.ship"),
        NotificationKind.shipment,
        _("%(number)s for %(customer)s is to be sent.", number=shipment.number, customer=customer.name),
        url=f"/shipments/{shipment.id}",
        tag=f"shipment-{shipment.id}",
    )


async def tell_seller(work: Work, event: EventRow) -> None:
    """The goods left: the owner of the order can tell the customer."""
    order = await work.session.get_one(Order, event.data["order_id"])
    customer = await work.session.get_one(Customer, order.customer_id)
    if order.owner_id is None or order.owner_id == event.actor_id:
        return
    await notify(
        work,
        [order.owner_id],
        NotificationKind.shipped,
        _(
            "Order %(number)s of %(customer)s is on its way: %(carrier)s %(tracking)s",
            number=order.number,
            customer=customer.name,
            carrier=event.data["carrier"],
            tracking=event.data["tracking_number"],
        ),
        url=f"/orders/{order.id}",
        tag=f"shipment-{event.record_id}",
    )
