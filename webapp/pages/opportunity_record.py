"""One opportunity: its page, its people at the customer's, and what needs no form of its own."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.contacts import queries as contacts
from domain.core.errors import Denied, Invalid
from domain.core.text import _
from domain.opportunities import actions, queries
from domain.opportunities.inputs import ContactRoleInput
from domain.opportunities.models import ContactRole
from webapp.forms import Form, bind, filled, whole_number
from webapp.history import history_of, history_page
from webapp.htmx import AnyRequest, wants_fragment
from webapp.pages.opportunity_forms import save_edit, show_edit
from webapp.pages.opportunity_views import TELLING, everything
from webapp.render import fragment, page, see_other
from webapp.timeline import TIMELINE_PAGE, timeline_of
from webapp.work import reading, writing


class OpportunityRecord(Controller):
    """Open to whoever sees the opportunity; each act asks for its own right."""

    path = "/opportunities/{opportunity_id:int}"

    @get()
    async def show(self, request: Request[Any, Any, Any], opportunity_id: FromPath[int]) -> Response[Any]:
        """Everything about it on one page."""
        async with reading(request) as work:
            found = await queries.detail(work, opportunity_id)
            context = await everything(work, found)
        title = found.opportunity.name
        return page(request, "opportunities/show.html", title=title, back="/opportunities", **context)

    @post(status_code=200)
    async def edit(self, request: Request[Any, Any, Any], opportunity_id: FromPath[int]) -> Response[Any]:
        """Save the changes of the form; over somebody else's newer ones only after both were shown."""
        return await save_edit(request, opportunity_id)

    @get("/edit")
    async def change(self, request: Request[Any, Any, Any], opportunity_id: FromPath[int]) -> Response[Any]:
        """The form for changing it."""
        return await show_edit(request, opportunity_id)

    @get("/timeline")
    async def timeline(self, request: Request[Any, Any, Any], opportunity_id: FromPath[int]) -> Response[Any]:
        """Older happenings."""
        before, here = whole_number(request.query_params.get("before")), f"/opportunities/{opportunity_id}"
        async with reading(request) as work:
            found = await queries.detail(work, opportunity_id)
            rows = await queries.timeline(work, opportunity_id, before=before, limit=TIMELINE_PAGE + 1)
        context = timeline_of(here, rows)
        if wants_fragment(request):
            return fragment(request, "customers/timeline.html", "happenings", **context)
        return page(request, "customers/timeline.html", title=found.opportunity.name, back=here, **context)

    @get("/history")
    async def history(self, request: Request[Any, Any, Any], opportunity_id: FromPath[int]) -> Response[Any]:
        """Every change of a field, with old and new value."""
        async with reading(request) as work:
            await queries.detail(work, opportunity_id)
            history = await history_of(request, work, TELLING, opportunity_id)
        return history_page(request, TELLING, history, f"/opportunities/{opportunity_id}#history")

    @get("/contacts")
    async def ask_contact(self, request: Request[Any, Any, Any], opportunity_id: FromPath[int]) -> Response[Any]:
        """Asks who of the customer's people has which part in the decision."""
        form = filled(ContactRoleInput, role=ContactRole.decision_maker.value)
        return await _contact_form(request, opportunity_id, form)

    @post("/contacts", status_code=200)
    async def add_contact(self, request: Request[Any, Any, Any], opportunity_id: FromPath[int]) -> Response[Any]:
        """Name somebody's part."""
        form = await bind(request, ContactRoleInput)
        try:
            async with writing(request) as work:
                await actions.add_contact(work, opportunity_id, form.checked())
        except Invalid as problem:
            return await _contact_form(request, opportunity_id, form.refuse(problem.errors), 422)
        return see_other(request, f"/opportunities/{opportunity_id}#people", toast=_("Saved"))

    @post("/contacts/{contact_id:int}/remove", status_code=200)
    async def remove_contact(
        self, request: Request[Any, Any, Any], opportunity_id: FromPath[int], contact_id: FromPath[int]
    ) -> Response[Any]:
        """End somebody's part."""
        async with writing(request) as work:
            await actions.remove_contact(work, opportunity_id, contact_id)
        return see_other(request, f"/opportunities/{opportunity_id}#people", toast=_("Removed"))

    @post("/delete", status_code=200)
    async def delete(self, request: Request[Any, Any, Any], opportunity_id: FromPath[int]) -> Response[Any]:
        """Move it to the bin."""
        async with writing(request) as work:
            await actions.delete(work, opportunity_id)
        return see_other(request, "/opportunities", toast=_("Moved to the bin"))


async def _contact_form(
    request: AnyRequest, opportunity_id: int, form: Form[ContactRoleInput], status: int = 200
) -> Response[Any]:
    async with reading(request) as work:
        found = await queries.detail(work, opportunity_id)
        if not found.may_write:
            raise Denied(_("You may read this but not change it."))
        people = await contacts.of_customer(work, found.opportunity.customer_id)
    return page(
        request, "opportunities/contact.html", title=_("Add a contact"), back=f"/opportunities/{opportunity_id}#people",
        found=found, deal=found.opportunity, form=form, status=status, contacts=[(one.id, one.name) for one in people],
        roles=[(role.value, role.label) for role in ContactRole],
    )  # fmt: skip
