"""What a person may enter of an opportunity."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints

from domain.core.inputs import Amount, Input, Key, Name, Number, Optional, Paragraph, Quantity, Refusal
from domain.core.inputs import Line as Words
from domain.core.text import _
from domain.leads.models import LeadSource
from domain.opportunities.models import ContactRole

MOST_LINES = 200
Chance = Annotated[int, Number, Field(ge=0, le=100)]
"""A probability in whole percent."""


def _few(value: Any) -> Any:
    """Refuse before each line is looked at: a body of a million lines must cost nothing."""
    if isinstance(value, list) and len(value) > MOST_LINES:
        raise Refusal(_("At most %(n)s lines.", n=MOST_LINES))
    return value


class LineInput(Input):
    """One product. Without `price` the list price of the day holds."""

    product_id: Key
    quantity: Quantity
    price: Annotated[Amount | None, Optional] = None


class OpportunityInput(Input):
    """The opportunity form, the import row and the API body.

    Without `pipeline_id` the company's first is taken, without `probability` the stage's. With lines their sum is the
    amount, whatever `amount` says.
    """

    name: Name
    customer_id: Key
    contact_id: Annotated[Key | None, Optional] = None
    pipeline_id: Annotated[Key | None, Optional] = None
    amount: Annotated[Amount | None, Optional] = None
    expected_on: Annotated[date | None, Optional] = None
    probability: Annotated[Chance | None, Optional] = None
    next_step: Annotated[Words | None, Optional] = None
    next_step_on: Annotated[date | None, Optional] = None
    competitors: Annotated[Paragraph | None, Optional] = None
    need: Annotated[Paragraph | None, Optional] = None
    notes: Annotated[Paragraph | None, Optional] = None
    source: Annotated[LeadSource | None, Optional] = None
    lines: Annotated[list[LineInput], BeforeValidator(_few)] = Field(default_factory=list)
    client_uuid: Annotated[UUID | None, Optional] = None


class StageInput(Input):
    """Where an opportunity goes: answers to the questions of the stage it leaves, by their number, and for an ending
    why. `amount` and `expected_on` correct the opportunity's on the way."""

    stage_id: Key
    answers: dict[int, str] = Field(default_factory=dict, max_length=100)
    note: Annotated[Annotated[Paragraph, StringConstraints(max_length=2_000)] | None, Optional] = None
    reason_id: Annotated[Key | None, Optional] = None
    end_note: Annotated[Annotated[Paragraph, StringConstraints(max_length=2_000)] | None, Optional] = None
    amount: Annotated[Amount | None, Optional] = None
    expected_on: Annotated[date | None, Optional] = None


class ReopenInput(Input):
    """Why an opportunity that had ended goes on."""

    reason: Name


class ContactRoleInput(Input):
    """What part a contact of the customer plays."""

    contact_id: Key
    role: ContactRole
