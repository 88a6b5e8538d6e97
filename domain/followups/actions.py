"""Verbs of follow-ups: create, edit within a day, delete by right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from domain.calendar import actions as calendar
from domain.contacts import queries as contacts
from domain.core.errors import Conflict, Denied, Invalid
from domain.core.text import _
from domain.core.work import R, Work
from domain.customers import queries as customers
from domain.customers.models import Customer, FollowStage
from domain.followups import policy, queries
from domain.followups.events import FollowedUp, FollowUpChanged, FollowUpDeleted
from domain.followups.inputs import FollowUpInput
from domain.followups.models import FollowUp, Way
from domain.leads import policy as lead_policy
from domain.leads import scope as leads
from domain.leads.models import Lead, LeadStatus
from domain.leads.workflow import FOLLOWED
from domain.opportunities import scope as opportunities
from domain.opportunities.models import Opportunity
from domain.opportunities.touches import read_touches
from domain.opportunities.touches import touched as opportunity_touched
from domain.pools import clock
from domain.pools.models import PoolKind

Subject = Customer | Lead
"""Whom a touch is about."""


async def create(work: Work, data: FollowUpInput) -> FollowUp:
    """Note a touch with a customer or lead that the actor may change.

    The same `client_uuid` again gives the first record and changes nothing.
    """
    work.actor.require("followups.create")
    data = await of_opportunity(work, data)
    subject = await open_subject(work, data)
    at, next_at = await _times(work, data)
    touch = Touch(
        data.way, data.content, at, next_at, data.contact_id, data.minutes, data.client_uuid, data.opportunity_id
    )
    return await note(work, subject, touch) or await _first_of(work, data)


@dataclass(frozen=True, slots=True)
class Touch:
    """A touch that has been checked already; moments are aware."""

    way: Way
    content: str
    at: datetime
    next_contact_at: datetime | None = None
    contact_id: int | None = None
    minutes: int | None = None
    client_uuid: UUID | None = None
    opportunity_id: int | None = None
    late: bool = False
    """Recorded on a phone and sent later: a touch after it has settled what comes next, so it plans nothing then."""


async def note(work: Work, subject: Subject, touch: Touch, *, tell: bool = True) -> FollowUp | None:
    """Write down a touch with a locked customer or lead, whoever may do so having been asked; None if its key is known.

    `tell`: it has a line of its own on the timeline.

    Moves its last follow-up, place and clock (`touched`); the next contact goes into the actor's calendar, and what was
    due there for it is done.
    """
    at, next_at = touch.at, touch.next_contact_at
    whom = queries.about(subject)
    if isinstance(subject, Lead) and subject.converted_customer_id is not None:
        whom["customer_id"] = subject.converted_customer_id
    made = (
        insert(FollowUp)
        .values(
            **whom, contact_id=touch.contact_id, way=touch.way.value, minutes=touch.minutes,
            content=touch.content, at=at, next_contact_at=next_at, client_uuid=touch.client_uuid,
            opportunity_id=touch.opportunity_id,
            created_by_id=work.actor.id, created_at=work.now, updated_at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["client_uuid"])
        .returning(FollowUp.id)
    )  # fmt: skip
    new_id = (await work.session.execute(made)).scalar_one_or_none()
    if new_id is None:
        return None
    record = await work.session.get_one(FollowUp, new_id)
    overtaken = touch.late and subject.last_follow_up_at is not None and at < subject.last_follow_up_at
    await touched(work, subject, at)
    if touch.opportunity_id is not None:
        opportunity = await _fresh(work, Opportunity, touch.opportunity_id)
        opportunity_touched(opportunity, at)
    if not overtaken:
        await calendar.finish_contacts(work, subject)
        if next_at is not None:
            await calendar.plan_contact(work, subject, record.id, next_at)
    if tell:
        work.record(
            FollowedUp(
                record_id=record.id,
                customer_id=record.customer_id,
                way=record.way,
                content=short(record.content),
                took_place_at=at.isoformat(),
            )
        )
    return record


async def touched(work: Work, subject: Subject, at: datetime) -> None:
    """Move the last follow-up of a locked customer or lead (never back), its place in the list and its clock; a new
    customer counts as contacted, a pending lead as followed."""
    if isinstance(subject, Lead):
        if subject.status == LeadStatus.pending:
            FOLLOWED.move(work.actor, subject, "follow")
    elif subject.follow_stage == FollowStage.new:
        subject.follow_stage = FollowStage.contacted.value
    if subject.last_follow_up_at is None or at > subject.last_follow_up_at:
        subject.last_follow_up_at = at
    subject.activity_at = max(subject.activity_at, at)
    await clock.recompute(work.session, _kind(subject), [subject.id])


async def edit(work: Work, followup_id: int, data: FollowUpInput, version: int | None = None) -> FollowUp:
    """Correct an own follow-up within a day of saving it. Its customer stays; times and calendar follow."""
    record = await _locked(work, followup_id)
    reason = policy.can_edit(work.actor, record, work.now)
    if reason is not None:
        raise Denied(reason)
    at, next_at = await _times(work, data, record)
    before = record.opportunity_id
    if data.opportunity_id not in (None, before):
        await of_opportunity(work, data.model_copy(update={"customer_id": record.customer_id or 0}))
    work.touch(record, version)
    record.opportunity_id = None if record.customer_id is None else data.opportunity_id
    record.way, record.minutes, record.content = data.way.value, data.minutes, data.content
    record.contact_id, record.at = data.contact_id, at
    if next_at != record.next_contact_at:
        record.next_contact_at = next_at
        await calendar.forget_followup(work, record.id)
        if next_at is not None:
            await calendar.plan_contact(work, await subject_of(work, record), record.id, next_at)
    await _settle(work, record, before)
    work.record(
        FollowUpChanged(
            record_id=record.id, customer_id=record.customer_id, way=record.way, content=short(record.content)
        )
    )
    return record


async def delete(work: Work, followup_id: int) -> FollowUp:
    """Delete a follow-up and what it planned; the clock goes back to the touch before. Returns what it was."""
    record = await _locked(work, followup_id)
    reason = policy.can_delete(work.actor)
    if reason is not None:
        raise Denied(reason)
    await calendar.forget_followup(work, record.id)
    await work.session.delete(record)
    await work.session.flush()  # the customer's last follow-up is read next
    await _settle(work, record, record.opportunity_id)
    work.record(FollowUpDeleted(record_id=followup_id, customer_id=record.customer_id))
    return record


async def of_opportunity(work: Work, data: FollowUpInput) -> FollowUpInput:
    """The same with the customer of the opportunity it names. Raises Invalid at `opportunity_id` for one that the actor
    does not see or that is another customer's."""
    if data.opportunity_id is None:
        return data
    whose = select(Opportunity.customer_id).where(Opportunity.id == data.opportunity_id)
    customer_id = await work.session.scalar(whose.where(opportunities.visible(work.actor)))
    if customer_id is None or data.customer_id not in (None, customer_id):
        raise Invalid.of("opportunity_id", _("Please choose one of the list."))
    return data.model_copy(update={"customer_id": customer_id})


