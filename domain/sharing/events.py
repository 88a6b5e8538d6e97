"""What happens to the team of a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.core.events import FeatureEvent
from domain.core.text import Text, _


@dataclass(frozen=True, kw_only=True)
class TeamEvent(FeatureEvent):
    """Base; stored under the kind of the record whose team it is."""

    kind: ClassVar[str] = "sharing"


@dataclass(frozen=True, kw_only=True)
class TeamMemberAdded(TeamEvent):
    """Somebody takes part from now on."""

    sentence: ClassVar[Text] = _("Added %(member)s to the team")
    member: str
    member_id: int
    level: str


@dataclass(frozen=True, kw_only=True)
class TeamMemberRemoved(TeamEvent):
    """Somebody no longer takes part."""

    sentence: ClassVar[Text] = _("Removed %(member)s from the team")
    member: str
