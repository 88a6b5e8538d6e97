"""What a person may enter about payments."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from domain.core.inputs import Amount, Input, Key, Line, Optional, Paragraph
from domain.payments.models import PaymentMethod

Positive = Annotated[Amount, Field(gt=Decimal(0))]


class PaymentInput(Input):
    """Money received for one order. `overpay_reason` is needed above the outstanding amount (S-159).

    Without `approver_id` the flow finds who in finance confirms it.
    """

    order_id: Key
    amount: Positive
    method: PaymentMethod
    received_on: date
    bank_reference: Annotated[Line | None, Optional] = None
    overpay_reason: Annotated[Line | None, Optional] = None
    approver_id: Annotated[Key | None, Optional] = None
    notes: Annotated[Paragraph | None, Optional] = None
    client_uuid: Annotated[UUID | None, Optional] = None
