"""Files that came with a form, as without JavaScript: kept at once, in the transaction of their record."""

from __future__ import annotations

import hashlib
from asyncio import to_thread
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar.datastructures import UploadFile

from domain.core.errors import Invalid
from domain.core.inputs import parse
from domain.core.work import Work
from domain.files import actions, policy
from domain.files.inputs import FileInput
from domain.files.models import FileKind
from webapp.file_store import FileStore


async def keep_posted(
    work: Work, store: FileStore, raw: Mapping[str, Any], subject: str, subject_id: UUID, fields: Mapping[str, FileKind]
) -> int:
    """Keep the files of these fields with a record; returns how many there are. The same form again keeps none twice.

    Raises Invalid, by the field, for what is not kept; the bytes that were written by then are swept away later.
    """
    number = 0
    for name, kind in fields.items():
        value = raw.get(name)
        for upload in value if isinstance(value, list) else [value]:
            if isinstance(upload, UploadFile) and (data := await upload.read()):
                try:
                    await _keep(work, store, subject, subject_id, kind, upload, data)
                except Invalid as problem:
                    raise Invalid({name: [text for texts in problem.errors.values() for text in texts]}) from problem
                number += 1
    return number


async def _keep(
    work: Work, store: FileStore, subject: str, subject_id: UUID, kind: FileKind, upload: UploadFile, data: bytes
) -> None:
    digest = hashlib.sha256(data)
    # Made of record and bytes, so that a form that is sent twice names the same file twice.
    own = UUID(bytes=hashlib.sha256(subject_id.bytes + digest.digest()).digest()[:16], version=4)
    told = {
        "id": str(own), "subject": subject, "subject_id": str(subject_id), "kind": kind.value,
        "name": upload.filename or kind.value, "type": upload.content_type, "size": len(data),
        "sha256": digest.hexdigest(),
    }  # fmt: skip
    file = await actions.begin(work, parse(FileInput, told), await to_thread(store.size, own))
    if file.complete_at is not None:
        return
    await to_thread(store.write, own, 0, data)
    file.received = 0
    actions.came(work, file, len(data))
    problem = actions.finish(work, file, *await to_thread(store.examine, own, policy.HEAD))
    if problem is not None:
        raise problem
