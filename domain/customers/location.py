"""Keeping the position of a customer in step with its address. Asking where that lies happens elsewhere, later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select, update

from domain.core.places import Position, tile_of
from domain.core.work import Work
from domain.customers.models import Customer
from domain.places.hits import Address, Hit

MANUAL = "manual"
"""Provider of positions that a person set; addresses that change do not move them."""


def address_of(customer: Customer) -> Address:
    """The parts of a customer's address."""
    return Address(customer.address or "", customer.city or "", customer.region or "", customer.country or "")


def forget_position(customer: Customer) -> None:
    """Drop a position found for an address that has changed; the job finds the new one."""
    if customer.location_provider != MANUAL:
        drop_position(customer)


def drop_position(customer: Customer) -> None:
    """Drop a position, whoever set it; the job finds the address anew."""
    customer.latitude = customer.longitude = customer.map_x = customer.map_y = None
    customer.location_accuracy = customer.location_provider = customer.located_at = None


PARTS = (Customer.address, Customer.city, Customer.region, Customer.country)
OPEN = (Customer.located_at.is_(None), Customer.deleted_at.is_(None))
Asked = tuple[int, Address]
"""A customer's id and the address that somebody shall look up."""


async def to_locate(work: Work, customer_id: int) -> Address | None:
    """The address of a customer that still needs a position; None when there is nothing to do."""
    found = await work.session.execute(select(*PARTS).where(Customer.id == customer_id, *OPEN))
    row = found.one_or_none()
    address = Address(*(part or "" for part in row)) if row else None
    return address or None


async def waiting_for_position(work: Work, limit: int, *, unplaced: bool = False) -> list[Asked]:
    """Customers whose address nobody has looked up yet, newest first (those that came by import among them).

    `unplaced` leaves out those that stand on the map already, by the gazetteer or from an earlier look.
    """
    some = or_(*(part > "" for part in PARTS))
    wheres = [*OPEN, some, *([Customer.map_x.is_(None)] if unplaced else [])]
    statement = select(Customer.id, *PARTS).where(*wheres).order_by(Customer.id.desc()).limit(limit)
    rows = (await work.session.execute(statement)).all()
    return [(row.id, Address(*(part or "" for part in row[1:]))) for row in rows]


FOUND = ("latitude", "longitude", "map_x", "map_y", "location_accuracy", "location_provider", "located_at")
_STORE = (
    update(Customer)
    .where(
        Customer.id == bindparam("to_id"),
        Customer.located_at.is_(None),
        Customer.location_provider.is_distinct_from(MANUAL),
        func.coalesce(Customer.address, "") == bindparam("line"),
        func.coalesce(Customer.city, "") == bindparam("in_city"),
        func.coalesce(Customer.region, "") == bindparam("in_region"),
        func.coalesce(Customer.country, "") == bindparam("in_country"),
    )
    .values({column: bindparam(f"new_{column}") for column in FOUND})
)
_STORE_FOR_NOW = _STORE.where(Customer.map_x.is_(None))


async def store_positions(work: Work, found: Sequence[tuple[Asked, Hit | None]], *, final: bool = True) -> None:
    """Keep what was found, for each customer that still has the address that was asked for.

    Not a change by a person: `version` stays, so that an open form is not refused. Without `final` the question stays
    open and is asked again, and a customer that has a position keeps it.
    """
    at = work.now if final else None
    rows = [_stored(asked, hit, at) for asked, hit in found if final or hit is not None]
    if rows:
        connection = await work.session.connection()
        await connection.execute(_STORE if final else _STORE_FOR_NOW, rows)


def _stored(asked: Asked, hit: Hit | None, at: datetime | None) -> dict[str, object]:
    customer_id, address = asked
    x, y = tile_of(hit.position) if hit else (None, None)
    return {
        "to_id": customer_id, "line": address.line, "in_city": address.city, "in_region": address.region,
        "in_country": address.country, "new_latitude": hit and hit.lat, "new_longitude": hit and hit.lng,
        "new_map_x": x, "new_map_y": y, "new_location_accuracy": hit and hit.accuracy.value,
        "new_location_provider": hit and hit.provider, "new_located_at": at,
    }  # fmt: skip


def set_by_hand(work: Work, customer: Customer, position: Position) -> None:
    """Keep a position that a person set on the spot or on the map; the caller has locked and checked the record."""
    customer.latitude, customer.longitude = position.lat, position.lng
    customer.map_x, customer.map_y = tile_of(position)
    customer.location_accuracy, customer.location_provider = "exact", MANUAL
    customer.located_at = work.now
