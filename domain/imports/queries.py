"""Imports that somebody sees, their rows and what became of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from sqlalchemy import ColumnElement, false, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.access import Actor
from domain.core.work import Work
from domain.imports.models import ImportBatch, ImportOutcome, ImportRow

BAD = (ImportOutcome.refused, ImportOutcome.duplicate)
LISTED = 50


def visible(actor: Actor) -> ColumnElement[bool]:
    """My own imports; all of them for who may do everything."""
    if not actor.may("imports.view"):
        return false()
    return true() if actor.everything else ImportBatch.created_by_id == actor.id


async def get(work: Work, batch_id: int, *, lock: bool = False) -> ImportBatch:
    """One import. Raises NotFound."""
    return await work.load(ImportBatch, batch_id, visible(work.actor), lock=lock)


async def latest(work: Work, *, before: int | None = None) -> Sequence[ImportBatch]:
    """The imports that the actor sees, newest first."""
    statement = select(ImportBatch).where(visible(work.actor)).order_by(ImportBatch.id.desc()).limit(LISTED)
    if before is not None:
        statement = statement.where(ImportBatch.id < before)
    return (await work.session.scalars(statement)).all()


async def rows(
    work: Work, batch_id: int, outcome: str | None = None, *, after: int = 0, limit: int = LISTED
) -> Sequence[ImportRow]:
    """Rows of an import in the order of the file; of one outcome, or (`said`) those of which something is said."""
    seen = select(ImportBatch.id).where(ImportBatch.id == batch_id, visible(work.actor))
    statement = select(ImportRow).where(ImportRow.batch_id.in_(seen), ImportRow.number > after)
    if outcome == "said":
        statement = statement.where(func.jsonb_array_length(ImportRow.errors) > 0)
    elif outcome is not None:
        statement = statement.where(ImportRow.outcome == outcome)
    return (await work.session.scalars(statement.order_by(ImportRow.number).limit(limit))).all()


async def sample(work: Work, batch_id: int, count: int = 3) -> Sequence[Sequence[str]]:
    """The cells of the first rows, to show what stands in which column."""
    return [row.raw for row in await rows(work, batch_id, limit=count)]


async def failures(work: Work, batch_id: int) -> AsyncIterator[ImportRow]:
    """All rows that were not taken, in the order of the file."""
    last = 0
    while True:
        statement = select(ImportRow).where(
            ImportRow.batch_id == batch_id, ImportRow.number > last, ImportRow.outcome.in_(BAD)
        )
        found = (await work.session.scalars(statement.order_by(ImportRow.number).limit(2000))).all()
        for row in found:
            yield row
        if not found:
            return
        last = found[-1].number
        work.session.expunge_all()


async def waiting_cells(
    session: AsyncSession, batch_id: int, after: int, size: int
) -> Sequence[tuple[int, Sequence[str]]]:
    """So many of the rows that still wait, from a line on: line and cells. For carrying the import out."""
    statement = (
        select(ImportRow.number, ImportRow.raw)
        .where(ImportRow.batch_id == batch_id, ImportRow.number > after, ImportRow.outcome == ImportOutcome.waiting)
        .order_by(ImportRow.number)
        .limit(size)
    )
    return [(number, raw) for number, raw in await session.execute(statement)]


async def totals(session: AsyncSession, batch_id: int) -> Mapping[str, int]:
    """How many rows have which outcome, and how many records were made of them."""
    statement = select(ImportRow.outcome, func.count()).where(ImportRow.batch_id == batch_id)
    counts = {outcome: number for outcome, number in await session.execute(statement.group_by(ImportRow.outcome))}
    made = select(func.count(ImportRow.record_id.distinct())).where(
        ImportRow.batch_id == batch_id, ImportRow.outcome == ImportOutcome.created
    )
    return {**counts, "records": (await session.execute(made)).scalar_one()}
