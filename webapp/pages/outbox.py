"""The outbox: what a phone has saved and not sent yet. The page is the same for everybody; the browser fills it."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, get

from domain.core.text import _
from webapp.htmx import AnyRequest
from webapp.render import page

OUTBOX = "/outbox"


class Outbox(Controller):
    """Open to everybody, as it holds nothing of anybody: part of the shell that the service worker keeps."""

    @get(OUTBOX, sync_to_thread=False)
    def show(self, request: AnyRequest) -> Response[Any]:
        """The frame, the words and the pattern of a row."""
        language = request.scope["state"]["language"]
        return page(request, "outbox/show.html", title=_("Unsent records"), headers={"Content-Language": language})
