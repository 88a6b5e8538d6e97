"""The stage view (S-121): a pipeline's opportunities side by side by stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select, union_all

from domain.core.list_spec import COUNT_CAP, ListQuery, filtered
from domain.core.work import Work
from domain.customers.models import Customer
from domain.opportunities.listing import LIST, overdue, stale
from domain.opportunities.models import Opportunity, Stage
from domain.opportunities.scope import branches, seen, visible, writable
from domain.opportunities.search import probe
from domain.opportunities.stages import PipelineView, StageView, pipeline
from domain.people.models import User

CARDS = 50
ROW = (Opportunity.id, Opportunity.stage_id, Opportunity.amount, Opportunity.activity_at)
NEWEST = (Opportunity.activity_at.desc(), Opportunity.id.desc())


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """One stage with its first cards. Number and amount count up to a cap; `more` says that there are more.

    Cards: id, name, version, customer, customer_id, owner, owner_id, amount, probability, expected_on, next_step,
    next_step_on, stage_since, activity_at, stale, overdue, may_write.
    """

    stage: StageView
    number: int
    more: bool
    amount: Decimal
    cards: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Board:
    """A pipeline with a column for each stage that is in use or holds something."""

    pipeline: PipelineView
    columns: Sequence[BoardColumn]


async def board(work: Work, pipeline_id: int | None = None, query: ListQuery | None = None) -> Board:
    """The board of a pipeline (else of the first), under the list's scenes, filters and search.

    Raises Invalid for an unknown pipeline and for a filter that cannot be read.
    """
    asked = query or ListQuery()
    shown = await pipeline(work, pipeline_id)
    actor = work.actor
    wheres = filtered(LIST, asked, actor)
    scene = LIST.scene(asked.scene)
    if scene is not None:
        wheres.append(scene.condition(actor))
    if asked.q:
        wheres.append((await probe(work, asked.q)).where)
    ids = [stage.id for stage in shown.stages]
    found = _found(work, ids, wheres).subquery("found")
    within = {"partition_by": found.c.stage_id}
    placed = select(
        found.c.id,
        func.count().over(**within).label("number"),
        func.coalesce(func.sum(found.c.amount).over(**within), Decimal(0)).label("total"),
        func.row_number().over(**within, order_by=(found.c.activity_at.desc(), found.c.id.desc())).label("place"),
    ).subquery("placed")
    cards = (
        select(
            Opportunity.id, Opportunity.name, Opportunity.version, Opportunity.stage_id, Opportunity.customer_id,
            Customer.name.label("customer"), User.name.label("owner"), Opportunity.owner_id, Opportunity.amount,
            Opportunity.probability, Opportunity.expected_on, Opportunity.next_step, Opportunity.next_step_on,
            Opportunity.stage_since, Opportunity.activity_at, stale().label("stale"), overdue(actor).label("overdue"),
            writable(actor).label("may_write"), placed.c.number, placed.c.total,
        )
        .join(placed, placed.c.id == Opportunity.id)
        .join(Stage, Stage.id == Opportunity.stage_id)
        .join(Customer, Customer.id == Opportunity.customer_id)
        .outerjoin(User, User.id == Opportunity.owner_id)
        .where(placed.c.place <= CARDS)
        .order_by(placed.c.place)
    )  # fmt: skip
    by_stage: dict[int, list[Any]] = {}
    for row in await work.session.execute(cards):
        by_stage.setdefault(row.stage_id, []).append(row)
    return Board(
        shown,
        [_column(stage, by_stage.get(stage.id, [])) for stage in shown.stages if stage.active or stage.id in by_stage],
    )


def _column(stage: StageView, cards: Sequence[Any]) -> BoardColumn:
    number = cards[0].number if cards else 0
    return BoardColumn(
        stage, min(number, COUNT_CAP), number > COUNT_CAP, cards[0].total if cards else Decimal(0), cards
    )


def _found(work: Work, stage_ids: Sequence[int], wheres: Sequence[ColumnElement[bool]]) -> Any:
    """Rows of the stages: of who sees little all of them, of who sees all the newest of each stage up to the cap."""
    if branches(work.actor):
        return seen(work.actor, ROW, Opportunity.stage_id.in_(stage_ids), *_joined(wheres))
    each = (
        select(*ROW)
        .where(Opportunity.stage_id == stage_id, visible(work.actor), *_joined(wheres))
        .order_by(*NEWEST)
        .limit(COUNT_CAP + 1)
        .subquery()
        for stage_id in stage_ids
    )
    return union_all(*(select(*part.c) for part in each))


def _joined(wheres: Sequence[ColumnElement[bool]]) -> Sequence[ColumnElement[bool]]:
    """The conditions as one on the id, with the joins that the list's filters need."""
    if not wheres:
        return ()
    return (Opportunity.id.in_(LIST.source(select(Opportunity.id)).where(*wheres)),)
