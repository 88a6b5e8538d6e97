"""A visit of the same day to each of several customers, each with its own outcome."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID, uuid5

from sqlalchemy import exists, select

from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.core.inputs import Input, Key, Line, Optional
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers.models import Customer
from domain.customers.queries import visible
from domain.pools.actions import Outcome
from domain.visits import actions
from domain.visits.inputs import PlanInput
from domain.visits.models import Visit, VisitStatus

MOST_AT_ONCE = 100


class ManyInput(Input):
    """The day and what else the visits have in common. `batch` makes a form that is sent twice plan once."""

    planned_on: date
    owner_id: Annotated[Key | None, Optional] = None
    type_id: Annotated[Key | None, Optional] = None
    purpose: Annotated[Line | None, Optional] = None
    batch: UUID


async def plan_many(work: Work, customer_ids: Sequence[int], data: ManyInput) -> Sequence[Outcome]:
    """Plan the visits; who has one on that day already is left alone. Raises Invalid for what is wrong with all."""
    work.actor.require("visits.create")
    ids = sorted(set(customer_ids))
    if len(ids) > MOST_AT_ONCE:
        raise Invalid.of("", _("At most %(n)s visits at once.", n=MOST_AT_ONCE))
    seen = select(Customer.id, Customer.name).where(Customer.id.in_(ids), visible(work.actor))
    names = {row.id: row.name for row in await work.session.execute(seen)}
    outcomes = []
    for customer_id in ids:
        if customer_id in names:
            outcomes.append(Outcome(customer_id, names[customer_id], await _plan_one(work, customer_id, data)))
    return outcomes


async def _plan_one(work: Work, customer_id: int, data: ManyInput) -> Text | None:
    """Plan one; the reason if it was left alone."""
    client_uuid = uuid5(data.batch, str(customer_id))
    there = exists().where(
        Visit.customer_id == customer_id, Visit.owner_id == (data.owner_id or work.actor.id),
        Visit.planned_on == data.planned_on, Visit.status != VisitStatus.cancelled.value,
        Visit.client_uuid != client_uuid,
    )  # fmt: skip
    if (await work.session.execute(select(there))).scalar_one():
        return _("A visit is planned for that day already.")
    plan = PlanInput(
        customer_id=customer_id, owner_id=data.owner_id, type_id=data.type_id, planned_on=data.planned_on,
        purpose=data.purpose, client_uuid=client_uuid,
    )  # fmt: skip
    try:
        await actions.plan(work, plan)
    except Invalid as problem:
        common = {name: texts for name, texts in problem.errors.items() if name in ("planned_on", "type_id")}
        if common:
            raise Invalid(common) from problem
        return problem.sentence
    except (Conflict, Denied, NotFound) as problem:
        return problem.message
    return None
