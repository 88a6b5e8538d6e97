"""The route of a day: its stops on the map and as a list, in an order that one can change, handed over to map apps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import anyio.to_thread
from litestar import Controller, Request, Response, get, post

from domain.core.errors import Conflict, Invalid
from domain.core.places import Position, distance_text
from domain.core.text import _
from domain.places import starts
from domain.places.inputs import StartInput
from domain.visits import ordering, queries
from webapp.forms import Form, bind, raw_form, whole_number
from webapp.htmx import AnyRequest, wants_fragment
from webapp.pages.map_views import settings_of, to_map
from webapp.pages.pin_form import pin_on_map, raw_of
from webapp.pages.route_views import Asked, chosen_start, clock, minutes_text, read, shown_calls, whole
from webapp.render import fragment, page, see_other
from webapp.work import actor_of, reading, writing

PATH = "/visits/route"
START = f"{PATH}/start"
DEPARTMENTS = f"{START}/departments"


class Route(Controller):
    """Open to whoever may see visits; changing the order is open to who may plan the person's days."""

    path = PATH

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The stops of `?day=`, mine or of `?person=`."""
        return await _page(request, read(request.query_params))

    @post(status_code=200)
    async def change(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Keep the order as posted, with one stop moved up or down, or the order that is best."""
        asked, raw = read(request.query_params), await raw_form(request)
        former = _ids(raw.get("order"))
        try:
            if raw.get("do") == "suggest":
                ids, undo = await _suggestion(request, asked), former
            elif raw.get("do") == "undo":
                ids, undo = _ids(str(raw.get("former", "")).split(",")), []
            else:
                by = -1 if "up" in raw else 1
                ids, undo = ordering.moved(former, whole_number(raw.get("up", raw.get("down"))) or 0, by), []
            async with writing(request) as work:
                await ordering.put_in_order(work, asked.person, asked.on(work), ids)
        except (Conflict, Invalid) as problem:
            return await _page(request, asked, said=problem, status=409 if isinstance(problem, Conflict) else 422)
        undo = [] if undo == ids else undo
        if wants_fragment(request):
            return await _page(request, asked, undo=undo)
        return see_other(request, asked.url(undo=undo), toast=_("Order kept."))


async def _suggestion(request: AnyRequest, asked: Asked) -> list[int]:
    async with reading(request) as work:
        day = await ordering.load_day(work, asked.person, asked.on(work))
        start, _name = await chosen_start(work, day, asked)
    return await anyio.to_thread.run_sync(ordering.suggested, day, start)


async def _page(
    request: AnyRequest, asked: Asked, *, undo: list[int] | None = None, said: Conflict | Invalid | None = None,
    status: int = 200,
) -> Response[Any]:  # fmt: skip
    async with reading(request) as work:
        day = await ordering.load_day(work, asked.person, asked.on(work))
        start, start_name = await chosen_start(work, day, asked)
        people = await queries.goers(work)
        mine = day.user_id == work.actor.id
    found = ordering.shown(day, start)
    settings = settings_of(request)
    context: dict[str, Any] = {
        "asked": asked, "day": day, "mine": mine, "said": said and said.sentence, "start_name": start_name,
        "calls": shown_calls(settings, day, found), "found": found, "distance": distance_text(found.metres),
        "links": whole(request.headers.get("user-agent", ""), day, start, start_name), "people": people,
        "start_at": to_map(settings, start.position) if start.position else None,
        "undo": ",".join(map(str, undo if undo is not None else asked.undo)), "sets_out": clock(start.at_s),
        "travel": minutes_text(found.travel_s), "ends": clock(found.ends_s), "late": minutes_text(found.late_s),
        "before": asked.url(day=day.on - timedelta(days=1)), "after": asked.url(day=day.on + timedelta(days=1)),
        "tile_url": settings.tile_url, "tile_attribution": settings.tile_attribution,
        "may_order": actor_of(request).may("visits.edit"),
    }  # fmt: skip
    if wants_fragment(request):
        return fragment(request, "route/show.html", "stops", status=status, **context)
    back = f"/visits/today?day={day.on.isoformat()}" + ("" if mine else f"&person={day.user_id}")
    return page(request, "route/show.html", status=status, title=_("Route"), back=back, **context)


def _ids(values: Any) -> list[int]:
    found = [whole_number(value) for value in (values if isinstance(values, list) else [values])]
    return [value for value in found if value is not None]


def departments_url(departments: Sequence[Any]) -> str | None:
    """Where the starts of these departments are set; None where there is none to set."""
    if len(departments) == 1:
        return f"{START}?department={departments[0].id}"
    return DEPARTMENTS if departments else None


class RouteStart(Controller):
    """Where days start: everybody sets their own, heads and administrators a department's (`?department=`)."""

    path = START

    @get()
    async def ask(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The place on the map and its numbers."""
        return await _start_form(request, Form())

    @post(status_code=200)
    async def keep(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Keep the place, or start from the department again."""
        department_id = whole_number(request.query_params.get("department"))
        form = await bind(request, StartInput)
        actor_of(request).require("visits.edit")
        try:
            async with writing(request) as work:
                if form.raw.get("do") == "forget" and department_id is None:
                    await starts.forget_mine(work)
                else:
                    await starts.set_start(work, form.checked(), department_id=department_id)
        except Invalid as problem:
            return await _start_form(request, form.refuse(problem.errors), status=422)
        return see_other(request, _back(request, department_id), toast=_("Saved"))

    @get("/departments")
    async def departments(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The departments whose start one may set."""
        async with reading(request) as work:
            work.actor.require("visits.view")
            rows = await starts.departments(work)
        title, back = _("Where the day starts"), _back(request, 0)
        return page(request, "route/departments.html", title=title, back=back, rows=rows, start_url=START)


def _back(request: AnyRequest, department_id: int | None) -> str:
    """Whoever sets a department's start comes from the team's day, everybody else from the route."""
    return "/team/day" if department_id is not None and actor_of(request).may("team.view") else PATH


async def _start_form(request: AnyRequest, form: Form[Any], *, status: int = 200) -> Response[Any]:
    department_id = whole_number(request.query_params.get("department"))
    async with reading(request) as work:
        work.actor.require("visits.view")
        name, kept = None, await starts.mine(work)
        if department_id is not None:
            name, kept = await starts.of_department(work, department_id)
        fallback = await starts.start_of(work, work.actor.id)
        departments = await starts.departments(work) if department_id is None else ()
    at = Position(kept.latitude, kept.longitude) if kept else None
    if not form.raw:
        form = Form({"name": kept.name if kept else "", **raw_of(at)})
    return page(
        request, "route/start.html", status=status, title=_("Where the day starts"),
        back=_back(request, department_id), form=form, department=name, department_id=department_id, kept=kept,
        fallback=fallback, departments_url=departments_url(departments),
        **pin_on_map(settings_of(request), at, fallback.position if fallback else None),
    )  # fmt: skip
