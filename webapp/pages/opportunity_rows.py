"""Rows of the list of opportunities and cards of the board as ready words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from markupsafe import Markup, escape

from domain.core.access import Actor
from domain.core.lists import ListQuery
from domain.core.text import Text, _
from domain.opportunities.listing import LIST
from domain.opportunities.models import StageKind
from webapp.formats import Formats
from webapp.i18n import catalogue
from webapp.initials import initials
from webapp.pages.row_parts import EMPTY, PLACE
from webapp.render import environment

PATH = "/opportunities"
KIND_TONES = {
    StageKind.open: ("info", "opportunity"), StageKind.won: ("good", "check"), StageKind.lost: ("bad", "close"),
    StageKind.invalid: ("neutral", "trash"),
}  # fmt: skip
"""Tone and picture of a stage, by what it means."""
RowView = tuple[int, str, str, Markup, str, Markup, Markup]
"""Id, name, letters of the customer, stage, facts, amount, the quick act."""


@dataclass(frozen=True, slots=True)
class Words:
    """Everything of a row that does not change from row to row, in one language."""

    stages: dict[StageKind, str]
    overdue: Markup
    stale: Markup
    touch: str
    expected: str


@cache
def words_of(language: str) -> Words:
    """The words of a language, made once."""
    ui: Any = environment(language).globals["ui"]
    touch = ui.icon_button("follow-up", _("Follow up"), href=f"/followups/new?opportunity={PLACE}")
    return Words(
        stages={kind: str(ui.state_badge(PLACE, *tone)) for kind, tone in KIND_TONES.items()},
        overdue=ui.state_badge(_("Overdue"), "signal", "clock"),
        stale=ui.state_badge(_("Stale"), "warn", "clock"),
        touch=f'<div class="row-act">{touch}</div>',
        expected=catalogue(language).say(_("expected %(day)s", day=PLACE)),
    )


def stage_name(row: Any, language: str) -> str:
    """The stage of a row in the reader's language."""
    return str(row.stage_zh if language == "zh" else row.stage_en)


def stage_badge(name: str, kind: StageKind, language: str) -> Markup:
    """A stage by its name, with the tone of what it means."""
    return Markup(words_of(language).stages[kind].replace(PLACE, str(escape(name))))


def marks_of(row: Any, today: date, language: str) -> Markup:
    """What is wrong with an open one: its day is past, or nothing happened for too long."""
    words = words_of(language)
    if row.status != StageKind.open or not row.expected_on or row.expected_on >= today:
        return words.stale if row.stale else EMPTY
    return words.overdue + words.stale if row.stale else words.overdue


def row_views(rows: Iterable[Any], language: str, actor: Actor, currency: str, now: datetime) -> list[RowView]:
    """Rows of the list as the template wants them, for who reads them."""
    words, formats = words_of(language), Formats(language)
    today = now.astimezone(actor.zone).date()
    ui: Any = environment(language).globals["ui"]
    may = actor.may("followups.create")
    made: list[RowView] = []
    for row in rows:
        is_open = row.status == StageKind.open
        day = words.expected.replace(PLACE, formats.day(row.expected_on, today=today)) if row.expected_on else None
        facts = (day if is_open else None, row.customer, row.owner if row.owner != actor.name else None)
        state = stage_badge(stage_name(row, language), StageKind(row.status), language) + marks_of(row, today, language)
        money = EMPTY if row.amount is None else ui.money(row.amount, currency, whole=True)
        act = Markup(words.touch.replace(PLACE, str(row.id))) if may and is_open else EMPTY
        made.append((row.id, row.name, initials(row.customer), state, " · ".join(filter(None, facts)), money, act))
    return made


def stale_sentence(days: int) -> Text:
    """How long nothing has happened."""
    return _("Nothing happened for %(n)s day", plural="Nothing happened for %(n)s days", n=days)


def board_url(asked: Any) -> str:
    """The board that a form was opened from; nothing but a question to the list is believed."""
    text = asked if isinstance(asked, str) else ""
    params = ListQuery.of(LIST, dict(parse_qsl(text[:2000]))).params()
    return f"{PATH}/board?{params}" if params else f"{PATH}/board"
