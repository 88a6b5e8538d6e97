"""Entering and changing an opportunity: one form with its products, whole without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from litestar import Response

from domain.company.queries import company_settings
from domain.contacts import queries as contacts
from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.core.inputs import parse
from domain.core.lists import ListQuery, fetch_page
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.leads.models import LeadSource
from domain.opportunities import actions, policy, queries
from domain.opportunities.inputs import OpportunityInput
from domain.products.queries import orderable
from webapp.formats import plain
from webapp.forms import Form, key_of, nested, raw_form, whole_number
from webapp.htmx import AnyRequest
from webapp.pages.customers import differences
from webapp.pages.opportunity_lines import typed
from webapp.pages.order_form import changed, rows_in, text_of
from webapp.render import page, see_other
from webapp.work import actor_of, reading, writing

LABELS: Mapping[str, Text] = {
    "name": _("Name"), "amount": _("Expected amount"), "expected_on": _("Expected on"),
    "probability": _("Probability"), "need": _("What they want"), "next_step": _("Next step"),
    "next_step_on": _("Next step on"), "competitors": _("Competitors"), "source": _("Source"), "notes": _("Notes"),
}  # fmt: skip
CHOICES = {"source": LeadSource}
SOURCES = [(source.value, source.label) for source in LeadSource]
FIELDS = (*LABELS, "customer_id", "contact_id", "pipeline_id")
DEEP = frozenset({"contact_id", "pipeline_id", "probability", "source", "competitors", "notes"})
"""Fields of the form that are folded away until they are wanted."""
RECENT = 30
Rows = Sequence[Mapping[str, Any]]


async def show_new(request: AnyRequest) -> Response[Any]:
    """An empty form, perhaps for `?customer=`."""
    actor_of(request).require("opportunities.create")
    raw: dict[str, Any] = {"client_uuid": str(uuid4()), "name": text_of(request.query_params.get("name"))}
    given = key_of(request.query_params.get("customer"))
    async with reading(request) as work:
        if given is not None:
            customer = await customers.get(work, given)
            raw |= {"customer_id": str(customer.id), "fixed": "1"}
        return await _page(request, work, raw, [])


async def show_edit(request: AnyRequest, opportunity_id: int) -> Response[Any]:
    """The form with what stands now."""
    async with reading(request) as work:
        found = await queries.detail(work, opportunity_id)
        _require_writable(found)
        raw = {name: plain(value) for name, value in shown(found.opportunity).items()}
        raw |= {"version": str(found.opportunity.version), "fixed": "1"}
        return await _page(request, work, raw, _rows_of(await queries.lines(work, opportunity_id)), found=found)


async def save_new(request: AnyRequest) -> Response[Any]:
    """Save a posted new one; the same form sent twice makes one. Any other button shows the form again."""
    raw = await raw_form(request)
    if not _is_to_save(raw):
        return await _again(request, raw, None)
    try:
        data = parse(OpportunityInput, nested(raw))
        async with writing(request) as work:
            made = await actions.create(work, data)
    except Invalid as problem:
        return await _refused(request, raw, problem, None)
    return see_other(request, f"/opportunities/{made.id}", toast=_("Saved"))


async def save_edit(request: AnyRequest, opportunity_id: int) -> Response[Any]:
    """Save a change, or show the form again with what is wrong or with what somebody else saved meanwhile."""
    raw = await raw_form(request)
    if not _is_to_save(raw):
        return await _again(request, raw, opportunity_id)
    try:
        data = parse(OpportunityInput, nested(raw))
        async with writing(request) as work:
            await actions.edit(work, opportunity_id, data, whole_number(raw.get("version")))
    except Invalid as problem:
        return await _refused(request, raw, problem, opportunity_id)
    except Conflict as problem:
        if problem.code != "stale":
            raise
        async with reading(request) as work:
            found = await queries.detail(work, opportunity_id)
            raw["version"] = str(found.opportunity.version)
            theirs = differences(LABELS, CHOICES, shown(found.opportunity), raw)
            return await _page(request, work, raw, rows_in(raw), found=found, theirs=theirs, status=409)
    return see_other(request, f"/opportunities/{opportunity_id}", toast=_("Saved"))


def shown(opportunity: Any) -> dict[str, Any]:
    """An opportunity's fields as the form shows them."""
    return {name: getattr(opportunity, name) for name in FIELDS}


