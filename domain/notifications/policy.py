"""How urgent each kind of notification is, and what may stand on a lock screen; pure."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from domain.core.text import Gettext, NGettext, Text
from domain.notifications.models import NotificationKind

Urgency = Literal["very-low", "low", "normal", "high"]
LEAST_TTL = timedelta(hours=1)
DECISION_LIFE = timedelta(hours=24)
"""How long Confirm and Reject in a push work. After that the push leads to the page."""
HOURS: dict[NotificationKind, int] = {
    NotificationKind.approval: 4,
    NotificationKind.payment: 4,
    NotificationKind.shipment: 8,
    NotificationKind.decided: 24,
    NotificationKind.shipped: 24,
    NotificationKind.system: 24,
}
"""How long a push is worth delivering. What is not named here is about a day: until the end of it."""
AMOUNTS = frozenset({"amount", "total", "outstanding"})
"""Places of sentences that hold money."""
_MARK = "\x00"
_BLANKED = re.compile(rf"\s*[,;:，；：、]?\s*(?:[¥$€£]\s*)?{_MARK}(?:\s*[A-Z]{{3}}\b)?")


@dataclass(frozen=True, slots=True)
class Postage:
    """How a push travels."""

    ttl_s: int
    urgency: Urgency
    topic: str


def postage(kind: NotificationKind, tag: str, at: datetime, zone: ZoneInfo) -> Postage:
    """How a notification made at `at` is sent to somebody in a time zone."""
    urgency: Urgency = "high" if kind in (NotificationKind.approval, NotificationKind.payment) else "normal"
    if kind in HOURS:
        life = timedelta(hours=HOURS[kind])
    else:
        here = at.astimezone(zone)
        midnight = datetime.combine(here.date() + timedelta(days=1), time(), zone)
        life = max(LEAST_TTL, midnight - at)
    return Postage(int(life.total_seconds()), urgency, topic(tag))


def topic(tag: str) -> str:
    """The tag as push services take it: at most 32 letters of base64url."""
    if re.fullmatch(r"[A-Za-z0-9_-]{1,32}", tag):
        return tag
    return base64.urlsafe_b64encode(hashlib.sha256(tag.encode()).digest()).decode()[:32]


def lock_screen(sentence: Text, gettext: Gettext, ngettext: NGettext, *, amounts: bool) -> str:
    """The sentence in the reader's language; without its amounts unless the company allows them on lock screens."""
    if amounts:
        return sentence.render(gettext, ngettext)
    params = {name: _MARK if name in AMOUNTS else value for name, value in sentence.params.items()}
    blanked = Text(sentence.msgid, plural=sentence.plural, **params).render(gettext, ngettext)
    return _BLANKED.sub("", blanked).strip()
