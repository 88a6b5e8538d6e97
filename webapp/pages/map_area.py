"""The records of an area drawn on the map, or of a city: all chosen, to be assigned, visited or taken out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from litestar import Controller, Request, Response, get, post

from domain.core.errors import Invalid, NotFound
from domain.core.inputs import parse
from domain.core.list_spec import ListQuery
from domain.core.text import _
from domain.customers import queries as customers
from domain.places import area
from domain.places import map as on_map
from domain.pools.actions import MOST_AT_ONCE
from domain.visits import queries as visits
from domain.visits import questions
from domain.visits.many import ManyInput, plan_many
from webapp.exporting import export_items
from webapp.forms import Form, raw_form
from webapp.htmx import AnyRequest
from webapp.pages import customer_tools
from webapp.pages.map_kinds import CUSTOMERS as CUSTOMERS_MAP
from webapp.pages.map_kinds import LEADS, MapKind
from webapp.pages.map_views import from_map, parameters, place_row, settings_of
from webapp.pages.pool_verbs import nothing_chosen, picks, told
from webapp.pages.pooled import CUSTOMERS
from webapp.render import page, see_other
from webapp.work import actor_of, reading, writing


class ListArea(Controller):
    """Scene, filters and search are the list's; `shape` is drawn in the datum of the tiles, `area` is WGS-84."""

    of: MapKind

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The records there, each with a ticked box, and what can be done with them."""
        params = parameters(request)
        of, query = self.of, ListQuery.of(self.of.placed.spec, params)
        if params.get("shape"):
            return see_other(request, f"{of.path}/area?{query.params(area=_wgs84(request, params['shape']))}")
        async with reading(request) as work:
            chosen = await on_map.choose(work, of.placed, query)
            rows = await on_map.listed(chosen, limit=MOST_AT_ONCE + 1)
        actor = actor_of(request)
        return page(
            request, "map/area.html", title=_("Chosen on the map"), back=f"{of.path}?{_without(query)}", of=of,
            places=[place_row(settings_of(request), of.placed, row) for row in rows[:MOST_AT_ONCE]],
            more=len(rows) > MOST_AT_ONCE, most=MOST_AT_ONCE, acts=customer_tools.bulk_acts(actor, query, of.feature),
            list_url=f"{of.list_path}?{query.params()}",
            exports=export_items(of.feature, query.params()) if actor.may(f"{of.feature}.export") else [],
        )  # fmt: skip


def _wgs84(request: AnyRequest, shape: str) -> str:
    try:
        corners = area.corners_of(shape)
    except ValueError:
        raise Invalid.of("shape", _("This area on the map cannot be read.")) from None
    return area.written([from_map(settings_of(request), corner) for corner in corners])


def _without(query: ListQuery) -> str:
    return replace(query, filters={k: v for k, v in query.filters.items() if k != "area"}).params()


class CustomerArea(ListArea):
    """Customers."""

    path = f"{CUSTOMERS_MAP.path}/area"
    of = CUSTOMERS_MAP


class LeadArea(ListArea):
    """Leads."""

    path = f"{LEADS.path}/area"
    of = LEADS


class PlanVisits(Controller):
    """Planning a visit to each of the chosen customers."""

    path = "/customers/plan"

    @post(status_code=200)
    async def plan(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Ask for the day first, then plan; each customer has its own outcome."""
        raw = await raw_form(request)
        ids, back = picks(raw), customer_tools.came_from(raw)
        if not ids:
            return nothing_chosen(request, CUSTOMERS, raw, "visits.create")
        if "planned_on" not in raw:
            return await _ask(request, ids, Form({"batch": str(uuid4())}), back)
        try:
            async with writing(request) as work:
                outcomes = await plan_many(work, ids, parse(ManyInput, raw))
        except Invalid as problem:
            return await _ask(request, ids, Form(raw, problem.errors), back, status=422)
        return told(request, CUSTOMERS, _("Visits planned"), outcomes, back)


async def _ask(request: AnyRequest, ids: list[int], form: Form[Any], back: str, *, status: int = 200) -> Response[Any]:
    async with reading(request) as work:
        work.actor.require("visits.create")
        names = await customers.names(work, ids[:5])
        if not names:
            raise NotFound
        goers, types = await visits.goers(work), await questions.types(work)
        if "planned_on" not in form.raw:
            tomorrow = work.today + timedelta(days=1)
            form = Form({**form.raw, "planned_on": tomorrow.isoformat()}, form.errors)
    return page(
        request, "customers/map_plan.html", status=status, title=_("Plan visits"), back=back, form=form, ids=ids,
        names=names, more=len(ids) - len(names), goers=goers, types=[(str(one.id), one.name) for one in types],
    )  # fmt: skip
