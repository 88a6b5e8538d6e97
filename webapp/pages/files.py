"""Files: sent in pieces by the outbox, served with their records."""

from __future__ import annotations

import errno
from asyncio import to_thread
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Controller, Request, Response, get, post, put
from litestar.params import FromPath
from litestar.response import Stream

from domain.core.errors import Invalid, NotFound, Problem, Unavailable
from domain.core.inputs import parse
from domain.core.text import _
from domain.files import actions, policy, queries
from domain.files.inputs import FileInput
from domain.files.models import File
from webapp.file_store import FileStore
from webapp.htmx import AnyRequest
from webapp.json_answers import HANDLERS, answer, json_body
from webapp.pace import Pace
from webapp.pages.account import my_id
from webapp.work import reading, writing

MOST_BODY = 128 * 1024
PIECES = Pace(burst=1200, per_minute=1200)
"""Some 300 MB a minute."""
READ_AT_ONCE = 256 * 1024
NOTHING_RUNS = "default-src 'none'; sandbox; frame-ancestors 'none'"


def store_of(request: AnyRequest) -> FileStore:
    """The folder of this installation's files."""
    return FileStore(request.app.state.settings.files)


def state(file: File) -> dict[str, Any]:
    """How far a file has come, as the phone reads it."""
    return {"id": str(file.client_uuid), "received": file.received, "complete": file.complete_at is not None}


class Uploads(Controller):
    """For the outbox: announce a file, then send it in pieces, each where the last one ended."""

    path = "/sync/files"
    exception_handlers = HANDLERS

    @post(status_code=200, request_max_body_size=MOST_BODY)
    async def begin(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        """Announce a file, or ask how far it has come."""
        PIECES.take(my_id(request))
        data = parse(FileInput, await json_body(request))
        store = store_of(request)
        on_disk = await to_thread(store.size, data.id)
        async with writing(request) as work:
            file = await actions.begin(work, data, on_disk)
            if data.preview is not None:
                await to_thread(_on_disk, store.keep_preview, file.client_uuid, data.preview)
        return answer(state(file))

    @put("/{uuid:uuid}", status_code=200, request_max_body_size=policy.CHUNK)
    async def piece(self, request: Request[Any, Any, Any], uuid: FromPath[UUID]) -> Response[bytes]:
        """Take the next piece; after the last one the whole is checked."""
        PIECES.take(my_id(request))
        offset = _offset(request.headers.get("upload-offset", ""))
        data = await request.body()
        store = store_of(request)
        problem: Problem | None
        async with writing(request) as work:
            place = await actions.place(work, uuid, offset, len(data), await to_thread(store.size, uuid))
            file, problem = place.file, place.problem
            if problem is None:
                await to_thread(_on_disk, store.write, uuid, offset, data)
                if actions.came(work, file, len(data)):
                    problem = actions.finish(work, file, *await to_thread(store.examine, uuid, policy.HEAD))
        if problem is not None:
            raise problem
        return answer(state(file))


class Files(Controller):
    """Open to whoever sees the record that a file belongs to."""

    path = "/files"

    @get("/{file_id:int}")
    async def show(self, request: Request[Any, Any, Any], file_id: FromPath[int]) -> Response[Any]:
        """The file itself, or with `?size=thumb` the small picture that the phone sent along, if it did."""
        async with reading(request) as work:
            file = await queries.get(work, file_id)
        store = store_of(request)
        wish = request.query_params.get("size") == "thumb"
        small = wish and await to_thread(store.path(file.client_uuid, preview=True).is_file)
        place = store.path(file.client_uuid, preview=small)
        if not await to_thread(place.is_file):
            raise NotFound(_("This file is no longer there."))
        etag = f'"{file.sha256[:32]}{"-small" if small else ""}"'
        headers = {**_headers(file, small=small), "ETag": etag, "Cache-Control": "private, no-cache"}
        if request.headers.get("if-none-match") == etag:
            return Response(b"", status_code=304, headers=headers)
        content_type = "image/jpeg" if small else file.content_type
        if small:
            content_type = policy.sniffed(await to_thread(place.read_bytes), "") or "application/octet-stream"
        headers["Content-Length"] = str((await to_thread(place.stat)).st_size)
        return Stream(_read(place), media_type=content_type, headers=headers)


def _headers(file: File, *, small: bool) -> dict[str, str]:
    """Pictures may be shown, everything else is only downloaded; nothing in it ever runs."""
    shown = small or file.content_type in policy.SHOWN
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in file.name)
    named = f"filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    return {
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; {named}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": NOTHING_RUNS,
        "Cross-Origin-Resource-Policy": "same-origin",
    }


async def _read(place: Any) -> AsyncIterator[bytes]:
    file = await to_thread(place.open, "rb")
    try:
        while data := await to_thread(file.read, READ_AT_ONCE):
            yield data
    finally:
        await to_thread(file.close)


def _offset(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) < 19):
        raise Invalid.of("Upload-Offset", _("This must be a whole number."))
    return int(value)


def _on_disk(write: Any, *arguments: Any) -> None:
    """Write; a full disk is told as such, so that the phone tries again later."""
    try:
        write(*arguments)
    except OSError as problem:
        if problem.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise Unavailable(_("There is no room for files on the server just now."), retry_after_s=600) from problem
