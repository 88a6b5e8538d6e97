"""A team's day of visits: everybody's progress, what to look at, and the check-ins on a map."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.params import FromPath

from domain.core.places import Position
from domain.core.sentences import restored
from domain.core.text import _
from domain.core.work import Work
from domain.places import starts
from domain.visits import queries, team
from domain.visits.models import Verdict, Visit, VisitStatus
from webapp.htmx import AnyRequest, wants_fragment
from webapp.i18n import catalogue
from webapp.pages.calendar import day_of
from webapp.pages.map_views import around, settings_of, to_map
from webapp.pages.route import departments_url
from webapp.pages.visit_shapes import VISIT_WORDS, place_of
from webapp.render import fragment, page, see_other
from webapp.settings import Settings
from webapp.work import reading

TONES = {Verdict.verified: "fresh", Verdict.doubtful: "cold", Verdict.none: "stale"}
"""Colours of pins; what is still to be made is `never`."""


class TeamDay(Controller):
    """Open to who leads."""

    path = "/team/day"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Everybody's visits of `?day=`."""
        async with reading(request) as work:
            day, rows = await _rows(request, work)
            people = team.by_person(rows, work.now)
            departments = await starts.departments(work)
        settings = settings_of(request)
        visits = [row.Visit for row in rows if row.Visit.status != VisitStatus.cancelled]
        return page(
            request, "team/day.html", title=_("Team"), day=day, people=people,
            before=day - timedelta(days=1), after=day + timedelta(days=1), place_of=place_of,
            live=len(visits), done=sum(one.status == VisitStatus.done for one in visits),
            there=sum(one.status == VisitStatus.open for one in visits), flagged=sum(one.flagged for one in people),
            tile_url=settings.tile_url, tile_attribution=settings.tile_attribution,
            starts_url=departments_url(departments), **VISIT_WORDS,
        )  # fmt: skip

    @get("/points")
    async def points(self, request: Request[Any, Any, Any]) -> dict[str, Any]:
        """Where the check-ins of the day were, and where the rest is to be made, as the map of customers reads it."""
        async with reading(request) as work:
            _day, rows = await _rows(request, work)
        say = catalogue(request.scope["state"]["language"]).say
        settings = settings_of(request)
        found = [one for row in rows if (one := _pin(settings, row, say)) is not None]
        return {"total": len(found), "bounds": around(found), "clusters": [], "customers": found}

    @get("/card/{visit_id:int}")
    async def card(self, request: Request[Any, Any, Any], visit_id: FromPath[int]) -> Response[Any]:
        """One visit of the map."""
        if not wants_fragment(request):
            return see_other(request, f"/visits/{visit_id}")
        async with reading(request) as work:
            work.actor.require("team.view")
            row = await queries.detail(work, visit_id)
        visit: Visit = row.Visit
        reason = restored(visit.verdict_reason) if visit.verdict_reason else None
        return fragment(request, "team/day.html", "card", row=row, visit=visit, reason=reason, **VISIT_WORDS)


async def _rows(request: AnyRequest, work: Work) -> tuple[date, Sequence[Any]]:
    work.actor.require("team.view")
    work.actor.require("visits.view")
    day = day_of(request.query_params.get("day"), work.today)
    return day, await queries.team_day(work, day)


def _pin(settings: Settings, row: Any, say: Any) -> dict[str, Any] | None:
    """A check-in, or the customer of a visit without one; None where neither place is known."""
    visit: Visit = row.Visit
    if visit.status == VisitStatus.cancelled:
        return None
    place = Position.of(visit.arrived_lat, visit.arrived_lng) or Position.of(row.latitude, row.longitude)
    if place is None:
        return None
    at, tone = to_map(settings, place), TONES[Verdict(visit.verdict)] if visit.verdict else "never"
    return {
        "id": visit.id, "name": f"{row.owner} · {row.customer}", "state": say(VisitStatus(visit.status).label),
        "tone": tone, "lat": round(at.lat, 6), "lng": round(at.lng, 6), "card": f"/team/day/card/{visit.id}",
    }  # fmt: skip
