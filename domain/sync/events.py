"""What happens when records come from a phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from domain.core.events import Event, EventRow
from domain.core.text import Text, _


@dataclass(frozen=True, kw_only=True)
class FromPhone(Event):
    """Base: what came belongs to the kind of what was made of it."""

    kind: ClassVar[str] = "sync"
    feature: str = ""

    def row(self, at: datetime, actor_id: int | None) -> EventRow:
        """The row to be stored, under the record's own kind."""
        row = super().row(at, actor_id)
        row.kind = self.feature
        return row


@dataclass(frozen=True, kw_only=True)
class Synced(FromPhone):
    """A record was taken: both clocks are kept. On no timeline, where what was made stands itself."""

    sentence: ClassVar[Text] = _("Came from a phone")
    record_uuid: str
    recorded_at: datetime
    device_at: datetime
    clock_offset_s: int | None


@dataclass(frozen=True, kw_only=True)
class ClockWasOff(FromPhone):
    """The phone's clock was more than ten minutes off; shown on the timeline."""

    sentence: ClassVar[Text] = _("Recorded on a phone whose clock was %(minutes)s min off")
    minutes: int
