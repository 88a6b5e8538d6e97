"""The stage view: a pipeline's opportunities side by side, moved by dragging or by a tap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from litestar import Controller, Request, Response, get, post
from markupsafe import Markup

from domain.company.queries import company_settings
from domain.core.errors import Conflict, Denied, Invalid, Problem
from domain.core.lists import ListQuery
from domain.core.text import Text, _
from domain.core.work import Work
from domain.opportunities import actions
from domain.opportunities.board import BoardColumn, board
from domain.opportunities.inputs import StageInput
from domain.opportunities.listing import LIST
from domain.opportunities.models import StageKind
from domain.opportunities.stages import pipelines
from webapp.errors import status_of
from webapp.formats import Formats
from webapp.forms import bound, key_of, raw_form, whole_number
from webapp.htmx import AnyRequest
from webapp.listing import Listing
from webapp.pages.opportunities import views
from webapp.pages.opportunity_rows import PATH, words_of
from webapp.pages.opportunity_stage import said
from webapp.pages.row_parts import EMPTY
from webapp.render import fragment, page, see_other
from webapp.work import reading, writing

HERE = f"{PATH}/board"


class OpportunityBoard(Controller):
    """Open to whoever may see opportunities; moving asks for the right to change them."""

    path = HERE

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """A column for each stage, under the list's views and filters."""
        query = asked_of(request)
        async with reading(request) as work:
            work.actor.require("opportunities.view")
            context = await shown(request, work, query)
            ways = await pipelines(work)
        current = key_of(query.filters.get("pipeline")) or ways[0].id
        listing = Listing(LIST, query, HERE, (), None, None)
        return page(
            request, "opportunities/board.html", views=views("/board", query), listing=listing, scenes=listing.scenes,
            ways=[(one.name, f"{HERE}?{query.params(pipeline=str(one.id))}", one.id == current) for one in ways]
            if len(ways) > 1 else [],
            title=_("Opportunities"), **context,
        )  # fmt: skip

    @post("/move", status_code=200)
    async def move(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Bring a card to another stage, and the board anew; where something must be said first, its form."""
        raw, query = await raw_form(request), asked_of(request)
        number, to = key_of(raw.get("id")) or 0, str(raw.get("stage_id", ""))
        refused: Problem | None = None
        done: Text | None = None
        try:
            data = bound(StageInput, {"stage_id": to}).checked()
            async with writing(request) as work:
                done = await said(work, await actions.move(work, number, data, whole_number(raw.get("version"))))
        except Invalid:
            return see_other(request, form_url(number, query.params(), to))
        except (Conflict, Denied) as problem:
            refused = problem
        async with reading(request) as work:
            context = await shown(request, work, query)
        return fragment(
            request, "opportunities/board.html", "columns", status=status_of(refused) if refused else 200,
            toast=refused.message if refused else done, tone="warn" if refused else "good", **context,
        )  # fmt: skip


def asked_of(request: AnyRequest) -> ListQuery:
    """The question that the board asks, in the words of the list."""
    params = {name: value for name, value in request.query_params.items() if isinstance(value, str)}
    return ListQuery.of(LIST, params)


def form_url(number: int, asked: str, to: str = "") -> str:
    """The form of a move that leads back to this board."""
    return f"{PATH}/{number}/stage?{urlencode({'board': asked, **({'to': to} if to else {})})}"


@dataclass(frozen=True, slots=True)
class Card:
    """One opportunity as it stands on the board."""

    id: int
    name: str
    version: int
    who: str
    amount: Decimal | None
    mark: Markup
    movable: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One stage with what lies in it; `url` is the list behind its figures."""

    id: int
    name: str
    kind: StageKind
    count: str
    sum: Decimal
    url: str
    deals: Sequence[Card]
    more: bool


async def shown(request: AnyRequest, work: Work, query: ListQuery) -> dict[str, Any]:
    """The board as the template wants it."""
    found = await board(work, key_of(query.filters.get("pipeline")), query)
    language = request.scope["state"]["language"]
    columns = [_column(one, query, language, work) for one in found.columns]
    return {
        "asked": query.params(),
        "columns": [column for column in columns if column.kind is StageKind.open],
        "ends": [column for column in columns if column.kind is not StageKind.open],
        "currency": (await company_settings(work.session)).currency,
    }  # fmt: skip


def _column(column: BoardColumn, query: ListQuery, language: str, work: Work) -> Column:
    stage = column.stage
    cards = () if stage.ends else [_card(row, language, work) for row in column.cards]
    return Column(
        stage.id, stage.name, stage.kind, f"{column.number}{'+' if column.more else ''}", column.amount,
        f"{PATH}?{query.params(stage=str(stage.id))}", cards, column.number > len(cards) > 0,
    )  # fmt: skip


def _card(row: Any, language: str, work: Work) -> Card:
    owner = None if row.owner_id == work.actor.id else row.owner
    return Card(
        row.id, row.name, row.version, " · ".join(filter(None, (row.customer, owner))), row.amount,
        _mark(row, language, work.today), bool(row.may_write) and work.actor.may("opportunities.edit"),
    )  # fmt: skip


def _mark(row: Any, language: str, today: date) -> Markup:
    """What is wrong with it, else when it is to be closed."""
    words = words_of(language)
    if row.overdue or row.stale:
        return (words.overdue if row.overdue else EMPTY) + (words.stale if row.stale else EMPTY)
    day = Formats(language).day(row.expected_on, today=today)
    return Markup('<span class="soft">{}</span>').format(day) if day else EMPTY
