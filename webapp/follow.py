"""What follows an event outside the business transaction: the domain's reactions, and deliveries to the world."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from domain.core.events import Event, EventRow, HandledEvent
from domain.customers.events import CustomerCreated, CustomerEdited, CustomerPlaced
from domain.imports.events import ImportStarted
from domain.leads.events import LeadCreated, LeadEdited, LeadPlaced
from domain.notifications.events import Notified
from domain.people.events import MailQueued
from domain.visits.events import CheckedIn, Visited
from domain.wiring import REACTIONS, Reaction
from webapp.deliver.locate import after_address_change, name_arrival
from webapp.deliver.mail import deliver_mail
from webapp.deliver.pushes import push_to_devices
from webapp.importing import in_worker
from webapp.outside import Outside

Delivery = Callable[[Outside, EventRow], Awaitable[None]]

DELIVERIES: Mapping[type[Event], tuple[Delivery, ...]] = {
    Notified: (push_to_devices,),
    MailQueued: (deliver_mail,),
    CustomerCreated: (after_address_change,),
    CustomerEdited: (after_address_change,),
    CustomerPlaced: (after_address_change,),
    LeadCreated: (after_address_change,),
    LeadEdited: (after_address_change,),
    LeadPlaced: (after_address_change,),
    CheckedIn: (name_arrival,),
    Visited: (name_arrival,),
    ImportStarted: (in_worker,),
}
"""Deliveries run at least once and see to it themselves that a second run does no harm."""


def name_of(function: Callable[..., Awaitable[None]]) -> str:
    """How a job names what it does."""
    return f"{function.__module__}.{function.__qualname__}"


BY_NAME: Mapping[str, Reaction] = {name_of(f): f for functions in REACTIONS.values() for f in functions}
DELIVERY_BY_NAME: Mapping[str, Delivery] = {name_of(f): f for functions in DELIVERIES.values() for f in functions}
FOLLOWING: Mapping[str, tuple[str, ...]] = {
    event.__name__: (*map(name_of, REACTIONS.get(event, ())), *map(name_of, DELIVERIES.get(event, ())))
    for event in {*REACTIONS, *DELIVERIES}
}
"""By the name of an event: what has to follow."""


def jobs_for(rows: Iterable[EventRow]) -> list[tuple[str, bytes]]:
    """The queue's jobs for recorded events: one for each thing that follows, so that each is retried on its own."""
    return [
        ("follow", json.dumps({"event": row.id, "do": name}).encode())
        for row in rows
        for name in FOLLOWING.get(row.name, ())
    ]


async def follow(outside: Outside, event_id: int, name: str) -> None:
    """Do one thing that follows an event. A reaction is done exactly once, in one transaction with its mark."""
    if name in DELIVERY_BY_NAME:
        async with outside.database.reading() as session:
            row = (await session.execute(select(EventRow).where(EventRow.id == event_id))).scalar_one()
        await DELIVERY_BY_NAME[name](outside, row)
        return
    async with outside.transaction() as work:
        mark = insert(HandledEvent).values(event_id=event_id, reaction=name).on_conflict_do_nothing()
        if (await work.session.execute(mark.returning(HandledEvent.event_id))).first() is None:
            return
        row = await work.session.get_one(EventRow, event_id)
        await BY_NAME[name](work, row)
