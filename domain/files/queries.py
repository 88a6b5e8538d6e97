"""Files that somebody sees: those of the records they see."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select

from domain.core.access import Actor
from domain.core.work import Work
from domain.files.models import File
from domain.files.subjects import SUBJECTS


def visible(actor: Actor) -> ColumnElement[bool]:
    """Files of records that the actor sees; own files also before their record has come."""
    waiting = and_(File.created_by_id == actor.id, not_(has_record()))
    return or_(waiting, *(_with_record(name, actor) for name in SUBJECTS))


def has_record() -> ColumnElement[bool]:
    """Condition: the record that a file belongs to is there."""
    return or_(*(_with_record(name, None) for name in SUBJECTS))


def _with_record(name: str, actor: Actor | None) -> ColumnElement[bool]:
    subject = SUBJECTS[name]
    found = select(subject.model.id).where(subject.model.client_uuid == File.subject_uuid)
    if actor is not None:
        found = found.where(subject.visible(actor))
    return and_(File.subject == name, exists(found.correlate(File)))


async def get(work: Work, file_id: int) -> File:
    """One whole file. Raises NotFound."""
    return await work.load(File, file_id, and_(visible(work.actor), File.complete_at.is_not(None)))


async def mine(work: Work, uuid: UUID, *, lock: bool = False) -> File | None:
    """The file of that id if the actor sends it; None for no such file or somebody else's."""
    statement = select(File).where(File.client_uuid == uuid, File.created_by_id == work.actor.id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await work.session.execute(statement)).scalar_one_or_none()


async def of_records(work: Work, subject: str, uuids: Sequence[UUID]) -> dict[UUID, list[File]]:
    """Files by the record's id, also those still on their way (`complete_at` empty); the caller sees the records."""
    statement = select(File).where(File.subject == subject, File.subject_uuid.in_(uuids)).order_by(File.id)
    found: dict[UUID, list[File]] = {uuid: [] for uuid in uuids}
    for file in (await work.session.execute(statement)).scalars():
        found[file.subject_uuid].append(file)
    return found
