"""Where customers lie, by hand and in bulk: correcting one position, and how far the looking up has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import func, or_, update

from domain.core.access import among
from domain.core.list_spec import Where
from domain.core.model import snapshot
from domain.core.places import Accuracy
from domain.core.work import Work
from domain.customers import location
from domain.customers.events import CustomerPlaced
from domain.customers.map import Chosen
from domain.customers.models import Customer
from domain.customers.scope import visible, writable
from domain.places.answers import ROUGH, forget
from domain.places.hits import Address
from domain.places.inputs import PlaceInput

MOST_AT_ONCE = 5000
"""Customers that one request to look again takes; the rest wait for the next."""


async def get(work: Work, customer_id: int, *, lock: bool = False) -> Customer:
    """A customer whose position the actor may correct. Raises NotFound or Denied."""
    customer = await work.load(
        Customer, customer_id, visible(work.actor), may=writable(work.actor), lock=lock
    )  # who may write reads all of it, so no pool hides the address
    work.actor.require("customers.edit")
    return customer


async def place(work: Work, customer_id: int, data: PlaceInput, version: int | None) -> Customer:
    """Keep a position given by hand: no geocoder and no change of the address moves it any more.

    Raises Conflict (`stale`, with the position that stands) if somebody changed the customer meanwhile.
    """
    customer = await get(work, customer_id, lock=True)
    work.touch(customer, version, current=snapshot(customer, "latitude", "longitude", "location_provider"))
    location.set_by_hand(work, customer, data.position)
    work.record(CustomerPlaced(record_id=customer.id, customer_id=customer.id))
    return customer


async def look_up(work: Work, customer_id: int, version: int | None) -> Customer:
    """Drop the position, one set by hand too, and have the address looked up again."""
    customer = await get(work, customer_id, lock=True)
    work.touch(customer, version, current=snapshot(customer, "latitude", "longitude", "location_provider"))
    location.drop_position(customer)
    await forget(work, [location.address_of(customer)])
    work.record(CustomerPlaced(record_id=customer.id, customer_id=customer.id, by_hand=False))
    return customer


@dataclass(frozen=True, slots=True)
class Progress:
    """How far looking up the customers of a list has come."""

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


_SOME_ADDRESS = or_(*(part > "" for part in location.PARTS))


async def progress(chosen: Chosen) -> Progress:
    """Count the customers of a list by what came of looking them up; those a pool hides are left out."""
    placed = Customer.map_x.is_not(None)
    state = (
        Customer.location_accuracy, Customer.location_provider, placed, Customer.located_at.is_not(None), _SOME_ADDRESS,
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
    """Which customers shall be looked up anew: those not found, or those placed by their city or wider."""

    failed = "failed"
    rough = "rough"


async def ask_again(chosen: Chosen, which: Again) -> int:
    """Have customers of a list looked up again, those the actor may change and at most `MOST_AT_ONCE`; how many.

    Positions set by hand stay. Until something is found the old position stands.
    """
    work = chosen.work
    work.actor.require("customers.edit")
    wheres: list[Where] = [Customer.located_at.is_not(None), writable(work.actor), _SOME_ADDRESS, *chosen.shown]
    if which is Again.failed:
        wheres.append(Customer.map_x.is_(None))
    else:
        wheres += [Customer.location_accuracy.in_(ROUGH), Customer.location_provider != location.MANUAL]
    found = chosen.select(Customer.id, *location.PARTS).where(*wheres).order_by(Customer.id).limit(MOST_AT_ONCE)
    rows = (await work.session.execute(found.with_for_update(of=Customer, skip_locked=True))).all()
    if rows:
        ids = [row.id for row in rows]
        await work.session.execute(
            update(Customer)
            .where(among(Customer.id, ids))
            .values(located_at=None)
            .execution_options(synchronize_session=False)
        )
        await forget(work, [Address(*(part or "" for part in row[1:])) for row in rows])
    return len(rows)
