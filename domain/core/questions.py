"""Questions that a company asks at some step (a visit, a stage of a pipeline), and answers checked against them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from sqlalchemy import text as sql
from sqlalchemy import true
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.inputs import CONTROL, SURROGATE
from domain.core.model import Choice, Record
from domain.core.text import Text, _

LONGEST = 2_000
YES, NO = "yes", "no"


class QuestionKind(Choice):
    """How a question is answered."""

    text = "text", _("Free text")
    number = "number", _("A number")
    yes_no = "yes_no", _("Yes or no")
    choice = "choice", _("One of a list")


class QuestionRecord(Record):
    """One question as the back office keeps it; `choices_*` hold one answer a line."""

    __abstract__ = True

    position: Mapped[int] = mapped_column(server_default="0")
    kind: Mapped[str]
    text_zh: Mapped[str]
    text_en: Mapped[str]
    choices_zh: Mapped[str | None]
    choices_en: Mapped[str | None]
    required: Mapped[bool] = mapped_column(server_default=sql("false"))
    active: Mapped[bool] = mapped_column(server_default=true())


@dataclass(frozen=True, slots=True)
class Question:
    """One question as a reader sees it. Of a choice's `options` the first words are stored, the second shown."""

    id: int
    kind: QuestionKind
    text: str
    options: tuple[tuple[str, str], ...]
    required: bool
    active: bool

    @classmethod
    def of(cls, row: QuestionRecord, language: str) -> Self:
        """A stored question in the reader's language."""
        chinese = language == "zh"
        stored = _lines(row.choices_en) or _lines(row.choices_zh)
        words = _lines(row.choices_zh) if chinese else stored
        options = tuple(zip(stored, words if len(words) == len(stored) else stored, strict=True))
        text = row.text_zh if chinese else row.text_en
        return cls(row.id, QuestionKind(row.kind), text, options, row.required, row.active)


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def check(
    questions: Sequence[Question], given: Mapping[int, str], *, late: bool = False
) -> tuple[dict[str, Any], dict[str, tuple[Text, ...]]]:
    """Answers to the questions as they are stored, by the question's number, and errors by field.

    Answers to other questions are left out: the page holds them all. `late`: it was filled in offline, on a form that
    may be older than the questions of today, so nothing is refused for having been asked otherwise.
    """
    answers: dict[str, Any] = {}
    errors: dict[str, tuple[Text, ...]] = {}
    for question in questions:
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


def shown(questions: Sequence[Question], answers: Mapping[str, Any]) -> list[tuple[str, str | Text]]:
    """Questions with the answers given, in words; those that nobody answered are left out."""
    pairs: list[tuple[str, str | Text]] = []
    for question in questions:
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
