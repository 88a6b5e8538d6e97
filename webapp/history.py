"""What was changed on a record, field by field, in the words of its form: one page for every kind of record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from litestar import Response
from sqlalchemy import select

from domain.contacts.models import Contact
from domain.core.audit import AuditEntry, changes_of, moment_of
from domain.core.model import Choice
from domain.core.text import Text, _
from domain.core.work import Work
from domain.people.models import User
from domain.pools.models import Pool
from webapp.forms import key_of
from webapp.history_parts import Parts, part_fields, parts_between
from webapp.htmx import AnyRequest, wants_fragment
from webapp.render import Page, fragment, page, page_of

AT_ONCE = 30
Named = type[User] | type[Pool] | type[Contact]
Names = Mapping[tuple[Named, int], str]


@dataclass(frozen=True, slots=True)
class Telling:
    """How changes of a table are told: the fields that people know, and what stands for their values.

    Fields whose names end in `_at` or `_since` are moments, those in `_on` days.
    """

    table: str
    made: Text
    altered: Text
    labels: Mapping[str, Text]
    names: Mapping[str, Named]
    """Fields that hold the number of a record, whose name is said."""
    choices: Mapping[str, type[Choice]]
    said: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    parts: Parts | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One change as it is shown: label, old and new value of each field."""

    entry: AuditEntry
    who: str | None
    fields: Sequence[tuple[Text | str, Any, Any]]


@dataclass(frozen=True, slots=True)
class History:
    """Changes of one record, newest first, and where the older ones are."""

    changes: Sequence[Change]
    more_url: str | None


async def history_of(request: AnyRequest, work: Work, telling: Telling, row_id: int) -> History:
    """The changes before `?before=`, less those that changed nothing people know. The caller lets only readers come."""
    before = key_of(request.query_params.get("before"))
    found = await changes_of(work, telling.table, row_id, before=before, limit=AT_ONCE + 1)
    entries, shown = found[:AT_ONCE], page_of(request)
    names = await _names(work, telling, entries)
    changes = [
        Change(entry, names.get((User, entry.actor_id or 0)), _fields(entry, telling, names, shown))
        for entry in entries
    ]  # fmt: skip
    more = f"{request.url.path}?before={entries[-1].id}" if found[AT_ONCE:] else None
    if telling.parts is not None and entries:
        until = None if before is None else await moment_of(work, before)
        parts = await parts_between(work, telling.parts, row_id, entries[-1].at if more else None, until)
        changes = await _with_parts(work, changes, parts, telling.parts)
    return History([one for one in changes if one.fields or one.entry.operation != "update"], more)


async def _with_parts(
    work: Work, changes: Sequence[Change], moments: Mapping[datetime, Sequence[AuditEntry]], parts: Parts
) -> list[Change]:
    """Parts stand with the change of the same transaction; where nothing else was changed they stand alone."""
    left = {moment: part_fields(entries, parts) for moment, entries in moments.items()}
    whole = [replace(one, fields=[*one.fields, *left.pop(one.entry.at, ())]) for one in changes]
    alone = [moments[moment][-1] for moment, fields in left.items() if fields]
    names = await _people(work, {one.actor_id for one in alone if one.actor_id is not None})
    whole += [Change(_as_update(one), names.get(one.actor_id or 0), left[one.at]) for one in alone]
    return sorted(whole, key=lambda one: (one.entry.at, one.entry.id), reverse=True)


def _as_update(entry: AuditEntry) -> AuditEntry:
    return AuditEntry(id=entry.id, at=entry.at, operation="update", actor_id=entry.actor_id)


async def _people(work: Work, ids: set[int]) -> dict[int, str]:
    found = await work.session.execute(select(User.id, User.name).where(User.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in found}


def history_page(request: AnyRequest, telling: Telling, found: History, back: str) -> Response[Any]:
    """The page, or the older changes for htmx."""
    context: dict[str, Any] = {"found": found, "made": telling.made, "altered": telling.altered}
    if wants_fragment(request):
        return fragment(request, "frame/history.html", "entries", **context)
    return page(request, "frame/history.html", title=_("History"), back=back, **context)


async def _names(work: Work, telling: Telling, entries: Sequence[AuditEntry]) -> Names:
    """Names of who made the changes, and of all that stands in them as a number."""
    wanted: dict[Named, set[int]] = {User: {one.actor_id for one in entries if one.actor_id is not None}}
    for entry in entries:
        for values in (entry.old or {}, entry.new or {}):
            for name, model in telling.names.items():
                if isinstance(values.get(name), int):
                    wanted.setdefault(model, set()).add(values[name])
    names: dict[tuple[Named, int], str] = {}
    for model, ids in wanted.items():
        if ids:
            statement = select(model.id, model.name).where(model.id.in_(ids))
            names.update(((model, row.id), row.name) for row in await work.session.execute(statement))
    return names


def _fields(entry: AuditEntry, telling: Telling, names: Names, shown: Page) -> list[tuple[Text, Any, Any]]:
    old, new = entry.old or {}, entry.new or {}
    return [
        (label, _said(name, old.get(name), telling, names, shown), _said(name, new.get(name), telling, names, shown))
        for name, label in telling.labels.items()
        if old.get(name) is not None or new.get(name) is not None
    ]


def _said(name: str, value: Any, telling: Telling, names: Names, shown: Page) -> Any:
    if value is None:
        return None
    if name in telling.names:
        return names.get((telling.names[name], value), f"#{value}")
    if name.endswith(("_at", "_since")):
        return shown.moment(datetime.fromisoformat(value))
    if name.endswith("_on"):
        return shown.date(date.fromisoformat(value))
    known = telling.choices.get(name)
    if known is not None and value in list(known):
        return known(value).label
    return telling.said.get(name, str)(value)
