"""A list's other view: the map, what is near, and what is not on it."""

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
from domain.places import map as on_map
from domain.places.links import map_links
from domain.visits import day_map
from domain.visits.models import VisitStatus
from webapp.htmx import AnyRequest, wants_fragment
from webapp.i18n import catalogue
from webapp.listing import Listing
from webapp.pages.map_kinds import CUSTOMERS, LEADS, MapKind
from webapp.pages.map_views import (
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
from webapp.pages.visit_shapes import STATUS_TONES
from webapp.render import fragment, page, see_other
from webapp.work import reading

SHOWN = 50
MOST_PLACES = 500


class ListMap(Controller):
    """The map view of a list; scene, filters and search are the list's."""

    of: MapKind

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The map, and beside it what is not on it."""
        of, look = self.of, look_of(parameters(request))
        query = self._query(request)
        async with reading(request) as work:
            chosen = await on_map.choose(work, of.placed, query)
            missing = await on_map.without_position(chosen, limit=SHOWN)
            sheet = replace(await of.sheet(work, query), clear=f"{of.path}?{replace(query, filters={}).params()}")
        settings = settings_of(request)
        return page(
            request, "map/show.html", title=_("Map"), back=f"{of.list_path}?{query.params()}", of=of,
            listing=Listing(of.placed.spec, query, of.path, (), None, None), query=query, asked=query.params(),
            sheet=sheet, look=look, shows=_shows(work, of, look, query), colours=_colours(of, look, query),
            missing=[(row, on_map.missing_of(row).label) for row in missing[:SHOWN]], more_missing=len(missing) > SHOWN,
            tile_url=settings.tile_url, tile_attribution=settings.tile_attribution,
        )  # fmt: skip

    def _query(self, request: AnyRequest) -> ListQuery:
        return ListQuery.of(self.of.placed.spec, parameters(request))

    @get("/points")
    async def points(self, request: Request[Any, Any, Any]) -> dict[str, Any]:
        """Clusters and single records of a part of the world at a zoom, as JSON."""
        params = parameters(request)
        query = self._query(request)
        zoom = int(number_of(params, "zoom", 0, 22))
        settings = settings_of(request)
        west, south, east, north = box_of(params)
        low, high = from_map(settings, Position(south, west)), from_map(settings, Position(north, east))
        window = on_map.Window.of(low.lng, low.lat, high.lng, high.lat)
        look = look_of(params)
        async with reading(request) as work:
            chosen = await on_map.choose(work, self.of.placed, query)
            only_visits = self.of.with_visits and look.shown is Shown.visits
            cells = [] if only_visits else await on_map.count_cells(chosen, window, zoom)
            single = [(cell.west, cell.north) for cell in cells if cell.count == 1]
            rows = await on_map.on_tiles(chosen, single, limit=len(single))
            visits = await _visits(chosen, look, window) if self._with_visits(look) else []
        say = catalogue(request.scope["state"]["language"]).say
        marks = [visit_mark(settings, row, say) for row in visits]
        return {
            "total": sum(cell.count for cell in cells) + len(marks),
            "bounds": outermost(settings, cells) or around(marks),
            "clusters": [cluster(settings, cell, chosen) for cell in cells if cell.count > 1],
            "customers": [*(pin(settings, chosen, row, say, look.colour) for row in rows), *marks],
        }

    def _with_visits(self, look: Look) -> bool:
        return self.of.with_visits and look.shown is not Shown.records

    @get("/card/{record_id:int}")
    async def card(self, request: Request[Any, Any, Any], record_id: FromPath[int]) -> Response[Any]:
        """One record, with the ways to open it in a map app."""
        if not wants_fragment(request):
            return see_other(request, f"{self.of.list_path}/{record_id}")
        async with reading(request) as work:
            chosen = await on_map.choose(work, self.of.placed, ListQuery())
            row = await on_map.one(chosen, record_id)
        if row is None:
            raise NotFound
        links = map_links(Position(row.latitude, row.longitude), row.name)
        shown = Card(place_row(settings_of(request), self.of.placed, row), links, row.last_follow_up_at)
        return fragment(request, "map/lists.html", "card", card=shown, of=self.of)

    @get("/tile")
    async def tile(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The records that share one spot of the map."""
        params = parameters(request)
        spot = (int(number_of(params, "x", 0, on_map.SIDE)), int(number_of(params, "y", 0, on_map.SIDE)))
        async with reading(request) as work:
            chosen = await on_map.choose(work, self.of.placed, self._query(request))
            rows = await on_map.on_tiles(chosen, [spot], limit=SHOWN + 1)
        places = [place_row(settings_of(request), self.of.placed, row) for row in rows]
        return self._list(request, _("At this place"), places, {})

    @get("/near")
    async def near(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The records nearest to where I am, with distances."""
        params = parameters(request)
        here = Position(number_of(params, "lat", -90, 90), number_of(params, "lng", -180, 180))
        async with reading(request) as work:
            chosen = await on_map.choose(work, self.of.placed, self._query(request))
            km = _radius(params)
            found = await on_map.nearest(chosen, here, limit=SHOWN, within_m=km * 1000 or None)
        settings = settings_of(request)
        places = [place_row(settings, self.of.placed, near.row, near.metres) for near in found]
        at = self._query(request).params(lat=f"{here.lat:.5f}", lng=f"{here.lng:.5f}")
        rings = [
            (_("%(n)s km", n=one) if one else _("Any distance"), f"{self.of.path}/near?{at}&km={one}", one == km)
            for one in (0, *RADII)
        ]
        return self._list(request, _("Near me"), places, {"me": to_map(settings, here), "rings": rings, "km": km})

    @get("/places")
    async def places(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Countries, regions and cities with their numbers: the map in words."""
        query = self._query(request)
        async with reading(request) as work:
            chosen = await on_map.choose(work, self.of.placed, query)
            rows = await on_map.count_places(chosen, limit=MOST_PLACES + 1)
        return page(
            request, "map/places.html", title=_("Places"), back=f"{self.of.path}?{query.params()}", of=self.of,
            places=[named_place(row, self.of.list_path, query) for row in rows[:MOST_PLACES]],
            more=len(rows) > MOST_PLACES,
        )  # fmt: skip

    def _list(self, request: AnyRequest, title: Text, places: list[PlaceRow], context: dict[str, Any]) -> Response[Any]:
        more = len(places) > SHOWN
        usual: dict[str, Any] = {"me": None, "rings": (), "km": 0}
        shown = {"heading": title, "places": places[:SHOWN], "more": more, "of": self.of}
        values = {**usual, **context, **shown}
        if wants_fragment(request):
            return fragment(request, "map/lists.html", "list", **values)
        return page(request, "map/lists.html", title=title, back=self.of.path, card=None, **values)


RADII = (1, 3, 10, 50)
MOST_VISITS = 500


def _radius(params: Mapping[str, str]) -> int:
    """Kilometres to look around; 0 for any distance."""
    asked = params.get("km", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and int(asked) in RADII else 0


async def _visits(chosen: on_map.Chosen, look: Look, window: on_map.Window) -> Sequence[Any]:
    return await day_map.on_map(chosen, look.day or chosen.work.today, window, limit=MOST_VISITS)


def _shows(work: Work, of: MapKind, look: Look, query: ListQuery) -> list[tuple[Text, str, bool]]:
    """Chips of what can be shown: (label, address, current)."""
    if not of.with_visits or not work.actor.may("visits.view"):
        return []
    return [(one.label, f"{of.path}?{replace(look, shown=one).params(query)}", one is look.shown) for one in Shown]


def _colours(of: MapKind, look: Look, query: ListQuery) -> list[tuple[Text, str, bool]]:
    """Chips of what the colours say, where there is a choice."""
    if of.placed.level is None:
        return []
    return [(one.label, f"{of.path}?{replace(look, colour=one).params(query)}", one is look.colour) for one in Colour]


class CustomerMap(ListMap):
    """Customers, and the visits to them."""

    path = CUSTOMERS.path
    of = CUSTOMERS

    @get("/visit/{visit_id:int}")
    async def visit(self, request: Request[Any, Any, Any], visit_id: FromPath[int]) -> Response[Any]:
        """One visit, and the customer it is to."""
        if not wants_fragment(request):
            return see_other(request, f"/visits/{visit_id}")
        async with reading(request) as work:
            work.actor.require("visits.view")
            row = await day_map.one(await on_map.choose(work, self.of.placed, ListQuery()), visit_id)
        if row is None:
            raise NotFound
        context: dict[str, Any] = {"row": row, "state": VisitStatus(row.status), "tones": STATUS_TONES}
        links = map_links(Position(row.latitude, row.longitude), row.name)
        return fragment(request, "map/visit.html", "card", links=links, **context)


class LeadMap(ListMap):
    """Leads."""

    path = LEADS.path
    of = LEADS
