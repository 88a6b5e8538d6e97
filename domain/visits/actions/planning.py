"""Verbs of planning: who goes to whom on which day; another day, or not at all, with a reason."""

from __future__ import annotations

from sqlalchemy import exists, select

from domain.contacts import queries as contacts
from domain.core.access import Actor, in_scope
from domain.core.errors import Denied, Invalid, NotFound
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.people.models import User
from domain.people.queries import load_actor
from domain.visits import policy, queries
from domain.visits.actions.keys import by_key, key_reused
from domain.visits.events import VisitCancelled, VisitMissed, VisitMoved, VisitPlanned
from domain.visits.inputs import BeatInput, MoveInput, PlanInput, ReasonInput
from domain.visits.models import Visit, VisitType
from domain.visits.workflow import WORKFLOW

Errors = dict[str, tuple[Text, ...]]


async def plan(work: Work, data: PlanInput) -> Visit:
    """Plan a visit, for oneself or for somebody that one may send. The same `client_uuid` gives the first one."""
    work.actor.require("visits.create")
    if (first := await by_key(work, data.client_uuid)) is not None:
        if first.created_by_id != work.actor.id or first.customer_id != data.customer_id:
            raise key_reused()
        return first
    errors: Errors = {}
    if (wrong := policy.wrong_day(data.planned_on, work.today)) is not None:
        errors["planned_on"] = (wrong,)
    owner_id, found = await who_goes(work, data)
    errors |= found
    if data.contact_id is not None and not await contacts.belongs(work, data.contact_id, data.customer_id):
        errors["contact_id"] = (_("Please choose one of the list."),)
    if errors:
        raise Invalid(errors)
    visit = Visit(
        customer_id=data.customer_id, contact_id=data.contact_id, type_id=data.type_id, owner_id=owner_id,
        planned_on=data.planned_on, planned_at=data.planned_at, purpose=data.purpose, answers={},
        created_by_id=work.actor.id,
    )  # fmt: skip
    if data.client_uuid is not None:
        visit.client_uuid = data.client_uuid
    work.session.add(visit)
    await work.session.flush()  # the event names it by id
    work.record(
        VisitPlanned(
            record_id=visit.id, customer_id=visit.customer_id, day=data.planned_on.isoformat(), owner_id=owner_id
        )
    )
    return visit


async def move(work: Work, visit_id: int, data: MoveInput, version: int | None = None) -> Visit:
    """Give a visit that is still to come, or was missed, another day or time."""
    visit = await _writable(work, visit_id)
    work.touch(visit, version)
    if (wrong := policy.wrong_day(data.planned_on, work.today)) is not None:
        raise Invalid.of("planned_on", wrong)
    WORKFLOW.move(work.actor, visit, "move")
    old = visit.planned_on
    if data.planned_on != old:
        visit.moved_from_on, visit.stop = old, None
    visit.planned_on, visit.planned_at, visit.reason = data.planned_on, data.planned_at, data.reason
    work.record(
        VisitMoved(
            record_id=visit.id, customer_id=visit.customer_id, old=old.isoformat(), day=data.planned_on.isoformat(),
            reason=data.reason, owner_id=visit.owner_id or 0,
        )
    )  # fmt: skip
    return visit


async def cancel(work: Work, visit_id: int, data: ReasonInput, version: int | None = None) -> Visit:
    """Call a visit off."""
    visit = await _end(work, visit_id, "cancel", data, version)
    work.record(
        VisitCancelled(
            record_id=visit.id, customer_id=visit.customer_id, day=visit.planned_on.isoformat(), reason=data.reason,
            owner_id=visit.owner_id or 0,
        )
    )  # fmt: skip
    return visit


async def miss(work: Work, visit_id: int, data: ReasonInput, version: int | None = None) -> Visit:
    """Say that a visit did not take place, and why."""
    visit = await _end(work, visit_id, "miss", data, version)
    work.record(
        VisitMissed(
            record_id=visit.id, customer_id=visit.customer_id, day=visit.planned_on.isoformat(), reason=data.reason
        )
    )
    return visit


async def _end(work: Work, visit_id: int, step: str, data: ReasonInput, version: int | None) -> Visit:
    visit = await _writable(work, visit_id)
    work.touch(visit, version)
    WORKFLOW.move(work.actor, visit, step)
    visit.reason = data.reason
    return visit


async def who_goes(work: Work, data: PlanInput | BeatInput) -> tuple[int, Errors]:
    """Whom the plan sends, and what is wrong with it: nobody is sent to a customer that they do not see.

    Raises NotFound for a customer that the planner does not see.
    """
    customer = await customers.get(work, data.customer_id)
    errors: Errors = {}
    if data.type_id is not None:
        known = select(exists().where(VisitType.id == data.type_id, VisitType.active))
        if not (await work.session.execute(known)).scalar_one():
            errors["type_id"] = (_("Please choose one of the list."),)
    if data.owner_id is None or data.owner_id == work.actor.id:
        return work.actor.id or 0, errors
    goer = await _goer(work, data.owner_id)
    if goer is None:
        return 0, errors | {"owner_id": (_("Please choose one of the list."),)}
    seen = select(exists().where(Customer.id == customer.id, customers.visible(goer)))
    if not (await work.session.execute(seen)).scalar_one():
        reason = _("%(name)s does not see this customer. Add them to its team first.", name=goer.name)
        errors["owner_id"] = (reason,)
    return data.owner_id, errors


async def _goer(work: Work, user_id: int) -> Actor | None:
    """Somebody whom the actor may send and who makes visits."""
    statement = select(exists().where(User.id == user_id, in_scope(work.actor, "visits", User.id, User.department_id)))
    if not (await work.session.execute(statement)).scalar_one():
        return None
    goer = await load_actor(work.session, user_id)
    return goer if goer is not None and goer.may("visits.edit") else None


async def _writable(work: Work, visit_id: int) -> Visit:
    """A visit that the actor may move, locked. Raises NotFound or Denied."""
    actor = work.actor
    if not actor.may("visits.edit"):
        await queries.get(work, visit_id)
        raise Denied(_("Your role does not allow this."))
    visit = await work.load(
        Visit, visit_id, queries.visible(actor), may=queries.writable(actor), lock=True,
        denied=_("This is somebody else's visit."),
    )  # fmt: skip
    if visit.owner_id is None:
        raise NotFound
    return visit
