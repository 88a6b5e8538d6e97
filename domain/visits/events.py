"""What happens with visits; all of it stands on the timeline of the customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.core.events import Event
from domain.core.text import Text, _


@dataclass(frozen=True, kw_only=True)
class VisitEvent(Event):
    """Base of the events of visits."""

    kind: ClassVar[str] = "visits"


@dataclass(frozen=True, kw_only=True)
class VisitPlanned(VisitEvent):
    """Somebody is to go to a customer. `owner_id` goes; told if somebody else planned it."""

    sentence: ClassVar[Text] = _("Planned a visit for %(day)s")

    day: str
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class CheckedIn(VisitEvent):
    """Somebody has come to the customer."""

    sentence: ClassVar[Text] = _("Checked in at the customer")

    took_place_at: str


@dataclass(frozen=True, kw_only=True)
class Visited(VisitEvent):
    """A visit is done and written down; `flag` says why a manager should look at it."""

    sentence: ClassVar[Text] = _("Visited: %(result)s")

    result: str
    took_place_at: str
    flag: str | None = None


@dataclass(frozen=True, kw_only=True)
class VisitMoved(VisitEvent):
    """A visit has another day."""

    sentence: ClassVar[Text] = _("Moved a visit from %(old)s to %(day)s: %(reason)s")

    old: str
    day: str
    reason: str
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class VisitCancelled(VisitEvent):
    """A visit will not take place."""

    sentence: ClassVar[Text] = _("Cancelled the visit of %(day)s: %(reason)s")

    day: str
    reason: str
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class VisitMissed(VisitEvent):
    """A visit did not take place."""

    sentence: ClassVar[Text] = _("Missed the visit of %(day)s")

    day: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class BeatPlanned(Event):
    """Somebody is to go to a customer again and again."""

    kind: ClassVar[str] = "beats"
    sentence: ClassVar[Text] = _("Planned recurring visits")

    owner_id: int
