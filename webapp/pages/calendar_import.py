"""Taking over an .ics file: a look at what is in it first, then the entries."""

from __future__ import annotations

from asyncio import to_thread
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile

from domain.calendar import importing
from domain.calendar.importing import Found, Outcome
from domain.core.errors import Invalid
from domain.core.text import _
from webapp import icalendar_file
from webapp.forms import Form, raw_form
from webapp.htmx import AnyRequest
from webapp.render import page, see_other
from webapp.work import actor_of, reading, writing

TONES = {Outcome.new: ("good", "plus"), Outcome.known: ("neutral", "check"), Outcome.refused: ("warn", "alert")}


class CalendarImport(Controller):
    """Open to whoever may add entries: they go into the own calendar only."""

    path = "/calendar/import"

    @get()
    async def ask(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Which file."""
        actor_of(request).require("calendar.create")
        return self._page(request)

    @post(status_code=200)
    async def take(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Look at a file, or take over what was looked at: the page brings it along, so nothing is kept meanwhile."""
        actor_of(request).require("calendar.create")
        raw = await raw_form(request)
        try:
            content = await self._content(raw)
            found = await to_thread(icalendar_file.read, content, actor_of(request).zone)
            if raw.get("do") != "take":
                async with reading(request) as work:
                    judged = await importing.looked_at(work, found)
                return self._page(request, judged, content.decode("utf-8-sig"))
            async with writing(request) as work:
                judged = await importing.take_over(work, found)
        except Invalid as problem:
            return self._page(request, form=Form({}, problem.errors), status=422)
        new = sum(one.outcome is Outcome.new for one in judged)
        return see_other(request, "/calendar?view=agenda", toast=_("Entries taken over: %(n)s", n=new))

    async def _content(self, raw: dict[str, Any]) -> bytes:
        if raw.get("do") == "take" and isinstance(raw.get("content"), str):
            content: str = raw["content"]
            return content.encode()
        file = raw.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise Invalid.of("file", _("Please choose a file."))
        return await file.read()

    def _page(
        self, request: AnyRequest, found: list[Found] | None = None, content: str = "", *,
        form: Form[Any] | None = None, status: int = 200,
    ) -> Response[Any]:  # fmt: skip
        counts = [(kind, sum(one.outcome is kind for one in found or ())) for kind in Outcome]
        return page(
            request, "calendar/import.html", title=_("Take over a calendar"), back="/calendar", status=status,
            form=form, found=found, content=content, counts=counts, tones=TONES, new=Outcome.new,
        )  # fmt: skip
