"""Links that open a place in the map app of the phone, each in the datum that app draws."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from domain.core.places import Position, wgs84_to_bd09, wgs84_to_gcj02
from domain.core.text import Text, _


@dataclass(frozen=True, slots=True)
class MapLink:
    """One map app: `url` shows the place, `route_url` leads there (the same for apps that cannot tell them apart)."""

    app: str
    label: Text
    url: str
    route_url: str


def map_links(position: Position, name: str) -> list[MapLink]:
    """Links for a WGS-84 position, each in the datum that the app draws (docs/decisions/0017-datum-of-map-links.md).

    Apple and Google draw mainland China in GCJ-02 and set a link's point down on that map as it is; Amap is told that
    it gets GCJ-02, Baidu that it gets BD-09, and geo: is WGS-84 by its definition.
    """
    return [make(position, name) for make in (_geo, _apple, _google, _amap, _baidu)]


def _pair(position: Position) -> str:
    return f"{position.lat:.6f},{position.lng:.6f}"


def _geo(position: Position, name: str) -> MapLink:
    """RFC 5870, WGS-84 by definition; Android takes the name from `q`."""
    pair = _pair(position)
    url = f"geo:{pair}?q={pair}({quote(name, safe='')})"
    return MapLink("geo", _("Map app of this device"), url, url)


def _apple(position: Position, name: str) -> MapLink:
    pair = _pair(wgs84_to_gcj02(position))
    base = "https://maps.apple.com/?"
    return MapLink(
        "apple",
        _("Apple Maps"),
        base + urlencode({"ll": pair, "q": name}),
        base + urlencode({"daddr": pair, "dirflg": "d"}),
    )


def _google(position: Position, _name: str) -> MapLink:
    pair = _pair(wgs84_to_gcj02(position))
    base = "https://www.google.com/maps/"
    return MapLink(
        "google",
        _("Google Maps"),
        base + "search/?" + urlencode({"api": 1, "query": pair}),
        base + "dir/?" + urlencode({"api": 1, "destination": pair}),
    )


def _amap(position: Position, name: str) -> MapLink:
    gcj = wgs84_to_gcj02(position)
    lng_lat = f"{gcj.lng:.6f},{gcj.lat:.6f}"
    base = "https://uri.amap.com/"
    kind = {"coordinate": "gaode", "src": "offing", "callnative": 1}
    return MapLink(
        "amap",
        _("Amap"),
        base + "marker?" + urlencode({"position": lng_lat, "name": name, **kind}),
        base + "navigation?" + urlencode({"to": f"{lng_lat},{name.replace(',', ' ')}", "mode": "car", **kind}),
    )


def _baidu(position: Position, name: str) -> MapLink:
    bd = wgs84_to_bd09(position)
    base = "https://api.map.baidu.com/"
    kind = {"output": "html", "coord_type": "bd09ll", "src": "offing"}
    return MapLink(
        "baidu",
        _("Baidu Maps"),
        base + "marker?" + urlencode({"location": _pair(bd), "title": name, "content": name, **kind}),
        base + "direction?" + urlencode({"destination": f"latlng:{_pair(bd)}|name:{name}", "mode": "driving", **kind}),
    )
