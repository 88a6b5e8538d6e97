"""Taking files in pieces: begun, continued where it stopped, checked at the end, and swept away if never needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, delete, func, not_, or_, select
from sqlalchemy.dialects.postgresql import insert

from domain.core.errors import Conflict, Denied, Invalid, NotFound, Problem
from domain.core.text import _
from domain.core.work import Work
from domain.files import policy, queries
from domain.files.inputs import FileInput
from domain.files.models import File, FileKind
from domain.files.subjects import SUBJECTS

CONTENT, TOO_LARGE = "content", "too_large"
"""Codes of what will not be taken however often it is sent."""
KEPT_ALONE = timedelta(days=30)
"""So long a file waits for its end or for its record."""


async def begin(work: Work, data: FileInput, on_disk: int = 0) -> File:
    """Announce a file; announcing it again tells how much has come. `on_disk`: bytes that lie there.

    Raises Invalid (`key_reused` for another file under the id), Conflict (`id_taken`), Denied, NotFound.
    """
    subject = SUBJECTS.get(data.subject)
    if subject is None:
        raise Invalid.of("subject", _("This server keeps no files of such records."))
    known = await queries.mine(work, data.id, lock=True)
    if known is not None:
        return _again(known, data, on_disk)
    if errors := policy.why_not(data.kind, data.type, data.size):
        problem = Invalid(errors)
        problem.code = TOO_LARGE if "size" in errors else CONTENT
        raise problem
    await _may_add(work, data)
    made = (
        insert(File)
        .values(
            client_uuid=data.id, subject=data.subject, subject_uuid=data.subject_id, kind=data.kind.value,
            name=data.name, content_type=data.type, size=data.size, sha256=data.sha256, received=0,
            created_by_id=work.actor.id, created_at=work.now, updated_at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["client_uuid"])
        .returning(File.id)
    )  # fmt: skip
    new_id = (await work.session.execute(made)).scalar_one_or_none()
    if new_id is not None:
        return await work.session.get_one(File, new_id)
    known = await queries.mine(work, data.id, lock=True)
    if known is None:
        raise Conflict(_("This id is in use. Take the file anew."), code="id_taken")
    return _again(known, data, on_disk)


def _again(known: File, data: FileInput, on_disk: int) -> File:
    told = (data.subject, data.subject_id, data.kind.value, data.size, data.sha256)
    if told != (known.subject, known.subject_uuid, known.kind, known.size, known.sha256):
        problem = Invalid.of("id", _("This id was used for another file."))
        problem.code = "key_reused"
        raise problem
    _believe_the_disk(known, on_disk)
    return known


def _believe_the_disk(file: File, on_disk: int) -> None:
    """After a backup was restored there may be less than was noted."""
    if on_disk < file.received:
        file.received, file.complete_at = on_disk, None


async def _may_add(work: Work, data: FileInput) -> None:
    """Raise unless the actor may add a file to that record, there already or still to come."""
    subject = SUBJECTS[data.subject]
    work.actor.require(subject.right)
    model = subject.model
    record = select(model.id, subject.visible(work.actor), subject.writable(work.actor))
    row = (await work.session.execute(record.where(model.client_uuid == data.subject_id))).one_or_none()
    if row is not None and not row[1]:
        raise NotFound
    if row is not None and not row[2]:
        raise Denied(_("You may read this but not change it."))
    files = select(func.count()).select_from(File)
    of_record = files.where(File.subject == data.subject, File.subject_uuid == data.subject_id)
    if (await work.session.execute(of_record)).scalar_one() >= policy.MOST_OF_A_RECORD:
        raise Invalid.of("", _("At most %(n)s files.", n=policy.MOST_OF_A_RECORD))
    unfinished = files.where(File.created_by_id == work.actor.id, File.complete_at.is_(None))
    if (await work.session.execute(unfinished)).scalar_one() >= policy.MOST_UNFINISHED:
        raise Invalid.of("", _("Too many files are on their way. Let some of them arrive first."))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece goes; `problem` says why it does not go there, with the true place inside."""

    file: File
    problem: Problem | None


async def place(work: Work, uuid: UUID, offset: int, length: int, on_disk: int) -> Place:
    """Lock a file of the actor's for its next piece. Raises NotFound.

    A wrong offset is not raised but returned, as what is known of the file may have been put right and must be kept.
    """
    file = await queries.mine(work, uuid, lock=True)
    if file is None:
        raise NotFound
    _believe_the_disk(file, on_disk)
    if offset != file.received:
        state = {"id": str(uuid), "received": file.received, "complete": file.complete_at is not None}
        return Place(file, Conflict(_("Send on from where it stopped."), code="offset", current=state))
    if file.received + length > file.size:
        return Place(file, Invalid.of("", _("This is more than was announced.")))
    return Place(file, None)


def came(work: Work, file: File, length: int) -> bool:
    """Note a piece that has been written; whether it was the last."""
    file.received += length
    file.updated_at = work.now
    return file.received == file.size and file.complete_at is None


def finish(work: Work, file: File, sha256: str, head: bytes) -> Problem | None:
    """Check the whole file by its sum and its first bytes; what is wrong with it, and then it begins anew."""
    kind = policy.sniffed(head, file.content_type)
    if sha256 != file.sha256:
        file.received = 0
        return Invalid.of("sha256", _("The file was damaged on its way. It is sent again."))
    if kind is None or kind not in policy.ALLOWED[FileKind(file.kind)]:
        file.received = 0
        problem = Invalid.of("type", _("This is not what its name says, so it is not kept."))
        problem.code = CONTENT
        return problem
    file.content_type = kind
    file.complete_at = work.now
    return None


async def sweep(work: Work, limit: int = 1000) -> list[UUID]:
    """Forget files that never ended or whose record never came, after thirty days; returns whose bytes may go."""
    alone = or_(File.complete_at.is_(None), not_(queries.has_record()))
    old = select(File.id).where(and_(File.created_at < work.now - KEPT_ALONE, alone)).limit(limit)
    gone = delete(File).where(File.id.in_(old)).returning(File.client_uuid)
    return list((await work.session.execute(gone)).scalars())


async def unknown(work: Work, uuids: list[UUID]) -> list[UUID]:
    """Those ids of which there is no file."""
    known = set((await work.session.execute(select(File.client_uuid).where(File.client_uuid.in_(uuids)))).scalars())
    return [uuid for uuid in uuids if uuid not in known]
