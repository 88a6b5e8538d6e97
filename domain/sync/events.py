"""What happens when records come from a phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from domain.core.events import FeatureEvent
from domain.core.text import Text, _


@dataclass(frozen=True, kw_only=True)
class Synced(FeatureEvent):
    """A record was taken: both clocks are kept. On no timeline, where what was made stands itself."""

    kind: ClassVar[str] = "sync"
    sentence: ClassVar[Text] = _("Came from a phone")
    record_uuid: str
    recorded_at: datetime
    device_at: datetime
    clock_offset_s: int | None


@dataclass(frozen=True, kw_only=True)
class ClockWasOff(FeatureEvent):
    """The phone's clock was more than ten minutes off; shown on the timeline."""

    kind: ClassVar[str] = "sync"
    sentence: ClassVar[Text] = _("Recorded on a phone whose clock was %(minutes)s min off")
    minutes: int
