"""Where records lie, by hand and in bulk: correcting one position, and how far the looking up has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import func, update

from domain.core.access import among
from domain.core.errors import Denied
from domain.core.list_spec import Where
from domain.core.model import snapshot
from domain.core.places import Accuracy
from domain.core.work import Work
from domain.places import location
from domain.places.answers import ROUGH, forget
from domain.places.hits import Address
from domain.places.inputs import PlaceInput
from domain.places.kinds import Placed
from domain.places.map import Chosen

MOST_AT_ONCE = 5000
"""Records that one request to look again takes; the rest wait for the next."""


async def get(work: Work, placed: Placed, record_id: int, *, lock: bool = False) -> Any:
    """A record whose position the actor may correct. Raises NotFound or Denied."""
    scope = placed.scope  # who may write reads all of it, so no pool hides the address
    record = await work.load(
        placed.model, record_id, scope.visible(work.actor), may=scope.writable(work.actor), lock=lock
    )
    work.actor.require(f"{placed.feature}.edit")
    if (reason := placed.closed(record)) is not None:
        raise Denied(reason)
    return record


async def place(work: Work, placed: Placed, record_id: int, data: PlaceInput, version: int | None) -> Any:
    """Keep a position given by hand: no geocoder and no change of the address moves it any more.

    Raises Conflict (`stale`, with the position that stands) if somebody changed the record meanwhile.
    """
    record = await get(work, placed, record_id, lock=True)
    work.touch(record, version, current=snapshot(record, "latitude", "longitude", "location_provider"))
    location.set_by_hand(work, record, data.position)
    _tell(work, placed, record_id, by_hand=True)
    return record


async def look_up(work: Work, placed: Placed, record_id: int, version: int | None) -> Any:
    """Drop the position, one set by hand too, and have the address looked up again."""
    record = await get(work, placed, record_id, lock=True)
    work.touch(record, version, current=snapshot(record, "latitude", "longitude", "location_provider"))
    location.drop_position(record)
    await forget(work, [location.address_of(record)])
    _tell(work, placed, record_id, by_hand=False)
    return record


def _tell(work: Work, placed: Placed, record_id: int, *, by_hand: bool) -> None:
    of_customer = {"customer_id": record_id} if placed.feature == "customers" else {}
    work.record(placed.corrected(record_id=record_id, by_hand=by_hand, **of_customer))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far looking up the records of a list has come."""

    by_accuracy: Mapping[Accuracy, int] = field(default_factory=dict)
    by_provider: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    """Nobody has looked them up yet, or the service has to be asked still."""
    unplaced: int = 0
    """Those of the waiting that are not on the map meanwhile."""
    not_found: int = 0
    no_address: int = 0

    @property
    def located(self) -> int:
        """Those with a position."""
        return sum(self.by_accuracy.values())

    @property
    def total(self) -> int:
        """Those with an address or a position."""
        return self.located + self.not_found + self.unplaced

    @property
    def settled(self) -> int:
        """Those of which nothing more is to be expected."""
        return self.total - self.waiting


async def progress(chosen: Chosen) -> Progress:
    """Count the records of a list by what came of looking them up; those a pool hides are left out."""
    m = chosen.placed.model
    state = (
        m.location_accuracy, m.location_provider, m.map_x.is_not(None), m.located_at.is_not(None),
        location.some_address(chosen.placed),
    )  # fmt: skip
    statement = chosen.select(*state, func.count()).where(*chosen.shown).group_by(*state)
    rows = (await chosen.work.session.execute(statement)).all()
    accuracies: dict[Accuracy, int] = {}
    providers: dict[str, int] = {}
    waiting = not_found = no_address = unplaced = 0
    for row in rows:
        accuracy, provider, is_placed, settled, addressed, number = tuple(row)
        if is_placed:
            accuracies[Accuracy(accuracy)] = accuracies.get(Accuracy(accuracy), 0) + number
            providers[provider] = providers.get(provider, 0) + number
            waiting += 0 if settled or not addressed else number
        elif not addressed:
            no_address += number
        elif settled:
            not_found += number
        else:
            waiting, unplaced = waiting + number, unplaced + number
    return Progress(accuracies, providers, waiting, unplaced, not_found, no_address)


class Again(StrEnum):
    """Which records shall be looked up anew: those not found, or those placed by their city or wider."""

    failed = "failed"
    rough = "rough"


async def ask_again(chosen: Chosen, which: Again) -> int:
    """Have records of a list looked up again, those the actor may change and at most `MOST_AT_ONCE`; how many.

    Positions set by hand stay. Until something is found the old position stands.
    """
    work, placed = chosen.work, chosen.placed
    model, may = placed.model, placed.scope.writable(work.actor)
    work.actor.require(f"{placed.feature}.edit")
    wheres: list[Where] = [model.located_at.is_not(None), may, location.some_address(placed), *chosen.shown]
    if which is Again.failed:
        wheres.append(model.map_x.is_(None))
    else:
        wheres += [model.location_accuracy.in_(ROUGH), model.location_provider != location.MANUAL]
    found = chosen.select(model.id, *location.parts_of(placed)).where(*wheres).order_by(model.id).limit(MOST_AT_ONCE)
    rows = (await work.session.execute(found.with_for_update(of=model, skip_locked=True))).all()
    if rows:
        ids = [row.id for row in rows]
        await work.session.execute(
            update(model)
            .where(among(model.id, ids))
            .values(located_at=None)
            .execution_options(synchronize_session=False)
        )
        await forget(work, [Address(*(part or "" for part in row[1:])) for row in rows])
    return len(rows)
