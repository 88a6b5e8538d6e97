"""Forms in which a position is given by a pin on a map or by its numbers (`templates/route/parts.html`)."""

from __future__ import annotations

from typing import Any

from domain.core.places import Position
from domain.places.inputs import Datum
from webapp.pages.map_views import shifted, to_map
from webapp.settings import Settings

MIDDLE = Position(35.0, 105.0)
"""What the map shows where nothing at all is known."""


def raw_of(at: Position | None) -> dict[str, str]:
    """The fields of the form for a position that stands already."""
    if at is None:
        return {"datum": Datum.wgs84.value}
    return {"latitude": f"{at.lat:.6f}", "longitude": f"{at.lng:.6f}", "datum": Datum.wgs84.value}


def pin_on_map(settings: Settings, at: Position | None, near: Position | None) -> dict[str, Any]:
    """What the template wants of the map: where the pin stands, else what is shown around a guess."""
    return {
        "datums": [(datum.value, datum.label) for datum in Datum],
        "map_datum": Datum.gcj02.value if shifted(settings) else Datum.wgs84.value,
        "at": to_map(settings, at) if at else None, "middle": to_map(settings, near or MIDDLE),
        "zoom": 15 if at else 11 if near else 3,
        "tile_url": settings.tile_url, "tile_attribution": settings.tile_attribution,
    }  # fmt: skip
