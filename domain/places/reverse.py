"""What a place is called, without network: the division of China or the city of the world that lies nearest."""

from __future__ import annotations

from functools import cache

from domain.core.places import Position, in_mainland_china, metres_between
from domain.places import china, world

DISTRICT_WITHIN_M = 60_000
"""Chinese districts are points here, so the nearest is where one most likely is."""
IN_CITY_M = 15_000
CITY_WITHIN_M = 300_000
_GREATER = ("71", "81", "82")
_BOX = 1.0
"""Degrees around the place that are looked at first; the tables are short, so that is all the index there is."""


def name_of(position: Position) -> str | None:
    """The place in words, such as 浙江省杭州市西湖区 or "Potsdam, Germany (~20 km)"; None in the middle of nowhere."""
    return _chinese(position) or _worldly(position)


@cache
def _districts() -> tuple[tuple[float, float, str], ...]:
    """Divisions with a point that have none below them: districts, and cities without districts."""
    by_code = china.index().by_code
    above = {code[:length] for code in by_code for length in (2, 4) if len(code) > length}
    return tuple(
        (division.lat, division.lng, code)
        for code, division in by_code.items()
        if code not in above and division.lat is not None and division.lng is not None
    )


def _chinese(position: Position) -> str | None:
    near = [
        (metres_between(position, Position(lat, lng)), code)
        for lat, lng, code in _districts()
        if abs(lat - position.lat) < _BOX and abs(lng - position.lng) < _BOX
    ]
    distance, code = min(near, default=(DISTRICT_WITHIN_M, ""))
    if distance >= DISTRICT_WITHIN_M or not (in_mainland_china(position) or code.startswith(_GREATER)):
        return None
    hit = china.hit_of(code)
    return hit.label if hit else None


@cache
def _cities() -> tuple[world.City, ...]:
    return tuple({id(city): city for cities in world.index().cities.values() for city in cities}.values())


def _worldly(position: Position) -> str | None:
    nearest = min(_cities(), key=lambda city: metres_between(position, Position(city.lat, city.lng)))
    metres = metres_between(position, Position(nearest.lat, nearest.lng))
    if metres > CITY_WITHIN_M:
        return None
    name = world.label_of(nearest)
    return name if metres <= IN_CITY_M else f"{name} (~{metres / 1000:.0f} km)"
