"""What a person may enter of a contact."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from domain.contacts import birthdays
from domain.contacts.models import ContactRole
from domain.core.inputs import Input, Key, Line, Name, Optional, Paragraph
from domain.customers.inputs import Email, Phone

Birthday = Annotated[Line, AfterValidator(birthdays.read)]
"""A birthday as typed; kept as 1985-03-12, or --03-12 without the year."""


class ContactInput(Input):
    """The contact form, the import row and the API body."""

    customer_id: Key
    name: Name
    post: Annotated[Line | None, Optional] = None
    role: Annotated[ContactRole | None, Optional] = None
    mobile: Annotated[Phone | None, Optional] = None
    phone: Annotated[Phone | None, Optional] = None
    email: Annotated[Email | None, Optional] = None
    wechat: Annotated[Annotated[Line, StringConstraints(max_length=100)] | None, Optional] = None
    address: Annotated[Line | None, Optional] = None
    birthday: Annotated[Birthday | None, Optional] = None
    notes: Annotated[Paragraph | None, Optional] = None
    main: bool = False
    client_uuid: Annotated[UUID | None, Optional] = None
