"""Entering opportunities and changing what was entered."""

from __future__ import annotations

from typing import Any

from domain.contacts import queries as contacts
from domain.core.errors import Invalid, NotFound
from domain.core.model import snapshot
from domain.core.once import once
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.opportunities import queries, search, stages
from domain.opportunities.events import OpportunityCreated, OpportunityEdited, about
from domain.opportunities.inputs import OpportunityInput
from domain.opportunities.lines import amount_of, compose, same
from domain.opportunities.models import Opportunity, OpportunityLine, StageMove
from domain.opportunities.steps import locked, require_open, settle

FIELDS = (
    "name", "contact_id", "amount", "expected_on", "probability", "next_step", "next_step_on", "competitors", "need",
    "notes", "source",
)  # fmt: skip
"""What a person enters, as it is stored."""


async def create(
    work: Work, data: OpportunityInput, *, owner_id: int | None = None, lead_id: int | None = None
) -> Opportunity:
    """Enter an opportunity of a customer in somebody's hands: my own, in the first stage of its pipeline.

    `owner_id`: it is somebody else's from the beginning; `lead_id` became it. The caller has seen that to be right.
    A second call with the same `client_uuid` gives back the first one; with other content: Invalid (`key_reused`).
    """
    work.actor.require("opportunities.create")
    made: list[Opportunity] = []

    async def make() -> dict[str, Any]:
        made.append(await _create(work, data, owner_id or work.actor.id, lead_id))
        return {"id": made[0].id}

    key = None if data.client_uuid is None else f"opportunity:{data.client_uuid}"
    answer = await once(work, key, "opportunities.create", data.model_dump(mode="json"), make, wait=True)
    return made[0] if made else await queries.get(work, answer["id"])


async def _create(work: Work, data: OpportunityInput, owner_id: int | None, lead_id: int | None) -> Opportunity:
    customer = await _customer(work, data.customer_id)
    pipeline = await stages.pipeline(work, data.pipeline_id)
    if pipeline.first is None:
        raise Invalid.of("pipeline_id", _("This pipeline has no open stage."))
    values, lines = await _checked(work, data, pipeline.first.probability)
    opportunity = Opportunity(
        **values, customer_id=customer.id, pipeline_id=pipeline.id, stage_id=pipeline.first.id, owner_id=owner_id,
        lead_id=lead_id, lines=lines, client_uuid=data.client_uuid, created_by_id=work.actor.id, created_at=work.now,
        updated_at=work.now, activity_at=work.now, stage_since=work.now,
    )  # fmt: skip
    work.session.add(opportunity)
    await work.session.flush()  # its first move, search row and event name it by id
    work.session.add(
        StageMove(
            opportunity_id=opportunity.id, to_stage_id=opportunity.stage_id, at=work.now, by_id=work.actor.id,
            amount=opportunity.amount, answers={},
        )
    )  # fmt: skip
    await search.index_rows(work.session, {opportunity.id: opportunity.name})
    work.record(OpportunityCreated(**about(opportunity)))
    await settle(work, opportunity)
    await work.session.refresh(opportunity, ["department_id"])
    return opportunity


async def edit(work: Work, opportunity_id: int, data: OpportunityInput, version: int | None = None) -> Opportunity:
    """Change the fields of an open opportunity; customer, pipeline and stage stay. Raises Conflict (`stale`, with what
    stands now)."""
    opportunity = await locked(work, opportunity_id)
    work.actor.require("opportunities.edit")
    work.touch(opportunity, version, current=snapshot(opportunity, *FIELDS))
    require_open(opportunity)
    if data.customer_id != opportunity.customer_id:
        raise Invalid.of("customer_id", _("The customer of an opportunity stays the same."))
    if data.pipeline_id not in (None, opportunity.pipeline_id):
        raise Invalid.of("pipeline_id", _("The pipeline of an opportunity stays the same."))
    pipeline = await stages.pipeline_of(work, opportunity.pipeline_id)
    stage = next(one for one in pipeline.stages if one.id == opportunity.stage_id)
    values, lines = await _checked(work, data, stage.probability)
    changed = [field for field in FIELDS if getattr(opportunity, field) != values[field]]
    for field in changed:
        setattr(opportunity, field, values[field])
    if not same(opportunity.lines, lines):
        opportunity.lines = lines
        changed.append("lines")
    if "name" in changed:
        await search.index_rows(work.session, {opportunity.id: opportunity.name})
    if changed:
        work.record(OpportunityEdited(**about(opportunity), fields=changed))
    await work.session.flush()  # the page that follows reads the new lines
    return opportunity


async def _customer(work: Work, customer_id: int) -> Customer:
    """The customer of a new opportunity, locked. Raises Invalid for one that is not seen or has no owner."""
    try:
        customer = await customers.get(work, customer_id, lock=True)
    except NotFound:
        raise Invalid.of("customer_id", _("There is no such customer, or you may not see it.")) from None
    if customer.owner_id is None:
        fault = _("%(customer)s lies in a public pool. Claim it first.", customer=customer.name)
        raise Invalid.of("customer_id", fault)
    return customer


async def _checked(
    work: Work, data: OpportunityInput, probability: int
) -> tuple[dict[str, Any], list[OpportunityLine]]:
    """Values by column, and lines; `probability` is the stage's. Raises Invalid with all faults."""
    errors: dict[str, tuple[Text, ...]] = {}
    if data.contact_id is not None and not await contacts.belongs(work, data.contact_id, data.customer_id):
        errors["contact_id"] = (_("This is not a contact of the customer."),)
    try:
        lines = await compose(work, data.lines)
    except Invalid as problem:
        raise Invalid({**errors, **problem.errors}) from problem
    if errors:
        raise Invalid(errors)
    values = {field: getattr(data, field) for field in FIELDS}
    values["source"] = data.source and data.source.value
    values["amount"] = amount_of(lines) if lines else data.amount
    values["probability"] = probability if data.probability is None else data.probability
    return values, lines
