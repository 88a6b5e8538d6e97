"""How far opportunities came, out of their moves: what the funnel counts and its lists show.

An opportunity reaches a stage when it comes to it or to a later one for the first time; won lies behind all open
stages, and lost and invalid reach nothing. So it reaches each stage once, whichever it skipped and however often it
went back.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, any_, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased

from domain.opportunities.models import Opportunity, Stage, StageKind, StageMove

OUTCOMES = ("on", "lost", "invalid", "open")
"""What became of those that reached a stage; they add up to all of them."""


def from_stage_on(stage_id: Any, *, beyond: bool = False) -> Select[Any]:
    """Ids of a stage and all later ones; with `beyond` of the later ones alone."""
    this, later = aliased(Stage), aliased(Stage)
    here, there = tuple_(this.position, this.id), tuple_(later.position, later.id)
    further = there > here if beyond else there >= here
    won = later.kind == StageKind.won.value
    return (
        select(later.id)
        .join(this, this.pipeline_id == later.pipeline_id)
        .where(
            this.id == stage_id,
            or_(
                and_(won, this.kind == StageKind.open.value),
                and_(later.kind == StageKind.open.value, this.kind == StageKind.open.value, further),
                and_(later.id == this.id, literal(not beyond)),
            ),
        )
    )


def reached_at(stage_id: int) -> ColumnElement[Any]:
    """When the opportunity at hand reached a stage; NULL if it never did."""
    stages = func.array(from_stage_on(stage_id).scalar_subquery())
    first = select(func.min(StageMove.at)).where(
        StageMove.opportunity_id == Opportunity.id, StageMove.to_stage_id == any_(stages)
    )
    return first.correlate(Opportunity).scalar_subquery()


def went_on(stage_id: int) -> ColumnElement[bool]:
    """Condition: the opportunity at hand came to a stage behind this one."""
    stages = func.array(from_stage_on(stage_id, beyond=True).scalar_subquery())
    further = select(StageMove.id).where(
        StageMove.opportunity_id == Opportunity.id, StageMove.to_stage_id == any_(stages)
    )
    return exists(further.correlate(Opportunity))


def became(stage_id: int, outcome: str) -> ColumnElement[bool]:
    """Condition: what became of an opportunity that reached a stage. Raises ValueError for an unknown outcome."""
    if outcome not in OUTCOMES:
        raise ValueError(outcome)
    on = went_on(stage_id)
    return on if outcome == "on" else and_(~on, Opportunity.status == outcome)
