"""Keeping the position of a record in step with its address. Asking where that lies happens elsewhere, later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Update, bindparam, func, or_, select, update

from domain.core.places import Position, tile_of
from domain.core.work import Work
from domain.places.columns import Located
from domain.places.hits import Address, Hit
from domain.places.kinds import Placed

MANUAL = "manual"
"""Provider of positions that a person set; addresses that change do not move them."""


def address_of(record: Located) -> Address:
    """The parts of a record's address."""
    return Address(record.address or "", record.city or "", record.region or "", record.country or "")


def forget_position(record: Located) -> None:
    """Drop a position found for an address that has changed; the job finds the new one."""
    if record.location_provider != MANUAL:
        drop_position(record)


def drop_position(record: Located) -> None:
    """Drop a position, whoever set it; the job finds the address anew."""
    record.latitude = record.longitude = record.map_x = record.map_y = None
    record.location_accuracy = record.location_provider = record.located_at = None


PARTS = ("address", "city", "region", "country")
Asked = tuple[int, Address]
"""A record's id and the address that somebody shall look up."""


def parts_of(placed: Placed) -> list[Any]:
    """The columns of the address."""
    return [getattr(placed.model, part) for part in PARTS]


def some_address(placed: Placed) -> ColumnElement[bool]:
    """Condition: there is something to look up."""
    return or_(*(part > "" for part in parts_of(placed)))


def _open(placed: Placed) -> tuple[ColumnElement[bool], ...]:
    return placed.model.located_at.is_(None), placed.model.deleted_at.is_(None)


async def to_locate(work: Work, placed: Placed, record_id: int) -> Address | None:
    """The address of a record that still needs a position; None when there is nothing to do."""
    asked = select(*parts_of(placed)).where(placed.model.id == record_id, *_open(placed))
    row = (await work.session.execute(asked)).one_or_none()
    address = Address(*(part or "" for part in row)) if row else None
    return address or None


async def waiting_for_position(work: Work, placed: Placed, limit: int, *, unplaced: bool = False) -> list[Asked]:
    """Records whose address nobody has looked up yet, newest first (those that came by import among them).

    `unplaced` leaves out those that stand on the map already, by the gazetteer or from an earlier look.
    """
    model = placed.model
    wheres = [*_open(placed), some_address(placed), *([model.map_x.is_(None)] if unplaced else [])]
    statement = select(model.id, *parts_of(placed)).where(*wheres).order_by(model.id.desc()).limit(limit)
    rows = (await work.session.execute(statement)).all()
    return [(row.id, Address(*(part or "" for part in row[1:]))) for row in rows]


FOUND = ("latitude", "longitude", "map_x", "map_y", "location_accuracy", "location_provider", "located_at")


@cache
def _store(model: Any, *, final: bool) -> Update:
    statement = (
        update(model)
        .where(
            model.id == bindparam("to_id"),
            model.located_at.is_(None),
            model.location_provider.is_distinct_from(MANUAL),
            func.coalesce(model.address, "") == bindparam("line"),
            func.coalesce(model.city, "") == bindparam("in_city"),
            func.coalesce(model.region, "") == bindparam("in_region"),
            func.coalesce(model.country, "") == bindparam("in_country"),
        )
        .values({column: bindparam(f"new_{column}") for column in FOUND})
    )
    return statement if final else statement.where(model.map_x.is_(None))


async def store_positions(
    work: Work, placed: Placed, found: Sequence[tuple[Asked, Hit | None]], *, final: bool = True
) -> None:
    """Keep what was found, for each record that still has the address that was asked for.

    Not a change by a person: `version` stays, so that an open form is not refused. Without `final` the question stays
    open and is asked again, and a record that has a position keeps it.
    """
    at = work.now if final else None
    rows = [_stored(asked, hit, at) for asked, hit in found if final or hit is not None]
    if rows:
        connection = await work.session.connection()
        await connection.execute(_store(placed.model, final=final), rows)


def _stored(asked: Asked, hit: Hit | None, at: datetime | None) -> dict[str, object]:
    record_id, address = asked
    x, y = tile_of(hit.position) if hit else (None, None)
    return {
        "to_id": record_id, "line": address.line, "in_city": address.city, "in_region": address.region,
        "in_country": address.country, "new_latitude": hit and hit.lat, "new_longitude": hit and hit.lng,
        "new_map_x": x, "new_map_y": y, "new_location_accuracy": hit and hit.accuracy.value,
        "new_location_provider": hit and hit.provider, "new_located_at": at,
    }  # fmt: skip


def set_by_hand(work: Work, record: Located, position: Position) -> None:
    """Keep a position that a person set on the spot or on the map; the caller has locked and checked the record."""
    record.latitude, record.longitude = position.lat, position.lng
    record.map_x, record.map_y = tile_of(position)
    record.location_accuracy, record.location_provider = "exact", MANUAL
    record.located_at = work.now
