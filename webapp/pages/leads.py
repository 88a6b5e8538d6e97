"""Leads: the list with its filter, the bin, and what became of leads by source and by person."""

from __future__ import annotations

from typing import Any, Literal

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.core.errors import Conflict, Invalid
from domain.core.text import _
from domain.leads import actions, queries
from domain.leads.models import LeadSource, LeadStatus
from domain.pools.models import PoolKind
from webapp.pages.lead_forms import save_new, show_new
from webapp.pages.lead_rows import row_views
from webapp.pages.record_list import RecordList
from webapp.render import page, see_other
from webapp.work import reading, writing

PATH = "/leads"
BY = {"source": _("By source"), "owner": _("By person")}


RECORDS = RecordList(
    spec=queries.LIST,
    kind=PoolKind.lead,
    title=_("Leads"),
    row_views=row_views,
    options={
        "status": [(one.value, one.label) for one in LeadStatus],
        "source": [(one.value, one.label) for one in LeadSource],
    },
)


class Leads(Controller):
    """Open to whoever may see leads."""

    path = PATH

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The list."""
        return await RECORDS.show(request)

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
        """The fields of its filter."""
        return await RECORDS.show_filter(request)

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
