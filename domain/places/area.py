"""An area drawn on the map, as a filter of a list: so the list, its acts and its files are the area's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, cast, func, literal
from sqlalchemy import Text as SqlText
from sqlalchemy.types import UserDefinedType

from domain.core.access import Actor
from domain.core.places import Position, tile_of
from domain.pools.scope import PooledScope

MOST_CORNERS = 100


class _Polygon(UserDefinedType[Any]):
    """PostgreSQL's flat polygon; at the size of a district the earth is flat enough."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        """Its name."""
        return "polygon"


def written(corners: list[Position]) -> str:
    """Corners (WGS-84) as they stand in an address: `lng,lat;lng,lat;…`, to a metre."""
    return ";".join(f"{corner.lng:.5f},{corner.lat:.5f}" for corner in corners)


def corners_of(text: str) -> list[Position]:
    """Read them back. Raises ValueError for what is no area."""
    corners = []
    for pair in text.split(";"):
        lng, lat = (float(part) for part in pair.split(","))
        if not (-180 <= lng <= 180 and -85 <= lat <= 85):
            raise ValueError(text)
        corners.append(Position(lat, lng))
    if not 3 <= len(corners) <= MOST_CORNERS:
        raise ValueError(text)
    return corners


def within(scope: PooledScope) -> Callable[[str, Actor], ColumnElement[bool]]:
    """A filter: records in the area, but for those whose place a pool hides from the actor. It raises ValueError.

    The square around it is looked up in the index of the map.
    """
    model = scope.model

    def condition(text: str, actor: Actor) -> ColumnElement[bool]:
        corners = corners_of(text)
        west, north = tile_of(Position(max(c.lat for c in corners), min(c.lng for c in corners)))
        east, south = tile_of(Position(min(c.lat for c in corners), max(c.lng for c in corners)))
        shape = ",".join(f"({corner.lng:.6f},{corner.lat:.6f})" for corner in corners)
        inside = cast(cast(literal(f"({shape})"), SqlText), _Polygon).op("@>", is_comparison=True)(
            func.point(model.longitude, model.latitude)
        )
        square = and_(model.map_x.between(west, east), model.map_y.between(north, south))
        return and_(square, inside, scope.address_shown(actor, scope.pools_hiding_address(actor)))

    return condition
