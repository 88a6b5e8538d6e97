"""What happens to a customer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from domain.core.events import Event
from domain.core.text import Text, _


@dataclass(frozen=True, kw_only=True)
class CustomerEvent(Event):
    """Base of what happens to a customer itself."""

    kind: ClassVar[str] = "customers"


@dataclass(frozen=True, kw_only=True)
class CustomerCreated(CustomerEvent):
    """It was entered."""

    sentence: ClassVar[Text] = _("Created the customer")
    name: str
    pool_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class CustomerEdited(CustomerEvent):
    """Some of its fields were changed; `fields` are their names."""

    sentence: ClassVar[Text] = _("Changed the customer")
    fields: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class CustomerPlaced(CustomerEvent):
    """Its position on the map was set by hand, or shall be looked up again."""

    sentence: ClassVar[Text] = _("Corrected the position on the map")
    by_hand: bool = True


@dataclass(frozen=True, kw_only=True)
class CustomerDealt(CustomerEvent):
    """It bought for the first time (S-077)."""

    sentence: ClassVar[Text] = _("Became a deal customer")


@dataclass(frozen=True, kw_only=True)
class CustomerDeleted(CustomerEvent):
    """It was put into the bin."""

    sentence: ClassVar[Text] = _("Moved the customer to the bin")


@dataclass(frozen=True, kw_only=True)
class CustomerRestored(CustomerEvent):
    """It came back from the bin."""

    sentence: ClassVar[Text] = _("Restored the customer")
