"""What a person may enter of a customer."""

from __future__ import annotations

import re
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, StringConstraints, model_validator

from domain.core.inputs import Amount, Input, Key, Line, Name, Optional, Paragraph, Refusal
from domain.core.text import _
from domain.customers.models import CustomerKind, FollowStage, Industry, Level, Need, Size
from domain.places.world import country_of
from domain.search import phones

_EMAIL = re.compile(r"[^@\s<>()\[\],;:\\\"]+@[^@\s<>()\[\],;:\\\"]+\.[^@\s.<>()\[\],;:\\\"]+")
_WEBSITE = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value) or ".." in value:
        raise Refusal(_("This is not an e-mail address."))
    return value.lower()


def _website(value: str) -> str:
    if not _WEBSITE.fullmatch(value):
        raise Refusal(_("This is not a web address."))
    return value


Phone = Annotated[Line, StringConstraints(max_length=50)]
"""A telephone number as typed; kept in E.164 where it can be read."""
Email = Annotated[Line, AfterValidator(_email)]
"""An e-mail address, kept in lower case."""
Website = Annotated[Line, StringConstraints(max_length=500), AfterValidator(_website)]
"""A web address with or without http in front; no other kind of link."""


def region_of(country: str | None) -> str:
    """The country, as phone numbers need it, for a country's name in any of our languages."""
    found = country_of(country) if country else None
    return found.code if found else phones.HOME


class CustomerInput(Input):
    """The customer form, the import row and the API body.

    Without `pool_id` a new customer belongs to who enters it (S-004); with it, it lies in that pool.
    """

    name: Name
    kind: CustomerKind = CustomerKind.company
    level: Annotated[Level | None, Optional] = None
    industry: Annotated[Industry | None, Optional] = None
    size: Annotated[Size | None, Optional] = None
    need: Annotated[Need | None, Optional] = None
    follow_stage: Annotated[FollowStage | None, Optional] = None
    source: Annotated[Line | None, Optional] = None
    phone: Annotated[Phone | None, Optional] = None
    email: Annotated[Email | None, Optional] = None
    website: Annotated[Website | None, Optional] = None
    country: Annotated[Line | None, Optional] = None
    region: Annotated[Line | None, Optional] = None
    city: Annotated[Line | None, Optional] = None
    address: Annotated[Line | None, Optional] = None
    postal_code: Annotated[Annotated[Line, StringConstraints(max_length=20)] | None, Optional] = None
    credit_limit: Annotated[Amount | None, Optional] = None
    notes: Annotated[Paragraph | None, Optional] = None
    pool_id: Annotated[Key | None, Optional] = None

    @model_validator(mode="after")
    def _one_spelling(self) -> Self:
        self.phone = phones.stored(self.phone, region_of(self.country))
        return self


class NewCustomer(CustomerInput):
    """The form for a new one: also whether a warned duplicate was confirmed, and a key against sending it twice."""

    confirmed_duplicate: bool = False
    client_uuid: Annotated[UUID | None, Optional] = None
    then: Annotated[Line | None, Optional] = None
