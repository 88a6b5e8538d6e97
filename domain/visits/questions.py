"""The types of visits with the questions of their forms, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from domain.core.questions import Question
from domain.core.work import Work
from domain.visits.models import VisitQuestion, VisitType


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
        by_type.setdefault(row.type_id, []).append(Question.of(row, work.actor.language))
    return [
        Form(
            kind.id, kind.name_zh if chinese else kind.name_en, kind.minutes, kind.least_photos, kind.signature,
            kind.active, tuple(by_type.get(kind.id, ())),
        )
        for kind in kinds
    ]  # fmt: skip
