"""What people type: one Pydantic class is the form, the import row and the API body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from domain.core.errors import Invalid
from domain.core.text import Text, _

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
SURROGATE = re.compile(r"[\ud800-\udfff]")


class Refusal(PydanticCustomError):
    """A translatable complaint, raised inside a validator."""

    def __new__(cls, text: Text) -> Refusal:
        self = super().__new__(cls, "refused", "refused", {"text": text})
        return self


def _clean(value: str) -> str:
    """Refuse what a database or a screen cannot hold, rather than drop it silently."""
    if CONTROL.search(value) or SURROGATE.search(value):
        raise Refusal(_("Control characters are not allowed."))
    return value


def _one_line(value: str) -> str:
    if "\n" in value or "\r" in value or "\t" in value:
        raise Refusal(_("This must be one line."))
    return value


def _empty_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _plain_number(value: Any) -> Any:
    """Take what people type: full-width digits and thousands separators."""
    if isinstance(value, str):
        value = value.translate(str.maketrans("０１２３４５６７８９．，", "0123456789.,")).strip()
        if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", value):
            value = value.replace(",", "")
    elif isinstance(value, float):
        value = repr(value)
    return value


def _finite(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise Refusal(_("This must be a number."))
    return value


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_clean), AfterValidator(_one_line)
]
"""One line of text, up to 200 characters."""
Name = Annotated[Line, StringConstraints(min_length=1)]
"""One line that must not be empty."""
Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000), AfterValidator(_clean)]
"""Several lines, up to 10,000 characters."""
Optional = BeforeValidator(_empty_is_none)
"""An empty field means none: `Annotated[Line | None, Optional] = None`."""
Number = BeforeValidator(_plain_number)
Amount = Annotated[
    Decimal, Number, Field(max_digits=18, decimal_places=2, ge=0, allow_inf_nan=False), AfterValidator(_finite)
]
"""Money, 0 or more, at most two places."""
Percent = Annotated[Decimal, Number, Field(ge=0, le=100, max_digits=5, decimal_places=2, allow_inf_nan=False)]
"""0 to 100, at most two places."""
Quantity = Annotated[Decimal, Number, Field(gt=0, max_digits=12, decimal_places=3, allow_inf_nan=False)]
"""More than 0, at most three places."""
Key = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""The id of a record."""


class Input(BaseModel):
    """Base of everything a person may enter. Unknown fields are ignored (forms carry buttons and tokens)."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


Entered = TypeVar("Entered", bound=BaseModel)

SENTENCES: Mapping[str, Text] = {
    "missing": _("This is needed."),
    "string_too_short": _("This is needed."),
    "too_short": _("This is needed."),
    "decimal_parsing": _("This must be a number."),
    "decimal_type": _("This must be a number."),
    "finite_number": _("This must be a number."),
    "int_parsing": _("This must be a whole number."),
    "int_type": _("This must be a whole number."),
    "int_from_float": _("This must be a whole number."),
    "float_parsing": _("This must be a number."),
    "decimal_max_digits": _("This number is too large."),
    "decimal_whole_digits": _("This number is too large."),
    "int_parsing_size": _("This number is too large."),
    "enum": _("Please choose one of the list."),
    "literal_error": _("Please choose one of the list."),
    "date_parsing": _("This is not a date."),
    "date_from_datetime_parsing": _("This is not a date."),
    "date_type": _("This is not a date."),
    "datetime_parsing": _("This is not a date and time."),
    "datetime_from_date_parsing": _("This is not a date and time."),
    "datetime_type": _("This is not a date and time."),
    "bool_parsing": _("Please choose yes or no."),
    "bool_type": _("Please choose yes or no."),
    "string_type": _("This must be text."),
    "string_unicode": _("This must be text."),
    "list_type": _("This must be a list."),
}


def _sentence(error: ErrorDetails) -> Text:
    """One of our sentences for one of Pydantic's errors."""
    context = error.get("ctx", {})
    if isinstance(text := context.get("text"), Text):
        return text
    match error["type"]:
        case "string_too_long" | "too_long":
            return _("At most %(n)s characters.", n=context["max_length"])
        case "decimal_max_places":
            return _("At most %(n)s decimal places.", n=context["decimal_places"])
        case "greater_than_equal":
            return _("At least %(n)s.", n=context["ge"])
        case "greater_than":
            return _("More than %(n)s.", n=context["gt"])
        case "less_than_equal":
            return _("At most %(n)s.", n=context["le"])
        case kind if kind in SENTENCES:
            if kind == "enum" or error.get("input") not in ("", None):
                return SENTENCES[kind]
            return SENTENCES["missing"]
    return _("This cannot be taken.")


def parse(kind: type[Entered], raw: Mapping[str, Any]) -> Entered:
    """Check raw values against an input class; raise Invalid with every field's errors at once.

    Nested places are named with dots: `lines.0.quantity`.
    """
    try:
        return kind.model_validate(raw)
    except ValidationError as problem:
        raise Invalid(faults(problem)) from problem


def faults(problem: ValidationError) -> dict[str, list[Text]]:
    """Pydantic's errors as our sentences by field."""
    errors: dict[str, list[Text]] = {}
    for error in problem.errors(include_url=False):
        errors.setdefault(".".join(str(part) for part in error["loc"]), []).append(_sentence(error))
    return errors
