"""A lead becomes a customer: first who it may be already, then one form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.company.queries import company_settings
from domain.contacts.actions import DuplicateMobile
from domain.core.errors import Conflict, Denied, Invalid
from domain.core.lists import ListQuery, fetch_page
from domain.core.text import Text, _
from domain.customers import queries as customers
from domain.customers.duplicates import Duplicate
from domain.customers.models import CustomerKind
from domain.leads import actions, queries
from domain.leads.inputs import ConvertInput
from domain.leads.matching import matches
from domain.leads.models import LeadSource, LeadStatus
from webapp.forms import Form, bound, raw_form, whole_number
from webapp.htmx import AnyRequest
from webapp.pages.customers import OPTIONS
from webapp.render import page, see_other
from webapp.work import reading, writing

RECENT = 30


class LeadConvert(Controller):
    """Open to whoever may convert the lead."""

    path = "/leads/{lead_id:int}/convert"

    @get()
    async def ask(self, request: Request[Any, Any, Any], lead_id: FromPath[int]) -> Response[Any]:
        """Who it may be already, and the form with what is known."""
        return await _form(request, lead_id, None)

    @post(status_code=200)
    async def convert(self, request: Request[Any, Any, Any], lead_id: FromPath[int]) -> Response[Any]:
        """Make the customer, the contact and the opportunity, or link it to those that there are, and go on to them."""
        form = entered(await raw_form(request))
        try:
            async with writing(request) as work:
                made = await actions.convert(work, lead_id, form.checked(), whole_number(form.raw.get("version")))
        except Invalid as problem:
            return await _form(request, lead_id, form.refuse(problem.errors), problem=problem, status=422)
        except Conflict as problem:
            if problem.code != "stale":
                raise
            return await _form(request, lead_id, form, stale=problem.message, status=409)
        url = f"/opportunities/{made.opportunity.id}" if made.opportunity else f"/customers/{made.customer.id}"
        return see_other(request, url, toast=_("%(name)s is a customer now.", name=made.customer.name))


def entered(raw: Mapping[str, Any]) -> Form[ConvertInput]:
    """What was chosen: `to` is new, other (see `customer_id`) or a customer's number; `who` new, none or a contact."""
    to, who = str(raw.get("to", "")), str(raw.get("who", "new"))
    picked = raw.get("customer_id", "") if to == "other" else "" if to == "new" else to
    values = {**raw, "customer_id": picked, "contact": who != "none", "contact_id": who if who.isdecimal() else ""}
    form = bound(ConvertInput, values)
    if not picked and to != "new":
        return Form(raw, {**form.errors, "customer_id": (_("Please choose one of the list."),)}, None)
    return Form(raw, form.errors, form.data)


async def _form(
    request: AnyRequest, lead_id: int, form: Form[ConvertInput] | None, *,
    problem: Invalid | None = None, stale: Text | None = None, status: int = 200,
) -> Response[Any]:  # fmt: skip
    async with reading(request) as work:
        found = await queries.detail(work, lead_id)
        lead = found.lead
        work.actor.require("leads.convert")
        if not found.may_write:
            raise Denied(_("You may read this but not change it."))
        like = await matches(work, lead)
        may_sell, currency = work.actor.may("opportunities.create"), (await company_settings(work.session)).currency
        recent = await fetch_page(work, customers.LIST, ListQuery(scene="mine"), size=RECENT)
    if form is None:
        form = Form(_start(lead, bool(like.seen)) | ({"opportunity": "1"} if may_sell else {}))
    version = form.raw.get("version", lead.version) if status == 422 else lead.version
    return page(
        request, "leads/convert.html", title=_("Convert"), back=f"/leads/{lead_id}", lead=lead, matches=like,
        recent=[(row.id, row.name) for row in recent.rows], form=form, version=version, kinds=OPTIONS["kind"],
        duplicate=problem if isinstance(problem, Duplicate) else None,
        may_sell=may_sell, currency=currency, source=LeadSource(lead.source).label if lead.source else "",
        contact_there=problem.seen if isinstance(problem, DuplicateMobile) else None, stale=stale, status=status,
        off=None if lead.status in OPEN else LeadStatus(lead.status).label,
    )  # fmt: skip


OPEN = (LeadStatus.pending, LeadStatus.following)


def _start(lead: Any, doubtful: bool) -> dict[str, str]:
    """The form at first; where somebody is like the lead, nothing is chosen for the reader."""
    kind = CustomerKind.company if lead.company else CustomerKind.person
    return {
        "to": "" if doubtful else "new", "who": "new", "customer_name": lead.company or lead.name, "kind": kind.value,
        "contact_name": lead.name, "opportunity_name": lead.company or lead.name,
    }  # fmt: skip
