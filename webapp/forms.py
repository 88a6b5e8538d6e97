"""Forms: raw values in, checked input or errors next to each field out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from domain.core.errors import FieldErrors, Invalid
from domain.core.inputs import parse
from domain.core.text import Text
from webapp.htmx import AnyRequest

Entered = TypeVar("Entered", bound=BaseModel)
INDEXED = re.compile(r"^(\w+)\.(\d+)\.(\w+)$")


@dataclass
class Form(Generic[Entered]):
    """What was typed, what is wrong with it, and (if nothing is) the checked input."""

    raw: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, Sequence[Text]] = field(default_factory=dict)
    data: Entered | None = None

    def refuse(self, errors: FieldErrors) -> Form[Entered]:
        """The same values with errors found later, by an action."""
        return Form(self.raw, errors, None)

    def checked(self) -> Entered:
        """The input; raises Invalid if there are errors."""
        if self.data is None:
            raise Invalid(self.errors)
        return self.data


def whole_number(value: Any) -> int | None:
    """A whole number of an address or a form, such as an id or a version; None for what is none."""
    if not isinstance(value, str) or not value.isascii() or not value.isdecimal() or len(value) > 18:
        return None
    return int(value)


def key_of(value: Any) -> int | None:
    """An id of an address or a form; None for what is none, 0 among it."""
    return whole_number(value) or None


async def raw_form(request: AnyRequest) -> dict[str, Any]:
    """Posted values by name: a list where a name comes more than once."""
    values: dict[str, Any] = {}
    for name, value in (await request.form()).multi_items():
        if name in values:
            known = values[name]
            values[name] = [*known, value] if isinstance(known, list) else [known, value]
        else:
            values[name] = value
    return values


def nested(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Turn `lines.0.quantity` into lists of rows; gaps in the numbering close up."""
    values = {name: value for name, value in raw.items() if not INDEXED.match(name)}
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    for name, value in raw.items():
        if match := INDEXED.match(name):
            rows.setdefault(match[1], {}).setdefault(int(match[2]), {})[match[3]] = value
    for name, by_number in rows.items():
        values[name] = [by_number[number] for number in sorted(by_number)]
    return values


async def bind(request: AnyRequest, kind: type[Entered]) -> Form[Entered]:
    """Read and check a posted form."""
    return bound(kind, await raw_form(request))


def bound(kind: type[Entered], raw: Mapping[str, Any]) -> Form[Entered]:
    """Check values that were read already."""
    try:
        return Form(raw, {}, parse(kind, nested(raw)))
    except Invalid as problem:
        return Form(raw, problem.errors, None)


def filled(kind: type[Entered], /, **values: Any) -> Form[Entered]:
    """A form to start with."""
    from webapp.formats import plain

    return Form({name: plain(value) for name, value in values.items()})
