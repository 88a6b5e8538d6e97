"""What happens to orders."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from domain.core.events import Event
from domain.core.text import Text, _


@dataclass(frozen=True, kw_only=True)
class OrderEvent(Event):
    """Something about one order."""

    kind: ClassVar[str] = "orders"
    number: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class OrderCreated(OrderEvent):
    """An order was written."""

    sentence: ClassVar[Text] = _("Wrote order %(number)s: %(amount)s")


@dataclass(frozen=True, kw_only=True)
class OrderChanged(OrderEvent):
    """The content of an order was changed."""

    sentence: ClassVar[Text] = _("Changed order %(number)s: %(amount)s")


@dataclass(frozen=True, kw_only=True)
class OrderSubmitted(OrderEvent):
    """An order was sent for approval."""

    sentence: ClassVar[Text] = _("Sent order %(number)s for approval: %(amount)s")
    round: int


@dataclass(frozen=True, kw_only=True)
class OrderApproved(OrderEvent):
    """The last step confirmed the order."""

    sentence: ClassVar[Text] = _("Approved order %(number)s: %(amount)s")


@dataclass(frozen=True, kw_only=True)
class OrderRejected(OrderEvent):
    """An approver sent the order back."""

    sentence: ClassVar[Text] = _("Rejected order %(number)s: %(reason)s")
    reason: str


@dataclass(frozen=True, kw_only=True)
class OrderWithdrawn(OrderEvent):
    """The owner took the order back."""

    sentence: ClassVar[Text] = _("Withdrew order %(number)s")


@dataclass(frozen=True, kw_only=True)
class OrderVoided(OrderEvent):
    """The order no longer counts."""

    sentence: ClassVar[Text] = _("Voided order %(number)s: %(reason)s")
    reason: str


@dataclass(frozen=True, kw_only=True)
class PriceHadChanged(Event):
    """An order came from a phone that had shown another list price than the one that holds."""

    kind: ClassVar[str] = "orders"
    sentence: ClassVar[Text] = _("%(number)s: %(product)s costs %(price)s; the phone had shown %(shown)s")
    number: str
    product: str
    price: Decimal
    shown: Decimal
