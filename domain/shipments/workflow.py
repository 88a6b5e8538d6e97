"""The life cycle of a shipment (domain.md section 3)."""

from __future__ import annotations

from domain.core.text import _
from domain.core.workflow import Transition, Workflow
from domain.shipments.models import ShipmentStatus as S

WORKFLOW = Workflow(
    (
        Transition("pick", _("Packed"), (S.to_ship,), S.picked, "shipments.ship"),
        Transition("ship", _("Ship"), (S.to_ship, S.picked), S.shipped, "shipments.ship"),
        Transition("deliver", _("Delivered"), (S.shipped,), S.delivered, "shipments.ship"),
        Transition("send_back", _("Came back"), (S.shipped, S.delivered), S.returned, "shipments.ship"),
        Transition("close", _("Close"), (S.to_ship, S.picked), S.closed),
    )
)
"""`close` follows the voiding of the order; nobody presses it."""

OPEN = (S.to_ship, S.picked)
"""What the warehouse still has to send."""
GONE = (S.shipped, S.delivered)
"""What counts as sent."""
