"""What a person may enter about orders."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field

from domain.core.inputs import Amount, Input, Key, Line, Optional, Paragraph, Percent, Quantity, Refusal
from domain.core.text import _

MOST_LINES = 500


def _empty_is_zero(value: Any) -> Any:
    return "0" if isinstance(value, str) and not value.strip() else value


def _some_lines(value: Any) -> Any:
    """Refuse before each line is looked at: a body of a million lines must cost nothing."""
    if isinstance(value, list):
        if not value:
            raise Refusal(_("Add at least one product."))
        if len(value) > MOST_LINES:
            raise Refusal(_("At most %(n)s lines.", n=MOST_LINES))
    return value


Discount = Annotated[Percent, BeforeValidator(_empty_is_zero)]
"""A discount in percent; an empty field means none."""


class LineInput(Input):
    """One product of an order. Without `unit_price` the list price of the day holds."""

    product_id: Key
    quantity: Quantity
    discount_percent: Discount = Decimal(0)
    unit_price: Annotated[Amount | None, Optional] = None


class OrderInput(Input):
    """An order as it is typed, imported or sent by a program. Without `approver_id` the flow finds the approvers.
    `opportunity_id` is the customer's opportunity that it is made from; it is named once, in the beginning."""

    customer_id: Key
    contact_id: Annotated[Key | None, Optional] = None
    opportunity_id: Annotated[Key | None, Optional] = None
    ordered_on: Annotated[date | None, Optional] = None
    required_on: Annotated[date | None, Optional] = None
    discount_percent: Discount = Decimal(0)
    approver_id: Annotated[Key | None, Optional] = None
    ship_name: Annotated[Line | None, Optional] = None
    ship_address: Annotated[Line | None, Optional] = None
    notes: Annotated[Paragraph | None, Optional] = None
    external_ref: Annotated[Line | None, Optional] = None
    client_uuid: Annotated[UUID | None, Optional] = None
    lines: Annotated[list[LineInput], BeforeValidator(_some_lines)]


class WrittenLine(LineInput):
    """A line that was written on a phone; `shown_price` is the list price that the phone had shown."""

    shown_price: Annotated[Amount | None, Optional] = None


class WrittenOrder(OrderInput):
    """An order that was written on a phone."""

    lines: Annotated[list[WrittenLine], BeforeValidator(_some_lines)]  # type: ignore[assignment]


class QuoteInput(Input):
    """What is known of an order while it is typed: enough to price it."""

    discount_percent: Discount = Decimal(0)
    lines: Annotated[list[LineInput], Field(max_length=MOST_LINES)] = Field(default_factory=list)
