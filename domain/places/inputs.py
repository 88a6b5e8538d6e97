"""A position as a person gives it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from domain.core.inputs import Input, Name, Number
from domain.core.model import Choice
from domain.core.places import Position, bd09_to_wgs84, gcj02_to_wgs84
from domain.core.text import _


class Datum(Choice):
    """What a pair of numbers was read off: it decides by how far they must be moved."""

    wgs84 = "wgs84", _("GPS, or a map outside China")
    gcj02 = "gcj02", _("Amap, Tencent, Apple or Google in China")
    bd09 = "bd09", _("Baidu")


def _degrees(value: Any) -> Any:
    """Full-width digits, and the sign of degrees that some apps copy along."""
    return value.strip().rstrip("°").strip() if isinstance(value, str) else value


Latitude = Annotated[float, Number, BeforeValidator(_degrees), Field(ge=-85, le=85, allow_inf_nan=False)]
Longitude = Annotated[float, Number, BeforeValidator(_degrees), Field(ge=-180, le=180, allow_inf_nan=False)]


class PlaceInput(Input):
    """A position that a person gives: from a dragged pin, typed, or where they stand."""

    latitude: Latitude
    longitude: Longitude
    datum: Datum = Datum.wgs84

    @property
    def position(self) -> Position:
        """The WGS-84 point."""
        read = Position(self.latitude, self.longitude)
        if self.datum is Datum.gcj02:
            return gcj02_to_wgs84(read)
        return bd09_to_wgs84(read) if self.datum is Datum.bd09 else read


class StartInput(PlaceInput):
    """Where days start, with the name people give that place."""

    name: Name
