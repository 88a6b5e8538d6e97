"""What a person may enter of a lead."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import StringConstraints, model_validator

from domain.core.inputs import Amount, Input, Key, Line, Name, Optional, Paragraph
from domain.customers.inputs import Email, Phone, region_of
from domain.customers.models import CustomerKind
from domain.leads.models import LeadSource
from domain.search import phones


class LeadInput(Input):
    """The lead form, the import row and the API body.

    Without `pool_id` a new lead belongs to who enters it (S-044); with it, it lies in that pool, or goes at once to the
    next of the pool's default assignees (S-060).
    """

    name: Name
    company: Annotated[Name | None, Optional] = None
    post: Annotated[Line | None, Optional] = None
    phone: Annotated[Phone | None, Optional] = None
    mobile: Annotated[Phone | None, Optional] = None
    email: Annotated[Email | None, Optional] = None
    wechat: Annotated[Annotated[Line, StringConstraints(max_length=100)] | None, Optional] = None
    source: Annotated[LeadSource | None, Optional] = None
    country: Annotated[Line | None, Optional] = None
    region: Annotated[Line | None, Optional] = None
    city: Annotated[Line | None, Optional] = None
    address: Annotated[Line | None, Optional] = None
    need: Annotated[Paragraph | None, Optional] = None
    notes: Annotated[Paragraph | None, Optional] = None
    pool_id: Annotated[Key | None, Optional] = None
    client_uuid: Annotated[UUID | None, Optional] = None

    @model_validator(mode="after")
    def _one_spelling(self) -> Self:
        region = region_of(self.country)
        self.phone = phones.stored(self.phone, region)
        self.mobile = phones.stored(self.mobile, region)
        return self

    @property
    def mobile_key(self) -> str | None:
        """The mobile number in E.164, if it can be read as one."""
        return phones.e164(self.mobile, region_of(self.country))


class StatusInput(Input):
    """Why a lead is invalid or void, and for an invalid one when somebody shall look at it again."""

    reason: Name
    look_again_on: Annotated[date | None, Optional] = None


class ConvertInput(Input):
    """What a lead becomes: a new customer of that name and kind, or the one of `customer_id`; a contact there, and
    an opportunity if one is wanted.

    Without `contact_id` the contact is made new, unless `contact` says that none is wanted. `customer_source` are the
    words for where it came from, written down where the customer has none.
    """

    customer_id: Annotated[Key | None, Optional] = None
    customer_name: Annotated[Name | None, Optional] = None
    kind: CustomerKind = CustomerKind.company
    contact: bool = True
    contact_name: Annotated[Name | None, Optional] = None
    contact_id: Annotated[Key | None, Optional] = None
    customer_source: Annotated[Line | None, Optional] = None
    opportunity: bool = False
    opportunity_name: Annotated[Name | None, Optional] = None
    amount: Annotated[Amount | None, Optional] = None
    expected_on: Annotated[date | None, Optional] = None
    confirmed_duplicate: bool = False
