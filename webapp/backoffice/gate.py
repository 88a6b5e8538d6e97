"""The gate of /admin: who may come in, and the ways back to our own pages. Piccolo is loaded at the first visit."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
from litestar import asgi
from litestar.types import Receive, Scope, Send

from domain.core.access import Actor
from domain.core.text import _
from domain.people import actions
from webapp.backoffice.answer import Answer, plain
from webapp.backoffice.entrance import CURRENT, Entrance
from webapp.settings import Settings
from webapp.work import transaction

OFFICE = "webapp.backoffice.office"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
AWAY = {"public/login": "/sign-in?next=/admin/", "api/change-password": "/account/password"}


@asgi("/admin", is_mount=True, copy_scope=True)
async def backoffice(scope: Scope, receive: Receive, send: Send) -> None:
    """Everything under /admin; no other address may begin so, because the mount matches by bare prefix."""
    outer: Any = scope
    state, app = outer["state"], outer["litestar_app"]
    actor: Actor = state["actor"]
    settings: Settings = app.state.settings
    actor.require("backoffice.open", _("The back office is for administrators."))
    path = outer["raw_path"].decode("latin-1").partition("?")[0].removeprefix("/admin")
    if not path.startswith("/"):
        # "/admin" itself needs its slash; "/administer" is nothing of ours.
        answer = plain(308, (b"location", b"/admin/")) if not path else plain(404)
        await answer.send(send, https=settings.https)
        return
    entrance = Entrance(actor, app.state.database, state["language"], settings.base_url)
    token = CURRENT.set(entrance)
    try:
        answer = await _answer(outer, receive, path.strip("/"), entrance)
    finally:
        CURRENT.reset(token)
    await answer.send(send, https=settings.https)


async def _answer(scope: Any, receive: Any, path: str, entrance: Entrance) -> Answer:
    for start, target in AWAY.items():
        if path.startswith(start):
            return plain(303, (b"location", target.encode()))
    unsafe = scope["method"] not in SAFE
    if unsafe and not _from_our_pages(scope, entrance.base_url):
        return plain(403)
    if path == "public/logout":
        return await _sign_out(scope, entrance)
    # Piccolo brings FastAPI with it: a second of start-up and much memory that most processes never need.
    office = await anyio.to_thread.run_sync(import_module, OFFICE)
    answer: Answer = await office.answer_of(scope, receive, path, entrance, unsafe=unsafe)
    return answer


def _from_our_pages(scope: Any, base_url: str) -> bool:
    """Besides Piccolo's own token: the browser says that the request comes from here, or says nothing."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    origin = headers.get(b"origin")
    same = origin is None or urlsplit(origin).netloc in (headers.get(b"host"), urlsplit(base_url).netloc)
    return same and headers.get(b"sec-fetch-site", "same-origin") in ("same-origin", "none")


async def _sign_out(scope: Any, entrance: Entrance) -> Answer:
    state = scope["state"]
    async with transaction(entrance.database, entrance.actor) as work:
        await actions.sign_out(work, state["session_id"])
    return plain(200, (b"set-cookie", state["front"].session_cookie("")))


async def close() -> None:
    """Close the back office's connections, if anybody was there."""
    if OFFICE in sys.modules:
        await import_module("webapp.backoffice.engine").disconnect()
