"""Customers: the list, and the forms for entering and changing one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.contacts import queries as contacts
from domain.core.errors import Conflict, Denied, Invalid
from domain.core.lists import ListQuery, fetch_page
from domain.core.once import created_once
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import actions, queries
from domain.customers.duplicates import Duplicate
from domain.customers.inputs import CustomerInput, NewCustomer
from domain.customers.models import Customer, CustomerKind, DealStatus, FollowStage, Industry, Level, Need, Size
from domain.pools import queries as pools
from domain.pools.models import PoolKind
from domain.search import phones
from webapp.formats import plain
from webapp.forms import Form, bind, filled, whole_number
from webapp.htmx import AnyRequest
from webapp.pages.customer_rows import row_views
from webapp.pages.record_list import RecordList
from webapp.render import fragment, page, see_other
from webapp.work import actor_of, reading, writing

LABELS: Mapping[str, Text] = {
    "name": _("Name"), "kind": _("Kind"), "level": _("Level"), "industry": _("Industry"), "size": _("Size"),
    "need": _("Need"), "follow_stage": _("Stage"), "source": _("Source"), "phone": _("Phone"), "email": _("E-mail"),
    "website": _("Website"), "country": _("Country"), "region": _("Province or region"), "city": _("City"),
    "address": _("Address"), "postal_code": _("Postcode"), "credit_limit": _("Credit limit"), "notes": _("Notes"),
}  # fmt: skip
CHOICES = {"kind": CustomerKind, "level": Level, "industry": Industry, "size": Size, "need": Need,
           "follow_stage": FollowStage}  # fmt: skip
OPTIONS = {name: [(member.value, member.label) for member in kind] for name, kind in CHOICES.items()}
RECORDS = RecordList(
    spec=queries.LIST,
    kind=PoolKind.customer,
    title=_("Customers"),
    row_views=row_views,
    options={
        "level": OPTIONS["level"],
        "stage": OPTIONS["follow_stage"],
        "industry": OPTIONS["industry"],
        "deal": [(one.value, one.label) for one in DealStatus],
    },
)
EDIT_FIELDS = (*actions.FIELDS, "follow_stage")


class Customers(Controller):
    """Open to whoever may see customers."""

    path = "/customers"

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The list."""
        return await RECORDS.show(request)

    @get("/filter")
    async def choose(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The fields of its filter."""
        return await RECORDS.show_filter(request)

    @get("/pick")
    async def pick(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The answer to a picker of customers: up to a dozen for what was typed."""
        q = request.query_params.get("q", "")
        query = ListQuery(q=q.strip()[:100] if isinstance(q, str) else "")
        async with reading(request) as work:
            work.actor.require("customers.view")
            found = await fetch_page(work, queries.LIST, query, size=12)
        items = [(row.id, row.name, " · ".join(filter(None, (row.city, row.owner)))) for row in found.rows]
        return fragment(request, "customers/snippets.html", "picked", items=items)

    @get("/same-name")
    async def same_name(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Said while typing: is there one of this name already?"""
        name = request.query_params.get("name", "")
        kind = CustomerKind.person if request.query_params.get("kind") == "person" else CustomerKind.company
        rows: Sequence[Any] = ()
        async with reading(request) as work:
            work.actor.require("customers.create")
            if isinstance(name, str) and name.strip() and "\x00" not in name:
                rows = await queries.same_name(work, actions.name_key(kind, name[:200]), kind)
        seen = [(row[0], row[1]) for row in rows if row[2]]
        return fragment(request, "customers/snippets.html", "same_name", seen=seen, unseen=len(rows) - len(seen))

    @get("/bin")
    async def binned(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """What was deleted, newest first, to be restored."""
        async with reading(request) as work:
            actions.require_bin(work)
            rows, people = await queries.binned(work), await contacts.binned(work)
        return page(request, "customers/bin.html", title=_("Bin"), back="/customers", rows=rows, people=people)

    @get("/new")
    async def new(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """An empty form, or one with a name from the search."""
        actor_of(request).require("customers.create")
        name = request.query_params.get("name", "")
        pool = request.query_params.get("pool", "")
        form = filled(NewCustomer, kind=CustomerKind.company, name=name, pool_id=pool, client_uuid=uuid4())
        return await self._new_form(request, form)

    @post(status_code=200)
    async def create(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Save a new customer, and go on to its page or to its first contact."""
        form = await bind(request, NewCustomer)
        try:
            data = form.checked()
            async with writing(request) as work:
                customer_id = await created_once(
                    work,
                    "customers.create",
                    data,
                    partial(_create, work, data),
                    besides={"then", "confirmed_duplicate"},
                )
        except Duplicate as problem:
            return await self._new_form(request, form.refuse(problem.errors), problem)
        except Invalid as problem:
            return await self._new_form(request, form.refuse(problem.errors))
        if data.then == "contact":
            return see_other(request, f"/contacts/new?customer={customer_id}", toast=_("Saved"))
        return see_other(request, f"/customers/{customer_id}", toast=_("Saved"))

    @get("/{customer_id:int}/edit")
    async def change(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """The form with what stands now."""
        async with reading(request) as work:
            found = await queries.detail(work, customer_id)
        if not found.may_write:
            raise Denied(_("You may read this but not change it."))
        form = filled(CustomerInput, **_shown(found.customer))
        return _edit_form(request, form, found.customer)

    async def _new_form(
        self, request: AnyRequest, form: Form[NewCustomer], duplicate: Duplicate | None = None
    ) -> Response[Any]:
        async with reading(request) as work:
            choices = await pools.choices(work, PoolKind.customer)
        return page(
            request, "customers/form.html", title=_("New customer"), back="/customers", form=form, options=OPTIONS,
            action="/customers", version=None, pools=choices, duplicate=duplicate, theirs=(), cancel="/customers",
            more_open=_is_deep(form), status=422 if form.errors else 200,
        )  # fmt: skip


async def save_edit(request: AnyRequest, customer_id: int) -> Response[Any]:
    """Save a posted edit form, or show it again with what is wrong or with what somebody else saved meanwhile."""
    form = await bind(request, CustomerInput)
    try:
        async with writing(request) as work:
            await actions.edit(work, customer_id, form.checked(), whole_number(form.raw.get("version")))
    except (Invalid, Conflict) as problem:
        if isinstance(problem, Conflict) and problem.code != "stale":
            raise
        async with reading(request) as work:
            customer = await queries.get(work, customer_id)
        if isinstance(problem, Invalid):
            refused = form.refuse(problem.errors)
            return _edit_form(request, refused, customer, duplicate=problem, status=422)
        return _edit_form(request, form, customer, stale=True, status=409)
    return see_other(request, f"/customers/{customer_id}", toast=_("Saved"))


def _edit_form(
    request: AnyRequest, form: Form[CustomerInput], customer: Customer, *,
    duplicate: Invalid | None = None, stale: bool = False, status: int = 200,
) -> Response[Any]:  # fmt: skip
    here = f"/customers/{customer.id}"
    version = str(form.raw.get("version", customer.version)) if status == 422 else customer.version
    return page(
        request, "customers/form.html", title=_("Edit customer"), back=here, form=form, options=OPTIONS,
        action=here, version=version, pools=(), cancel=here, status=status,
        duplicate=duplicate if isinstance(duplicate, Duplicate) else None,
        theirs=differences(LABELS, CHOICES, _shown(customer), form.raw) if stale else (),
        more_open=True,
    )  # fmt: skip


ON_TOP = frozenset({"", "name", "kind", "phone", "city", "address", "level", "industry", "pool_id"})
"""Fields of the form that are seen at once; the others are folded away."""


def _is_deep(form: Form[Any]) -> bool:
    """Whether something is wrong with a field that is folded away."""
    return any(name not in ON_TOP for name in form.errors)


async def _create(work: Work, data: NewCustomer) -> Customer:
    return await actions.create(
        work, data, confirmed_duplicate=data.confirmed_duplicate, client_uuid=data.client_uuid
    )  # fmt: skip


def _shown(customer: Customer) -> dict[str, Any]:
    """A customer's fields as the form shows them."""
    values = {name: getattr(customer, name) for name in EDIT_FIELDS}
    return {**values, "phone": phones.shown(customer.phone)}


def differences(
    labels: Mapping[str, Text], choices: Mapping[str, Any], now: Mapping[str, Any], typed: Mapping[str, Any]
) -> list[tuple[str, Text, Any, Any]]:
    """Fields in which what stands now is not what was typed: name, label, both values."""
    found = []
    for name, label in labels.items():
        stands, wanted = plain(now.get(name)), str(typed.get(name, ""))
        if stands.strip() != wanted.strip():
            kind = choices.get(name)
            found.append((name, label, _said(kind, stands), _said(kind, wanted)))
    return found


def _said(kind: Any, value: str) -> Any:
    return kind(value).label if kind is not None and value in list(kind) else value
