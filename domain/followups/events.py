"""What happens with follow-ups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.core.events import Event
from domain.core.text import Text, _


@dataclass(frozen=True, kw_only=True)
class FollowedUp(Event):
    """Somebody was in touch with a customer."""

    kind: ClassVar[str] = "followups"
    sentence: ClassVar[Text] = _("Followed up: %(content)s")

    way: str
    content: str
    took_place_at: str


@dataclass(frozen=True, kw_only=True)
class FollowUpChanged(Event):
    """A follow-up was corrected by its author."""

    kind: ClassVar[str] = "followups"
    sentence: ClassVar[Text] = _("Corrected a follow-up: %(content)s")

    way: str
    content: str


@dataclass(frozen=True, kw_only=True)
class FollowUpDeleted(Event):
    """A follow-up was deleted; what it said stays in the history."""

    kind: ClassVar[str] = "followups"
    sentence: ClassVar[Text] = _("Deleted a follow-up")
