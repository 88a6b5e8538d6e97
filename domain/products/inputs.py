"""What a person may enter about products."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, StringConstraints

from domain.core.inputs import Amount, Input, Key, Line, Name, Optional

Code = Annotated[Name, StringConstraints(max_length=40)]
Unit = Annotated[Line, StringConstraints(max_length=20)]


class ProductInput(Input):
    """A product as it is typed, imported or sent by a program."""

    code: Code
    name: Name
    unit: Unit = ""
    spec: Annotated[Line | None, Optional] = None
    category_id: Annotated[Key | None, Optional] = None
    list_price: Amount
    active: Annotated[bool, BeforeValidator(lambda value: value or False)] = False


class CategoryInput(Input):
    """A product category."""

    name: Name
