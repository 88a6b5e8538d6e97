"""Puts customers and leads on the map: after their address changed, and by the clock those that came in bulk.

And names the places where visits took place.
"""

from __future__ import annotations

import logging

from domain.core.errors import Unavailable
from domain.core.events import EventRow
from domain.places.gazetteer import locate
from domain.places.kinds import PLACED, Placed
from domain.places.location import store_positions, to_locate, waiting_for_position
from domain.visits.arrivals import keep_name, unnamed_arrival
from webapp.deliver.geocode import limits_of
from webapp.deliver.lookup import find, name_place
from webapp.outside import Outside

log = logging.getLogger("offing.locate")
BATCH = 2000
"""Records looked up in one transaction by the gazetteer, which needs 10 µs each."""
RUN_S = 50
MOST_A_RUN = 500
"""A run of the clock asks a service for less than a minute and for so many records."""


async def locate_one(outside: Outside, placed: Placed, record_id: int) -> bool:
    """Find and keep the position of one record; returns whether that is settled.

    While the service cannot be asked the gazetteer's position stands and the question stays open, for the clock.
    """
    async with outside.transaction() as work:
        address = await to_locate(work, placed, record_id)
    if address is None:
        return True
    asked = (record_id, address)
    try:
        hit = await find(outside, address)
    except Unavailable as problem:
        log.warning("%s %s has to wait for its position: %s", placed.feature, record_id, problem)
        async with outside.transaction() as work:
            await store_positions(work, placed, [(asked, locate(address))], final=False)
        return False
    async with outside.transaction() as work:
        await store_positions(work, placed, [(asked, hit)])
    return True


async def after_address_change(outside: Outside, row: EventRow) -> None:
    """Follows the events of a new record and of a changed address."""
    await locate_one(outside, PLACED[row.kind], row.record_id)


async def locate_waiting(outside: Outside) -> None:
    """By the clock: look up the addresses that nobody has looked up yet.

    A service that cannot be asked now ends the run; all have the gazetteer's position by then.
    """
    if outside.settings.geocoder == "gazetteer":
        for placed in PLACED.values():
            while await _locate_batch(outside, placed) == BATCH:
                pass
        return
    pace_s = limits_of(outside.settings).pace.total_seconds()
    most = min(MOST_A_RUN, max(1, int(RUN_S / pace_s)))
    asked: list[tuple[Placed, int]] = []
    for placed in PLACED.values():
        async with outside.transaction() as work:
            waiting = await waiting_for_position(work, placed, most)
            unplaced = await waiting_for_position(work, placed, BATCH, unplaced=True)
            await store_positions(work, placed, [(one, locate(one[1])) for one in unplaced], final=False)
        asked += [(placed, record_id) for record_id, _address in waiting]
    for placed, record_id in asked[:most]:
        if not await locate_one(outside, placed, record_id):
            return


async def _locate_batch(outside: Outside, placed: Placed) -> int:
    """A batch by the gazetteer, in one transaction; how many there were."""
    async with outside.transaction() as work:
        waiting = await waiting_for_position(work, placed, BATCH)
        await store_positions(work, placed, [(asked, locate(asked[1])) for asked in waiting])
    return len(waiting)


async def name_arrival(outside: Outside, row: EventRow) -> None:
    """Follows a check-in and a finished visit: keeps in words where that was."""
    async with outside.transaction() as work:
        position = await unnamed_arrival(work, row.record_id)
    if position is None:
        return
    name = await name_place(outside, position)
    if name is None:
        return
    async with outside.transaction() as work:
        await keep_name(work, row.record_id, position, name)
