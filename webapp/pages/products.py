"""Products: found by name, initials or code; kept by whoever has the right."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.core.errors import Conflict, Invalid
from domain.core.inputs import parse
from domain.core.text import Text, _
from domain.core.work import Work
from domain.products import actions, queries
from domain.products.actions import FIELDS
from domain.products.inputs import CategoryInput, ProductInput
from domain.products.models import Product, ProductCategory
from webapp.forms import Form, bind, filled
from webapp.htmx import AnyRequest, wants_fragment
from webapp.listing import listing
from webapp.render import fragment, page, see_other
from webapp.work import reading, writing

LABELS: dict[str, Text] = {
    "code": _("Code"), "name": _("Name"), "unit": _("Unit"), "spec": _("Specification"), "category_id": _("Category"),
    "list_price": _("List price"), "active": _("On sale"),
}  # fmt: skip


class Products(Controller):
    """Open to whoever may view products."""

    path = "/products"

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The list by name."""
        async with reading(request) as work:
            work.actor.require("products.view")
            found = await listing(request, work, queries.LIST)
            categories = await queries.categories(work)
        context: dict[str, Any] = {
            "listing": found,
            "rows": found.rows,
            "categories": [(str(one.id), one.name) for one in categories],
        }
        if wants_fragment(request):
            return fragment(request, "products/list.html", "rows" if found.query.cursor else "results", **context)
        return page(request, "products/list.html", title=_("Products"), **context)

    @get("/new")
    async def new(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """An empty form."""
        async with reading(request) as work:
            work.actor.require("products.create")
            return await self._form(request, work, filled(ProductInput, active=True), None)

    @post(status_code=200)
    async def create(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Add a product."""
        form = await bind(request, ProductInput)
        try:
            async with writing(request) as work:
                work.actor.require("products.create")
                product = await actions.create(work, await _with_category(work, form))
        except Invalid as problem:
            async with reading(request) as work:
                return await self._form(request, work, form.refuse(problem.errors), None, 422)
        return see_other(request, f"/products/{product.id}", toast=_("Saved"))

    @get("/{product_id:int}")
    async def show(self, request: Request[Any, Any, Any], product_id: FromPath[int]) -> Response[Any]:
        """One product."""
        async with reading(request) as work:
            product = await queries.get(work, product_id)
            category = await work.session.get(ProductCategory, product.category_id) if product.category_id else None
        return page(
            request, "products/show.html", title=product.name, back="/products", product=product, category=category
        )

    @get("/{product_id:int}/edit")
    async def change(self, request: Request[Any, Any, Any], product_id: FromPath[int]) -> Response[Any]:
        """The form of a product."""
        async with reading(request) as work:
            product = await queries.get(work, product_id)
            work.actor.require("products.edit", _("You may read products but not change them."))
            form = filled(ProductInput, **{name: getattr(product, name) for name in FIELDS}, version=product.version)
            return await self._form(request, work, form, product)

    @post("/{product_id:int}", status_code=200)
    async def edit(self, request: Request[Any, Any, Any], product_id: FromPath[int]) -> Response[Any]:
        """Save a product; a stale form shows what stands now and keeps what was typed."""
        form = await bind(request, ProductInput)
        version = str(form.raw.get("version", ""))
        try:
            async with writing(request) as work:
                await queries.get(work, product_id)
                work.actor.require("products.edit", _("You may read products but not change them."))
                data = await _with_category(work, form)
                await actions.edit(work, product_id, data, int(version) if version.isdecimal() else None)
        except Invalid as problem:
            async with reading(request) as work:
                product = await queries.get(work, product_id)
                return await self._form(request, work, form.refuse(problem.errors), product, 422)
        except Conflict as problem:
            async with reading(request) as work:
                product = await queries.get(work, product_id)
                return await self._form(request, work, form, product, 409, problem)
        return see_other(request, f"/products/{product_id}", toast=_("Saved"))

    async def _form(
        self,
        request: AnyRequest,
        work: Work,
        form: Form[ProductInput],
        product: Product | None,
        status: int = 200,
        conflict: Conflict | None = None,
    ) -> Response[Any]:
        categories = await queries.categories(work)
        theirs = [(LABELS[name], value) for name, value in (conflict.current if conflict else {}).items()
                  if value not in (None, "") and str(value) != str(form.raw.get(name, ""))]  # fmt: skip
        return page(
            request,
            "products/form.html",
            status=status,
            form=form,
            product=product,
            theirs=theirs,
            conflict=conflict,
            title=_("Change product") if product else _("New product"),
            back=f"/products/{product.id}" if product else "/products",
            categories=[(one.id, one.name) for one in categories],
        )


async def _with_category(work: Work, form: Form[ProductInput]) -> ProductInput:
    """The checked input; a category typed anew is made on the way."""
    data = form.checked()
    name = str(form.raw.get("new_category", "")).strip()
    if not name:
        return data
    try:
        category = parse(CategoryInput, {"name": name})
    except Invalid as problem:
        raise Invalid({"new_category": problem.errors["name"]}) from problem
    made = await actions.add_category(work, category)
    return data.model_copy(update={"category_id": made.id})
