"""Links that hand a whole route to a map app, each in the datum it draws, split where it takes fewer stops."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, urlencode

from domain.core.places import Position, wgs84_to_bd09, wgs84_to_gcj02
from domain.core.text import Text, _


class Device(StrEnum):
    """What the link is opened on: some apps have another address on each."""

    android = "android"
    iphone = "iphone"
    desk = "desk"


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the way, with its name."""

    position: Position
    name: str


@dataclass(frozen=True, slots=True)
class RouteLink:
    """One map app with the links that follow each other; each goes on where the one before ends."""

    app: str
    label: Text
    urls: tuple[str, ...]
    hint: Text | None = None


@dataclass(frozen=True, slots=True)
class _App:
    """How many places one link takes between the first and the last, and how it is written."""

    name: str
    label: Text
    between: int
    write: Callable[[Point | None, Sequence[Point]], str]
    hint: Text | None = None


def route_links(start: Point | None, stops: Sequence[Point], device: Device) -> list[RouteLink]:
    """Links for the stops in their order; without a start the app takes where the device is. geo: knows no routes."""
    if not stops:
        return []
    amap = {
        Device.android: _App("amap", _("Amap"), 16, lambda a, s: _amap_app("amapuri://route/plan/?", a, s)),
        Device.iphone: _App("amap", _("Amap"), 16, lambda a, s: _amap_app("iosamap://path?", a, s)),
        Device.desk: _App("amap", _("Amap"), 1, _amap_web),
    }[device]
    apps = [
        amap,
        _App("baidu", _("Baidu Maps"), 16, _baidu) if device is not Device.desk else None,
        _App("apple", _("Apple Maps"), 14, _apple, _("from iOS 18.4")) if device is not Device.android else None,
        _App("google", _("Google Maps"), 9, _google),
    ]
    return [RouteLink(app.name, app.label, _written(app, start, stops), app.hint) for app in apps if app]


def _written(app: _App, start: Point | None, stops: Sequence[Point]) -> tuple[str, ...]:
    size = app.between + 1
    parts = [stops[n : n + size] for n in range(0, len(stops), size)]
    firsts = [start, *(part[-1] for part in parts[:-1])]
    return tuple(app.write(first, part) for first, part in zip(firsts, parts, strict=True))


def _pair(position: Position) -> str:
    return f"{position.lat:.6f},{position.lng:.6f}"


def _gcj(point: Point) -> str:
    return _pair(wgs84_to_gcj02(point.position))


def _google(start: Point | None, stops: Sequence[Point]) -> str:
    """Its map of mainland China is drawn in GCJ-02, so the points go there so."""
    asked = {"api": "1", **({"origin": _gcj(start)} if start else {}), "destination": _gcj(stops[-1])}
    if stops[:-1]:
        asked["waypoints"] = "|".join(_gcj(stop) for stop in stops[:-1])
    return "https://www.google.com/maps/dir/?" + urlencode({**asked, "travelmode": "driving"})


def _apple(start: Point | None, stops: Sequence[Point]) -> str:
    """Takes points as its map draws them: GCJ-02 in mainland China."""
    asked = [("source", _gcj(start))] if start else []
    asked += [("waypoint", _gcj(stop)) for stop in stops[:-1]]
    return "https://maps.apple.com/directions?" + urlencode(
        [*asked, ("destination", _gcj(stops[-1])), ("mode", "driving")]
    )


def _amap_app(address: str, start: Point | None, stops: Sequence[Point]) -> str:
    """`dev=0` says that the points are GCJ-02 already."""
    last, between = stops[-1], [(wgs84_to_gcj02(stop.position), stop.name) for stop in stops[:-1]]
    asked = {"sourceApplication": "offing"}
    for letter, point in (("s", start), ("d", last)):
        if point is not None:
            gcj = wgs84_to_gcj02(point.position)
            asked |= {f"{letter}lat": f"{gcj.lat:.6f}", f"{letter}lon": f"{gcj.lng:.6f}", f"{letter}name": point.name}
    if between:
        asked |= {
            "vian": str(len(between)),
            "vialons": "|".join(f"{gcj.lng:.6f}" for gcj, _name in between),
            "vialats": "|".join(f"{gcj.lat:.6f}" for gcj, _name in between),
            "vianames": "|".join(name.replace("|", " ") for _gcj02, name in between),
        }
    return address + urlencode({**asked, "dev": "0", "t": "0"}, quote_via=quote)


def _amap_web(start: Point | None, stops: Sequence[Point]) -> str:
    """The web page takes one place on the way."""

    def part(point: Point) -> str:
        gcj = wgs84_to_gcj02(point.position)
        return f"{gcj.lng:.6f},{gcj.lat:.6f},{point.name.replace(',', ' ')}"

    asked = {**({"from": part(start)} if start else {}), "to": part(stops[-1])}
    if stops[:-1]:
        asked["via"] = part(stops[0])
    return "https://uri.amap.com/navigation?" + urlencode(
        {**asked, "mode": "car", "coordinate": "gaode", "src": "offing", "callnative": "1"}
    )


def _baidu(start: Point | None, stops: Sequence[Point]) -> str:
    """BD-09, and said to be so."""

    def part(point: Point) -> str:
        return f"name:{point.name.replace('|', ' ')}|latlng:{_pair(wgs84_to_bd09(point.position))}"

    asked = {**({"origin": part(start)} if start else {}), "destination": part(stops[-1])}
    if stops[:-1]:
        points = [(wgs84_to_bd09(stop.position), stop.name) for stop in stops[:-1]]
        between = [{"name": name, "lat": round(bd.lat, 6), "lng": round(bd.lng, 6)} for bd, name in points]
        asked["viaPoints"] = json.dumps({"viaPoints": between}, ensure_ascii=False, separators=(",", ":"))
    return "baidumap://map/direction?" + urlencode(
        {**asked, "coord_type": "bd09ll", "mode": "driving", "src": "webapp.offing.crm"}, quote_via=quote
    )
