"""What the map shows of records and cells, in the datum of its tiles, and how its addresses are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from domain.core.errors import Invalid
from domain.core.list_spec import ListQuery
from domain.core.model import Choice
from domain.core.places import Accuracy, Position, distance_text, gcj02_to_wgs84, position_of_tile, wgs84_to_gcj02
from domain.core.text import Text, _
from domain.customers.models import Level
from domain.places import map as on_map
from domain.places.kinds import Placed
from domain.places.links import MapLink
from domain.visits.models import VisitStatus
from webapp.htmx import AnyRequest
from webapp.settings import Settings

FRESH, STALE = timedelta(days=14), timedelta(days=60)
WHOLE_WORLD = (-180.0, -85.0, 180.0, 85.0)


def parameters(request: AnyRequest) -> dict[str, str]:
    """The address's parameters."""
    return {name: value for name, value in request.query_params.items() if isinstance(value, str)}


def settings_of(request: AnyRequest) -> Settings:
    """The installation's settings."""
    settings: Settings = request.app.state.settings
    return settings


def shifted(settings: Settings) -> bool:
    """Whether the tiles are drawn in GCJ-02, so that points must be moved to fit them."""
    return settings.tile_url is not None and settings.tile_datum == "gcj02"


def to_map(settings: Settings, position: Position) -> Position:
    """Where a WGS-84 point lies on the map shown."""
    return wgs84_to_gcj02(position) if shifted(settings) else position


def from_map(settings: Settings, position: Position) -> Position:
    """The WGS-84 point for one on the map shown."""
    return gcj02_to_wgs84(position) if shifted(settings) else position


def number_of(params: Mapping[str, str], name: str, least: float, most: float) -> float:
    """A number in the address. Raises Invalid."""
    try:
        value = float(params[name])
    except (KeyError, ValueError):
        value = float("nan")
    if not least <= value <= most:
        raise Invalid.of(name, _("This place on the map cannot be read."))
    return value


def box_of(params: Mapping[str, str]) -> tuple[float, float, float, float]:
    """`bbox=west,south,east,north` in degrees, the whole world without it. Raises Invalid."""
    if not params.get("bbox"):
        return WHOLE_WORLD
    try:
        west, south, east, north = (float(part) for part in params["bbox"].split(","))
    except ValueError:
        raise Invalid.of("bbox", _("This place on the map cannot be read.")) from None
    if not (-1000 <= west <= east <= 1000 and -90 <= south <= north <= 90):
        raise Invalid.of("bbox", _("This place on the map cannot be read."))
    return max(-180.0, min(180.0, west)), south, max(-180.0, min(180.0, east)), north


def tone_of(last: datetime | None, now: datetime) -> str:
    """Colour of a pin: how long ago somebody last followed up."""
    if last is None:
        return "never"
    return "fresh" if now - last <= FRESH else "stale" if now - last <= STALE else "cold"


class Colour(Choice):
    """What the colour and the shape of a pin say."""

    followup = "followup", _("Last follow-up")
    level = "level", _("Level")


class Shown(Choice):
    """What is on the map."""

    records = "customers", _("Customers")
    both = "both", _("With visits")
    visits = "visits", _("Visits only")


@dataclass(frozen=True, slots=True)
class Look:
    """How the map is looked at, besides the list's own question."""

    shown: Shown = Shown.records
    colour: Colour = Colour.followup
    day: date | None = None

    def params(self, query: ListQuery, **changes: str) -> str:
        """The address's parameters, with changes."""
        usual = Look()
        pairs: dict[str, str | None] = {
            "shown": None if self.shown is usual.shown else self.shown.value,
            "colour": None if self.colour is usual.colour else self.colour.value,
            "day": self.day.isoformat() if self.day else None,
        }
        return query.params(**{**pairs, **changes})


def look_of(params: Mapping[str, str]) -> Look:
    """Read it; what cannot be read is as usual."""
    try:
        day = date.fromisoformat(params.get("day", ""))
    except ValueError:
        day = None
    return Look(
        Shown(params["shown"]) if params.get("shown") in set(Shown) else Shown.records,
        Colour(params["colour"]) if params.get("colour") in set(Colour) else Colour.followup,
        day,
    )


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A record in a list beside the map."""

    id: int
    name: str
    city: str | None
    stage: Text
    accuracy: Text | None
    distance: Text | None
    position: Position
    rough: bool
    """The position is not even the street's, so the accuracy is said."""


def said_state(placed: Placed, row: Any) -> Text:
    """Where the record stands, in words."""
    return placed.states(row.state).label


