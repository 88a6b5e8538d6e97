"""Taking records from phones: each exactly once, by the same action as its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.core.clocks import clock_note, is_far_off, right_time
from domain.core.errors import Invalid
from domain.core.inputs import parse
from domain.core.once import once
from domain.core.sentences import restored, stored
from domain.core.text import Text, _
from domain.core.work import Work
from domain.sync import references
from domain.sync.events import ClockWasOff, Synced
from domain.sync.inputs import Envelope
from domain.sync.kinds import SYNCABLES, Came, Editable, Made, Syncable


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a record; `replayed` if it had been taken before."""

    record_id: int
    url: str
    title: str
    notes: tuple[Text, ...]
    replayed: bool


async def take(work: Work, envelope: Envelope, fields: Mapping[str, Any]) -> Taken:
    """Carry out what a phone recorded; `fields` are the envelope's with rows gathered (`lines.0.quantity`).

    The same id with the same content gives the first answer again and changes nothing. Raises Invalid (`key_reused` for
    other content under the same id), Conflict (`in_progress`; `waits_for` if what it refers to has not come yet;
    `id_taken`), Denied, NotFound.
    """
    kind = SYNCABLES.get(envelope.kind)
    if kind is None:
        raise Invalid.of("kind", _("This server does not know such records."))
    replayed = True

    async def make() -> dict[str, Any]:
        nonlocal replayed
        made, replayed = await _make(work, kind, envelope, fields)
        return {
            "record_id": made.record_id,
            "url": made.url,
            "title": made.title,
            "notes": [stored(note) for note in made.notes],
        }

    body = envelope.model_dump(mode="json", include={"kind", "recorded_at", "fields", "record_id", "base"})
    answer = await once(work, f"sync:{envelope.id}", "sync", body, make)
    notes = tuple(restored(note) for note in answer["notes"])
    return Taken(answer["record_id"], answer["url"], answer["title"], notes, replayed)


async def _make(
    work: Work, kind: Syncable | Editable, envelope: Envelope, fields: Mapping[str, Any]
) -> tuple[Made, bool]:
    """Do it, and whether it had been done before by another way than this."""
    came = _came(envelope, work.now)
    if isinstance(kind, Editable):
        if envelope.record_id is None:
            raise Invalid.of("record_id", _("This is needed."))
        made = await kind.change(work, came, envelope.record_id, dict(fields), dict(envelope.base or {}))
    else:
        if (known := await kind.find(work, envelope.id)) is not None:
            return known, True
        whole = await references.resolved(work, dict(fields), contact_later=kind.contact_later)
        data = parse(kind.entered, {**whole, "client_uuid": str(envelope.id)})
        made = await kind.make(work, data, came)
    _note_clocks(work, kind, came, made)
    if (note := clock_note(came.offset_s)) is not None:
        made = replace(made, notes=(*made.notes, note))
    return made, False


def _came(envelope: Envelope, now: datetime) -> Came:
    """How and when a record came."""
    offset = envelope.clock_offset_s
    return Came(
        uuid=envelope.id,
        device_at=envelope.recorded_at,
        recorded_at=right_time(envelope.recorded_at, offset, now),
        received_at=now,
        offset_s=None if offset is None else round(offset),
    )


def _note_clocks(work: Work, kind: Syncable | Editable, came: Came, made: Made) -> None:
    work.record(
        Synced(
            record_id=made.record_id, feature=kind.feature, record_uuid=str(came.uuid), recorded_at=came.recorded_at,
            device_at=came.device_at, clock_offset_s=came.offset_s,
        )
    )  # fmt: skip
    if is_far_off(came.offset_s):
        work.record(
            ClockWasOff(
                record_id=made.record_id, customer_id=made.customer_id, feature=kind.feature,
                minutes=round(abs(came.offset_s or 0) / 60),
            )
        )  # fmt: skip
