"""What happens to a lead."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from domain.core.events import Event
from domain.core.text import Text, _


@dataclass(frozen=True, kw_only=True)
class LeadEvent(Event):
    """Base of what happens to a lead itself."""

    kind: ClassVar[str] = "leads"


@dataclass(frozen=True, kw_only=True)
class LeadCreated(LeadEvent):
    """It was entered."""

    sentence: ClassVar[Text] = _("Created the lead")
    name: str
    pool_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class LeadEdited(LeadEvent):
    """Some of its fields were changed; `fields` are their names."""

    sentence: ClassVar[Text] = _("Changed the lead")
    fields: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class LeadPlaced(LeadEvent):
    """Its position on the map was set by hand, or shall be looked up again."""

    sentence: ClassVar[Text] = _("Corrected the position on the map")
    by_hand: bool = True


@dataclass(frozen=True, kw_only=True)
class LeadInvalid(LeadEvent):
    """It could not be reached."""

    sentence: ClassVar[Text] = _("Marked as invalid: %(reason)s")
    reason: str
    look_again_on: str | None = None


@dataclass(frozen=True, kw_only=True)
class LeadWoken(LeadEvent):
    """An invalid one is to be followed again."""

    sentence: ClassVar[Text] = _("Woke the lead")


@dataclass(frozen=True, kw_only=True)
class LeadVoided(LeadEvent):
    """Nobody shall follow it any more."""

    sentence: ClassVar[Text] = _("Voided the lead: %(reason)s")
    reason: str


@dataclass(frozen=True, kw_only=True)
class LeadReinstated(LeadEvent):
    """A void one counts again."""

    sentence: ClassVar[Text] = _("Took back that the lead is void")


@dataclass(frozen=True, kw_only=True)
class LeadConverted(LeadEvent):
    """It became a customer; stands on the customer's timeline too."""

    sentence: ClassVar[Text] = _("Converted the lead %(name)s")
    name: str
    new_customer: bool = True
    contact_id: int | None = None
    opportunity_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class LeadDeleted(LeadEvent):
    """It was put into the bin."""

    sentence: ClassVar[Text] = _("Moved the lead to the bin")


@dataclass(frozen=True, kw_only=True)
class LeadRestored(LeadEvent):
    """It came back from the bin."""

    sentence: ClassVar[Text] = _("Restored the lead")
