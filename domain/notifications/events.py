"""What happens to notifications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.core.events import Event
from domain.core.text import Text, _


@dataclass(frozen=True, kw_only=True)
class Notified(Event):
    """Somebody has a new item in the inbox; the pushes follow."""

    kind: ClassVar[str] = "notifications"
    sentence: ClassVar[Text] = _("Notified")
