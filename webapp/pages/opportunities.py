"""Opportunities: the list with its filter, the bin, and giving several to somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.company.queries import company_settings
from domain.core.errors import Conflict, Invalid
from domain.core.lists import ListQuery
from domain.core.text import Text, _
from domain.core.work import Work, clock
from domain.leads.models import LeadSource
from domain.opportunities import actions, queries
from domain.opportunities.models import StageKind
from domain.opportunities.stages import PipelineView
from webapp.htmx import wants_fragment
from webapp.listing import block_of, listing
from webapp.pages.opportunity_forms import save_new, show_new
from webapp.pages.opportunity_rows import PATH, row_views
from webapp.pages.record_list import choosing, owners
from webapp.render import fragment, page, see_other
from webapp.work import actor_of, reading, writing

VIEWS = (
    ("", _("List")), ("/board", _("Board")), ("/funnel", _("Funnel")), ("/forecast", _("Forecast")),
)  # fmt: skip


class Opportunities(Controller):
    """Open to whoever may see opportunities."""

    path = PATH

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The list: scenes, search, filters, page after page."""
        async with reading(request) as work:
            work.actor.require("opportunities.view")
            found = await listing(request, work, queries.LIST)
            currency = (await company_settings(work.session)).currency
        part, language = block_of(request, found), request.scope["state"]["language"]
        clear = f"{PATH}?{replace(found.query, filters={}).params()}"
        rows = row_views(found.rows, language, actor_of(request), currency, clock())
        context = {"listing": found, "rows": rows, "clear": clear, **choosing(request, found)}
        if part is not None:
            return fragment(request, "opportunities/list.html", part, **context)
        shown = views("", found.query)
        return page(request, "opportunities/list.html", title=_("Opportunities"), views=shown, **context)

    @post(status_code=200)
    async def create(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Save a new one and go on to its page."""
        return await save_new(request)

    @get("/new")
    async def new(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The form for a new one."""
        return await show_new(request)

    @get(["/filter", "/board/filter"])
    async def choose(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The fields of the filter, fetched when the sheet opens; a page of its own without JavaScript."""
        params = {name: value for name, value in request.query_params.items() if isinstance(value, str)}
        query = ListQuery.of(queries.LIST, params)
        home = request.url.path.removesuffix("/filter")
        async with reading(request) as work:
            work.actor.require("opportunities.view")
            sheet = await sheet_of(work, query, home)
        context: dict[str, Any] = {"sheet": sheet, "query": query}
        if wants_fragment(request):
            return fragment(request, "opportunities/filter.html", "fields", **context)
        back = f"{home}?{query.params()}"
        return page(request, "opportunities/filter.html", title=_("Filter"), back=back, **context)

    @get("/bin")
    async def binned(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """What was deleted, newest first, to be restored."""
        async with reading(request) as work:
            actions.require_bin(work)
            rows = await queries.binned(work)
        return page(request, "opportunities/bin.html", title=_("Bin"), back=PATH, rows=rows)

    @post("/bin/{opportunity_id:int}/restore", status_code=200)
    async def restore(self, request: Request[Any, Any, Any], opportunity_id: FromPath[int]) -> Response[Any]:
        """Take it out of the bin; if it cannot come back, the bin says so."""
        try:
            async with writing(request) as work:
                await actions.restore_deleted(work, opportunity_id)
        except (Invalid, Conflict) as problem:
            return see_other(request, f"{PATH}/bin", toast=problem.sentence, tone="bad")
        return see_other(request, f"{PATH}/{opportunity_id}", toast=_("Restored"))


def views(current: str, query: ListQuery | None = None) -> list[tuple[Text, str, bool]]:
    """The four ways to look at opportunities; list and board keep the question asked of each other."""
    asked = f"?{query.params()}" if query and query.params() else ""
    return [
        (label, f"{PATH}{end}{asked if end in ('', '/board') else ''}", end == current) for end, label in VIEWS
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the filter sheet offers, where it leads, and the address without filters."""

    home: str
    chosen: Mapping[str, str]
    clear: str
    keep: Sequence[tuple[str, str]]
    owners: Sequence[tuple[int, str]]
    pipelines: Sequence[PipelineView]
    sorts: Sequence[tuple[str, Text]] = tuple((sort.name, sort.label) for sort in queries.LIST.sorts)
    status: Sequence[tuple[str, Text]] = tuple((one.value, one.label) for one in StageKind)
    source: Sequence[tuple[str, Text]] = tuple((one.value, one.label) for one in LeadSource)
    expected: Sequence[tuple[str, Text]] = (
        ("overdue", _("Overdue")), ("this_month", _("This month")), ("next_month", _("Next month")),
        ("quarter", _("This quarter")), ("none", _("Not set")),
    )  # fmt: skip

    @property
    def ways(self) -> list[tuple[int, str]]:
        """The pipelines for a select."""
        return [(one.id, one.name) for one in self.pipelines]

    @property
    def stages(self) -> list[tuple[int, str]]:
        """All their stages for a select, with the pipeline's name where there are several."""
        many = len(self.pipelines) > 1
        return [
            (stage.id, f"{one.name} · {stage.name}" if many else stage.name)
            for one in self.pipelines for stage in one.stages
        ]  # fmt: skip

    @property
    def is_board(self) -> bool:
        """The board has the stages for columns and an order of its own."""
        return self.home.endswith("/board")


ON_SHEET = frozenset({"status", "pipeline", "stage", "owner", "source", "expected", "stale"})
"""Filters with a field of their own; the others are kept as they came."""


async def sheet_of(work: Work, query: ListQuery, home: str) -> Sheet:
    """The filter sheet of this reader: owners if somebody works under them."""
    kept = {name: value for name, value in query.filters.items() if name not in ON_SHEET}
    return Sheet(
        home=home,
        chosen={item.name: query.filters.get(item.name, "") for item in queries.LIST.filters},
        clear=f"{home}?{replace(query, filters={}, cursor=None).params()}",
        keep=[(name, value) for name, value in (("scene", query.scene), ("q", query.q), *kept.items()) if value],
        owners=await owners(work, query.filters.get("owner")),
        pipelines=await queries.pipelines(work),
    )
