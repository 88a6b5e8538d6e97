"""What happens to the ownership of a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.core.events import FeatureEvent
from domain.core.text import Text, _


@dataclass(frozen=True, kw_only=True)
class OwnershipEvent(FeatureEvent):
    """Base. `owner` and `pool` are names of that day."""

    kind: ClassVar[str] = "customers"

    feature: str = "customers"
    pool_id: int | None = None
    pool: str = ""
    owner_id: int | None = None
    owner: str = ""
    reason: str = ""


class Claimed(OwnershipEvent):
    """Somebody took it out of a pool."""

    sentence: ClassVar[Text] = _("Claimed from %(pool)s")


class Released(OwnershipEvent):
    """Its owner gave it back."""

    sentence: ClassVar[Text] = _("Returned to %(pool)s: %(reason)s")


class Assigned(OwnershipEvent):
    """An administrator of the pool gave it to somebody."""

    sentence: ClassVar[Text] = _("Assigned to %(owner)s from %(pool)s")


class Recycled(OwnershipEvent):
    """The clock took it back."""

    sentence: ClassVar[Text] = _("Returned to %(pool)s by the clock")


class Moved(OwnershipEvent):
    """It went from one pool to another."""

    sentence: ClassVar[Text] = _("Moved to %(pool)s")


class Transferred(OwnershipEvent):
    """It went from one owner to another."""

    sentence: ClassVar[Text] = _("Transferred to %(owner)s")


class BroughtBack(OwnershipEvent):
    """The clock had taken it; what its owner recorded in time came later."""

    sentence: ClassVar[Text] = _("Came back to %(owner)s from %(pool)s: recorded in time, sent later")