def _is_to_save(raw: Mapping[str, Any]) -> bool:
    """Whether the form was sent to be saved; a program that names no button means that too."""
    if raw.get("add") or raw.get("remove"):
        return False
    asked = raw.get("do", "save")
    return asked == "save" or (asked == "enter" and not text_of(raw.get("q")))


def _require_writable(found: queries.Detail) -> None:
    if not found.may_write:
        raise Denied(_("You may read this but not change it."))
    if (closed := policy.closed(found.opportunity.status)) is not None:
        raise Denied(closed)


def _rows_of(lines: Sequence[Any]) -> Rows:
    return [
        {"product_id": str(line.product_id), "quantity": plain(line.quantity), "price": plain(line.price)}
        for line in lines
    ]


async def _again(request: AnyRequest, raw: dict[str, Any], opportunity_id: int | None) -> Response[Any]:
    """The form after "search", "add", "remove" or "recalculate", for a browser without JavaScript."""
    async with reading(request) as work:
        found = await _found(work, opportunity_id)
        q = "" if raw.get("add") else text_of(raw.get("q"))
        return await _page(request, work, {**raw, "q": q}, changed(raw), found=found, told=True)


async def _refused(
    request: AnyRequest, raw: dict[str, Any], problem: Invalid, opportunity_id: int | None
) -> Response[Any]:
    async with reading(request) as work:
        found = await _found(work, opportunity_id)
        return await _page(request, work, raw, rows_in(raw), found=found, errors=problem.errors, status=422)


async def _found(work: Work, opportunity_id: int | None) -> queries.Detail | None:
    """What is being changed; for a new one only the right is asked."""
    if opportunity_id is None:
        work.actor.require("opportunities.create")
        return None
    found = await queries.detail(work, opportunity_id)
    _require_writable(found)
    return found


async def _page(
    request: AnyRequest, work: Work, raw: dict[str, Any], rows: Rows, *, found: queries.Detail | None = None,
    errors: Mapping[str, Sequence[Text]] | None = None, theirs: Sequence[Any] = (), told: bool = False,
    status: int = 200,
) -> Response[Any]:  # fmt: skip
    """The whole form. `told`: faults of the lines are shown although nothing was to be saved yet."""
    lines = await typed(work, rows)
    faults = {**lines.errors, **(errors or {})} if errors or told else {}
    customer = await _customer(work, raw, found)
    fixed = customer is not None and bool(found or raw.get("fixed"))
    here = f"/opportunities/{found.opportunity.id}" if found else "/opportunities"
    back = f"/customers/{customer[0]}" if customer and fixed and not found else here
    q = text_of(raw.get("q"))
    return page(
        request, "opportunities/form.html", status=status, back=back, action=here, theirs=theirs, typed=lines, q=q,
        title=_("Edit opportunity") if found else _("New opportunity"), form=Form(raw, faults), customer=customer,
        fixed=fixed, found=await orderable(work, q) if q else [], version=raw.get("version") if found else None,
        recent=[] if fixed else await recent_customers(work), sources=SOURCES,
        contacts=[(one.id, one.name) for one in await contacts.of_customer(work, customer[0])] if customer else [],
        pipelines=[] if found else [(one.id, one.name) for one in await queries.pipelines(work)],
        currency=(await company_settings(work.session)).currency,
        more_open=bool(DEEP & set(faults)) or found is not None,
    )  # fmt: skip


async def recent_customers(work: Work) -> list[tuple[int, str]]:
    """My customers, the last active first, to choose from before anything is searched."""
    recent = await fetch_page(work, customers.LIST, ListQuery(scene="mine"), size=RECENT)
    return [(row.id, row.name) for row in recent.rows]


async def _customer(work: Work, raw: Mapping[str, Any], found: queries.Detail | None) -> tuple[int, str] | None:
    """Id and name of the customer: that of the opportunity stays, whether the reader sees it or not."""
    if found is not None:
        return found.opportunity.customer_id, found.customer
    number = key_of(raw.get("customer_id"))
    try:
        return None if number is None else (number, (await customers.get(work, number)).name)
    except NotFound:
        return None
