"""Puts customers on the map: after their address changed, and by the clock those that came in bulk."""

from __future__ import annotations

from domain.core.errors import Unavailable
from domain.core.events import EventRow
from domain.customers.location import store_positions, to_locate, waiting_for_position
from domain.places.gazetteer import locate
from webapp.deliver.geocode import geocode
from webapp.outside import Outside

BATCH = 2000
"""Customers a run of the clock looks up; the gazetteer needs 10 µs each, a public service a second."""
SLOW_BATCH = 40


async def locate_customer(outside: Outside, customer_id: int) -> None:
    """Find and keep the position of one customer. No transaction is open while a service is asked.

    Raises Unavailable to be tried again; until then the gazetteer's position stands.
    """
    async with outside.transaction() as work:
        address = await to_locate(work, customer_id)
    if address is None:
        return
    asked = (customer_id, address)
    try:
        hit = await geocode(outside.settings, address)
    except Unavailable:
        async with outside.transaction() as work:
            await store_positions(work, [(asked, locate(address))], final=False)
        raise
    async with outside.transaction() as work:
        await store_positions(work, [(asked, hit)])


async def after_address_change(outside: Outside, row: EventRow) -> None:
    """Follows the events of a new customer and of a changed address."""
    await locate_customer(outside, row.record_id)


async def locate_waiting(outside: Outside) -> None:
    """By the clock: look up the addresses that nobody has looked up yet.

    A service that does not answer ends the run (Unavailable); all have the gazetteer's position by then.
    """
    if outside.settings.geocoder == "gazetteer":
        while await _locate_batch(outside) == BATCH:
            pass
        return
    async with outside.transaction() as work:
        waiting = await waiting_for_position(work, SLOW_BATCH)
        await store_positions(work, [(asked, locate(asked[1])) for asked in waiting], final=False)
    for customer_id, _address in waiting:
        await locate_customer(outside, customer_id)


async def _locate_batch(outside: Outside) -> int:
    """A batch by the gazetteer, in one transaction; how many there were."""
    async with outside.transaction() as work:
        waiting = await waiting_for_position(work, BATCH)
        await store_positions(work, [(asked, locate(asked[1])) for asked in waiting])
    return len(waiting)
