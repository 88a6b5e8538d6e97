"""Pipelines with their stages and questions, in the reader's language; and the reasons for an ending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from domain.company.models import Reason, ReasonKind
from domain.core.errors import Invalid
from domain.core.questions import Question
from domain.core.text import _
from domain.core.work import Work
from domain.opportunities.models import Pipeline, Stage, StageKind, StageQuestion

REASONS: Mapping[StageKind, ReasonKind] = {
    StageKind.won: ReasonKind.opportunity_won,
    StageKind.lost: ReasonKind.opportunity_lost,
    StageKind.invalid: ReasonKind.opportunity_invalid,
}
"""What the reasons of each ending are kept as."""


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage as a reader sees it; `questions` are those that are asked today."""

    id: int
    pipeline_id: int
    name: str
    kind: StageKind
    position: int
    probability: int
    stale_days: int | None
    active: bool
    questions: tuple[Question, ...]

    @property
    def rank(self) -> tuple[int, int, int]:
        """What stages are ordered by: open ones as the company has put them, then won, lost, invalid."""
        return (list(StageKind).index(self.kind), self.position, self.id)

    @property
    def ends(self) -> bool:
        """Whether an opportunity that comes here has ended."""
        return self.kind is not StageKind.open


@dataclass(frozen=True, slots=True)
class PipelineView:
    """A pipeline as a reader sees it: its stages in order, the closed ones among them."""

    id: int
    name: str
    active: bool
    stages: tuple[StageView, ...]

    @property
    def first(self) -> StageView | None:
        """Where an opportunity begins."""
        return next((stage for stage in self.stages if stage.active and not stage.ends), None)

    def stage(self, stage_id: int) -> StageView | None:
        """One of its stages."""
        return next((stage for stage in self.stages if stage.id == stage_id), None)

    def end(self, kind: StageKind) -> StageView:
        """Its stage of that ending."""
        return next(stage for stage in self.stages if stage.kind is kind)


async def pipelines(work: Work, *, closed: bool = False) -> Sequence[PipelineView]:
    """All active pipelines in order, the default one first; with `closed` the others too."""
    language = work.actor.language
    rows = (await work.session.scalars(select(Pipeline).order_by(Pipeline.position, Pipeline.id))).all()
    asked: dict[int, list[Question]] = {}
    found = select(StageQuestion).where(StageQuestion.active).order_by(StageQuestion.position, StageQuestion.id)
    for question in (await work.session.scalars(found)).all():
        asked.setdefault(question.stage_id, []).append(Question.of(question, language))
    stages: dict[int, list[StageView]] = {}
    for stage in (await work.session.scalars(select(Stage))).all():
        stages.setdefault(stage.pipeline_id, []).append(
            StageView(
                stage.id, stage.pipeline_id, stage.name_zh if language == "zh" else stage.name_en,
                StageKind(stage.kind), stage.position, stage.probability, stage.stale_days, stage.active,
                tuple(asked.get(stage.id, ())),
            )
        )  # fmt: skip
    return [
        PipelineView(
            row.id, row.name_zh if language == "zh" else row.name_en, row.active,
            tuple(sorted(stages.get(row.id, ()), key=lambda stage: stage.rank)),
        )
        for row in rows
        if row.active or closed
    ]  # fmt: skip


async def pipeline(work: Work, pipeline_id: int | None = None) -> PipelineView:
    """One active pipeline, else the default one. Raises Invalid at `pipeline_id`."""
    known = await pipelines(work)
    if pipeline_id is None and not known:
        raise Invalid.of(
            "pipeline_id", _("There is no sales pipeline yet. An administrator makes one in the back office.")
        )
    found = known[0] if pipeline_id is None else next((one for one in known if one.id == pipeline_id), None)
    if found is None:
        raise Invalid.of("pipeline_id", _("Please choose one of the list."))
    return found


async def pipeline_of(work: Work, pipeline_id: int) -> PipelineView:
    """The pipeline of a record, closed or not."""
    return next(one for one in await pipelines(work, closed=True) if one.id == pipeline_id)


async def end_reasons(work: Work, kind: StageKind) -> Sequence[tuple[int, str]]:
    """The reasons offered for an ending, by id, in the reader's language."""
    text = Reason.text_zh if work.actor.language == "zh" else Reason.text_en
    found = (
        select(Reason.id, text)
        .where(Reason.kind == REASONS[kind].value, Reason.active)
        .order_by(Reason.position, Reason.id)
    )
    return [(number, words) for number, words in await work.session.execute(found)]
