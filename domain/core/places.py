"""Positions on the earth: distances, map tiles, and the three datums in use in China.

Offing keeps WGS-84 (what GPS gives). Maps of mainland China are drawn in GCJ-02, Baidu's in BD-09: a point passed
to them unshifted lies some 500 to 1,200 m off. Convert only at the edge, by the functions here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from domain.core.model import Choice
from domain.core.text import Text, _

EARTH_RADIUS_M = 6_371_008.8
TILE_ZOOM = 18
"""Zoom of the whole-number tile coordinates kept with a customer; a tile is at most 153 m wide."""
MAX_LATITUDE = 85.05112878
"""Where the square web map ends."""


class Accuracy(Choice):
    """How near a found position is to the address, best first."""

    exact = "exact", _("The building")
    street = "street", _("The street")
    district = "district", _("The district")
    city = "city", _("The city")
    region = "region", _("The province or region")
    country = "country", _("The country only")


@dataclass(frozen=True, slots=True)
class Position:
    """Latitude and longitude in degrees; WGS-84 unless a name says otherwise."""

    lat: float
    lng: float

    @classmethod
    def of(cls, lat: float | None, lng: float | None) -> Position | None:
        """The position of a record that may have none."""
        return None if lat is None or lng is None else cls(lat, lng)


def metres_between(a: Position, b: Position) -> float:
    """Distance along the earth's surface in metres (haversine on the mean sphere; within 0.6 % of the ellipsoid)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat = (lat_b - lat_a) / 2
    half_lng = math.radians(b.lng - a.lng) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lng) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


def distance_text(metres: float) -> Text:
    """A distance as people say it: 850 m, 1.2 km, 12 km."""
    if metres < 995:
        return _("%(n)s m", n=f"{round(metres, -1):.0f}")
    km = metres / 1000
    return _("%(n)s km", n=f"{km:.1f}" if km < 9.95 else f"{km:,.0f}")


def tile_of(position: Position, zoom: int = TILE_ZOOM) -> tuple[int, int]:
    """Column and row of the web-map tile that holds the position, each 0 … 2^zoom - 1, rows counted from the north."""
    side = 1 << zoom
    lat = math.radians(max(-MAX_LATITUDE, min(MAX_LATITUDE, position.lat)))
    x = (position.lng + 180) / 360 * side
    y = (1 - math.asinh(math.tan(lat)) / math.pi) / 2 * side
    return min(side - 1, max(0, math.floor(x))), min(side - 1, max(0, math.floor(y)))


def position_of_tile(x: float, y: float, zoom: int = TILE_ZOOM) -> Position:
    """The north-west corner of a tile; add 0.5 to both numbers for its middle."""
    side = 1 << zoom
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / side))))
    return Position(lat, x / side * 360 - 180)


# Mainland China for the purpose of the shift: generous at sea, without Taiwan, Hong Kong, Macao and Korea.
_MAINLAND: tuple[tuple[float, float], ...] = (
    (73.4, 39.4), (73.7, 38.4), (74.8, 37.2), (76.0, 36.2), (78.0, 35.4), (78.9, 34.3), (78.6, 32.5), (78.7, 31.3),
    (80.2, 30.5), (81.3, 30.0), (83.5, 29.2), (85.1, 28.3), (86.0, 27.9), (88.1, 27.8), (88.8, 27.3), (89.1, 27.2),
    (89.6, 28.0), (91.6, 27.6), (92.3, 26.8), (94.5, 26.8), (97.3, 27.7), (98.3, 27.5), (98.7, 25.9), (97.5, 24.6),
    (97.5, 23.9), (98.7, 23.9), (98.9, 22.1), (99.9, 22.0), (100.2, 21.4), (101.1, 21.5), (101.7, 21.1),
    (101.9, 22.4), (102.5, 22.7), (103.9, 22.5), (105.3, 23.2), (106.7, 22.8), (106.6, 21.9), (108.05, 21.5),
    (107.5, 20.5), (108.0, 17.5), (111.0, 14.5), (115.5, 14.5), (117.0, 20.5), (114.6, 22.0), (114.5, 22.45),
    (114.3, 22.55), (114.23, 22.548), (114.15, 22.54), (114.11, 22.53), (114.05, 22.505), (113.95, 22.46),
    (113.85, 22.38), (113.8, 22.1), (113.63, 22.1), (113.605, 22.21), (113.555, 22.215), (113.525, 22.185),
    (113.53, 22.1), (113.7, 21.9), (114.6, 21.9), (117.0, 22.2), (118.15, 23.9), (118.25, 24.42), (118.6, 24.5),
    (119.6, 25.0), (120.0, 25.9), (120.9, 26.6), (122.8, 28.5), (123.6, 31.0), (123.0, 34.0), (123.6, 37.5),
    (123.4, 39.0), (124.3, 39.85), (124.37, 40.02), (124.37, 40.106), (124.41, 40.118), (125.0, 40.5),
    (126.0, 40.9), (126.9, 41.75),
    (128.2, 41.4), (128.3, 42.0), (129.7, 42.4), (130.6, 42.4), (131.3, 43.4), (131.2, 44.8), (133.1, 45.0),
    (134.0, 46.4), (134.8, 47.7), (134.75, 48.3), (134.4, 48.43), (133.0, 48.2), (132.5, 47.8), (131.0, 47.7),
    (130.7, 48.9), (129.5, 49.45), (128.6, 49.62), (127.8, 49.9), (127.55, 50.24), (127.5, 50.3), (127.4, 51.2),
    (126.0, 52.8), (123.6, 53.6), (120.9, 53.4), (119.8, 52.6), (120.7, 52.0), (119.3, 50.4), (119.2, 50.05),
    (117.8, 49.6), (116.7, 49.9), (115.5, 48.1), (116.1, 47.7), (118.5, 47.9), (119.8, 46.8), (116.6, 46.3),
    (115.6, 45.5), (113.6, 44.8), (111.8, 45.1), (111.3, 44.3), (111.9, 43.8), (110.4, 42.7), (107.3, 42.4),
    (105.0, 41.6), (101.8, 42.6), (96.4, 42.8), (95.4, 44.2), (91.0, 45.2), (90.9, 46.9), (90.1, 47.9), (88.6, 48.2),
    (87.8, 49.2), (85.6, 48.5), (85.5, 47.2), (83.0, 47.3), (82.2, 45.5), (82.5, 45.22), (80.0, 45.2), (80.3, 43.3),
    (80.1, 42.2), (78.5, 41.5), (76.0, 40.5), (73.6, 39.8),
)  # fmt: skip


