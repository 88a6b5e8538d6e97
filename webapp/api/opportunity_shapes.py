"""What the API answers about opportunities and pipelines."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from domain.core.questions import QuestionKind
from domain.leads.models import LeadSource
from domain.opportunities.models import StageKind
from webapp.api.endpoints import Shape
from webapp.api.shapes import Stamped


class OpportunityLineShape(Shape):
    """A product that the customer may buy."""

    id: int
    position: int
    product_id: int
    quantity: Decimal
    price: Decimal


class OpportunityShape(Stamped):
    """What a customer may buy. With lines their sum is the amount; `status` is the kind of its stage."""

    name: str
    customer_id: int
    contact_id: int | None
    lead_id: int | None
    owner_id: int | None
    pipeline_id: int
    stage_id: int
    status: StageKind
    amount: Decimal | None
    probability: int
    expected_on: date | None
    next_step: str | None
    next_step_on: date | None
    competitors: str | None
    need: str | None
    notes: str | None
    source: LeadSource | None
    stage_since: datetime
    last_follow_up_at: datetime | None
    activity_at: datetime
    ended_at: datetime | None
    end_reason_id: int | None
    end_note: str | None
    client_uuid: UUID | None
    lines: list[OpportunityLineShape]


class QuestionShape(Shape):
    """A question of a form; an answer to a choice is one of `options`, as it stands there."""

    id: int
    kind: QuestionKind
    text: str
    required: bool
    options: list[str]


class EndReasonShape(Shape):
    """A reason for an ending."""

    id: int
    text: str


class StageShape(Shape):
    """A step of a pipeline: what it asks of who leaves it, and for an ending the reasons to choose from."""

    id: int
    name: str
    kind: StageKind
    position: int
    probability: int
    stale_days: int | None
    active: bool
    questions: list[QuestionShape]
    reasons: list[EndReasonShape]


class PipelineShape(Shape):
    """A way of selling, with its stages in order."""

    id: int
    name: str
    active: bool
    stages: list[StageShape]
