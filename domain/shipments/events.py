"""What happens to shipments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.core.events import Event
from domain.core.text import Text, _


@dataclass(frozen=True, kw_only=True)
class ShipmentEvent(Event):
    """Something about one shipment."""

    kind: ClassVar[str] = "shipments"
    number: str
    order_id: int


@dataclass(frozen=True, kw_only=True)
class ShipmentOpened(ShipmentEvent):
    """Goods are to be sent from now on."""

    sentence: ClassVar[Text] = _("Shipment %(number)s is to be sent")


@dataclass(frozen=True, kw_only=True)
class ShipmentPicked(ShipmentEvent):
    """The goods are packed."""

    sentence: ClassVar[Text] = _("Packed shipment %(number)s")


@dataclass(frozen=True, kw_only=True)
class ShipmentSent(ShipmentEvent):
    """The goods left."""

    sentence: ClassVar[Text] = _("Sent shipment %(number)s by %(carrier)s, %(tracking_number)s")
    carrier: str
    tracking_number: str


@dataclass(frozen=True, kw_only=True)
class ShipmentDelivered(ShipmentEvent):
    """The goods arrived."""

    sentence: ClassVar[Text] = _("Shipment %(number)s was delivered")


@dataclass(frozen=True, kw_only=True)
class ShipmentReturned(ShipmentEvent):
    """The goods came back."""

    sentence: ClassVar[Text] = _("Shipment %(number)s came back")


@dataclass(frozen=True, kw_only=True)
class ShipmentClosed(ShipmentEvent):
    """The order was voided before the goods left."""

    sentence: ClassVar[Text] = _("Closed shipment %(number)s: the order is void")
