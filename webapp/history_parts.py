"""Changes of what a record consists of (lines of an order), told with the changes of the record itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import literal_column, select

from domain.core.audit import AuditEntry
from domain.core.text import Text
from domain.core.work import Work

Values = Mapping[str, Any]
PartField = tuple[str, Text | None, Text | None]
"""What a part is called, what it was and what it is."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The rows of `table` whose column `parent` holds the record. They are always written anew as a whole, so a row
    that went and one that came with the same `key` are one part that was changed."""

    table: str
    parent: str
    key: str
    name: str
    """The column that says what the part is called."""
    said: Callable[[Values], Text]


async def parts_between(
    work: Work, parts: Parts, row_id: int, since: datetime | None, until: datetime | None
) -> dict[datetime, list[AuditEntry]]:
    """Parts of a record that came and went, by the moment of their transaction, oldest first."""
    # Written out, so that the server knows which index is for it.
    of_record = literal_column(f"coalesce(new, old) ->> '{parts.parent}'") == str(row_id)
    found = select(AuditEntry).where(AuditEntry.table_name == literal_column(f"'{parts.table}'"), of_record)
    if since is not None:
        found = found.where(AuditEntry.at >= since)
    if until is not None:
        found = found.where(AuditEntry.at < until)
    moments: dict[datetime, list[AuditEntry]] = {}
    for entry in await work.session.scalars(found.order_by(AuditEntry.id)):
        moments.setdefault(entry.at, []).append(entry)
    return moments


def part_fields(entries: Sequence[AuditEntry], parts: Parts) -> list[PartField]:
    """Name, old and new of each part that is another one now."""
    came = {one.row_id: one.new for one in entries if one.new is not None}
    went = {one.row_id: one.old for one in entries if one.old is not None}
    new = [values for row_id, values in came.items() if row_id not in went]
    fields: list[PartField] = []
    for old in [values for row_id, values in went.items() if row_id not in came]:
        now = next((values for values in new if values[parts.key] == old[parts.key]), None)
        if now is not None:
            new.remove(now)
        fields.append(_field(parts, old, now))
    fields += [_field(parts, None, values) for values in new]
    return [(label, before, after) for label, before, after in fields if before != after]


def _field(parts: Parts, old: Values | None, new: Values | None) -> PartField:
    named = new or old or {}
    said = [None if values is None else parts.said(values) for values in (old, new)]
    return str(named[parts.name]), said[0], said[1]
