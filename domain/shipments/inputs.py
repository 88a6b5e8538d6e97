"""What the warehouse enters when goods leave."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from domain.core.inputs import Input, Key, Line, Name, Number, Optional, Paragraph

MOST_LINES = 500


class ShipLineInput(Input):
    """How much of one shipment line leaves now; 0 leaves it for later."""

    line_id: Key
    quantity: Annotated[Decimal, Number, Field(ge=0, max_digits=12, decimal_places=3, allow_inf_nan=False)]


class ShipInput(Input):
    """Goods leave. Without `lines` everything leaves."""

    carrier: Name
    tracking_number: Annotated[Line | None, Optional] = None
    notes: Annotated[Paragraph | None, Optional] = None
    lines: Annotated[list[ShipLineInput], Field(max_length=MOST_LINES)] = Field(default_factory=list)
