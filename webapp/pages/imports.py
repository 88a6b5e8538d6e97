"""Imports: upload, which column is what, a try, the run, and what came of each row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from typing import Any

import anyio.to_thread
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Stream

from domain.core.errors import Invalid, NotFound
from domain.core.sentences import restored
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.imports import actions, queries
from domain.imports.fields import FIELDS, Field
from domain.imports.models import ImportBatch, ImportKind, ImportOutcome, ImportRow, ImportStatus
from webapp.forms import Form, raw_form, whole_number
from webapp.htmx import AnyRequest, wants_fragment
from webapp.importing import carry_out
from webapp.reading_files import neutral, read
from webapp.render import fragment, page, page_of, see_other
from webapp.work import database_of, reading, transaction, writing

KINDS = [(kind.value, kind.label) for kind in ImportKind]
TONES = {
    "waiting": ("neutral", "clock"), "created": ("good", "plus"), "updated": ("good", "edit"),
    "duplicate": ("warn", "copy"), "refused": ("bad", "close"),
}  # fmt: skip


class Imports(Controller):
    """Open to whoever may see imports; only the own ones are listed, except to administrators."""

    path = "/imports"

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """My imports, and the form for another one."""
        async with reading(request) as work:
            work.actor.require("imports.view")
            return await _list(request, work, Form())

    @post(status_code=200)
    async def upload(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Keep a file's rows and go on to its columns."""
        raw = await raw_form(request)
        file = raw.get("file")
        kind = str(raw.get("kind", ""))
        try:
            if kind not in {value for value, _label in KINDS}:
                raise Invalid.of("kind", _("Please choose one of the list."))
            async with reading(request) as work:
                actions.require(work, ImportKind(kind))
            if not isinstance(file, UploadFile) or not file.filename:
                raise Invalid.of("file", _("Please choose a file."))
            name, content = file.filename, await file.read()
            table = await anyio.to_thread.run_sync(read, content, name)
            async with writing(request) as work:
                batch = await actions.upload(work, ImportKind(kind), name, table.columns, table.rows)
        except Invalid as problem:
            async with reading(request) as work:
                return await _list(request, work, Form({"kind": kind}, problem.errors), 422)
        return see_other(request, f"/imports/{batch.id}")

    @get("/{batch_id:int}")
    async def show(self, request: Request[Any, Any, Any], batch_id: FromPath[int]) -> Response[Any]:
        """One import, in whatever state it is; asked again by itself while it runs."""
        async with reading(request) as work:
            batch = await queries.get(work, batch_id)
            if wants_fragment(request) and request.headers.get("hx-target", "").endswith("progress"):
                if batch.status == ImportStatus.running:
                    return fragment(request, "imports/show.html", "progress", batch=batch)
                return Response(b"", headers={"HX-Refresh": "true"})
            return await _show(request, work, batch, Form(_raw(batch)))

    @post("/{batch_id:int}/check", status_code=200)
    async def check(self, request: Request[Any, Any, Any], batch_id: FromPath[int]) -> Response[Any]:
        """Keep which column is what, and try the rows without storing anything."""
        raw = await raw_form(request)
        mapping = {name.removeprefix("map_"): str(value) for name, value in raw.items() if name.startswith("map_")}
        try:
            async with writing(request) as work:
                await actions.set_up(
                    work, batch_id, mapping, whole_number(raw.get("pool_id")), whole_number(raw.get("customer_id"))
                )
                batch = await actions.start(work, batch_id, dry=True)
        except Invalid as problem:
            async with reading(request) as work:
                batch = await queries.get(work, batch_id)
                return await _show(request, work, batch, Form(raw, problem.errors), 422)
        return await _go_on(request, batch)

    @post("/{batch_id:int}/run", status_code=200)
    async def run(self, request: Request[Any, Any, Any], batch_id: FromPath[int]) -> Response[Any]:
        """Carry it out."""
        async with writing(request) as work:
            batch = await actions.start(work, batch_id, dry=False)
        return await _go_on(request, batch)

    @get("/{batch_id:int}/rows")
    async def rows(self, request: Request[Any, Any, Any], batch_id: FromPath[int]) -> Response[Any]:
        """What became of each row, some at a time."""
        asked = request.query_params.get("outcome", "")
        after = whole_number(request.query_params.get("after")) or 0
        outcome = asked if asked in tuple(ImportOutcome) else None
        async with reading(request) as work:
            batch = await queries.get(work, batch_id)
            found = await queries.rows(work, batch_id, outcome, after=after)
        context: dict[str, Any] = {
            "batch": batch, "rows": [_told(batch, row) for row in found], "outcome": outcome,
            "scenes": _scenes(batch, outcome), "next_url": _next(batch_id, outcome, found),
        }  # fmt: skip
        if wants_fragment(request) and after:
            return fragment(request, "imports/rows.html", "rows", **context)
        return page(request, "imports/rows.html", title=batch.file_name, back=f"/imports/{batch_id}", **context)

    @get("/{batch_id:int}/failures.csv")
    async def failures(self, request: Request[Any, Any, Any], batch_id: FromPath[int]) -> Stream:
        """The rows that were left out, with the reason: to be corrected and sent again."""
        async with reading(request) as work:
            batch = await queries.get(work, batch_id)
        name = f"offing-import-{batch_id}-left-out.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Stream(_failures(request, batch), media_type="text/csv; charset=utf-8", headers=headers)


async def _go_on(request: AnyRequest, batch: ImportBatch) -> Response[Any]:
    """Short files are carried out at once, long ones by the worker."""
    if batch.row_count <= actions.DIRECT_ROWS:
        database = database_of(request)
        await carry_out(database, partial(transaction, database), batch.id)
    return see_other(request, f"/imports/{batch.id}")


