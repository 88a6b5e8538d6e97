"""What a phone sends: a record in its envelope."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StrictInt, StrictStr

from domain.core.inputs import CONTROL, SURROGATE, Input, Key, Refusal
from domain.core.text import _

MOST_FIELDS = 4000
"""An order of 500 lines has some 2,000."""


def _strings(value: Any) -> Any:
    """Names and strings, as a form would post them."""
    if not isinstance(value, dict):
        raise Refusal(_("These must be fields with their values."))
    if len(value) > MOST_FIELDS:
        raise Refusal(_("At most %(n)s fields.", n=MOST_FIELDS))
    for name, held in value.items():
        for text in held if isinstance(held, list) else [held]:
            if not isinstance(text, str):
                raise Refusal(_("The field %(name)s must be text.", name=str(name)[:100]))
            if CONTROL.search(text) or SURROGATE.search(text) or CONTROL.search(name) or SURROGATE.search(name):
                raise Refusal(_("Control characters are not allowed."))
    return value


def _uuid(value: UUID) -> UUID:
    if value.version != 4:
        raise Refusal(_("This must be a random id (UUID 4)."))
    return value


def _text_only(value: Any) -> Any:
    if not isinstance(value, str):
        raise Refusal(_("This must be text."))
    return value


NewId = Annotated[UUID, BeforeValidator(_text_only), AfterValidator(_uuid)]
"""An id that a phone has drawn."""
Fields = Annotated[dict[str, Any], BeforeValidator(_strings)]
Moment = Annotated[AwareDatetime, BeforeValidator(_text_only)]
Offset = Annotated[float, Field(ge=-1e10, le=1e10, allow_inf_nan=False, strict=True)]
"""Seconds; a phone whose clock stands at 1970 is some 1.8 thousand millions behind."""


class Envelope(Input):
    """A record as the outbox sends it. `fields` are what the form would post; `record_id` and `base`, the values that
    the form had shown, belong to edits."""

    id: NewId
    kind: Annotated[StrictStr, Field(max_length=60)]
    recorded_at: Moment
    clock_offset_s: Offset | None = None
    fields: Fields
    record_id: Annotated[Key, Field(strict=True)] | None = None
    base: Fields | None = None


class Shape(Input):
    """The shape of a record, read before anything else of it."""

    format: Annotated[StrictInt, Field(ge=0, le=10_000)] = 0
