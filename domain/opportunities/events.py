"""What happens to an opportunity; all of it stands on the customer's timeline. Names are those of that day."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from domain.core.events import Event
from domain.core.text import Text, _
from domain.opportunities.models import Opportunity


@dataclass(frozen=True, kw_only=True)
class OpportunityEvent(Event):
    """Base."""

    kind: ClassVar[str] = "opportunities"

    name: str


def about(opportunity: Opportunity) -> dict[str, Any]:
    """What every event says."""
    return {"record_id": opportunity.id, "customer_id": opportunity.customer_id, "name": opportunity.name}


@dataclass(frozen=True, kw_only=True)
class OpportunityCreated(OpportunityEvent):
    """It was entered."""

    sentence: ClassVar[Text] = _("Created the opportunity %(name)s")


@dataclass(frozen=True, kw_only=True)
class OpportunityEdited(OpportunityEvent):
    """Some of its fields were changed; `fields` are their names."""

    sentence: ClassVar[Text] = _("Changed the opportunity %(name)s")
    fields: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class StageChanged(OpportunityEvent):
    """It went on, or back, to another open stage."""

    sentence: ClassVar[Text] = _("Moved the opportunity %(name)s to %(stage)s")
    stage: str
    stage_id: int


@dataclass(frozen=True, kw_only=True)
class OpportunityWon(OpportunityEvent):
    """The customer buys. `owner_id` is who sold it."""

    sentence: ClassVar[Text] = _("Won the opportunity %(name)s: %(reason)s")
    reason: str
    owner_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class OpportunityLost(OpportunityEvent):
    """The customer does not buy, or not from us."""

    sentence: ClassVar[Text] = _("Lost the opportunity %(name)s: %(reason)s")
    reason: str


@dataclass(frozen=True, kw_only=True)
class OpportunityInvalid(OpportunityEvent):
    """There was nothing to be sold."""

    sentence: ClassVar[Text] = _("Closed the opportunity %(name)s as invalid: %(reason)s")
    reason: str


@dataclass(frozen=True, kw_only=True)
class OpportunityReopened(OpportunityEvent):
    """It had ended and goes on."""

    sentence: ClassVar[Text] = _("Reopened the opportunity %(name)s: %(reason)s")
    reason: str


@dataclass(frozen=True, kw_only=True)
class OpportunityTransferred(OpportunityEvent):
    """It went from one owner to another."""

    sentence: ClassVar[Text] = _("Transferred the opportunity %(name)s to %(owner)s")
    owner: str
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class OpportunityContactAdded(OpportunityEvent):
    """A contact has a part in the decision from now on, or another part."""

    sentence: ClassVar[Text] = _("Added %(contact)s to the people of %(name)s")
    contact: str
    role: str


@dataclass(frozen=True, kw_only=True)
class OpportunityContactRemoved(OpportunityEvent):
    """A contact has no part in it any more."""

    sentence: ClassVar[Text] = _("Removed %(contact)s from the people of %(name)s")
    contact: str


@dataclass(frozen=True, kw_only=True)
class OpportunityDeleted(OpportunityEvent):
    """It was put into the bin."""

    sentence: ClassVar[Text] = _("Moved the opportunity %(name)s to the bin")


@dataclass(frozen=True, kw_only=True)
class OpportunityRestored(OpportunityEvent):
    """It came back from the bin."""

    sentence: ClassVar[Text] = _("Restored the opportunity %(name)s")