async def _list(request: AnyRequest, work: Work, form: Form[Any], status: int = 200) -> Response[Any]:
    before = whole_number(request.query_params.get("before", ""))
    batches = await queries.latest(work, before=before)
    next_url = f"/imports?before={batches[-1].id}" if len(batches) == queries.LISTED else None
    kinds = [(value, label) for value, label in KINDS if work.actor.may(f"{value}.import")]
    return page(
        request, "imports/list.html", title=_("Imports"), status=status, form=form, batches=batches, kinds=kinds,
        next_url=next_url, states=ImportStatus, tones=STATES, labels=dict(KINDS),
    )  # fmt: skip


STATES = {"uploaded": "neutral", "checked": "info", "running": "info", "done": "good", "failed": "bad"}


async def _show(
    request: AnyRequest, work: Work, batch: ImportBatch, form: Form[Any], status: int = 200
) -> Response[Any]:
    kind = ImportKind(batch.kind)
    sample = await queries.sample(work, batch.id)
    mapped = {field.name for field in FIELDS[kind] if form.raw.get(f"map_{field.name}")}
    first = [field for field in FIELDS[kind] if field.needed or field.name in mapped]
    said = await queries.rows(work, batch.id, "said", limit=20)
    return page(
        request, "imports/show.html", title=batch.file_name, back="/imports", status=status, batch=batch, form=form,
        kind=kind, state=ImportStatus(batch.status), tones=STATES, first=first,
        rest=[field for field in FIELDS[kind] if field not in first], columns=_columns(batch, sample),
        hints=_hints(batch, FIELDS[kind], sample, form), said=[_told(batch, row) for row in said],
        pools=await actions.pools_for(work, kind), customer=await _customer_of(work, form),
        error=restored(json.loads(batch.error)) if batch.error else None,
    )  # fmt: skip


async def _customer_of(work: Work, form: Form[Any]) -> str | None:
    """The name of the customer that is chosen, for its field."""
    chosen = whole_number(form.raw.get("customer_id"))
    try:
        return (await customers.get(work, chosen)).name if chosen else None
    except NotFound:
        return None


def _raw(batch: ImportBatch) -> dict[str, Any]:
    chosen = {f"map_{name}": column for name, column in batch.mapping.items()}
    return chosen | {name: str(batch.options.get(name, "")) for name in ("pool_id", "customer_id")}


def _columns(batch: ImportBatch, sample: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Columns to choose from; one without a heading shows what stands in it."""
    shown = []
    for place, column in enumerate(batch.columns):
        value = next((row[place] for row in sample if place < len(row) and row[place]), "")
        shown.append((column, f"{column} {value[:30]}" if column.startswith("(") and value else column))
    return shown


def _hints(
    batch: ImportBatch, fields: Sequence[Field], sample: Sequence[Sequence[str]], form: Form[Any]
) -> Mapping[str, Text]:
    """By field: what stands in the first rows of its column."""
    hints = {}
    for field in fields:
        column = form.raw.get(f"map_{field.name}")
        if column in batch.columns:
            place = batch.columns.index(column)
            values = [row[place][:30] for row in sample if place < len(row) and row[place]]
            if values:
                hints[field.name] = _("For example: %(values)s", values=" · ".join(values))
    return hints


def _told(batch: ImportBatch, row: ImportRow) -> dict[str, Any]:
    """A row as it is shown: its line, its name, its outcome and what is said of it."""
    kind = ImportKind(batch.kind)
    column = batch.mapping.get({"orders": "number"}.get(batch.kind, "name"), "")
    place = batch.columns.index(column) if column in batch.columns else 0
    name = row.raw[place] if place < len(row.raw) else ""
    outcome = ImportOutcome(row.outcome)
    dry = batch.status == ImportStatus.checked
    label = _("Can be taken") if dry and outcome is ImportOutcome.waiting else outcome.label
    return {
        "line": row.number, "name": name or _("(empty)"), "tone": TONES[row.outcome][0], "icon": TONES[row.outcome][1],
        "label": label, "texts": [restored(error["text"]) for error in row.errors],
        "url": f"/{kind.value}/{row.record_id}" if row.record_id else None,
    }  # fmt: skip


def _scenes(batch: ImportBatch, outcome: str | None) -> list[tuple[Text, str, bool, int | None]]:
    path = f"/imports/{batch.id}/rows"
    chips: list[tuple[Text, str, bool, int | None]] = [(_("All"), path, outcome is None, batch.row_count)]
    for one in ImportOutcome:
        if count := batch.totals.get(one.value, 0):
            chips.append((one.label, f"{path}?outcome={one.value}", outcome == one.value, count))
    return chips


def _next(batch_id: int, outcome: str | None, rows: Sequence[ImportRow]) -> str | None:
    if len(rows) < queries.LISTED:
        return None
    return f"/imports/{batch_id}/rows?after={rows[-1].number}" + (f"&outcome={outcome}" if outcome else "")


async def _failures(request: AnyRequest, batch: ImportBatch) -> AsyncIterator[str]:
    """CSV with a mark for spreadsheets; no cell of it is taken for a formula."""
    words = page_of(request).words
    yield "\ufeff" + _line([*batch.columns, words.say(_("Reason"))])
    async with reading(request) as work:
        async for row in queries.failures(work, batch.id):
            reasons = " ".join(words.say(restored(error["text"])) for error in row.errors)
            cells = [*row.raw, *[""] * (len(batch.columns) - len(row.raw))][: len(batch.columns)]
            yield _line([*cells, reasons])


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([neutral(cell) for cell in cells])
    return out.getvalue()
