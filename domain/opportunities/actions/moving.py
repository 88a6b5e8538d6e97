"""From stage to stage, to an ending, and back from there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from domain.company.queries import DealTrigger
from domain.core.errors import Conflict, Invalid
from domain.core.questions import check
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import actions as customers
from domain.opportunities import policy, stages
from domain.opportunities.events import (
    OpportunityInvalid,
    OpportunityLost,
    OpportunityReopened,
    OpportunityWon,
    StageChanged,
    about,
)
from domain.opportunities.inputs import ReopenInput, StageInput
from domain.opportunities.models import Opportunity, StageKind, StageMove
from domain.opportunities.stages import PipelineView, StageView
from domain.opportunities.steps import changed, locked, require_open, settle

Errors = dict[str, tuple[Text, ...]]


async def move(work: Work, opportunity_id: int, data: StageInput, version: int | None = None) -> Opportunity:
    """Bring an open opportunity to any other stage of its pipeline; coming to won, lost or invalid ends it (S-123).

    Going on or winning, the questions of the stage left are answered; an ending needs a reason. Raises Invalid with all
    faults (`answers.<question>`, `reason_id`, `stage_id`), and Conflict if somebody else was quicker.
    """
    opportunity = await locked(work, opportunity_id)
    work.actor.require("opportunities.edit")
    changed(work, opportunity, version)
    require_open(opportunity)
    pipeline = await stages.pipeline_of(work, opportunity.pipeline_id)
    left = _stage(pipeline, opportunity.stage_id)
    target = pipeline.stage(data.stage_id)
    if target is None or not target.active:
        raise Invalid.of("stage_id", _("Please choose one of the list."))
    if target.id == left.id:
        raise Invalid.of("stage_id", _("It is in this stage already."))
    answers, errors = check(policy.asked(left, target), data.answers)
    reason = await _reason(work, target, data, errors) if target.ends else None
    if data.amount is not None and opportunity.lines and data.amount != opportunity.amount:
        errors["amount"] = (_("The amount is the sum of the products."),)
    if errors:
        raise Invalid(errors)
    opportunity.amount = opportunity.amount if data.amount is None else data.amount
    opportunity.expected_on = data.expected_on or opportunity.expected_on
    _go(work, opportunity, target, answers, data.note)
    if target.ends:
        opportunity.ended_at, opportunity.end_reason_id, opportunity.end_note = work.now, data.reason_id, data.end_note
    await _tell(work, opportunity, target, reason or "")
    await settle(work, opportunity)
    return opportunity


async def reopen(work: Work, opportunity_id: int, data: ReopenInput, version: int | None = None) -> Opportunity:
    """Let an opportunity that has ended go on in the stage in which it was before."""
    opportunity = await locked(work, opportunity_id)
    work.actor.require("opportunities.reopen")
    changed(work, opportunity, version)
    if opportunity.status == StageKind.open:
        raise Conflict(_("It is open already."), code="wrong_state", current={"status": opportunity.status})
    pipeline = await stages.pipeline_of(work, opportunity.pipeline_id)
    last = (
        select(StageMove.from_stage_id).where(StageMove.opportunity_id == opportunity.id).order_by(StageMove.id.desc())
    )
    before = pipeline.stage(await work.session.scalar(last.limit(1)) or 0)
    target = before if before is not None and before.active and not before.ends else pipeline.first
    if target is None:
        raise Conflict(_("This pipeline has no open stage."), code="wrong_state")
    opportunity.ended_at = opportunity.end_reason_id = opportunity.end_note = None
    _go(work, opportunity, target, {}, data.reason)
    work.record(OpportunityReopened(**about(opportunity), reason=data.reason))
    await settle(work, opportunity)
    return opportunity


def _stage(pipeline: PipelineView, stage_id: int) -> StageView:
    return next(stage for stage in pipeline.stages if stage.id == stage_id)


async def _reason(work: Work, target: StageView, data: StageInput, errors: Errors) -> str:
    """Why it ends, in words; faults go into `errors`."""
    offered = dict(await stages.end_reasons(work, target.kind))
    if data.reason_id is not None and data.reason_id not in offered:
        errors["reason_id"] = (_("Please choose one of the list."),)
    elif data.reason_id is None and data.end_note is None:
        errors["reason_id"] = (_("Please say why."),)
    return ": ".join(filter(None, (offered.get(data.reason_id or 0), data.end_note)))


def _go(work: Work, opportunity: Opportunity, target: StageView, answers: Mapping[str, Any], note: str | None) -> None:
    """Put it into a stage and write down the move."""
    seconds = max(int((work.now - opportunity.stage_since).total_seconds()), 0)
    work.session.add(
        StageMove(
            opportunity_id=opportunity.id, from_stage_id=opportunity.stage_id, to_stage_id=target.id, at=work.now,
            by_id=work.actor.id, seconds=seconds, amount=opportunity.amount, answers=dict(answers), note=note,
        )
    )  # fmt: skip
    opportunity.stage_id, opportunity.status = target.id, target.kind.value
    opportunity.probability, opportunity.stage_since = target.probability, work.now
    opportunity.activity_at = max(opportunity.activity_at, work.now)


async def _tell(work: Work, opportunity: Opportunity, target: StageView, reason: str) -> None:
    """Note what happened; a win may make the customer a deal customer (S-078)."""
    known = about(opportunity)
    match target.kind:
        case StageKind.won:
            work.record(OpportunityWon(**known, reason=reason, owner_id=opportunity.owner_id))
            await customers.mark_deal(work, opportunity.customer_id, DealTrigger.opportunity_won)
        case StageKind.lost:
            work.record(OpportunityLost(**known, reason=reason))
        case StageKind.invalid:
            work.record(OpportunityInvalid(**known, reason=reason))
        case StageKind.open:
            work.record(StageChanged(**known, stage=target.name, stage_id=target.id))
