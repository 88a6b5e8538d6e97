"""Verbs of imports: upload, set up, start, carry out part by part, end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, text, update

from domain.core.errors import Conflict, Invalid
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.imports import queries
from domain.imports.bulk import copy_rows
from domain.imports.cells import Row
from domain.imports.events import ImportEnded, ImportStarted
from domain.imports.fields import FIELDS, guess, missing
from domain.imports.models import POOLS, ImportBatch, ImportKind, ImportRow, ImportStatus
from domain.pools import queries as pools

MOST_ROWS = 200_000
DIRECT_ROWS = 500
"""Up to so many rows are carried out while the person waits."""
OPEN = (ImportStatus.uploaded, ImportStatus.checked)
MARK = """
UPDATE import_rows r SET outcome = n.outcome, record_id = n.record_id, errors = CAST(n.errors AS jsonb)
FROM unnest(CAST(:numbers AS int[]), CAST(:outcomes AS text[]), CAST(:records AS bigint[]), CAST(:errors AS text[]))
    AS n(number, outcome, record_id, errors)
WHERE r.batch_id = :batch_id AND r.number = n.number
"""


def require(work: Work, kind: ImportKind) -> None:
    """Importing needs the right to import, and to import this. Raises Denied."""
    work.actor.require("imports.create")
    work.actor.require(f"{kind.value}.import", _("You may not import %(what)s.", what=kind.label))


async def upload(
    work: Work, kind: ImportKind, file_name: str, columns: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]
) -> ImportBatch:
    """Keep the rows of a file, each with its line; columns are recognised by their headings."""
    require(work, kind)
    if not rows:
        raise Invalid.of("file", _("There are no rows under the headings."))
    if len(rows) > MOST_ROWS:
        raise Invalid.of("file", _("At most %(n)s rows in one file.", n=f"{MOST_ROWS:,}"))
    batch = ImportBatch(
        kind=kind.value, file_name=file_name[-200:], columns=list(columns), mapping=guess(kind, columns),
        row_count=len(rows), created_by_id=work.actor.id, options={}, totals={},
    )  # fmt: skip
    work.session.add(batch)
    await work.session.flush()  # the rows name it by id
    kept = [(batch.id, number, json.dumps(cells, ensure_ascii=False)) for number, cells in rows]
    await copy_rows(work.session, "import_rows", ("batch_id", "number", "raw"), kept)
    return batch


async def set_up(
    work: Work, batch_id: int, mapping: Mapping[str, str], pool_id: int | None, customer_id: int | None = None
) -> ImportBatch:
    """Say which column feeds which field, whether the records go into a pool, and at which customer the contacts are
    that name none. Raises Invalid at the field."""
    batch = await _open(work, batch_id)
    kind = ImportKind(batch.kind)
    chosen = {name: column for name, column in mapping.items() if column}
    errors: dict[str, tuple[Text, ...]] = {}
    known = {field.name for field in FIELDS[kind]}
    for name, column in chosen.items():
        if name not in known or column not in batch.columns:
            errors[f"map_{name}"] = (_("Please choose one of the list."),)
    for field in missing(kind, chosen):
        errors[f"map_{field.name}"] = (_("Say which column this is."),)
    if pool_id is not None and pool_id not in dict(await pools_for(work, kind)):
        errors["pool_id"] = (_("Please choose one of the list."),)
    if customer_id is not None and (kind is not ImportKind.contacts or not await customers.sees(work, customer_id)):
        errors["customer_id"] = (_("Please choose one of the list."),)
    if kind is ImportKind.contacts and "customer" not in chosen and customer_id is None:
        errors["customer_id"] = (_("Say at which customer they are, or which column names it."),)
    if errors:
        raise Invalid(errors)
    batch.mapping = chosen
    options = {"pool_id": pool_id, "customer_id": customer_id}
    batch.options = {name: value for name, value in options.items() if value is not None}
    batch.status = ImportStatus.uploaded.value
    work.touch(batch)
    return batch


async def pools_for(work: Work, kind: ImportKind) -> Sequence[tuple[int, str]]:
    """The pools that rows of a kind can go into."""
    return await pools.choices(work, POOLS[kind]) if kind in POOLS else []


async def start(work: Work, batch_id: int, *, dry: bool) -> ImportBatch:
    """Begin: with `dry` only to check. What an earlier check said is forgotten."""
    batch = await _open(work, batch_id)
    wanting = missing(ImportKind(batch.kind), batch.mapping)
    if wanting:
        raise Invalid({f"map_{field.name}": (_("Say which column this is."),) for field in wanting})
    said = (ImportRow.batch_id == batch.id, ImportRow.outcome != "waiting")
    await work.session.execute(update(ImportRow).where(*said).values(outcome="waiting", errors=[], record_id=None))
    batch.status = ImportStatus.running.value
    batch.options = {**batch.options, "dry": dry}
    batch.done_count, batch.totals, batch.error, batch.ended_at = 0, {}, None, None
    work.touch(batch)
    if batch.row_count > DIRECT_ROWS:
        work.record(ImportStarted(record_id=batch.id, dry=dry))
    return batch


async def running(work: Work, batch_id: int) -> ImportBatch | None:
    """The import, locked, if it still runs: whoever carries it out asks before each part."""
    statement = select(ImportBatch).where(ImportBatch.id == batch_id).with_for_update()
    batch = (await work.session.execute(statement.execution_options(populate_existing=True))).scalar_one_or_none()
    return batch if batch is not None and batch.status == ImportStatus.running else None


async def mark(work: Work, batch: ImportBatch, rows: Sequence[Row]) -> None:
    """Keep what became of some rows, in the transaction that stored them."""
    told = [row for row in rows if row.outcome != "waiting" or row.errors]
    await work.session.execute(
        text(MARK),
        {
            "batch_id": batch.id, "numbers": [row.number for row in told], "outcomes": [row.outcome for row in told],
            "records": [row.record_id for row in told],
            "errors": [json.dumps(row.errors, ensure_ascii=False, default=str) if row.errors else "[]" for row in told],
        },
    )  # fmt: skip
    batch.done_count += len(rows)


async def end(work: Work, batch: ImportBatch) -> None:
    """All parts are done: count what became of the rows."""
    dry = bool(batch.options.get("dry"))
    batch.totals = dict(await queries.totals(work.session, batch.id))
    batch.status = (ImportStatus.checked if dry else ImportStatus.done).value
    batch.ended_at = work.now
    work.touch(batch)
    if not dry:
        work.record(
            ImportEnded(
                record_id=batch.id,
                file_name=batch.file_name,
                created=batch.totals["records"],
                refused=batch.totals.get("refused", 0),
            )
        )


async def fail(work: Work, batch: ImportBatch, why: Mapping[str, Any]) -> None:
    """It cannot go on; `why` is a stored sentence. What was done stays."""
    batch.totals = dict(await queries.totals(work.session, batch.id))
    batch.status, batch.error, batch.ended_at = ImportStatus.failed.value, json.dumps(why), work.now
    work.touch(batch)


async def _open(work: Work, batch_id: int) -> ImportBatch:
    batch = await queries.get(work, batch_id, lock=True)
    require(work, ImportKind(batch.kind))
    if batch.status not in OPEN:
        state = ImportStatus(batch.status).label
        raise Conflict(_('This is not possible while the state is "%(state)s".', state=state), code="wrong_state")
    return batch
