"""What a person enters about a visit: when to go, when they came and left, and what came of it."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema, model_validator

from domain.core.inputs import Input, Key, Line, Name, Optional, Paragraph, Refusal
from domain.core.model import Choice
from domain.core.text import _
from domain.followups.inputs import NextContact
from domain.visits.models import Fix


class Repeat(Choice):
    """Whether a plan is one visit or a beat."""

    once = "once", _("Once")
    weekly = "weekly", _("Recurring")


def _rows(value: Any) -> Any:
    """One box ticked comes as a single value, none as nothing at all."""
    return value if isinstance(value, (list, tuple)) else [] if value in (None, "") else [value]


def _finite(value: Any) -> Any:
    """What a phone says of its position is taken or left, but never a reason to refuse the visit."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _degrees(most: float) -> BeforeValidator:
    def within(value: Any) -> float | None:
        number = _finite(value)
        return number if number is not None and abs(number) <= most else None

    return BeforeValidator(within)


def _metres(value: Any) -> float | None:
    number = _finite(value)
    return number if number is not None and 0 <= number < 1e8 else None


def _seconds(value: Any) -> int | None:
    number = _finite(value)
    return int(number) if number is not None and 0 <= number < 2**31 else None


def _fix(value: Any) -> Fix | None:
    return Fix(value) if isinstance(value, str) and value in set(Fix) else None


def _taken(what: str) -> WithJsonSchema:
    """In the document of the API: any value is taken, and one that cannot be believed counts as none."""
    return WithJsonSchema({"description": f"{what} What cannot be believed counts as none."})


Latitude = Annotated[float | None, _degrees(90), _taken("Degrees.")]
Longitude = Annotated[float | None, _degrees(180), _taken("Degrees.")]
Metres = Annotated[float | None, BeforeValidator(_metres), _taken("Metres.")]
Seconds = Annotated[int | None, BeforeValidator(_seconds), _taken("Seconds.")]
Found = Annotated[Fix | None, BeforeValidator(_fix), _taken(f"One of {', '.join(Fix)}.")]
Moment = Annotated[datetime | None, Optional]
Weekday = Annotated[int, Field(ge=1, le=7)]


class CheckInInput(Input):
    """Coming to a customer: the moment and the position that the device gave, WGS-84, or why it gave none."""

    arrived_at: Moment = None
    arrived_fix: Found = None
    arrived_lat: Latitude = None
    arrived_lng: Longitude = None
    arrived_accuracy_m: Metres = None
    arrived_age_s: Seconds = None


class VisitInput(CheckInInput):
    """A whole visit as the field form posts it. `answers` holds one row a question: {12: "yes"}.

    A customer or contact that the phone made itself is named by its `…_uuid`.
    """

    client_uuid: Annotated[UUID | None, Optional] = None
    visit_id: Annotated[Key | None, Optional] = None
    customer_id: Annotated[Key | None, Optional] = None
    customer_uuid: Annotated[UUID | None, Optional] = None
    contact_id: Annotated[Key | None, Optional] = None
    contact_uuid: Annotated[UUID | None, Optional] = None
    type_id: Annotated[Key | None, Optional] = None
    result: Annotated[Paragraph, StringConstraints(min_length=1)]
    signature_name: Annotated[Line | None, Optional] = None
    answers: dict[int, str] = Field(default_factory=dict)
    next_pick: NextContact = NextContact.none
    next_contact_at: Moment = None
    left_at: Moment = None
    left_fix: Found = None
    left_lat: Latitude = None
    left_lng: Longitude = None
    left_accuracy_m: Metres = None
    left_age_s: Seconds = None

    @model_validator(mode="before")
    @classmethod
    def _gather_answers(cls, raw: Any) -> Any:
        """`answers.12=yes` of a form becomes one of the answers."""
        if not isinstance(raw, dict):
            return raw
        given = raw.get("answers")
        answers: dict[int, str] = {}
        pairs = [*(given.items() if isinstance(given, dict) else ()), *raw.items()]
        for name, value in pairs:
            number = str(name).removeprefix("answers.")
            if number.isdecimal() and len(number) < 19 and isinstance(value, str) and value.strip():
                answers[int(number)] = value
        return {name: value for name, value in raw.items() if not str(name).startswith("answers.")} | {
            "answers": answers
        }

    @model_validator(mode="after")
    def _own_time_only_when_picked(self) -> Self:
        if self.next_pick is not NextContact.own:
            self.next_contact_at = None
        return self


class PlanInput(Input):
    """One visit to come. Without `owner_id` the planner goes; without `planned_at` at any time of the day."""

    customer_id: Key
    owner_id: Annotated[Key | None, Optional] = None
    contact_id: Annotated[Key | None, Optional] = None
    type_id: Annotated[Key | None, Optional] = None
    planned_on: date
    planned_at: Annotated[time | None, Optional] = None
    purpose: Annotated[Line | None, Optional] = None
    client_uuid: Annotated[UUID | None, Optional] = None


class BeatInput(Input):
    """A visit that comes again: on these weekdays (1 is Monday) of every n-th week from the first day on."""

    customer_id: Key
    owner_id: Annotated[Key | None, Optional] = None
    type_id: Annotated[Key | None, Optional] = None
    weekdays: Annotated[list[Weekday], BeforeValidator(_rows), Field(min_length=1, max_length=7)]
    every_weeks: Annotated[int, Field(ge=1, le=52)] = 1
    planned_on: date
    planned_at: Annotated[time | None, Optional] = None
    ends_on: Annotated[date | None, Optional] = None

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        self.weekdays = sorted(set(self.weekdays))
        if self.ends_on is not None and self.ends_on < self.planned_on:
            raise Refusal(_("It must not end before it starts."))
        return self


class MoveInput(Input):
    """Another day for a visit, and why."""

    planned_on: date
    planned_at: Annotated[time | None, Optional] = None
    reason: Name


class ReasonInput(Input):
    """Why a visit did not take place."""

    reason: Name
