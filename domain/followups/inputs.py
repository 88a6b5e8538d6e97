"""What a person enters about a touch with a customer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, ValidationInfo, field_validator, model_validator

from domain.core.inputs import Input, Key, Optional, Paragraph, Refusal
from domain.core.model import Choice
from domain.core.text import _
from domain.followups.models import Way


class NextContact(Choice):
    """Quick picks for the next contact; at nine in the morning of the author, unless a time of its own is given."""

    none = "none", _("None")
    tomorrow = "tomorrow", _("Tomorrow")
    three_days = "three_days", _("In 3 days")
    week = "week", _("Next week")
    own = "own", _("At…")


class FollowUpInput(Input):
    """One touch with a lead or a customer, perhaps about one of its opportunities, which names the customer by itself.
    A time without a zone is meant in the actor's own. `minutes` belongs to a phone call."""

    lead_id: Annotated[Key | None, Optional] = None
    opportunity_id: Annotated[Key | None, Optional] = None
    customer_id: Annotated[Key | None, Optional, Field(validate_default=True)] = None
    contact_id: Annotated[Key | None, Optional] = None
    way: Way = Way.phone
    minutes: Annotated[Annotated[int, Field(ge=0, le=1440)] | None, Optional] = None
    content: Annotated[Paragraph, StringConstraints(min_length=1)]
    at: Annotated[datetime | None, Optional] = None
    next_pick: NextContact = NextContact.own
    next_contact_at: Annotated[datetime | None, Optional] = None
    client_uuid: Annotated[UUID | None, Optional] = None

    @field_validator("customer_id")
    @classmethod
    def _about_somebody(cls, value: int | None, info: ValidationInfo) -> int | None:
        if info.data.get("lead_id") is not None:
            return None
        if value is None and info.data.get("opportunity_id") is None:
            raise Refusal(_("This is needed."))
        return value

    @field_validator("opportunity_id")
    @classmethod
    def _leads_have_none(cls, value: int | None, info: ValidationInfo) -> int | None:
        return None if info.data.get("lead_id") is not None else value

    @model_validator(mode="after")
    def _minutes_are_for_calls(self) -> Self:
        if self.way is not Way.phone:
            self.minutes = None
        return self

    @model_validator(mode="after")
    def _own_time_only_when_picked(self) -> Self:
        if self.next_pick is not NextContact.own:
            self.next_contact_at = None
        return self
