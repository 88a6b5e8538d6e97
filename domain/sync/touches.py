"""Follow-ups from phones: judged as of the time at which they were recorded, and never lost to what happened since."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.contacts import queries as contacts
from domain.core.errors import Invalid
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers.models import Customer
from domain.followups import actions, policy
from domain.followups.inputs import FollowUpInput
from domain.followups.models import FollowUp
from domain.notifications.actions import tell_manager
from domain.pools import late
from domain.pools.late import Standing
from domain.pools.models import PoolKind
from domain.sync.kinds import Came, Made, Syncable
from domain.sync.records import id_taken, mine

NOTES: dict[Standing, Text] = {
    Standing.brought_back: _("The customer had left you by the clock; it is yours again."),
    Standing.claimed: _("Somebody else has the customer now. What you recorded is kept; both of you have been told."),
    Standing.gone: _("The customer is no longer yours. What you recorded is kept; your manager has been told."),
    Standing.deleted: _("The customer was deleted meanwhile. What you recorded is kept; your manager has been told."),
}
"""What the phone is told of a customer that changed hands meanwhile."""


def notes_of(standing: Standing) -> tuple[Text, ...]:
    """What the phone is told of where the customer stands."""
    return (NOTES[standing],) if standing in NOTES else ()


async def make_followup(work: Work, data: FollowUpInput, came: Came) -> Made:
    """A touch as it was noted then, with the rights that its author had then."""
    work.actor.require("followups.create")
    standing = await late.arrive(work, PoolKind.customer, data.customer_id, came.recorded_at)
    customer = await _customer(work, data.customer_id, standing)
    if data.contact_id is not None and not await contacts.belongs(work, data.contact_id, customer.id, removed=True):
        raise Invalid.of("contact_id", _("Please choose one of the list."))
    touch = actions.Touch(
        way=data.way,
        content=data.content,
        at=_at(work, data, came),
        next_contact_at=policy.next_contact_at(work.actor, data.next_pick, data.next_contact_at, came.recorded_at),
        contact_id=data.contact_id,
        minutes=data.minutes,
        client_uuid=data.client_uuid,
        late=True,
    )
    record = await actions.note(work, customer, touch)
    if record is None:
        raise id_taken()
    if standing in (Standing.gone, Standing.deleted):
        await tell(work, customer, f"/followups/{record.id}")
    return _made(record, customer, standing)


async def _customer(work: Work, customer_id: int, standing: Standing) -> Customer:
    """The customer, locked. Raises NotFound or Denied as the form would, unless it was the actor's own at that time."""
    if standing is Standing.usual:
        return await actions.open_customer(work, customer_id)
    # Unscoped: it was the actor's when this was recorded.
    return await work.session.get_one(Customer, customer_id, with_for_update=True, populate_existing=True)


async def tell(work: Work, customer: Customer, url: str) -> None:
    """Tell the author's manager of a record about a customer that is no longer theirs."""
    told = _("%(rep)s sent a record about %(name)s, made before it left them.", rep=work.actor.name, name=customer.name)
    await tell_manager(work, told, url=url, tag=f"customers-flag-{customer.id}")


def _at(work: Work, data: FollowUpInput, came: Came) -> datetime:
    """When it took place: as entered, else as recorded; a time ahead of ours is a wrong clock, not a refusal."""
    at = came.recorded_at if data.at is None else policy.aware(work.actor, data.at)
    return min(at, came.received_at)


def _made(record: FollowUp, customer: Customer, standing: Standing = Standing.usual) -> Made:
    return Made(record.id, f"/followups/{record.id}", customer.name, customer.id, notes_of(standing))


async def find_followup(work: Work, uuid: UUID) -> Made | None:
    """The follow-up that I made of this id."""
    record = await mine(work, FollowUp, uuid)
    return record and _made(record, await work.session.get_one(Customer, record.customer_id))


FOLLOWUPS = Syncable(feature="followups", entered=FollowUpInput, make=make_followup, find=find_followup)
