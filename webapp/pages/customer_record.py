"""One customer: its page, and what can be done with it."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.core.errors import Denied
from domain.core.text import _
from domain.customers import actions, queries
from domain.pools.models import PoolKind
from webapp.forms import whole_number
from webapp.history import history_of, history_page
from webapp.htmx import wants_fragment
from webapp.pages.customer_views import TELLING, everything
from webapp.pages.customers import save_edit
from webapp.render import fragment, page, see_other
from webapp.timeline import TIMELINE_PAGE, timeline_of
from webapp.work import reading, writing

KIND = PoolKind.customer


class CustomerRecord(Controller):
    """Open to whoever sees the customer; each act asks for its own right."""

    path = "/customers/{customer_id:int}"

    @get()
    async def show(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """Everything about a customer on one page."""
        async with reading(request) as work:
            found = await queries.detail(work, customer_id)
            context = await everything(work, found, request.scope["state"]["language"])
        return page(request, "customers/show.html", title=found.customer.name, back="/customers", **context)

    @post(status_code=200)
    async def edit(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """Save the changes of the form; over somebody else's newer ones only after both were shown."""
        return await save_edit(request, customer_id)

    @get("/timeline")
    async def timeline(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """Older happenings."""
        before = whole_number(request.query_params.get("before"))
        async with reading(request) as work:
            found = await queries.detail(work, customer_id)
            rows = await queries.timeline(work, found, before=before, limit=TIMELINE_PAGE + 1)
        context: dict[str, Any] = {"c": found.customer, **timeline_of(f"/customers/{customer_id}", rows)}
        if wants_fragment(request):
            return fragment(request, "customers/timeline.html", "happenings", **context)
        here = f"/customers/{customer_id}"
        return page(request, "customers/timeline.html", title=found.customer.name, back=here, **context)

    @get("/history")
    async def history(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """Every change of a field, with old and new value."""
        async with reading(request) as work:
            found = await queries.detail(work, customer_id)
            if found.hidden or found.history_from:
                raise Denied(_("The pool keeps the history back."))
            history = await history_of(request, work, TELLING, customer_id)
        return history_page(request, TELLING, history, f"/customers/{customer_id}#history")

    @post("/delete", status_code=200)
    async def delete(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """Move it to the bin."""
        async with writing(request) as work:
            await actions.delete(work, customer_id)
        return see_other(request, "/customers", toast=_("Moved to the bin"))

    @post("/restore", status_code=200)
    async def restore(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """Take it out of the bin."""
        async with writing(request) as work:
            await actions.restore(work, customer_id)
        return see_other(request, f"/customers/{customer_id}", toast=_("Restored"))
