"""What happened, in words: the sentence, picture and link of each recorded event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from domain.core.events import Event
from domain.core.text import Text, _
from webapp.formats import amount

ICONS = {
    "approvals": "approvals", "calendar": "calendar", "contacts": "contacts", "customers": "customers",
    "followups": "follow-up", "orders": "orders", "payments": "payments", "shipments": "shipments",
    "visits": "visit", "beats": "refresh", "leads": "bolt", "opportunities": "opportunity", "tasks": "check",
}  # fmt: skip
PAGES = frozenset(
    {"contacts", "orders", "payments", "shipments", "followups", "visits", "beats", "leads", "opportunities"}
)
"""Kinds whose records have a page of their own at /<kind>/<id>."""
TIMELINE_PAGE = 20
BY_NAME = {
    "Claimed": ("hand", "good"), "Released": ("release", "warn"), "Recycled": ("release", "warn"),
    "BroughtBack": ("undo", "good"), "ClockWasOff": ("clock", "warn"),
    "Assigned": ("assign", ""), "Transferred": ("transfer", ""), "Moved": ("pools", ""),
    "CustomerCreated": ("plus", "good"), "CustomerDealt": ("star", "good"), "CustomerDeleted": ("trash", "bad"),
    "CustomerEdited": ("edit", ""), "CustomerRestored": ("undo", "good"), "TeamMemberAdded": ("team", ""),
    "TeamMemberRemoved": ("team", ""), "OrderApproved": ("check", "good"), "OrderRejected": ("close", "bad"),
    "Visited": ("visit", "good"), "VisitMissed": ("visit", "warn"),
    "LeadConverted": ("customers", "good"), "LeadInvalid": ("close", "warn"), "LeadVoided": ("trash", "bad"),
    "LeadWoken": ("undo", "good"), "LeadReinstated": ("undo", "good"), "LeadDeleted": ("trash", "bad"),
    "OpportunityCreated": ("opportunity", "info"), "StageChanged": ("forward", ""),
    "OpportunityWon": ("check", "good"), "OpportunityLost": ("close", "bad"),
    "OpportunityInvalid": ("trash", "warn"), "OpportunityReopened": ("undo", ""),
    "OpportunityTransferred": ("transfer", ""), "OpportunityDeleted": ("trash", "bad"),
    "OpportunityRestored": ("undo", "good"), "PaymentConfirmed": ("check", "good"), "PaymentRejected": ("close", "bad"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a timeline."""

    id: int
    at: datetime
    who: str | None
    what: Text
    icon: str
    tone: str
    url: str | None


@cache
def sentences() -> dict[str, Text]:
    """The sentence of every event class, by its name."""

    def below(kind: type[Event]) -> Iterable[type[Event]]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    return {kind.__name__: kind.sentence for kind in below(Event) if hasattr(kind, "sentence")}


def happening(row: Any, who: str | None) -> Happening:
    """An event as people read it; one of an older version of Offing keeps at least its name."""
    sentence = sentences().get(row.name)
    what = _("Something happened: %(name)s", name=row.name)
    if sentence is not None:
        try:
            str(what := Text(sentence.msgid, **{name: _shown(name, value) for name, value in row.data.items()}))
        except (KeyError, TypeError, ArithmeticError):
            what = _("Something happened: %(name)s", name=row.name)
    icon, tone = BY_NAME.get(row.name, (ICONS.get(row.kind, "dot"), ""))
    url = f"/{row.kind}/{row.record_id}" if row.kind in PAGES and not row.name.endswith("Deleted") else None
    return Happening(row.id, row.at, who, what, icon, tone, url)


AMOUNTS = ("amount", "price", "shown")


def _shown(name: str, value: Any) -> Any:
    """Amounts as people read them; events keep them as plain digits."""
    return amount(Decimal(value)) if name in AMOUNTS and isinstance(value, str) else value


def happenings(rows: Sequence[Any]) -> list[Happening]:
    """Rows of (event, actor's name) as a timeline."""
    return [happening(row[0], row[1]) for row in rows]


def timeline_of(here: str, rows: Sequence[Any]) -> dict[str, Any]:
    """Happenings for the page at `here`, and where the older ones are; `rows` hold one more than a page shows."""
    more = len(rows) > TIMELINE_PAGE
    older = f"{here}/timeline?before={rows[TIMELINE_PAGE - 1].id}" if more else None
    return {"happenings": [happening(row, row.who) for row in rows[:TIMELINE_PAGE]], "older_url": older}
