"""Follow-ups from phones: judged as of the time at which they were recorded, and never lost to what happened since."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain.contacts import queries as contacts
from domain.core.errors import Invalid
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers.models import Customer
from domain.followups import actions, policy
from domain.followups.inputs import FollowUpInput
from domain.followups.models import FollowUp
from domain.leads import scope as leads
from domain.leads.models import Lead
from domain.notifications.actions import tell_manager
from domain.opportunities.models import Opportunity
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


LEAD_NOTES: dict[Standing, Text] = {
    Standing.brought_back: _("The lead had left you by the clock; it is yours again."),
    Standing.claimed: _("Somebody else has the lead now. What you recorded is kept; both of you have been told."),
    Standing.gone: _("The lead is no longer yours. What you recorded is kept; your manager has been told."),
    Standing.deleted: _("The lead was deleted meanwhile. What you recorded is kept; your manager has been told."),
}
CONVERTED = _("The lead has become a customer meanwhile. What you recorded stands there.")


def notes_of(standing: Standing, notes: dict[Standing, Text] = NOTES) -> tuple[Text, ...]:
    """What the phone is told of where the customer or lead stands."""
    return (notes[standing],) if standing in notes else ()


async def make_followup(work: Work, data: FollowUpInput, came: Came) -> Made:
    """A touch as it was noted then, with the rights that its author had then."""
    work.actor.require("followups.create")
    if data.lead_id is not None:
        return await _about_lead(work, data, data.lead_id, came)
    data = await _of_opportunity(work, data)
    assert data.customer_id is not None  # the input, or the opportunity, sees to that
    standing = await late.arrive(work, PoolKind.customer, data.customer_id, came.recorded_at)
    customer = await _customer(work, data, data.customer_id, standing)
    record = await _noted(work, customer, data, came)
    if standing in (Standing.gone, Standing.deleted):
        await tell(work, customer, f"/followups/{record.id}")
    return _made(record, customer, notes_of(standing))


async def _about_lead(work: Work, data: FollowUpInput, lead_id: int, came: Came) -> Made:
    """The same of a lead. Of one that has become a customer, it is noted with that."""
    standing = await late.arrive(work, PoolKind.lead, lead_id, came.recorded_at)
    if standing is Standing.usual:
        seen = await work.load(Lead, lead_id, leads.visible, lock=True)
        if seen.converted_customer_id is not None:
            about = {"lead_id": None, "customer_id": seen.converted_customer_id}
            made = await make_followup(work, data.model_copy(update=about), came)
            return replace(made, notes=(CONVERTED, *made.notes))
        lead = await actions.open_lead(work, lead_id)
    else:
        # Unscoped: it was the actor's when this was recorded.
        lead = await work.session.get_one(Lead, lead_id, with_for_update=True, populate_existing=True)
    record = await _noted(work, lead, data, came)
    if standing in (Standing.gone, Standing.deleted):
        await tell(work, lead, f"/followups/{record.id}")
    return _made(record, lead, notes_of(standing, LEAD_NOTES))


async def _noted(work: Work, subject: actions.Subject, data: FollowUpInput, came: Came) -> FollowUp:
    """The touch, written down."""
    met = data.contact_id
    if met is not None and (
        isinstance(subject, Lead) or not await contacts.belongs(work, met, subject.id, removed=True)
    ):
        raise Invalid.of("contact_id", _("Please choose one of the list."))
    touch = actions.Touch(
        way=data.way,
        content=data.content,
        at=_at(work, data, came),
        next_contact_at=policy.next_contact_at(work.actor, data.next_pick, data.next_contact_at, came.recorded_at),
        contact_id=data.contact_id,
        minutes=data.minutes,
        client_uuid=data.client_uuid,
        opportunity_id=data.opportunity_id,
        late=True,
    )
    record = await actions.note(work, subject, touch)
    if record is None:
        raise id_taken()
    return record


async def _of_opportunity(work: Work, data: FollowUpInput) -> FollowUpInput:
    """The same with the customer of the opportunity it names, whoever has that by now."""
    if data.opportunity_id is None:
        return data
    whose = select(Opportunity.customer_id).where(Opportunity.id == data.opportunity_id)
    customer_id = await work.session.scalar(whose)  # unscoped: whether its customer is seen is asked next
    if customer_id is None or data.customer_id not in (None, customer_id):
        raise Invalid.of("opportunity_id", _("Please choose one of the list."))
    return data.model_copy(update={"customer_id": customer_id})


async def _customer(work: Work, data: FollowUpInput, customer_id: int, standing: Standing) -> Customer:
    """The customer, locked. Raises NotFound or Denied as the form would, unless it was the actor's own at that time."""
    if standing is Standing.usual:
        return await actions.open_customer(work, customer_id, about=data.opportunity_id)
    # Unscoped: it was the actor's when this was recorded.
    return await work.session.get_one(Customer, customer_id, with_for_update=True, populate_existing=True)


async def tell(work: Work, subject: actions.Subject, url: str) -> None:
    """Tell the author's manager of a record about a customer or lead that is no longer theirs."""
    told = _("%(rep)s sent a record about %(name)s, made before it left them.", rep=work.actor.name, name=subject.name)
    await tell_manager(work, told, url=url, tag=f"{subject.__tablename__}-flag-{subject.id}")


def _at(work: Work, data: FollowUpInput, came: Came) -> datetime:
    """When it took place: as entered, else as recorded; a time ahead of ours is a wrong clock, not a refusal."""
    at = came.recorded_at if data.at is None else policy.aware(work.actor, data.at)
    return min(at, came.received_at)


def _made(record: FollowUp, subject: actions.Subject, notes: tuple[Text, ...] = ()) -> Made:
    return Made(record.id, f"/followups/{record.id}", subject.name, record.customer_id, notes)


async def find_followup(work: Work, uuid: UUID) -> Made | None:
    """The follow-up that I made of this id."""
    record = await mine(work, FollowUp, uuid)
    return record and _made(record, await actions.subject_of(work, record))


FOLLOWUPS = Syncable(feature="followups", entered=FollowUpInput, make=make_followup, find=find_followup)
