"""Leads: the list with its filter, the bin, and what became of leads by source and by person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from sqlalchemy import select

from domain.core.errors import Conflict, Invalid
from domain.core.lists import ListQuery
from domain.core.text import Text, _
from domain.core.work import Work, clock
from domain.leads import actions, queries
from domain.leads.models import LeadSource, LeadStatus
from domain.people.models import User
from domain.pools import queries as pools
from domain.pools.models import PoolKind
from webapp import csrf
from webapp.forms import whole_number
from webapp.htmx import AnyRequest, wants_fragment
from webapp.listing import Listing, block_of, listing
from webapp.pages import customer_tools
from webapp.pages.customers import MOST_OWNERS
from webapp.pages.lead_forms import save_new, show_new
from webapp.pages.lead_rows import row_views
from webapp.render import fragment, page, see_other
from webapp.work import actor_of, reading, writing

PATH = "/leads"
BY = {"source": _("By source"), "owner": _("By person")}


class Leads(Controller):
    """Open to whoever may see leads."""

    path = PATH

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The list: scenes, search, filters, page after page."""
        async with reading(request) as work:
            work.actor.require("leads.view")
            found = await listing(request, work, queries.LIST)
        part = block_of(request, found)
        clear = f"{PATH}?{replace(found.query, filters={}).params()}"
        context = {"listing": found, "rows": views(request, found.rows), "clear": clear, **choosing(request, found)}
        if part is not None:
            return fragment(request, "leads/list.html", part, **context)
        return page(request, "leads/list.html", title=_("Leads"), **context)

    @post(status_code=200)
    async def create(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Save a new lead and go on to its page."""
        return await save_new(request)

    @get("/new")
    async def new(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The form for a new one."""
        return await show_new(request)

    @get("/filter")
    async def choose(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The fields of the filter, fetched when the sheet opens; a page of its own without JavaScript."""
        params = {name: value for name, value in request.query_params.items() if isinstance(value, str)}
        query = ListQuery.of(queries.LIST, params)
        async with reading(request) as work:
            work.actor.require("leads.view")
            sheet = await sheet_of(work, query)
        context: dict[str, Any] = {"sheet": sheet, "query": query}
        if wants_fragment(request):
            return fragment(request, "leads/filter.html", "fields", **context)
        return page(request, "leads/filter.html", title=_("Filter"), back=f"{PATH}?{query.params()}", **context)

    @get("/rates")
    async def rates(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """How many leads became customers, by where they came from or by who looks after them."""
        by: Literal["source", "owner"] = "owner" if request.query_params.get("by") == "owner" else "source"
        async with reading(request) as work:
            work.actor.require("leads.view")
            rows = await queries.rates(work, by)
        tabs = [(label, f"{PATH}/rates?by={name}", name == by) for name, label in BY.items()]
        return page(request, "leads/rates.html", title=_("Conversion"), back=PATH, tabs=tabs, by=by, rows=rows)

    @get("/bin")
    async def binned(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """What was deleted, newest first, to be restored."""
        async with reading(request) as work:
            actions.require_bin(work)
            rows = await queries.binned(work)
        return page(request, "leads/bin.html", title=_("Bin"), back=PATH, rows=rows)

    @post("/bin/{lead_id:int}/restore", status_code=200)
    async def restore(self, request: Request[Any, Any, Any], lead_id: FromPath[int]) -> Response[Any]:
        """Take it out of the bin; if its number was taken meanwhile, the bin says so."""
        try:
            async with writing(request) as work:
                await actions.restore_deleted(work, lead_id)
        except (Invalid, Conflict) as problem:
            return see_other(request, f"{PATH}/bin", toast=problem.sentence, tone="bad")
        return see_other(request, f"{PATH}/{lead_id}", toast=_("Restored"))


def views(request: AnyRequest, rows: Sequence[Any]) -> Any:
    """The rows in the reader's language."""
    token = csrf.masked(request.scope["state"]["csrf"])
    return row_views(rows, request.scope["state"]["language"], actor_of(request), token=token, now=clock())


def choosing(request: AnyRequest, found: Listing) -> dict[str, Any]:
    """The list's menu, or while rows are being chosen what can be done with them."""
    actor = actor_of(request)
    asked = found.rows and customer_tools.is_choosing(request)
    acts = customer_tools.bulk_acts(actor, found.query, "leads") if asked else ()
    if not acts:
        menu = customer_tools.tools(actor, request.scope["state"]["language"], found.query, "leads")
        return {"acts": (), "menu": menu, "next_url": found.next_url}
    return {"acts": acts, "menu": "", "next_url": found.next_url and f"{found.next_url}&select=1"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the filter sheet offers, and the address without filters."""

    chosen: Mapping[str, str]
    clear: str
    keep: Sequence[tuple[str, str]]
    owners: Sequence[tuple[int, str]]
    pools: Sequence[tuple[int, str]]
    sorts: Sequence[tuple[str, Text]] = tuple((sort.name, sort.label) for sort in queries.LIST.sorts)
    status: Sequence[tuple[str, Text]] = tuple((one.value, one.label) for one in LeadStatus)
    source: Sequence[tuple[str, Text]] = tuple((one.value, one.label) for one in LeadSource)


async def sheet_of(work: Work, query: ListQuery) -> Sheet:
    """The filter sheet of this reader: pools if they have any, owners if somebody works under them."""
    actor = work.actor
    choices = await pools.choices(work, PoolKind.lead) if actor.pool_ids or actor.everything else ()
    chosen = whole_number(query.filters.get("owner"))
    owners: Sequence[tuple[int, str]] = ()
    if actor.subordinate_ids or chosen:
        ids = {*actor.subordinate_ids[:MOST_OWNERS], *filter(None, (actor.id, chosen))}
        statement = select(User.id, User.name).where(User.id.in_(sorted(ids))).order_by(User.name)
        owners = [(row.id, row.name) for row in await work.session.execute(statement)]
    return Sheet(
        chosen={item.name: query.filters.get(item.name, "") for item in queries.LIST.filters},
        clear=f"{PATH}?{replace(query, filters={}, cursor=None).params()}",
        keep=[(name, value) for name, value in (("scene", query.scene), ("q", query.q)) if value],
        owners=owners,
        pools=choices,
    )
