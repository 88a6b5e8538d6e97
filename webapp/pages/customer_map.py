"""The customer list's other view: the map, what is near, and who is not on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.params import FromPath

from domain.core.errors import NotFound
from domain.core.list_spec import ListQuery
from domain.core.places import Position
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import map as on_map
from domain.customers.queries import LIST
from domain.places.links import map_links
from domain.visits import day_map
from domain.visits.models import VisitStatus
from webapp.htmx import AnyRequest, wants_fragment
from webapp.i18n import catalogue
from webapp.listing import Listing
from webapp.pages.customer_map_views import (
    PATH,
    Card,
    Colour,
    Look,
    PlaceRow,
    Shown,
    around,
    box_of,
    cluster,
    from_map,
    look_of,
    named_place,
    number_of,
    outermost,
    parameters,
    pin,
    place_row,
    settings_of,
    to_map,
    visit_mark,
)
from webapp.pages.customers import RECORDS
from webapp.pages.visit_shapes import STATUS_TONES
from webapp.render import fragment, page, see_other
from webapp.work import reading

SHOWN = 50
MOST_PLACES = 500


class CustomerMap(Controller):
    """The map view of the customer list; scene, filters and search are the list's."""

    path = PATH

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The map, and beside it who is not on it."""
        query, look = ListQuery.of(LIST, parameters(request)), look_of(parameters(request))
        async with reading(request) as work:
            chosen = await on_map.choose(work, LIST, query)
            missing = await on_map.without_position(chosen, limit=SHOWN)
            sheet = replace(await RECORDS.sheet(work, query), clear=f"{PATH}?{replace(query, filters={}).params()}")
        settings = settings_of(request)
        return page(
            request, "customers/map.html", title=_("Map"), back=f"/customers?{query.params()}",
            listing=Listing(LIST, query, PATH, (), None, None), query=query, asked=query.params(), sheet=sheet,
            look=look, shows=_shows(work, look, query), colours=_colours(look, query),
            missing=[(row, on_map.missing_of(row).label) for row in missing[:SHOWN]], more_missing=len(missing) > SHOWN,
            tile_url=settings.tile_url, tile_attribution=settings.tile_attribution,
        )  # fmt: skip

    @get("/points")
    async def points(self, request: Request[Any, Any, Any]) -> dict[str, Any]:
        """Clusters and single customers of a part of the world at a zoom, as JSON."""
        params = parameters(request)
        query = ListQuery.of(LIST, params)
        zoom = int(number_of(params, "zoom", 0, 22))
        settings = settings_of(request)
        west, south, east, north = box_of(params)
        low, high = from_map(settings, Position(south, west)), from_map(settings, Position(north, east))
        window = on_map.Window.of(low.lng, low.lat, high.lng, high.lat)
        look = look_of(params)
        async with reading(request) as work:
            chosen = await on_map.choose(work, LIST, query)
            cells = [] if look.shown is Shown.visits else await on_map.count_cells(chosen, window, zoom)
            single = [(cell.west, cell.north) for cell in cells if cell.count == 1]
            rows = await on_map.on_tiles(chosen, single, limit=len(single))
            visits = [] if look.shown is Shown.customers else await _visits(chosen, look, window)
        say = catalogue(request.scope["state"]["language"]).say
        marks = [visit_mark(settings, row, say) for row in visits]
        return {
            "total": sum(cell.count for cell in cells) + len(marks),
            "bounds": outermost(settings, cells) or around(marks),
            "clusters": [cluster(settings, cell, query) for cell in cells if cell.count > 1],
            "customers": [*(pin(settings, work, row, say, look.colour) for row in rows), *marks],
        }

    @get("/card/{customer_id:int}")
    async def card(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """One customer, with the ways to open it in a map app."""
        if not wants_fragment(request):
            return see_other(request, f"/customers/{customer_id}")
        async with reading(request) as work:
            chosen = await on_map.choose(work, LIST, ListQuery())
            row = await on_map.one(chosen, customer_id)
        if row is None:
            raise NotFound
        links = map_links(Position(row.latitude, row.longitude), row.name)
        shown = Card(place_row(settings_of(request), row), links, row.last_follow_up_at)
        return fragment(request, "customers/map_lists.html", "card", card=shown)

    @get("/visit/{visit_id:int}")
    async def visit(self, request: Request[Any, Any, Any], visit_id: FromPath[int]) -> Response[Any]:
        """One visit, and the customer it is to."""
        if not wants_fragment(request):
            return see_other(request, f"/visits/{visit_id}")
        async with reading(request) as work:
            work.actor.require("visits.view")
            row = await day_map.one(await on_map.choose(work, LIST, ListQuery()), visit_id)
        if row is None:
            raise NotFound
        context: dict[str, Any] = {"row": row, "state": VisitStatus(row.status), "tones": STATUS_TONES}
        links = map_links(Position(row.latitude, row.longitude), row.name)
        return fragment(request, "customers/map_visit.html", "card", links=links, **context)

    @get("/tile")
    async def tile(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The customers that share one spot of the map."""
        params = parameters(request)
        spot = (int(number_of(params, "x", 0, on_map.SIDE)), int(number_of(params, "y", 0, on_map.SIDE)))
        async with reading(request) as work:
            chosen = await on_map.choose(work, LIST, ListQuery.of(LIST, params))
            rows = await on_map.on_tiles(chosen, [spot], limit=SHOWN + 1)
        places = [place_row(settings_of(request), row) for row in rows]
        return self._list(request, _("At this place"), places, {})

    @get("/near")
    async def near(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The customers nearest to where I am, with distances."""
        params = parameters(request)
        here = Position(number_of(params, "lat", -90, 90), number_of(params, "lng", -180, 180))
        async with reading(request) as work:
            chosen = await on_map.choose(work, LIST, ListQuery.of(LIST, params))
            km = _radius(params)
            found = await on_map.nearest(chosen, here, limit=SHOWN, within_m=km * 1000 or None)
        settings = settings_of(request)
        places = [place_row(settings, near.row, near.metres) for near in found]
        at = ListQuery.of(LIST, params).params(lat=f"{here.lat:.5f}", lng=f"{here.lng:.5f}")
        rings = [
            (_("%(n)s km", n=one) if one else _("Any distance"), f"{PATH}/near?{at}&km={one}", one == km)
            for one in (0, *RADII)
        ]
        return self._list(request, _("Near me"), places, {"me": to_map(settings, here), "rings": rings, "km": km})

    @get("/places")
    async def places(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Countries, regions and cities with their numbers: the map in words."""
        query = ListQuery.of(LIST, parameters(request))
        async with reading(request) as work:
            chosen = await on_map.choose(work, LIST, query)
            rows = await on_map.count_places(chosen, limit=MOST_PLACES + 1)
        return page(
            request, "customers/map_places.html", title=_("Places"), back=f"{PATH}?{query.params()}",
            places=[named_place(row, query) for row in rows[:MOST_PLACES]], more=len(rows) > MOST_PLACES,
        )  # fmt: skip

    def _list(self, request: AnyRequest, title: Text, places: list[PlaceRow], context: dict[str, Any]) -> Response[Any]:
        more = len(places) > SHOWN
        usual: dict[str, Any] = {"me": None, "rings": (), "km": 0}
        values = {**usual, **context, "heading": title, "places": places[:SHOWN], "more": more}
        if wants_fragment(request):
            return fragment(request, "customers/map_lists.html", "list", **values)
        return page(request, "customers/map_lists.html", title=title, back=PATH, card=None, **values)


RADII = (1, 3, 10, 50)
MOST_VISITS = 500


def _radius(params: Mapping[str, str]) -> int:
    """Kilometres to look around; 0 for any distance."""
    asked = params.get("km", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and int(asked) in RADII else 0


async def _visits(chosen: on_map.Chosen, look: Look, window: on_map.Window) -> Sequence[Any]:
    return await day_map.on_map(chosen, look.day or chosen.work.today, window, limit=MOST_VISITS)


def _shows(work: Work, look: Look, query: ListQuery) -> list[tuple[Text, str, bool]]:
    """Chips of what can be shown: (label, address, current)."""
    if not work.actor.may("visits.view"):
        return []
    return [(one.label, f"{PATH}?{replace(look, shown=one).params(query)}", one is look.shown) for one in Shown]


def _colours(look: Look, query: ListQuery) -> list[tuple[Text, str, bool]]:
    return [(one.label, f"{PATH}?{replace(look, colour=one).params(query)}", one is look.colour) for one in Colour]
