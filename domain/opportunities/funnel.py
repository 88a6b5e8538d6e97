"""The funnel (S-124): how many reached each stage in a time, and what became of them until now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, and_, column, func, select, values

from domain.core.access import among
from domain.core.work import Work
from domain.opportunities.listing import during, within_department
from domain.opportunities.models import Opportunity, StageKind, StageMove
from domain.opportunities.scope import branches, seen
from domain.opportunities.stages import PipelineView, StageView, pipeline

SECONDS_OF_A_DAY = 86_400
A_QUARTER = timedelta(days=92)


def percent(part: int, whole: int) -> Decimal | None:
    """In percent to one place; None of nothing."""
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else None


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """One stage: how many reached it in the time, and of these how many went on, ended here or are still open.

    The parts add up to `reached`, but for the stage of winning, where nothing lies behind. `days` is the median spent
    in the stage by those that left it in the time.
    """

    stage: StageView
    reached: int
    on: int
    lost: int
    invalid: int
    open: int
    days: Decimal | None

    @property
    def conversion(self) -> Decimal | None:
        """How many of those that reached it went on, in percent; invalid ones never counted (D-14)."""
        return percent(self.on, self.reached - self.invalid)


@dataclass(frozen=True, slots=True)
class Funnel:
    """The funnel of a pipeline over some days, both included; `won`, `lost` and `invalid` ended in these."""

    pipeline: PipelineView
    since: date
    until: date
    owner_id: int | None
    department_id: int | None
    rows: Sequence[FunnelRow]
    won: int
    lost: int
    invalid: int
    won_amount: Decimal

    @property
    def win_rate(self) -> Decimal | None:
        """Won of won and lost, in percent (D-14)."""
        return percent(self.won, self.won + self.lost)

    def reached(self, stage_id: int, outcome: str | None = None) -> Mapping[str, str]:
        """The list's filters that show the opportunities behind a figure: on, lost, invalid, open, else all."""
        left = {} if outcome is None else {"left": f"{stage_id}:{outcome}"}
        return {**self._common, "reached": f"{stage_id}:{self.since}:{self.until}", **left}

    def ended(self, kind: StageKind) -> Mapping[str, str]:
        """The same for those that ended."""
        return {**self._common, "status": kind.value, "ended": f"{self.since}:{self.until}"}

    @property
    def _common(self) -> dict[str, str]:
        some = {"pipeline": self.pipeline.id, "owner": self.owner_id, "department": self.department_id}
        return {name: str(value) for name, value in some.items() if value is not None}


async def funnel(
    work: Work,
    pipeline_id: int | None,
    since: date,
    until: date,
    owner_id: int | None = None,
    department_id: int | None = None,
) -> Funnel:
    """The funnel over what the actor sees: of a pipeline (else of the first), an owner, a department with all below."""
    shown = await pipeline(work, pipeline_id)
    wheres = [Opportunity.pipeline_id == shown.id]
    if owner_id is not None:
        wheres.append(Opportunity.owner_id == owner_id)
    if department_id is not None:
        wheres.append(within_department(department_id))
    columns = (Opportunity.id, Opportunity.status, Opportunity.ended_at, Opportunity.amount)
    those = seen(work.actor, columns, *wheres).cte("those")
    order = [stage for stage in shown.stages if stage.kind in (StageKind.open, StageKind.won)]
    counts = (await work.session.execute(_counting(work, those, order, since, until))).one()
    days = await _days(work, those, order, since, until)
    ends = (await work.session.execute(_ending(work, those, since, until))).one()
    rows = []
    for place, stage in enumerate(order):
        reached, on, lost, invalid, still = counts[place * 5 : place * 5 + 5]
        if stage.active or reached:
            rows.append(FunnelRow(stage, reached, on, lost, invalid, still, days.get(stage.id)))
    return Funnel(shown, since, until, owner_id, department_id, rows, *ends)


def _counting(work: Work, those: Any, order: Sequence[StageView], since: date, until: date) -> Any:
    """Five numbers for each stage in order. What reached a stage in the time has moved in it; of a long time most has,
    and to ask which would cost more than to count all."""
    ranks = values(column("stage_id", BigInteger), column("rank", Integer), name="ranks").data(
        [(stage.id, place) for place, stage in enumerate(order)]
    )
    firsts = [
        func.min(StageMove.at).filter(ranks.c.rank >= place).label(f"first{place}") for place in range(len(order))
    ]
    way = (
        select(StageMove.opportunity_id, *firsts)
        .join(ranks, ranks.c.stage_id == StageMove.to_stage_id)
        .group_by(StageMove.opportunity_id)
    )
    if branches(work.actor):
        way = way.where(StageMove.opportunity_id.in_(select(those.c.id)))
    elif until - since <= A_QUARTER:
        moved = select(StageMove.opportunity_id).where(
            among(StageMove.to_stage_id, [stage.id for stage in order]), during(StageMove.at, since, until, work.actor)
        )
        way = way.where(StageMove.opportunity_id.in_(moved))
    went = way.subquery("went")
    first = select(those.c.status, went).join(went, went.c.opportunity_id == those.c.id).subquery("first")
    figures: list[Any] = []
    for place in range(len(order)):
        reached = during(first.c[f"first{place}"], since, until, work.actor)
        last = place + 1 == len(order)
        stayed: ColumnElement[bool] = reached if last else and_(reached, first.c[f"first{place + 1}"].is_(None))
        figures.append(func.count().filter(reached))
        figures.append(func.count().filter(reached) - func.count().filter(stayed))
        for kind in (StageKind.lost, StageKind.invalid, StageKind.open):
            figures.append(func.count().filter(stayed, first.c.status == kind.value))
    return select(*figures).select_from(first)


async def _days(
    work: Work, those: Any, order: Sequence[StageView], since: date, until: date
) -> Mapping[int | None, Decimal]:
    """Median days in each stage of those that left it in the time."""
    middle = func.percentile_cont(0.5).within_group(StageMove.seconds)
    left = (
        select(StageMove.from_stage_id, middle)
        .join(those, those.c.id == StageMove.opportunity_id)
        .where(
            among(StageMove.from_stage_id, [stage.id for stage in order]),
            during(StageMove.at, since, until, work.actor),
        )
        .group_by(StageMove.from_stage_id)
    )
    return {
        stage_id: (Decimal(str(seconds)) / SECONDS_OF_A_DAY).quantize(Decimal("0.1"), ROUND_HALF_UP)
        for stage_id, seconds in await work.session.execute(left)
    }


def _ending(work: Work, those: Any, since: date, until: date) -> Any:
    ended = during(those.c.ended_at, since, until, work.actor)
    numbers = [
        func.count().filter(those.c.status == kind.value) for kind in (StageKind.won, StageKind.lost, StageKind.invalid)
    ]
    won = func.coalesce(func.sum(those.c.amount).filter(those.c.status == StageKind.won.value), Decimal(0))
    return select(*numbers, won).where(ended)
