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
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer, FollowStage
from domain.followups import policy, queries
from domain.followups.events import FollowedUp, FollowUpChanged, FollowUpDeleted
from domain.followups.inputs import FollowUpInput
from domain.followups.models import FollowUp, Way
from domain.pools import clock
from domain.pools.models import PoolKind


async def create(work: Work, data: FollowUpInput) -> FollowUp:
    """Note a touch with a customer that the actor may change.

    The same `client_uuid` again gives the first record and changes nothing.
    """
    work.actor.require("followups.create")
    customer = await open_customer(work, data.customer_id)
    at, next_at = await _times(work, data)
    touch = Touch(data.way, data.content, at, next_at, data.contact_id, data.minutes, data.client_uuid)
    return await note(work, customer, touch) or await _first_of(work, data)


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
    late: bool = False
    """Recorded on a phone and sent later: a touch after it has settled what comes next, so it plans nothing then."""


async def note(work: Work, customer: Customer, touch: Touch, *, tell: bool = True) -> FollowUp | None:
    """Write down a touch with a locked customer, whoever may do so having been asked; None if its key is known.

    `tell`: it has a line of its own on the timeline.

    Moves the customer's last follow-up (never back), its place in the list, its stage (new → contacted) and its recycle
    clock; the next contact goes into the actor's calendar, and what was due there for this customer is done.
    """
    at, next_at = touch.at, touch.next_contact_at
    made = (
        insert(FollowUp)
        .values(
            customer_id=customer.id, contact_id=touch.contact_id, way=touch.way.value, minutes=touch.minutes,
            content=touch.content, at=at, next_contact_at=next_at, client_uuid=touch.client_uuid,
            created_by_id=work.actor.id, created_at=work.now, updated_at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["client_uuid"])
        .returning(FollowUp.id)
    )  # fmt: skip
    new_id = (await work.session.execute(made)).scalar_one_or_none()
    if new_id is None:
        return None
    record = await work.session.get_one(FollowUp, new_id)
    overtaken = touch.late and customer.last_follow_up_at is not None and at < customer.last_follow_up_at
    if customer.follow_stage == FollowStage.new:
        customer.follow_stage = FollowStage.contacted.value
    if customer.last_follow_up_at is None or at > customer.last_follow_up_at:
        customer.last_follow_up_at = at
    customer.activity_at = max(customer.activity_at, at)
    await clock.recompute(work.session, PoolKind.customer, [customer.id])
    if not overtaken:
        await calendar.finish_contacts(work, customer.id)
        if next_at is not None:
            await calendar.plan_contact(work, customer, record.id, next_at)
    if tell:
        work.record(
            FollowedUp(
                record_id=record.id,
                customer_id=customer.id,
                way=record.way,
                content=short(record.content),
                took_place_at=at.isoformat(),
            )
        )
    return record


async def edit(work: Work, followup_id: int, data: FollowUpInput, version: int | None = None) -> FollowUp:
    """Correct an own follow-up within a day of saving it. Its customer stays; times and calendar follow."""
    record = await _locked(work, followup_id)
    reason = policy.can_edit(work.actor, record, work.now)
    if reason is not None:
        raise Denied(reason)
    at, next_at = await _times(work, data, record)
    work.touch(record, version)
    record.way, record.minutes, record.content = data.way.value, data.minutes, data.content
    record.contact_id, record.at = data.contact_id, at
    if next_at != record.next_contact_at:
        record.next_contact_at = next_at
        await calendar.forget_followup(work, record.id)
        if next_at is not None:
            customer = await work.session.get_one(Customer, record.customer_id)  # seen, as its follow-up was
            await calendar.plan_contact(work, customer, record.id, next_at)
    await _settle(work, record.customer_id)
    work.record(
        FollowUpChanged(
            record_id=record.id, customer_id=record.customer_id, way=record.way, content=short(record.content)
        )
    )
    return record


async def delete(work: Work, followup_id: int) -> int:
    """Delete a follow-up and what it planned; the clock goes back to the touch before. Returns the customer's id."""
    record = await _locked(work, followup_id)
    reason = policy.can_delete(work.actor)
    if reason is not None:
        raise Denied(reason)
    customer_id = record.customer_id
    await calendar.forget_followup(work, record.id)
    await work.session.delete(record)
    await work.session.flush()  # the customer's last follow-up is read next
    await _settle(work, customer_id)
    work.record(FollowUpDeleted(record_id=followup_id, customer_id=customer_id))
    return customer_id


async def open_customer(work: Work, customer_id: int) -> Customer:
    """A customer about whom the actor may note something, locked.

    Raises NotFound, or Denied while it lies in a pool or may only be read.
    """
    actor = work.actor
    customer = await work.load(Customer, customer_id, customers.visible(actor), lock=True)
    if customer.owner_id is None:
        raise Denied(_("It lies in a public pool. Claim it first."))
    return await work.load(Customer, customer_id, customers.visible(actor), may=customers.writable(actor))


async def _locked(work: Work, followup_id: int) -> FollowUp:
    """A follow-up and its customer, locked in the order in which `create` locks: the customer first."""
    seen = await queries.get(work, followup_id)
    await work.session.get_one(Customer, seen.customer_id, with_for_update=True)  # seen through its follow-up
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
    if data.contact_id is not None and not await contacts.belongs(work, data.contact_id, customer_id):
        errors["contact_id"] = (_("Please choose one of the list."),)
    if errors:
        raise Invalid(errors)
    return at, next_at


async def _first_of(work: Work, data: FollowUpInput) -> FollowUp:
    """What the same key made before. Raises Conflict if it was somebody else's or about somebody else."""
    statement = select(FollowUp).where(FollowUp.client_uuid == data.client_uuid)
    first = (await work.session.execute(statement)).scalar_one()  # unscoped: asked for by a key of the actor's own
    if first.created_by_id != work.actor.id or first.customer_id != data.customer_id:
        raise Conflict(_("This key was used for another follow-up."), code="key_reused")
    return first


async def _settle(work: Work, customer_id: int) -> None:
    """Read the customer's last follow-up anew and set its clock."""
    customer = await work.session.get_one(Customer, customer_id)  # locked with its follow-up
    customer.last_follow_up_at = await queries.last_at(work, customer_id)
    customer.activity_at = customer.last_follow_up_at or customer.created_at
    await clock.recompute(work.session, PoolKind.customer, [customer_id])


def short(content: str) -> str:
    """The beginning, for the timeline; the whole stands in the follow-up."""
    return content if len(content) <= 200 else content[:199] + "…"