def place_row(settings: Settings, placed: Placed, row: Any, metres: float | None = None) -> PlaceRow:
    """The view of a row with `pin_columns`."""
    return PlaceRow(
        id=row.id,
        name=row.name,
        city=row.city,
        stage=said_state(placed, row),
        accuracy=Accuracy(row.location_accuracy).label if row.location_accuracy else None,
        distance=None if metres is None else distance_text(metres),
        position=to_map(settings, Position(row.latitude, row.longitude)),
        rough=row.location_accuracy not in (Accuracy.exact, Accuracy.street),
    )


def pin(
    settings: Settings, chosen: on_map.Chosen, row: Any, say: Any, colour: Colour = Colour.followup
) -> dict[str, Any]:
    """A single record for the map; by level the pin bears its letter."""
    at = to_map(settings, Position(row.latitude, row.longitude))
    by_level = colour is Colour.level and chosen.placed.level is not None
    level = Level(row.level).label if row.level else _("No level")
    return {
        "id": row.id,
        "name": row.name,
        "state": say(level if by_level else said_state(chosen.placed, row)),
        "tone": f"level-{row.level or 'none'}" if by_level else tone_of(row.last_follow_up_at, chosen.work.now),
        **({"letter": (row.level or "").upper()} if by_level else {}),
        "lat": round(at.lat, 6),
        "lng": round(at.lng, 6),
        "card": f"/{chosen.placed.feature}/map/card/{row.id}",
    }


VISIT_MARKS = {"done": "✓", "open": "●", "missed": "×"}


def visit_mark(settings: Settings, row: Any, say: Any) -> dict[str, Any]:
    """A visit for the map: its state as a sign in a square, so that it is no customer's pin."""
    at = to_map(settings, Position(row.latitude, row.longitude))
    when = [row.planned_at.strftime("%H:%M")] if row.planned_at else []
    return {
        "id": row.id,
        "name": row.name,
        "state": " · ".join([say(VisitStatus(row.status).label), *when, *([row.goer] if row.goer else [])]),
        "tone": f"visit {row.status}",
        "letter": VISIT_MARKS.get(row.status, ""),
        "lat": round(at.lat, 6),
        "lng": round(at.lng, 6),
        "card": f"/customers/map/visit/{row.id}",
    }


def cluster(settings: Settings, cell: on_map.Cell, chosen: on_map.Chosen) -> dict[str, Any]:
    """Several records for the map; `list` is there when going nearer would not part them."""
    at = to_map(settings, position_of_tile(cell.x + 0.5, cell.y + 0.5))
    first = to_map(settings, position_of_tile(cell.west, cell.north))
    last = to_map(settings, position_of_tile(cell.east + 1, cell.south + 1))
    shown: dict[str, Any] = {
        "count": cell.count, "lat": round(at.lat, 6), "lng": round(at.lng, 6),
        "west": round(first.lng, 6), "north": round(first.lat, 6), "east": round(last.lng, 6),
        "south": round(last.lat, 6),
    }  # fmt: skip
    if cell.one_tile:
        at_tile = chosen.query.params(x=str(cell.west), y=str(cell.north))
        shown["list"] = f"/{chosen.placed.feature}/map/tile?{at_tile}"
    return shown


def outermost(settings: Settings, cells: Sequence[on_map.Cell]) -> list[float] | None:
    """West, south, east and north of all cells."""
    if not cells:
        return None
    top = to_map(settings, position_of_tile(min(c.west for c in cells), min(c.north for c in cells)))
    bottom = to_map(settings, position_of_tile(max(c.east for c in cells) + 1, max(c.south for c in cells) + 1))
    return [round(value, 5) for value in (top.lng, bottom.lat, bottom.lng, top.lat)]


def around(marks: Sequence[Mapping[str, Any]]) -> list[float] | None:
    """The same of single marks."""
    if not marks:
        return None
    lats, lngs = [mark["lat"] for mark in marks], [mark["lng"] for mark in marks]
    return [min(lngs), min(lats), max(lngs), max(lats)]


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A city with its number of records, and the list of them."""

    country_name: str
    region: str | None
    name: str | None
    number: int
    url: str | None
    area_url: str | None
    """Where all of them can be chosen."""


def named_place(row: Any, list_path: str, query: ListQuery) -> NamedPlace:
    """The view of a row of `count_places`."""
    there = query.params(city=row.city) if row.city else None
    urls = (f"{list_path}?{there}", f"{list_path}/map/area?{there}") if there else (None, None)
    return NamedPlace(row.country or "", row.region, row.city, row.number, *urls)


@dataclass(frozen=True, slots=True)
class Card:
    """One record as it opens on the map."""

    row: PlaceRow
    links: list[MapLink]
    last_follow_up_at: datetime | None
