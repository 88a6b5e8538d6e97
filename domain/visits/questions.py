"""The types of visits and the questions of their forms, in the reader's language; and answers checked against them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import or_, select

from domain.core.inputs import CONTROL, SURROGATE
from domain.core.text import Text, _
from domain.core.work import Work
from domain.visits.models import QuestionKind, VisitQuestion, VisitType

LONGEST = 2_000
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Question:
    """One question as a reader sees it. Of a choice's `options` the first words are stored, the second shown."""

    id: int
    type_id: int
    kind: QuestionKind
    text: str
    options: tuple[tuple[str, str], ...]
    required: bool
    active: bool


@dataclass(frozen=True, slots=True)
class Form:
    """One type of visit with its questions in order."""

    id: int
    name: str
    minutes: int
    least_photos: int
    signature: bool
    active: bool
    questions: tuple[Question, ...]


async def types(work: Work, *, besides: int | None = None) -> Sequence[Form]:
    """All active types with their active questions; `besides` is one that may be shown though it is closed."""
    chinese = work.actor.language == "zh"
    open_types = or_(VisitType.active, VisitType.id == besides)
    statement = select(VisitType).where(open_types).order_by(VisitType.position, VisitType.id)
    kinds = (await work.session.scalars(statement)).all()
    asked = (
        select(VisitQuestion)
        .where(VisitQuestion.type_id.in_([kind.id for kind in kinds]))
        .order_by(VisitQuestion.position, VisitQuestion.id)
    )
    by_type: dict[int, list[Question]] = {}
    for row in (await work.session.scalars(asked)).all():
        by_type.setdefault(row.type_id, []).append(_question(row, chinese))
    return [
        Form(
            kind.id, kind.name_zh if chinese else kind.name_en, kind.minutes, kind.least_photos, kind.signature,
            kind.active, tuple(by_type.get(kind.id, ())),
        )
        for kind in kinds
    ]  # fmt: skip


def _question(row: VisitQuestion, chinese: bool) -> Question:
    stored = _lines(row.choices_en) or _lines(row.choices_zh)
    words = _lines(row.choices_zh) if chinese else stored
    options = tuple(zip(stored, words if len(words) == len(stored) else stored, strict=True))
    text = row.text_zh if chinese else row.text_en
    return Question(row.id, row.type_id, QuestionKind(row.kind), text, options, row.required, row.active)


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def check(
    form: Form, given: Mapping[int, str], *, late: bool = False
) -> tuple[dict[str, Any], dict[str, tuple[Text, ...]]]:
    """Answers to the questions of a type as they are stored, by the question's number, and errors by field.

    Answers to questions of other types are left out: the page holds them all. `late`: it was filled in offline, on a
    form that may be older than the questions of today, so nothing is refused for having been asked otherwise.
    """
    answers: dict[str, Any] = {}
    errors: dict[str, tuple[Text, ...]] = {}
    for question in form.questions:
        if not question.active and not late:
            continue
        typed = given.get(question.id, "").strip()
        if question.kind is QuestionKind.number:
            typed = unicodedata.normalize("NFKC", typed).replace(",", "")
        problem = _problem(question, typed, late)
        if problem is not None:
            errors[f"answers.{question.id}"] = (problem,)
        elif typed:
            answers[str(question.id)] = typed
    return answers, errors


def _problem(question: Question, typed: str, late: bool) -> Text | None:
    if not typed:
        return _("This is needed.") if question.required and not late else None
    if CONTROL.search(typed) or SURROGATE.search(typed):
        return _("Control characters are not allowed.")
    if len(typed) > LONGEST:
        return _("At most %(n)s characters.", n=LONGEST)
    match question.kind:
        case QuestionKind.number:
            return None if _is_number(typed) else _("This must be a number.")
        case QuestionKind.yes_no:
            return None if typed in (YES, NO) else _("Please choose yes or no.")
        case QuestionKind.choice:
            known = late or typed in {stored for stored, _words in question.options}
            return None if known else _("Please choose one of the list.")
    return None


def _is_number(typed: str) -> bool:
    try:
        return len(typed) <= 20 and Decimal(typed).is_finite()
    except InvalidOperation:
        return False


def shown(form: Form, answers: Mapping[str, Any]) -> list[tuple[str, str | Text]]:
    """Questions with the answers given, in words; those that nobody answered are left out."""
    pairs: list[tuple[str, str | Text]] = []
    for question in form.questions:
        value = answers.get(str(question.id))
        if value in (None, ""):
            continue
        words: str | Text = str(value)
        if question.kind is QuestionKind.choice:
            words = dict(question.options).get(str(value), str(value))
        elif question.kind is QuestionKind.yes_no:
            words = _("Yes") if value == YES else _("No")
        pairs.append((question.text, words))
    return pairs
