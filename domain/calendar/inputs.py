"""What a person enters into the own calendar."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from domain.core.inputs import Input, Key, Name, Optional, Refusal
from domain.core.text import _


class EntryInput(Input):
    """One entry. Times without a zone are meant in the actor's own; no `remind_minutes` (before the start): no push."""

    title: Name
    starts_at: datetime
    ends_at: Annotated[datetime | None, Optional] = None
    remind_minutes: Annotated[Annotated[int, Field(ge=0, le=7 * 1440)] | None, Optional] = None
    customer_id: Annotated[Key | None, Optional] = None

    @field_validator("ends_at")
    @classmethod
    def _ends_after_start(cls, value: datetime | None, info: ValidationInfo) -> datetime | None:
        start: datetime | None = info.data.get("starts_at")
        if value is None or start is None:
            return value
        if (value.tzinfo is None) != (start.tzinfo is None):
            raise Refusal(_("Give both times with a zone, or neither."))
        if value < start:
            raise Refusal(_("It must not end before it starts."))
        return value
