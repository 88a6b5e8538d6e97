"""What the route's page shows, how its address is read, and the links that hand it over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from urllib.parse import urlencode

from domain.core.places import Position, distance_text
from domain.core.text import Text, _
from domain.core.work import Work
from domain.places import starts
from domain.places.links import MapLink
from domain.places.route_links import Device, Point, RouteLink, route_links
from domain.visits import ordering
from domain.visits.models import VisitStatus
from domain.visits.ordering import Day
from domain.visits.route import Call, Schedule, Start
from webapp.forms import whole_number
from webapp.pages.map_views import to_map
from webapp.pages.visit_shapes import place_of
from webapp.settings import Settings


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; `here` is where the device is, given on a tap."""

    day: date | None = None
    person: int | None = None
    at: time | None = None
    here: Position | None = None
    undo: tuple[int, ...] = ()

    def on(self, work: Work) -> date:
        """The day asked for, else today."""
        return self.day or work.today

    def url(self, *, day: date | None = None, undo: Sequence[int] = ()) -> str:
        """The address, with another day or an order to go back to."""
        shown = day or self.day
        pairs = {
            "day": shown and shown.isoformat(), "person": self.person, "at": self.at and self.at.strftime("%H:%M"),
            "from": self.here and not day and f"{self.here.lat:.5f},{self.here.lng:.5f}",
            "undo": ",".join(map(str, undo)),
        }  # fmt: skip
        params = urlencode({name: value for name, value in pairs.items() if value}, safe=",:")
        return f"/visits/route?{params}" if params else "/visits/route"


def read(params: Mapping[str, Any]) -> Asked:
    """Read an address; what cannot be read is left out."""
    undo = [whole_number(part) for part in str(params.get("undo", ""))[:1000].split(",")]
    return Asked(
        _day(params.get("day")), whole_number(params.get("person")), _time(params.get("at")),
        _place(params.get("from")), tuple(part for part in undo if part is not None),
    )  # fmt: skip


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def _time(text: Any) -> time | None:
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except (TypeError, ValueError):
        return None


def _place(text: Any) -> Position | None:
    try:
        lat, lng = (float(part) for part in str(text).split(","))
    except ValueError:
        return None
    return Position(lat, lng) if abs(lat) <= 85 and abs(lng) <= 180 else None


async def chosen_start(work: Work, day: Day, asked: Asked) -> tuple[Start, Text | str | None]:
    """Where the way begins: where one is, else the last visit of today, else the usual start, else the first stop."""
    at_s = ordering.start_second(work, day, asked.at)
    if asked.here is not None:
        return Start(asked.here, at_s), _("where you are")
    if day.on == work.now.astimezone(day.zone).date() and day.last_place is not None:
        return Start(day.last_place, at_s), _("your last visit")
    usual = await starts.start_of(work, day.user_id)
    if usual is None:
        return Start(None, at_s), None
    name = f"{usual.name} ({usual.department})" if usual.department else usual.name
    return Start(usual.position, at_s), name


def clock(second: int) -> str:
    """A second of the day as people read it; past midnight it goes on from 00:00."""
    return f"{second // 3600 % 24:02d}:{second // 60 % 60:02d}"


def minutes_text(seconds: int) -> Text:
    """A length of time as people say it."""
    hours, minutes = divmod(max(1, round(seconds / 60)), 60)
    if hours:
        return _("%(h)s h %(n)s min", h=hours, n=minutes)
    return _("%(n)s min", n=minutes)


@dataclass(frozen=True, slots=True)
class ShownCall:
    """A stop as the page shows it."""

    id: int
    name: str
    address: str
    agreed: str | None
    arrives: str
    leaves: str
    way: Text | None
    wait: Text | None
    late: Text | None
    open: bool
    at: Position | None
    """In the map's datum."""
    links: list[MapLink]


def shown_calls(settings: Settings, day: Day, found: Schedule) -> list[ShownCall]:
    """The stops of a day in their order."""
    return [_shown(settings, row, call) for row, call in zip(day.rows, found.calls, strict=True)]


def _shown(settings: Settings, row: Any, call: Call) -> ShownCall:
    place, position = place_of(row, row.customer), call.stop.position
    way = _("%(distance)s, %(time)s", distance=distance_text(call.metres), time=minutes_text(call.travel_s))
    return ShownCall(
        row.Visit.id, row.customer, place.address,
        row.Visit.planned_at.strftime("%H:%M") if row.Visit.planned_at else None,
        clock(call.arrives_s), clock(call.leaves_s), way if call.metres else None,
        _("%(time)s to wait", time=minutes_text(call.waits_s)) if call.waits_s else None,
        _("%(time)s late", time=minutes_text(call.late_s)) if call.late_s >= 60 else None,
        row.Visit.status == VisitStatus.open, to_map(settings, position) if position else None, place.links,
    )  # fmt: skip


def whole(agent: str, day: Day, start: Start, start_name: Text | str | None) -> list[RouteLink]:
    """Links for the whole way. Where one is the app knows best itself, so then it gets no start."""
    places = [(Position.of(row.latitude, row.longitude), row.customer) for row in day.rows]
    points = [Point(at, name) for at, name in places if at is not None]
    first = Point(start.position, start_name) if start.position and isinstance(start_name, str) else None
    return route_links(first, points, device_of(agent))


def device_of(agent: str) -> Device:
    """What the reader holds, by what the browser says."""
    if "Android" in agent:
        return Device.android
    return Device.iphone if "iPhone" in agent or "iPad" in agent else Device.desk
