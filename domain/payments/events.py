"""What happens to payments."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from domain.core.events import Event
from domain.core.text import Text, _


@dataclass(frozen=True, kw_only=True)
class PaymentEvent(Event):
    """Something about one payment."""

    kind: ClassVar[str] = "payments"
    number: str
    amount: Decimal
    order_id: int


@dataclass(frozen=True, kw_only=True)
class PaymentRecorded(PaymentEvent):
    """A payment was written down."""

    sentence: ClassVar[Text] = _("Recorded payment %(number)s: %(amount)s")


@dataclass(frozen=True, kw_only=True)
class PaymentChanged(PaymentEvent):
    """A payment was corrected."""

    sentence: ClassVar[Text] = _("Changed payment %(number)s: %(amount)s")


@dataclass(frozen=True, kw_only=True)
class PaymentSubmitted(PaymentEvent):
    """A payment was sent to finance."""

    sentence: ClassVar[Text] = _("Sent payment %(number)s to finance: %(amount)s")


@dataclass(frozen=True, kw_only=True)
class PaymentConfirmed(PaymentEvent):
    """Finance found the money."""

    sentence: ClassVar[Text] = _("Confirmed payment %(number)s: %(amount)s")


@dataclass(frozen=True, kw_only=True)
class PaymentRejected(PaymentEvent):
    """Finance did not find it."""

    sentence: ClassVar[Text] = _("Rejected payment %(number)s: %(reason)s")
    reason: str


@dataclass(frozen=True, kw_only=True)
class PaymentWithdrawn(PaymentEvent):
    """The owner took it back."""

    sentence: ClassVar[Text] = _("Withdrew payment %(number)s")
