"""Customers: the list, and the forms for entering and changing one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from sqlalchemy import select

from domain.contacts import queries as contacts
from domain.core.errors import Conflict, Denied, Invalid
from domain.core.lists import ListQuery, fetch_page
from domain.core.once import once
from domain.core.text import Text, _
from domain.core.work import Work, clock
from domain.customers import actions, queries
from domain.customers.duplicates import Duplicate
from domain.customers.inputs import CustomerInput, NewCustomer
from domain.customers.models import Customer, CustomerKind, DealStatus, FollowStage, Industry, Level, Need, Size
from domain.people.models import User
from domain.pools import queries as pools
from domain.pools.models import PoolKind
from domain.search import phones
from webapp import csrf
from webapp.formats import plain
from webapp.forms import Form, bind, filled, whole_number
from webapp.htmx import AnyRequest, wants_fragment
from webapp.listing import Listing, block_of, listing
from webapp.pages import customer_tools
from webapp.pages.customer_rows import row_views
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
MOST_OWNERS = 200
"""More names than this no select can hold; who leads more people filters by the address of the team page."""
EDIT_FIELDS = (*actions.FIELDS, "follow_stage")


class Customers(Controller):
    """Open to whoever may see customers."""

    path = "/customers"

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The list: scenes, search, filters, page after page."""
        async with reading(request) as work:
            work.actor.require("customers.view")
            found = await listing(request, work, queries.LIST)
            part = block_of(request, found)
        clear = f"/customers?{replace(found.query, filters={}).params()}"
        context = {"listing": found, "rows": views(request, found.rows), "clear": clear, **choosing(request, found)}
        if part is not None:
            return fragment(request, "customers/list.html", part, **context)
        return page(request, "customers/list.html", title=_("Customers"), **context)

    @get("/filter")
    async def choose(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The fields of the filter, fetched when the sheet opens; a page of its own without JavaScript."""
        query = ListQuery.of(
            queries.LIST, {name: value for name, value in request.query_params.items() if isinstance(value, str)}
        )
        async with reading(request) as work:
            work.actor.require("customers.view")
            sheet = await sheet_of(work, query)
        context: dict[str, Any] = {"sheet": sheet, "query": query}
        if wants_fragment(request):
            return fragment(request, "customers/filter.html", "fields", **context)
        return page(request, "customers/filter.html", title=_("Filter"), back=f"/customers?{query.params()}", **context)

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
                customer_id = await _create_once(work, data)
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


async def _create_once(work: Work, data: NewCustomer) -> int:
    """Create the customer unless this very form was sent before; returns its id."""

    async def make() -> dict[str, Any]:
        made = await actions.create(
            work, data, confirmed_duplicate=data.confirmed_duplicate, client_uuid=data.client_uuid
        )
        return {"id": made.id}

    body = data.model_dump(mode="json", exclude={"client_uuid", "then", "confirmed_duplicate"})
    key = str(data.client_uuid) if data.client_uuid else None
    return int((await once(work, key, "customers.create", body, make))["id"])


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


def views(request: AnyRequest, rows: Sequence[Any]) -> Any:
    """The rows in the reader's language."""
    actor = actor_of(request)
    language = request.scope["state"]["language"]
    token = csrf.masked(request.scope["state"]["csrf"])
    return row_views(rows, language, actor, token=token, now=clock())


def choosing(request: AnyRequest, found: Listing) -> dict[str, Any]:
    """The list's menu, or while rows are being chosen what can be done with them."""
    actor = actor_of(request)
    acts = customer_tools.bulk_acts(actor, found.query) if found.rows and customer_tools.is_choosing(request) else ()
    if not acts:
        menu = customer_tools.tools(actor, request.scope["state"]["language"], found.query)
        return {"acts": (), "menu": menu, "next_url": found.next_url}
    return {"acts": acts, "menu": "", "next_url": found.next_url and f"{found.next_url}&select=1"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the filter sheet offers, and the address without filters."""

    chosen: Mapping[str, str]
    clear: str
    keep: Sequence[tuple[str, str]]
    owners: Sequence[tuple[int, str]]
    pools: Sequence[tuple[int, str]]
    sorts: Sequence[tuple[str, Text]] = tuple((sort.name, sort.label) for sort in queries.LIST.sorts)
    level: Sequence[tuple[str, Text]] = tuple(OPTIONS["level"])
    stage: Sequence[tuple[str, Text]] = tuple(OPTIONS["follow_stage"])
    industry: Sequence[tuple[str, Text]] = tuple(OPTIONS["industry"])
    deal: Sequence[tuple[str, Text]] = tuple((member.value, member.label) for member in DealStatus)


async def sheet_of(work: Work, query: ListQuery) -> Sheet:
    """The filter sheet of this reader: pools if they have any, owners if somebody works under them."""
    actor = work.actor
    choices = await pools.choices(work, PoolKind.customer) if actor.pool_ids or actor.everything else ()
    chosen = whole_number(query.filters.get("owner"))
    owners: Sequence[tuple[int, str]] = ()
    if actor.subordinate_ids or chosen:
        ids = {*actor.subordinate_ids[:MOST_OWNERS], *filter(None, (actor.id, chosen))}
        statement = select(User.id, User.name).where(User.id.in_(sorted(ids))).order_by(User.name)
        owners = [(row.id, row.name) for row in await work.session.execute(statement)]
    plain_query = replace(query, filters={}, cursor=None)
    return Sheet(
        chosen={item.name: query.filters.get(item.name, "") for item in queries.LIST.filters},
        clear=f"/customers?{plain_query.params()}",
        keep=[
            (name, value)
            for name, value in (("scene", query.scene), ("q", query.q), ("area", query.filters.get("area")))
            if value
        ],
        owners=owners,
        pools=choices,
    )
