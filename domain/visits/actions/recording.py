"""Verbs of the field: coming to a customer, and writing down what came of it, now or when the network is back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, or_, select

from domain.company.queries import company_settings
from domain.contacts.models import Contact
from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.core.places import Position
from domain.core.questions import check
from domain.core.sentences import stored
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.followups import actions as followups
from domain.followups import policy as followup_policy
from domain.followups.models import Way
from domain.notifications.actions import tell_manager
from domain.pools.models import OwnershipChange, PoolKind
from domain.visits import policy, queries, questions
from domain.visits.actions.keys import by_key, key_reused
from domain.visits.events import CheckedIn, Visited
from domain.visits.inputs import CheckInInput, VisitInput
from domain.visits.models import Fix, Visit, VisitStatus
from domain.visits.verdict import Stamp, judge
from domain.visits.workflow import WORKFLOW

HELD_WITHIN = timedelta(days=30)
"""Whoever held a customer so lately may have visited it before hearing of the change."""
REASSIGNED, DELETED = "reassigned", "deleted"


async def check_in(work: Work, visit_id: int, data: CheckInInput) -> Visit:
    """Note that the actor has come to the customer of an own visit. A second check-in changes nothing."""
    work.actor.require("visits.edit")
    visit = await queries.get(work, visit_id, lock=True)
    if (reason := policy.can_check_in(work.actor, visit)) is not None:
        raise Denied(reason)
    if visit.status == VisitStatus.open:
        return visit
    WORKFLOW.move(work.actor, visit, "check_in")
    work.touch(visit)
    arrived_at = policy.put_right(work.actor, data.arrived_at, None, work.now) or work.now
    await _arrive(work, visit, data, arrived_at)
    work.record(CheckedIn(record_id=visit.id, customer_id=visit.customer_id, took_place_at=arrived_at.isoformat()))
    return visit


async def record(
    work: Work, data: VisitInput, *, recorded_at: datetime | None = None, clock_offset_s: int | None = None
) -> Visit:
    """Write down a visit that took place: planned or not, in any state but done, however late it comes.

    `recorded_at` is when the phone saved it, by its own clock; `clock_offset_s` how far that was ahead of ours. The
    same `client_uuid` again gives the first visit. A customer that was reassigned or deleted meanwhile is accepted and
    flagged; NotFound for one that the actor cannot have known, Conflict (`waits_for`) for one that has yet to come.
    """
    work.actor.require("visits.create")
    if (first := await _first(work, data)) is not None:
        return first
    planned = await _planned(work, data)
    customer = await _customer(work, data, planned)
    saved_at = policy.put_right(work.actor, recorded_at, clock_offset_s, work.now) or work.now
    at, left_at = _times(work, data, planned, saved_at, clock_offset_s)
    late = recorded_at is not None
    answers, next_at = await _checked(work, data, planned, saved_at, late=late)
    visit = planned or Visit(
        customer_id=customer.id, owner_id=work.actor.id, created_by_id=work.actor.id, answers={},
        planned_on=at.astimezone(work.actor.zone).date(), status=VisitStatus.open.value,
    )  # fmt: skip
    if planned is None:
        work.session.add(visit)
    else:
        work.touch(visit)
    if visit.status in (VisitStatus.missed, VisitStatus.cancelled):
        visit.reason = None  # it did take place
    WORKFLOW.move(work.actor, visit, "record")
    if visit.arrived_at is None:
        await _arrive(work, visit, data, at, customer)
    _leave(visit, data, left_at)
    visit.type_id, visit.answers, visit.result = data.type_id or visit.type_id, answers, data.result
    visit.next_contact_at, visit.recorded_at, visit.received_at = next_at, saved_at, work.now
    visit.clock_offset_s, visit.signed_by = _small(clock_offset_s), data.signature_name or visit.signed_by
    if data.client_uuid is not None:
        visit.client_uuid = data.client_uuid
    await _name_contact(work, visit, data, late=late)
    visit.flag = await _flag(work, customer, late=late)
    await work.session.flush()  # the follow-up and the event name it by id
    if visit.flag is not None and not late:
        # Of late ones the sync tells, which knows what became of them.
        told = _("%(rep)s visited %(name)s, who is no longer theirs.", rep=work.actor.name, name=customer.name)
        await tell_manager(work, told, url=f"/visits/{visit.id}", tag=f"customers-flag-{customer.id}")
    touch = followups.Touch(Way.visit, data.result, at, next_at, visit.contact_id, late=late)
    noted = await followups.note(work, customer, touch, tell=False)
    visit.followup_id = noted.id if noted is not None else None
    work.record(
        Visited(
            record_id=visit.id, customer_id=customer.id, result=followups.short(data.result),
            took_place_at=at.isoformat(), flag=visit.flag,
        )
    )  # fmt: skip
    return visit


async def _first(work: Work, data: VisitInput) -> Visit | None:
    """What the same key recorded before. Raises Conflict if that was somebody else's."""
    first = await by_key(work, data.client_uuid)
    if first is None:
        return None
    waiting = first.recorded_at is None and first.status != VisitStatus.done
    if first.owner_id != work.actor.id or (waiting and first.id != data.visit_id):
        raise key_reused()
    return None if waiting else first