async def open_subject(work: Work, data: FollowUpInput) -> Subject:
    """Whom a touch is about, locked. Raises NotFound, or Denied while it may not be noted."""
    if data.lead_id is not None:
        return await open_lead(work, data.lead_id)
    assert data.customer_id is not None  # the input, or the opportunity, sees to that
    return await open_customer(work, data.customer_id, about=data.opportunity_id)


async def open_lead(work: Work, lead_id: int) -> Lead:
    """A lead about which the actor may note something, locked.

    Raises NotFound, or Denied while it lies in a pool, has come to its end or may only be read.
    """
    actor = work.actor
    lead = await work.load(Lead, lead_id, leads.visible, lock=True)
    if lead.owner_id is None:
        raise Denied(_("It lies in a lead pool. Claim it first."))
    reason = lead_policy.closed(lead.status)
    if reason is not None:
        raise Denied(reason)
    return await work.load(Lead, lead_id, leads.visible(actor), may=leads.writable(actor))


async def open_customer(work: Work, customer_id: int, *, about: int | None = None) -> Customer:
    """A customer about whom the actor may note something, locked; who may change an opportunity `about` which it is may
    do so too.

    Raises NotFound, or Denied while it lies in a pool or may only be read.
    """
    actor = work.actor
    mine = select(Opportunity.id).where(Opportunity.id == about, opportunities.visible(actor))
    if about is not None and await work.session.scalar(mine.where(opportunities.writable(actor))) is not None:
        customer = await _fresh(work, Customer, customer_id)
        _require_owner(customer)
        return customer
    customer = await work.load(Customer, customer_id, customers.visible(actor), lock=True)
    _require_owner(customer)
    return await work.load(Customer, customer_id, customers.visible(actor), may=customers.writable(actor))


