"""An area drawn on the map, as a filter of the customer list: so the list, its acts and its files are the area's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, cast, func, literal
from sqlalchemy import Text as SqlText
from sqlalchemy.types import UserDefinedType

from domain.core.access import Actor
from domain.core.places import Position, tile_of
from domain.customers.models import Customer
from domain.customers.scope import address_shown, pools_hiding_address

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


def within(text: str, actor: Actor) -> ColumnElement[bool]:
    """Customers in the area, but for those whose place a pool hides from the actor. Raises ValueError.

    The square around it is looked up in the index of the map.
    """
    corners = corners_of(text)
    west, north = tile_of(Position(max(c.lat for c in corners), min(c.lng for c in corners)))
    east, south = tile_of(Position(min(c.lat for c in corners), max(c.lng for c in corners)))
    shape = ",".join(f"({corner.lng:.6f},{corner.lat:.6f})" for corner in corners)
    inside = cast(cast(literal(f"({shape})"), SqlText), _Polygon).op("@>", is_comparison=True)(
        func.point(Customer.longitude, Customer.latitude)
    )
    square = and_(Customer.map_x.between(west, east), Customer.map_y.between(north, south))
    return and_(square, inside, address_shown(actor, pools_hiding_address(actor)))
