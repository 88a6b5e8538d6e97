"""Writing an order: one form for the phone, priced by the server while it is typed, whole without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.approvals.queries import candidates
from domain.core.errors import Conflict, Invalid, NotFound
from domain.core.inputs import parse
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.opportunities import queries as opportunities
from domain.opportunities.models import Opportunity
from domain.orders import actions, policy, queries
from domain.orders.inputs import OrderInput
from domain.orders.lines import quote
from domain.orders.models import Order
from domain.orders.shipto import address_of
from domain.products.queries import by_ids, orderable
from webapp.formats import plain
from webapp.forms import Form, key_of, nested, raw_form
from webapp.htmx import AnyRequest
from webapp.render import fragment, page, see_other
from webapp.work import reading, writing

Rows = list[dict[str, Any]]
HEAD = ("customer_id", "contact_id", "required_on", "discount_percent", "approver_id", "ship_name", "ship_address",
        "notes")  # fmt: skip
KEPT = {"discount_percent": _("Order discount"), "ship_name": _("Receiver"), "ship_address": _("Delivery address"),
        "notes": _("Notes"), "required_on": _("Wanted by")}  # fmt: skip


class OrderForms(Controller):
    """Forms of orders. Buttons named `do`, `add` and `remove` say what shall happen; all send the whole form."""

    path = "/orders"

    @get("/new")
    async def new(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """An empty order, perhaps for `?customer=`, or one with the products of `?opportunity=`."""
        async with reading(request) as work:
            work.actor.require("orders.create")
            raw: dict[str, Any] = {"client_uuid": str(uuid4())}
            given, rows = key_of(request.query_params.get("customer")), []
            wanted = key_of(request.query_params.get("opportunity"))
            if wanted is not None:
                deal = await opportunities.get(work, wanted)
                given, rows = deal.customer_id, await _rows_of_opportunity(work, deal)
                raw |= {"opportunity_id": str(wanted), "contact_id": plain(deal.contact_id)}
            if given is not None:
                customer = await customers.get(work, given)
                raw |= {"customer_id": str(customer.id), "fixed": "1", "ship_name": customer.name,
                        "ship_address": address_of(customer) or ""}  # fmt: skip
            return await _page(request, work, raw, rows)

    @get("/{order_id:int}/edit")
    async def change(self, request: Request[Any, Any, Any], order_id: FromPath[int]) -> Response[Any]:
        """The form of a draft or rejected order."""
        async with reading(request) as work:
            order = await queries.get(work, order_id)
            reason = policy.why_not_edit(work.actor, order, await queries.may_write(work, order_id))
            if reason is not None:
                return see_other(request, f"/orders/{order_id}", toast=reason, tone="warn")
            raw = {name: plain(getattr(order, name)) for name in HEAD} | {"version": str(order.version), "fixed": "1"}
            return await _page(request, work, raw, _rows_of(order), order=order)

    @post("/quote", status_code=200)
    async def price(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Totals and authority of what is typed so far."""
        raw = await raw_form(request)
        async with reading(request) as work:
            work.actor.require("orders.view")
            found = await quote(work, rows_in(raw), raw.get("discount_percent"))
        return fragment(request, "orders/answers.html", "quote", quote=found)

    @post("/lines", status_code=200)
    async def lines(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """All lines after one was added or removed."""
        raw = await raw_form(request)
        async with reading(request) as work:
            work.actor.require("orders.view")
            found = await quote(work, changed(raw), raw.get("discount_percent"))
        return fragment(request, "orders/answers.html", "lines", quote=found)

    @get("/products")
    async def products(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Products on sale that match what is typed."""
        q = text_of(request.query_params.get("q"))
        async with reading(request) as work:
            work.actor.require("orders.view")
            found = await orderable(work, q) if q else []
        return fragment(request, "orders/answers.html", "found", found=found, q=q)


async def save_new(request: AnyRequest) -> Response[Any]:
    """Keep a draft or send it at once (`do`); any other button changes the form and shows it again."""
    raw = await raw_form(request)
    if raw.get("do") not in ("save", "send"):
        return await _again(request, raw, None)
    send = raw["do"] == "send"
    try:
        data = parse(OrderInput, {"lines": [], **nested(raw)})
        async with writing(request) as work:
            order = await actions.create(work, data, send=send)
    except Invalid as problem:
        return await _refused(request, raw, problem, None)
    toast = _("Sent for approval") if order.status == "awaiting" else _("Draft saved")
    return see_other(request, f"/orders/{order.id}", toast=toast)


async def save_change(request: AnyRequest, order_id: int) -> Response[Any]:
    """Save a change, or send it at once; a stale form shows what stands now and keeps what was typed."""
    raw = await raw_form(request)
    async with reading(request) as work:
        order = await queries.get(work, order_id)
    if raw.get("do") not in ("save", "send"):
        return await _again(request, raw, order)
    try:
        data = parse(OrderInput, {"lines": [], **nested(raw)})
        async with writing(request) as work:
            order = await actions.edit(work, order_id, data, key_of(raw.get("version")) or 0, send=raw["do"] == "send")
    except Invalid as problem:
        return await _refused(request, raw, problem, order)
    except Conflict as problem:
        if problem.code != "stale":
            raise
        async with reading(request) as work:
            order = await queries.get(work, order_id)
            raw["version"] = str(order.version)
            return await _page(request, work, raw, rows_in(raw), order=order, status=409, conflict=problem)
    toast = _("Sent for approval") if order.status == "awaiting" else _("Saved")
    return see_other(request, f"/orders/{order.id}", toast=toast)


def rows_in(raw: Mapping[str, Any]) -> Rows:
    """The lines of a posted form, in order; a field that came twice counts as empty."""
    empty = {"quantity": "", "discount_percent": ""}
    lines: Rows = nested(raw).get("lines", [])
    return [empty | {name: value for name, value in row.items() if isinstance(value, str)} for row in lines]


def changed(raw: Mapping[str, Any]) -> Rows:
    """The lines after the button that was pressed: one more of a product, or one line less."""
    rows = rows_in(raw)
    added, removed = key_of(raw.get("add")), raw.get("remove")
    if added is not None:
        same = next((row for row in rows if row.get("product_id") == str(added)), None)
        if same is None:
            return [*rows, {"product_id": str(added), "quantity": "1", "discount_percent": ""}]
        quantity = text_of(same.get("quantity"))
        same["quantity"] = str(int(quantity) + 1) if quantity.isdecimal() and len(quantity) < 9 else quantity or "1"
    elif isinstance(removed, str) and removed.isdecimal() and int(removed) < len(rows):
        rows.pop(int(removed))
    return rows


def text_of(value: Any) -> str:
    """One line that was typed."""
    return value.replace("\0", "").strip()[:100] if isinstance(value, str) else ""


def _rows_of(order: Order) -> Rows:
    return [
        {
            "product_id": str(line.product_id),
            "quantity": plain(line.quantity),
            "discount_percent": plain(line.discount_percent) if line.discount_percent else "",
            **({"unit_price": plain(line.unit_price)} if line.unit_price != line.list_price else {}),
        }
        for line in order.lines
    ]


async def _rows_of_opportunity(work: Work, deal: Opportunity) -> Rows:
    """Its products at the prices hoped for, where these are not the prices of the list."""
    products = await by_ids(work, {line.product_id for line in deal.lines})
    return [
        {
            "product_id": str(line.product_id),
            "quantity": plain(line.quantity),
            "discount_percent": "",
            **({} if products[line.product_id].list_price == line.price else {"unit_price": plain(line.price)}),
        }
        for line in deal.lines
    ]


async def _again(request: AnyRequest, raw: dict[str, Any], order: Order | None) -> Response[Any]:
    """The form after "search", "add", "remove" or "recalculate", for a browser without JavaScript."""
    async with reading(request) as work:
        work.actor.require("orders.create" if order is None else "orders.edit")
        q = text_of(raw.get("q"))
        if raw.get("add"):
            q = ""
        return await _page(request, work, {**raw, "q": q}, changed(raw), order=order, told=True)


async def _refused(request: AnyRequest, raw: dict[str, Any], problem: Invalid, order: Order | None) -> Response[Any]:
    errors: dict[str, Sequence[Text]] = dict(problem.errors)
    if problem.code == "key_reused":
        errors = {"": (_("This form was sent before. Look at your orders first; send it again for a second order."),)}
        raw["client_uuid"] = str(uuid4())
    async with reading(request) as work:
        return await _page(request, work, raw, rows_in(raw), order=order, errors=errors, status=422)


async def _page(
    request: AnyRequest,
    work: Work,
    raw: dict[str, Any],
    rows: Rows,
    *,
    order: Order | None = None,
    errors: Mapping[str, Sequence[Text]] | None = None,
    told: bool = False,
    status: int = 200,
    conflict: Conflict | None = None,
) -> Response[Any]:
    """The whole form. `told`: faults of the lines are shown although nothing was to be saved yet."""
    found = await quote(work, rows, raw.get("discount_percent"))
    shown = {**found.errors, **(errors or {})} if errors or told else {}
    q = text_of(raw.get("q"))
    customer = await _customer(work, raw)
    fixed = customer is not None and bool(raw.get("fixed"))
    deal_id = key_of(raw.get("opportunity_id"))
    back = f"/customers/{customer.id}" if customer and fixed else "/orders"
    back = f"/opportunities/{deal_id}" if deal_id and not order else back
    return page(
        request, "orders/form.html", status=status, back=f"/orders/{order.id}" if order else back,
        title=_("Change order") if order else _("New order"),
        form=Form({"discount_percent": "", **raw}, shown), quote=found, order=order, q=q,
        found=await orderable(work, q) if q else [],
        customer=customer, fixed=fixed,
        customers=[] if fixed else await queries.recent_customers(work),
        contacts=await queries.contacts_of(work, customer.id) if customer else [],
        approvers=[(one.id, one.name) for one in await candidates(work, "orders")],
        conflict=conflict, theirs=_theirs(conflict, raw),
    )  # fmt: skip


async def _customer(work: Work, raw: Mapping[str, Any]) -> Customer | None:
    number = key_of(raw.get("customer_id"))
    try:
        return None if number is None else await customers.get(work, number)
    except NotFound:
        return None


def _theirs(conflict: Conflict | None, raw: Mapping[str, Any]) -> list[tuple[Text, str]]:
    """What stands now where it differs from what was typed."""
    current = conflict.current if conflict else {}
    return [
        (label, plain(current.get(name)) or "–")
        for name, label in KEPT.items()
        if conflict and plain(current.get(name)) != plain(raw.get(name))
    ]
