"""The columns of records that lie somewhere."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Double, Index, Integer
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column


class Located:
    """An address, and the position found for it: WGS-84 in degrees; `map_x`, `map_y` are its tile at zoom 18."""

    country: Mapped[str | None]
    region: Mapped[str | None]
    city: Mapped[str | None]
    address: Mapped[str | None]
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    location_accuracy: Mapped[str | None]
    location_provider: Mapped[str | None]
    located_at: Mapped[datetime | None]
    map_x: Mapped[int | None] = mapped_column(Integer)
    map_y: Mapped[int | None] = mapped_column(Integer)


def located_args(table: str) -> tuple[CheckConstraint | Index, ...]:
    """Its constraint and its indexes."""
    return (
        CheckConstraint("num_nonnulls(latitude, longitude, map_x, map_y) IN (0, 4)", name="position_whole"),
        Index(
            f"ix_{table}_map",
            "map_x",
            "map_y",
            postgresql_include=["department_id", "owner_id", "pool_id", "id"],
            postgresql_where=sql("map_x IS NOT NULL AND deleted_at IS NULL"),
        ),
        # Asked every minute: whose address has nobody looked up yet?
        Index(
            f"ix_{table}_to_locate", sql("id DESC"), postgresql_where=sql("located_at IS NULL AND deleted_at IS NULL")
        ),
        Index(
            f"ix_{table}_unplaced",
            sql("activity_at DESC"),
            sql("id DESC"),
            postgresql_where=sql("map_x IS NULL AND deleted_at IS NULL"),
        ),
    )