def in_mainland_china(position: Position) -> bool:
    """Whether maps draw the place shifted. An outline of our own, some kilometres coarse at the land borders."""
    x, y, inside = position.lng, position.lat, False
    if not (73.4 <= x <= 135.2 and 14.5 <= y <= 53.7):
        return False
    x1, y1 = _MAINLAND[-1]
    for x2, y2 in _MAINLAND:
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
        x1, y1 = x2, y2
    return inside


_AXIS_M = 6_378_245.0
_ECCENTRICITY = 0.006_693_421_622_965_943_23
_BD_ANGLE = math.pi * 3000 / 180


def _gcj_shift(lat: float, lng: float) -> tuple[float, float]:
    """Degrees by which GCJ-02 moves a WGS-84 point (the commonly known formula; Krasovsky 1940 axes)."""
    x, y = lng - 105.0, lat - 35.0
    wave = (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + wave
    north += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + wave
    east += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    phi = math.radians(lat)
    bend = 1 - _ECCENTRICITY * math.sin(phi) ** 2
    d_lat = north * 180 / ((_AXIS_M * (1 - _ECCENTRICITY)) / (bend * math.sqrt(bend)) * math.pi)
    d_lng = east * 180 / (_AXIS_M / math.sqrt(bend) * math.cos(phi) * math.pi)
    return d_lat, d_lng


def wgs84_to_gcj02(position: Position) -> Position:
    """The point for maps in GCJ-02 (AMap, Tencent, Chinese tiles). Outside mainland China nothing is moved."""
    if not in_mainland_china(position):
        return position
    d_lat, d_lng = _gcj_shift(position.lat, position.lng)
    return Position(position.lat + d_lat, position.lng + d_lng)


def gcj02_to_wgs84(position: Position) -> Position:
    """The WGS-84 point for one read off a GCJ-02 map; solved by iteration, exact to 1e-9 degrees."""
    if not in_mainland_china(position):
        return position
    lat, lng = position.lat, position.lng
    for _round in range(6):
        d_lat, d_lng = _gcj_shift(lat, lng)
        lat, lng = position.lat - d_lat, position.lng - d_lng
    return Position(lat, lng)


def _bd_turn(lat: float, lng: float) -> tuple[float, float]:
    """Latitude and longitude that BD-09 gives to a GCJ-02 point."""
    radius = math.hypot(lng, lat) + 0.00002 * math.sin(lat * _BD_ANGLE)
    angle = math.atan2(lat, lng) + 0.000003 * math.cos(lng * _BD_ANGLE)
    return radius * math.sin(angle) + 0.006, radius * math.cos(angle) + 0.0065


def wgs84_to_bd09(position: Position) -> Position:
    """The point for Baidu's maps. Outside mainland China Baidu uses WGS-84, so nothing is moved."""
    if not in_mainland_china(position):
        return position
    gcj = wgs84_to_gcj02(position)
    return Position(*_bd_turn(gcj.lat, gcj.lng))


def bd09_to_wgs84(position: Position) -> Position:
    """The WGS-84 point for one that Baidu gave."""
    if not in_mainland_china(position):
        return position
    lat, lng = position.lat - 0.006, position.lng - 0.0065
    for _round in range(6):
        bd_lat, bd_lng = _bd_turn(lat, lng)
        lat, lng = lat + position.lat - bd_lat, lng + position.lng - bd_lng
    return gcj02_to_wgs84(Position(lat, lng))