def _require_owner(customer: Customer) -> None:
    if customer.owner_id is None:
        raise Denied(_("It lies in a public pool. Claim it first."))


async def _locked(work: Work, followup_id: int) -> FollowUp:
    """A follow-up and whom it is about, locked in the order in which `create` locks: the follow-up last."""
    await subject_of(work, await queries.get(work, followup_id), lock=True)
    return await queries.get(work, followup_id, lock=True)


async def _times(work: Work, data: FollowUpInput, record: FollowUp | None = None) -> tuple[datetime, datetime | None]:
    """When it took place and when the next contact is. Raises Invalid for times or a contact that make no sense."""
    at = policy.took_place_at(work.actor, data, work.now)
    if record is not None and data.at is None:
        at = record.at
    next_at = policy.next_contact_at(work.actor, data.next_pick, data.next_contact_at, work.now)
    unchanged = record is not None and record.next_contact_at == next_at
    errors = policy.wrong_times(at, None if unchanged else next_at, work.now)
    customer_id = record.customer_id if record is not None else data.customer_id
    if data.contact_id is not None and not (
        customer_id is not None and await contacts.belongs(work, data.contact_id, customer_id)
    ):
        errors["contact_id"] = (_("Please choose one of the list."),)
    if errors:
        raise Invalid(errors)
    return at, next_at


async def _first_of(work: Work, data: FollowUpInput) -> FollowUp:
    """What the same key made before. Raises Conflict if it was somebody else's or about somebody else."""
    statement = select(FollowUp).where(FollowUp.client_uuid == data.client_uuid)
    first = (await work.session.execute(statement)).scalar_one()  # unscoped: asked for by a key of the actor's own
    same = first.lead_id == data.lead_id if data.lead_id is not None else first.customer_id == data.customer_id
    if first.created_by_id != work.actor.id or not same:
        raise Conflict(_("This key was used for another follow-up."), code="key_reused")
    return first


async def subject_of(work: Work, record: FollowUp, *, lock: bool = False) -> Subject:
    """Whom a follow-up is about, seen as the follow-up was; of a converted lead the customer."""
    if record.customer_id is not None:
        return await work.session.get_one(Customer, record.customer_id, with_for_update=lock)
    return await work.session.get_one(Lead, record.lead_id, with_for_update=lock)


async def _settle(work: Work, record: FollowUp, before: int | None) -> None:
    """Read the last follow-up of whom this one is about anew and set the clock; `before` is the opportunity that it was
    about until now."""
    for opportunity_id in sorted({one for one in (before, record.opportunity_id) if one is not None}):
        await read_touches(work, await _fresh(work, Opportunity, opportunity_id))
    subject = await subject_of(work, record)  # locked with its follow-up
    subject.last_follow_up_at = await queries.last_at(work, subject)
    subject.activity_at = subject.last_follow_up_at or subject.created_at
    await clock.recompute(work.session, _kind(subject), [subject.id])


async def _fresh(work: Work, model: type[R], record_id: int) -> R:
    """A record as it stands, locked; what the actor may do with it has been asked."""
    return await work.session.get_one(model, record_id, with_for_update=True, populate_existing=True)


def _kind(subject: Subject) -> PoolKind:
    return PoolKind.customer if isinstance(subject, Customer) else PoolKind.lead


def short(content: str) -> str:
    """The beginning, for the timeline; the whole stands in the follow-up."""
    return content if len(content) <= 200 else content[:199] + "…"