async def _planned(work: Work, data: VisitInput) -> Visit | None:
    """The own planned visit that this is the record of, locked; None if it has none that is still to be done.

    A visit that was done meanwhile from another device, went to somebody else or was taken back does not swallow this
    one: it then stands by itself.
    """
    if data.visit_id is None:
        return None
    mine = select(Visit).where(Visit.id == data.visit_id, Visit.owner_id == work.actor.id)
    visit = (await work.session.execute(mine.with_for_update())).scalar_one_or_none()  # unscoped: the actor's own
    return None if visit is None or visit.status == VisitStatus.done else visit


async def _customer(work: Work, data: VisitInput, planned: Visit | None) -> Customer:
    """The customer, locked; of a planned visit it is the visit's own."""
    if planned is not None:
        condition: Any = Customer.id == planned.customer_id
    elif data.customer_id is not None:
        condition = Customer.id == data.customer_id
    elif data.customer_uuid is not None:
        condition = Customer.client_uuid == data.customer_uuid
    else:
        raise Invalid.of("customer_id", _("This is needed."))
    statement = select(Customer).where(condition).with_for_update().execution_options(populate_existing=True)
    customer = (await work.session.execute(statement)).scalar_one_or_none()  # unscoped: `_knew` asks below
    if customer is None and data.customer_uuid is not None:
        raise Conflict(_("The customer of this visit has not come yet."), code="waits_for")
    if customer is None or not (planned is not None or await _knew(work, customer)):
        raise NotFound
    return customer


async def _knew(work: Work, customer: Customer) -> bool:
    """Whether the actor can have gone there: sees the customer, was to visit it, or held it within thirty days."""
    me = work.actor.id
    given_up = exists().where(
        OwnershipChange.kind == PoolKind.customer.value, OwnershipChange.record_id == customer.id,
        OwnershipChange.from_owner_id == me, OwnershipChange.at >= work.now - HELD_WITHIN,
    )  # fmt: skip
    sent = exists().where(Visit.customer_id == customer.id, Visit.owner_id == me)
    seen = exists().where(Customer.id == customer.id, or_(customers.visible(work.actor), Customer.owner_id == me))
    return bool((await work.session.execute(select(or_(seen, sent, given_up)))).scalar_one())


def _times(
    work: Work, data: VisitInput, planned: Visit | None, saved_at: datetime, offset_s: int | None
) -> tuple[datetime, datetime]:
    """When the actor came and left, by our clock; without a stamp, when it was saved."""
    came = planned.arrived_at if planned is not None else None
    at = came or policy.put_right(work.actor, data.arrived_at, offset_s, work.now) or saved_at
    left = policy.put_right(work.actor, data.left_at, offset_s, work.now) or saved_at
    return at, max(at, left)


