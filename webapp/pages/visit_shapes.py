"""How visits look, wherever they are shown: states, verdicts, and the ways to get there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.core.places import Position
from domain.core.text import Text, _
from domain.places.links import MapLink, map_links
from domain.visits.models import Fix, Verdict, VisitStatus
from webapp.pages.row_parts import dialled

STATUS_TONES: Mapping[VisitStatus, tuple[str, str]] = {
    VisitStatus.planned: ("neutral", "calendar"), VisitStatus.open: ("signal", "check-in"),
    VisitStatus.done: ("good", "check"), VisitStatus.missed: ("bad", "alert"),
    VisitStatus.cancelled: ("neutral", "close"),
}  # fmt: skip
VERDICT_TONES: Mapping[Verdict, tuple[str, str]] = {
    Verdict.verified: ("good", "pin"), Verdict.doubtful: ("warn", "alert"), Verdict.none: ("neutral", "pin"),
}  # fmt: skip
FLAGS: Mapping[str, Text] = {
    "reassigned": _("When this came, the customer belonged to somebody else."),
    "deleted": _("When this came, the customer had been deleted."),
}
VISIT_WORDS: Mapping[str, Any] = {
    "states": VisitStatus,
    "verdicts": Verdict,
    "fixes": Fix,
    "state_tones": STATUS_TONES,
    "verdict_tones": VERDICT_TONES,
}
"""What the templates of visits need to say states and verdicts."""


@dataclass(frozen=True, slots=True)
class Place:
    """How to reach a customer: a number to dial, one line of address, map apps that lead there."""

    tel: str | None
    address: str
    lat: float | None
    lng: float | None
    links: list[MapLink]


def place_of(row: Any, name: str | None = None) -> Place:
    """The place of a customer, or of a row that has its columns."""
    at = Position.of(row.latitude, row.longitude)
    links = map_links(at, name or row.name) if at else []
    # A city that the address begins with is not said twice.
    parts = [row.address or "", row.city or ""]
    if parts[1] and parts[1] in parts[0]:
        parts.pop()
    return Place(dialled(row.phone), " · ".join(part for part in parts if part), row.latitude, row.longitude, links)
