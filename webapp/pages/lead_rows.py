"""Rows of the list of leads as ready words, so that the template only puts them in their place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from markupsafe import Markup

from domain.core.access import Actor
from domain.core.text import Text, _
from domain.leads.models import LeadSource, LeadStatus
from webapp.i18n import catalogue
from webapp.initials import initials
from webapp.pages.row_parts import RowParts, RowView
from webapp.render import environment

STATUS_TONES = {
    LeadStatus.unassigned: ("neutral", "pools"), LeadStatus.pending: ("signal", "clock"),
    LeadStatus.following: ("info", "follow-up"), LeadStatus.converted: ("good", "check"),
    LeadStatus.invalid: ("bad", "close"), LeadStatus.void: ("neutral", "trash"),
}  # fmt: skip
"""Tone and picture of each state."""


@dataclass(frozen=True, slots=True)
class Words:
    """Everything of a row that does not change from row to row, in one language."""

    sources: dict[str, str]
    states: dict[str, Markup]
    parts: RowParts


def goes_back(days: int) -> Text:
    """How many days are left until the clock takes a lead back."""
    if days == 0:
        return _("goes back today")
    return _("goes back in %(n)s day", plural="goes back in %(n)s days", n=days)


@cache
def words_of(language: str) -> Words:
    """The words of a language, made once."""
    say = catalogue(language).say
    ui: Any = environment(language).globals["ui"]
    return Words(
        sources={source.value: say(source.label) for source in LeadSource},
        states={status.value: ui.state_badge(status.label, *STATUS_TONES[status]) for status in LeadStatus},
        parts=RowParts.of(language, "leads", goes_back),
    )


def row_views(rows: Iterable[Any], language: str, actor: Actor, *, token: str, now: datetime) -> list[RowView]:
    """Rows of the list as the template wants them, for who reads them."""
    words = words_of(language)
    today = now.astimezone(actor.zone).date()
    claim = words.parts.claim_for(actor, "leads", token)
    return [_row(row, words, actor, claim, today) for row in rows]


def _row(row: Any, words: Words, actor: Actor, claim: str, today: Any) -> RowView:
    if row.status == LeadStatus.unassigned and row.pool is not None:
        state, act = words.parts.lying(row.id, row.pool, claim)
    else:
        state = words.parts.leaving(row.recycle_due_at, today, actor) or words.states[row.status]
        act = words.parts.calling(row.mobile or row.phone)
    return (row.id, row.name, initials(row.name), state, facts_of(row, words, actor.name), act)


def facts_of(row: Any, words: Words, reader: str) -> str:
    """Company, city, source and owner in one line; the reader knows his own name."""
    source = words.sources.get(row.source or "")
    owner = getattr(row, "owner", None)
    return " · ".join(part for part in (row.company, row.city, source, owner) if part and part != reader)


def row_facts(lead: Any, language: str) -> str:
    """The facts of a list row for a lead that is at hand as a record."""
    return facts_of(lead, words_of(language), "")