async def _checked(
    work: Work, data: VisitInput, planned: Visit | None, saved_at: datetime, *, late: bool
) -> tuple[dict[str, Any], datetime | None]:
    """Answers as they are stored, and the next contact. Raises Invalid with all that cannot be taken."""
    errors: dict[str, tuple[Text, ...]] = {}
    type_id = data.type_id or (planned.type_id if planned is not None else None)
    forms = {form.id: form for form in await questions.types(work, besides=type_id)}
    answers: dict[str, Any] = {}
    if type_id in forms:
        answers, errors = check(forms[type_id].questions, data.answers, late=late)
    elif type_id is not None:
        errors["type_id"] = (_("Please choose one of the list."),)
    elif forms and not late:
        errors["type_id"] = (_("This is needed."),)
    next_at = followup_policy.next_contact_at(work.actor, data.next_pick, data.next_contact_at, saved_at)
    errors |= followup_policy.wrong_times(saved_at, next_at, saved_at)
    if errors:
        raise Invalid(errors)
    return answers, next_at


async def _arrive(work: Work, visit: Visit, data: CheckInInput, at: datetime, customer: Customer | None = None) -> None:
    """Keep the position of the check-in and what it says."""
    if customer is None:
        customer = await work.session.get_one(Customer, visit.customer_id)  # seen, as its visit was
    whole = data.arrived_lat is not None and data.arrived_lng is not None
    fix = data.arrived_fix or (Fix.fixed if whole else Fix.unavailable)
    stamp = Stamp(fix, data.arrived_lat, data.arrived_lng, data.arrived_accuracy_m, data.arrived_age_s)
    place = Position.of(customer.latitude, customer.longitude)
    limit = (await company_settings(work.session)).doubtful_beyond_m
    found = judge(stamp, place, customer.location_accuracy, limit)
    visit.arrived_at, visit.arrived_fix = at, fix.value
    visit.arrived_lat, visit.arrived_lng = data.arrived_lat, data.arrived_lng
    visit.arrived_accuracy_m, visit.arrived_age_s = data.arrived_accuracy_m, data.arrived_age_s
    visit.distance_m, visit.verdict, visit.verdict_reason = found.distance_m, found.verdict.value, stored(found.reason)


def _leave(visit: Visit, data: VisitInput, at: datetime) -> None:
    """Keep when and where the actor left."""
    visit.left_at, visit.left_fix = at, data.left_fix and data.left_fix.value
    visit.left_lat, visit.left_lng = data.left_lat, data.left_lng
    visit.left_accuracy_m, visit.left_age_s = data.left_accuracy_m, data.left_age_s


def _small(offset_s: int | None) -> int | None:
    """What the column can hold; a clock that is wrong by more than 68 years is wrong enough."""
    return None if offset_s is None else max(-(2**31), min(2**31 - 1, offset_s))


async def _name_contact(work: Work, visit: Visit, data: VisitInput, *, late: bool) -> None:
    """Link the contact met; one that the phone made too and that has yet to come is linked when it comes."""
    if data.contact_id is None and data.contact_uuid is None:
        return
    named = Contact.id == data.contact_id if data.contact_id is not None else Contact.client_uuid == data.contact_uuid
    statement = select(Contact.id).where(named, Contact.customer_id == visit.customer_id)
    visit.contact_id = (await work.session.execute(statement)).scalar_one_or_none()
    visit.contact_uuid = data.contact_uuid if visit.contact_id is None else None
    if data.contact_id is not None and visit.contact_id is None and not late:
        raise Invalid.of("contact_id", _("Please choose one of the list."))


async def _flag(work: Work, customer: Customer, *, late: bool) -> str | None:
    """Why a manager should look: the customer was deleted or went to somebody else by the time it came.

    Whoever stands there with a network may also visit what lies in a pool of theirs.
    """
    if customer.deleted_at is not None:
        return DELETED
    mine = customers.writable(work.actor) if late else customers.visible(work.actor)
    statement = select(exists().where(Customer.id == customer.id, mine))
    return None if (await work.session.execute(statement)).scalar_one() else REASSIGNED
