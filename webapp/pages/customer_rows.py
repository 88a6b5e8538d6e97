"""Rows of the customer list as ready words, so that the template only puts them in their place (stack.md section 1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from markupsafe import Markup

from domain.core.access import Actor
from domain.core.text import Text, _
from domain.customers.models import DealStatus, FollowStage, Industry, Level
from webapp.i18n import catalogue
from webapp.initials import initials
from webapp.pages.row_parts import RowParts, RowView
from webapp.render import environment

STAGE_TONES = {
    FollowStage.new: "info", FollowStage.contacted: "neutral", FollowStage.interested: "neutral",
    FollowStage.negotiating: "info", FollowStage.customer: "good", FollowStage.lost: "bad",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """Everything of a row that does not change from row to row, in one language."""

    levels: dict[str, str]
    industries: dict[str, str]
    stages: dict[str, Markup]
    deal: Markup
    parts: RowParts


def _days_left(days: int) -> Text:
    if days == 0:
        return _("leaves today")
    return _("leaves in %(n)s day", plural="leaves in %(n)s days", n=days)


@cache
def words_of(language: str) -> Words:
    """The words of a language, made once."""
    say = catalogue(language).say
    ui: Any = environment(language).globals["ui"]
    return Words(
        levels={level.value: level.upper() for level in Level},
        industries={industry.value: say(industry.label) for industry in Industry},
        stages={stage.value: ui.state_badge(stage.label, STAGE_TONES[stage]) for stage in FollowStage},
        deal=ui.state_badge(DealStatus.deal.label, "good", "star"),
        parts=RowParts.of(language, "customers", _days_left),
    )


def row_views(rows: Iterable[Any], language: str, actor: Actor, *, token: str, now: datetime) -> list[RowView]:
    """Rows of the list as the template wants them, for who reads them."""
    words = words_of(language)
    levels, industries, stages, parts = words.levels, words.industries, words.stages, words.parts
    today = now.astimezone(actor.zone).date()
    claim = parts.claim_for(actor, "customers", token)
    made: list[RowView] = []
    for row in rows:
        (record_id, name, _kind, city, level, industry, stage, deal, phone, owner, pool, _last, due, *_rest) = row
        if pool is not None:
            state, act = parts.lying(record_id, pool, claim)
        else:
            state = parts.leaving(due, today, actor) or (words.deal if deal == "deal" else stages[stage])
            act = parts.calling(phone)
        facts = [part for part in (city, industry and industries[industry], owner) if part and part != actor.name]
        if level:
            facts.insert(0, levels[level])
        made.append((record_id, name, initials(name), state, " · ".join(facts), act))
    return made


def fact_line(customer: Any, say: Any) -> str:
    """Kind, trade and city in one line, for the head of the record."""
    parts = [
        say(Level(customer.level).label) if customer.level else None,
        say(Industry(customer.industry).label) if customer.industry else None,
        customer.city,
    ]
    return " · ".join(part for part in parts if part)


def row_facts(customer: Any, language: str) -> str:
    """The facts of a list row for a customer that is at hand as a record."""
    words = words_of(language)
    level, industry = words.levels.get(customer.level), words.industries.get(customer.industry)
    return " · ".join(filter(None, (level, customer.city, industry)))


def website_url(website: str) -> str:
    """The link of a website that was typed with or without http."""
    return website if website.lower().startswith(("http://", "https://")) else f"https://{website}"
