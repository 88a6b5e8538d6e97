"""The endpoints of opportunities and of the pipelines in which they stand."""

from __future__ import annotations

from typing import Any

from domain.core.errors import NotFound
from domain.opportunities import actions, queries, stages
from domain.opportunities.inputs import OpportunityInput, ReopenInput, StageInput
from domain.opportunities.stages import REASONS, PipelineView
from webapp.api import opportunity_shapes as shape
from webapp.api.endpoints import Call, Endpoint, rows
from webapp.api.making import acting, creating, fields_of, one, verb
from webapp.api.pooling import Outcomes, ToUser, outcomes_of
from webapp.api.shapes import page_of, page_shape

OPPORTUNITY = shape.OpportunityShape


async def _given(call: Call) -> dict[str, Any]:
    opportunity = await queries.get(call.work, call.id)
    lines = [
        {"product_id": line.product_id, "quantity": str(line.quantity.normalize()), "price": str(line.price)}
        for line in opportunity.lines
    ]
    return {**fields_of(opportunity, OpportunityInput), "client_uuid": None, "lines": lines}


async def _transfer(call: Call) -> Any:
    await queries.get(call.work, call.id)
    return outcomes_of(await actions.transfer_many(call.work, [call.id], call.data.user_id))


async def _pipelines(call: Call) -> Any:
    call.work.actor.require("opportunities.view")
    found = await stages.pipelines(call.work)
    return {"items": [await _shown(call, one) for one in found], "next": None}


async def _pipeline(call: Call) -> Any:
    call.work.actor.require("opportunities.view")
    found = await stages.pipelines(call.work, closed=True)
    asked = next((one for one in found if one.id == call.id), None)
    if asked is None:
        raise NotFound
    return await _shown(call, asked)


async def _shown(call: Call, pipeline: PipelineView) -> dict[str, Any]:
    """A pipeline with all that a move needs: the stages, what they ask, and the reasons for an ending."""
    reasons = {kind: await stages.end_reasons(call.work, kind) for kind in REASONS}
    return {
        "id": pipeline.id, "name": pipeline.name, "active": pipeline.active,
        "stages": [
            {**{name: getattr(stage, name) for name in shape.StageShape.model_fields if hasattr(stage, name)},
             "questions": [
                 {"id": asked.id, "kind": asked.kind, "text": asked.text, "required": asked.required,
                  "options": [stored for stored, _words in asked.options]} for asked in stage.questions
             ],
             "reasons": [{"id": key, "text": text} for key, text in reasons.get(stage.kind, ())]}
            for stage in pipeline.stages
        ],
    }  # fmt: skip


OPPORTUNITIES: tuple[Endpoint, ...] = (
    rows(queries.LIST, page_of(queries.LIST), "/opportunities"),
    one("/opportunities/{id}", "opportunity", queries.get, OPPORTUNITY),
    Endpoint(
        method="POST",
        path="/opportunities",
        summary="Enter an opportunity of a customer, in the first stage of a pipeline",
        run=creating(actions.create, queries.get),
        output=OPPORTUNITY,
        input=OpportunityInput,
        status=201,
    ),
    Endpoint(
        method="PATCH",
        path="/opportunities/{id}",
        summary="Change an open opportunity; it stays in its stage",
        run=acting(actions.edit, queries.get, data=True),
        output=OPPORTUNITY,
        input=OpportunityInput,
        given=_given,
    ),
    verb("/opportunities/{id}/stage", "Bring an opportunity to another stage, or to its end",
         acting(actions.move, queries.get, data=True), OPPORTUNITY, StageInput),
    verb("/opportunities/{id}/reopen", "Let an opportunity that has ended go on",
         acting(actions.reopen, queries.get, data=True), OPPORTUNITY, ReopenInput),
    verb("/opportunities/{id}/transfer", "Hand an opportunity to a colleague", _transfer, Outcomes, ToUser),
    Endpoint(
        method="GET",
        path="/pipelines",
        summary="List the pipelines in use, with their stages",
        run=_pipelines,
        output=page_shape("pipelines", shape.PipelineShape),
    ),
    Endpoint(
        method="GET",
        path="/pipelines/{id}",
        summary="Read one pipeline with its stages",
        run=_pipeline,
        output=shape.PipelineShape,
    ),
)  # fmt: skip
