"""Visits: the day in the order of its route, the list, and one visit with all that came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.params import FromPath

from domain.core.access import Actor
from domain.core.clocks import clock_note
from domain.core.errors import NotFound
from domain.core.places import Position
from domain.core.questions import shown
from domain.core.sentences import restored
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.files import queries as files
from domain.files.policy import SHOWN
from domain.places.links import map_links
from domain.visits import policy, queries, questions
from domain.visits.models import Verdict, Visit, VisitStatus
from domain.visits.workflow import WORKFLOW
from webapp.forms import whole_number
from webapp.htmx import wants_fragment
from webapp.listing import listing
from webapp.pages.calendar import day_of
from webapp.pages.visit_shapes import FLAGS, VISIT_WORDS, place_of
from webapp.render import fragment, page
from webapp.work import reading


class Visits(Controller):
    """Open to whoever may see visits."""

    path = "/visits"

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The list, newest first."""
        async with reading(request) as work:
            work.actor.require("visits.view")
            found = await listing(request, work, queries.LIST)
            types = await questions.types(work)
            goers = await queries.goers(work)
        context: dict[str, Any] = {
            "listing": found, "rows": found.rows, **VISIT_WORDS, "people": goers,
            "type_options": [(str(one.id), one.name) for one in types],
            "status_options": [(one.value, one.label) for one in VisitStatus],
            "verdict_options": [(one.value, one.label) for one in Verdict],
        }  # fmt: skip
        if wants_fragment(request):
            return fragment(request, "visits/list.html", "rows" if found.query.cursor else "results", **context)
        return page(request, "visits/list.html", title=_("Visits"), **context)

    @get("/today")
    async def day(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The visits of `?day=`, mine or of `?person=`, in the order of the route."""
        async with reading(request) as work:
            work.actor.require("visits.view")
            day = day_of(request.query_params.get("day"), work.today)
            person_id = whole_number(request.query_params.get("person")) or work.actor.id
            goers = await queries.goers(work)
            if person_id != work.actor.id and person_id not in dict(goers):
                raise NotFound
            rows = await queries.day(work, person_id, day)
            first = day - timedelta(days=day.weekday())
            week = await queries.week(work, person_id, first)
        mine = person_id == work.actor.id
        live = [row for row in rows if row.Visit.status != VisitStatus.cancelled]
        return page(
            request, "visits/day.html", title=_("Visits"), day=day, week=week, rows=rows, people=goers, mine=mine,
            person_id=person_id, live=len(live), done=sum(row.Visit.status == VisitStatus.done for row in live),
            before=first - timedelta(days=7), after=first + timedelta(days=7), week_path="/visits/today",
            suffix="" if mine else f"&person={person_id}", place_of=place_of, **VISIT_WORDS,
        )  # fmt: skip

    @get("/{visit_id:int}")
    async def show(self, request: Request[Any, Any, Any], visit_id: FromPath[int]) -> Response[Any]:
        """One visit."""
        async with reading(request) as work:
            row = await queries.detail(work, visit_id)
            context = await _whole(work, row)
        back = f"/visits/today?day={row.Visit.planned_on.isoformat()}" if context["mine"] else "/visits"
        return page(request, "visits/show.html", title=_("Visit"), back=back, **context)


async def _whole(work: Work, row: Any) -> dict[str, Any]:
    """Everything that the page of a visit shows."""
    visit: Visit = row.Visit
    kinds = {form.id: form for form in await questions.types(work, besides=visit.type_id)}
    kind = kinds.get(visit.type_id or 0)
    here = [
        (label, at)
        for label, at in (
            (_("Check-in"), Position.of(visit.arrived_lat, visit.arrived_lng)),
            (_("Check-out"), Position.of(visit.left_lat, visit.left_lng)),
        )
        if at is not None
    ]
    minutes = None
    if visit.arrived_at is not None and visit.left_at is not None:
        minutes = round((visit.left_at - visit.arrived_at).total_seconds() / 60)
    kept = (await files.of_records(work, "visits", [visit.client_uuid]))[visit.client_uuid]
    return {
        "row": row, "visit": visit, "files": [one for one in kept if one.complete_at],
        "coming": sum(one.complete_at is None for one in kept), "kind": kind, "minutes": minutes,
        "answers": shown(kind.questions, visit.answers) if kind is not None else [],
        "sees_customer": await customers.sees(work, visit.customer_id),
        "mine": visit.owner_id == work.actor.id, "go_off": policy.can_check_in(work.actor, visit),
        "menu": _menu(work.actor, row), "place": place_of(row, row.customer),
        "verdict_reason": restored(visit.verdict_reason) if visit.verdict_reason else None,
        "maps": [(label, map_links(position, row.customer)) for label, position in here],
        "shown_types": SHOWN, "clock_note": clock_note(visit.clock_offset_s),
        "flag": FLAGS.get(visit.flag or ""), **VISIT_WORDS,
    }  # fmt: skip


def _menu(actor: Actor, row: Any) -> list[dict[str, Any]]:
    """What can be done with a visit that did not take place (yet)."""
    open_to = {move.name for move in WORKFLOW.open_to(actor, row.Visit.status)} if row.may_write else set()
    return [
        {"label": label, "icon": icon, "href": f"/visits/{row.Visit.id}/{verb}"}
        for verb, label, icon in VERBS
        if verb in open_to
    ]


VERBS: tuple[tuple[str, Text, str], ...] = (
    ("move", _("Another day"), "calendar"), ("miss", _("Did not take place"), "alert"),
    ("cancel", _("Cancel visit"), "close"),
)  # fmt: skip
