"""One lead: its page, and the moves of its life that need no form of their own."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.core.errors import Denied
from domain.core.text import _
from domain.leads import actions, queries
from webapp.forms import raw_form, whole_number
from webapp.history import history_of, history_page
from webapp.htmx import wants_fragment
from webapp.pages.lead_forms import save_edit, show_edit
from webapp.pages.lead_views import TELLING, everything
from webapp.render import fragment, page, see_other
from webapp.timeline import TIMELINE_PAGE, timeline_of
from webapp.work import reading, writing


class LeadRecord(Controller):
    """Open to whoever sees the lead; each act asks for its own right."""

    path = "/leads/{lead_id:int}"

    @get()
    async def show(self, request: Request[Any, Any, Any], lead_id: FromPath[int]) -> Response[Any]:
        """Everything about a lead on one page."""
        async with reading(request) as work:
            found = await queries.detail(work, lead_id)
            context = await everything(work, found)
        return page(request, "leads/show.html", title=found.lead.name, back="/leads", **context)

    @post(status_code=200)
    async def edit(self, request: Request[Any, Any, Any], lead_id: FromPath[int]) -> Response[Any]:
        """Save the changes of the form; over somebody else's newer ones only after both were shown."""
        return await save_edit(request, lead_id)

    @get("/edit")
    async def change(self, request: Request[Any, Any, Any], lead_id: FromPath[int]) -> Response[Any]:
        """The form for changing it."""
        return await show_edit(request, lead_id)

    @get("/timeline")
    async def timeline(self, request: Request[Any, Any, Any], lead_id: FromPath[int]) -> Response[Any]:
        """Older happenings."""
        before = whole_number(request.query_params.get("before"))
        async with reading(request) as work:
            found = await queries.detail(work, lead_id)
            rows = await queries.timeline(work, found, before=before, limit=TIMELINE_PAGE + 1)
        context = timeline_of(f"/leads/{lead_id}", rows)
        if wants_fragment(request):
            return fragment(request, "customers/timeline.html", "happenings", **context)
        back = f"/leads/{lead_id}"
        return page(request, "customers/timeline.html", title=found.lead.name, back=back, **context)

    @get("/history")
    async def history(self, request: Request[Any, Any, Any], lead_id: FromPath[int]) -> Response[Any]:
        """Every change of a field, with old and new value."""
        async with reading(request) as work:
            found = await queries.detail(work, lead_id)
            if found.hidden or found.history_from:
                raise Denied(_("The pool keeps the history back."))
            history = await history_of(request, work, TELLING, lead_id)
        return history_page(request, TELLING, history, f"/leads/{lead_id}#history")

    @post("/wake", status_code=200)
    async def wake(self, request: Request[Any, Any, Any], lead_id: FromPath[int]) -> Response[Any]:
        """Follow an invalid lead again."""
        version = whole_number((await raw_form(request)).get("version"))
        async with writing(request) as work:
            await actions.wake(work, lead_id, version)
        return see_other(request, f"/leads/{lead_id}", toast=_("Woken up"))

    @post("/restore", status_code=200)
    async def restore(self, request: Request[Any, Any, Any], lead_id: FromPath[int]) -> Response[Any]:
        """Make a void lead valid again."""
        version = whole_number((await raw_form(request)).get("version"))
        async with writing(request) as work:
            await actions.restore(work, lead_id, version)
        return see_other(request, f"/leads/{lead_id}", toast=_("Restored"))

    @post("/delete", status_code=200)
    async def delete(self, request: Request[Any, Any, Any], lead_id: FromPath[int]) -> Response[Any]:
        """Move it to the bin."""
        async with writing(request) as work:
            await actions.delete(work, lead_id)
        return see_other(request, "/leads", toast=_("Moved to the bin"))
