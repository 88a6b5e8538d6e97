"""Entering and changing a lead."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from litestar import Response

from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.core.once import created_once
from domain.core.text import Text, _
from domain.core.work import Work
from domain.leads import actions, policy, queries
from domain.leads.duplicates import DuplicateLead
from domain.leads.inputs import LeadInput
from domain.leads.models import LeadSource
from domain.pools import queries as pools
from domain.pools.models import PoolKind
from domain.search import phones
from webapp.forms import Form, bind, filled, whole_number
from webapp.htmx import AnyRequest
from webapp.pages.customers import differences
from webapp.render import page, see_other
from webapp.work import actor_of, reading, writing

LABELS: Mapping[str, Text] = {
    "name": _("Name"), "company": _("Company name"), "post": _("Post"), "mobile": _("Mobile"), "phone": _("Phone"),
    "wechat": _("WeChat"), "email": _("E-mail"), "source": _("Source"), "need": _("What they want"),
    "country": _("Country"), "region": _("Province or region"), "city": _("City"), "address": _("Address"),
    "notes": _("Notes"),
}  # fmt: skip
CHOICES = {"source": LeadSource}
SOURCES = [(source.value, source.label) for source in LeadSource]
DEEP = frozenset({"phone", "email", "country", "region", "address", "notes", "post"})
"""Fields of the form that are folded away until they are wanted."""


async def show_new(request: AnyRequest) -> Response[Any]:
    """An empty form, or one with a name from the search."""
    actor_of(request).require("leads.create")
    name, pool = request.query_params.get("name", ""), request.query_params.get("pool", "")
    return await _new_form(request, filled(LeadInput, name=name, pool_id=pool, client_uuid=uuid4()))


async def show_edit(request: AnyRequest, lead_id: int) -> Response[Any]:
    """The form with what stands now."""
    async with reading(request) as work:
        found = await queries.detail(work, lead_id)
    if not found.may_write:
        raise Denied(_("You may read this but not change it."))
    if (closed := policy.closed(found.lead.status)) is not None:
        raise Denied(closed)
    return _edit_form(request, filled(LeadInput, **shown(found.lead)), found.lead)


async def save_new(request: AnyRequest) -> Response[Any]:
    """Save a posted new lead; the same form sent twice makes one. One that went to somebody else leads to the list."""
    form = await bind(request, LeadInput)
    try:
        data = form.checked()
        async with writing(request) as work:
            make = partial(actions.create, work, data, client_uuid=data.client_uuid)
            lead_id = await created_once(work, "leads.create", data, make)
    except Invalid as problem:
        return await _new_form(request, form.refuse(problem.errors), problem)
    async with reading(request) as work:
        mine = await _seen(work, lead_id)
    return see_other(request, f"/leads/{lead_id}" if mine else "/leads", toast=_("Saved"))


async def _seen(work: Work, lead_id: int) -> bool:
    """Whether the actor sees it: what was put into a pool may have gone to somebody else at once."""
    try:
        await queries.get(work, lead_id)
    except NotFound:
        return False
    return True


async def save_edit(request: AnyRequest, lead_id: int) -> Response[Any]:
    """Save a posted edit form, or show it again with what is wrong or with what somebody else saved meanwhile."""
    form = await bind(request, LeadInput)
    try:
        async with writing(request) as work:
            await actions.edit(work, lead_id, form.checked(), whole_number(form.raw.get("version")))
    except (Invalid, Conflict) as problem:
        if isinstance(problem, Conflict) and problem.code != "stale":
            raise
        async with reading(request) as work:
            found = await queries.detail(work, lead_id)
        if isinstance(problem, Invalid):
            return _edit_form(request, form.refuse(problem.errors), found.lead, problem=problem, status=422)
        return _edit_form(request, form, found.lead, stale=True, status=409)
    return see_other(request, f"/leads/{lead_id}", toast=_("Saved"))


async def _new_form(request: AnyRequest, form: Form[LeadInput], problem: Invalid | None = None) -> Response[Any]:
    async with reading(request) as work:
        choices = await pools.choices(work, PoolKind.lead)
    return page(
        request, "leads/form.html", title=_("New lead"), back="/leads", form=form, sources=SOURCES, action="/leads",
        version=None, pools=choices, duplicate=_named(problem), theirs=(), more_open=bool(DEEP & set(form.errors)),
        status=422 if problem else 200,
    )  # fmt: skip


def _edit_form(
    request: AnyRequest, form: Form[LeadInput], lead: Any, *,
    problem: Invalid | None = None, stale: bool = False, status: int = 200,
) -> Response[Any]:  # fmt: skip
    here = f"/leads/{lead.id}"
    version = str(form.raw.get("version", lead.version)) if status == 422 else lead.version
    return page(
        request, "leads/form.html", title=_("Edit lead"), back=here, form=form, sources=SOURCES, action=here,
        version=version, pools=(), duplicate=_named(problem), more_open=True, status=status,
        theirs=differences(LABELS, CHOICES, shown(lead), form.raw) if stale else (),
    )  # fmt: skip


def _named(problem: Invalid | None) -> tuple[int, str] | None:
    """The lead that has the same number already, if the reader may see it."""
    return problem.seen if isinstance(problem, DuplicateLead) else None


def shown(lead: Any) -> dict[str, Any]:
    """A lead's fields as the form shows them."""
    values = {name: getattr(lead, name) for name in LABELS}
    return {**values, "mobile": phones.shown(lead.mobile), "phone": phones.shown(lead.phone)}
