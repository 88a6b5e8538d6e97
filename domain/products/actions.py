"""Verbs of products."""

from __future__ import annotations

from sqlalchemy import exists, select

from domain.core.errors import Denied, Invalid
from domain.core.model import snapshot
from domain.core.text import Text, _
from domain.core.work import Work
from domain.products import queries
from domain.products.events import ProductChanged, ProductCreated
from domain.products.inputs import CategoryInput, ProductInput
from domain.products.models import Product, ProductCategory
from domain.products.search import search_text
from domain.search.pinyin import sort_key

FIELDS = ("code", "name", "unit", "spec", "category_id", "list_price", "active")


async def create(work: Work, data: ProductInput) -> Product:
    """Add a product. Raises Denied, or Invalid for a code that is taken."""
    work.actor.require("products.create")
    await _check(work, data, None)
    product = Product(created_by_id=work.actor.id)
    _fill(product, data)
    work.session.add(product)
    await work.session.flush()  # the event needs the id
    work.record(ProductCreated(record_id=product.id, code=product.code))
    return product


async def edit(work: Work, product_id: int, data: ProductInput, version: int | None = None) -> Product:
    """Change a product. Orders keep the name and price they were written with. Raises Conflict on a stale form."""
    product = await queries.get(work, product_id, lock=True)
    work.actor.require("products.edit", _("You may read products but not change them."))
    work.touch(product, version, current=snapshot(product, *FIELDS))
    await _check(work, data, product.id)
    _fill(product, data)
    work.record(ProductChanged(record_id=product.id, code=product.code))
    return product


async def add_category(work: Work, data: CategoryInput) -> ProductCategory:
    """Add a category, or give back the one of that name."""
    if not (work.actor.may("products.create") or work.actor.may("products.edit")):
        raise Denied(_("You may read products but not change them."))
    found = await work.session.scalar(select(ProductCategory).where(ProductCategory.name == data.name))
    if found is None:
        found = ProductCategory(name=data.name, created_by_id=work.actor.id)
        work.session.add(found)
        await work.session.flush()  # callers use the id at once
    return found


async def _check(work: Work, data: ProductInput, own_id: int | None) -> None:
    errors: dict[str, tuple[Text, ...]] = {}
    taken = select(exists().where(Product.code == data.code, Product.id != (own_id or 0)))
    if (await work.session.execute(taken)).scalar_one():
        errors["code"] = (_("Another product has this code."),)
    if data.category_id is not None and await work.session.get(ProductCategory, data.category_id) is None:
        errors["category_id"] = (_("There is no such category."),)
    if errors:
        raise Invalid(errors)


def _fill(product: Product, data: ProductInput) -> None:
    for name in FIELDS:
        setattr(product, name, getattr(data, name))
    product.name_sort = sort_key(data.name)
    product.txt = search_text(data.name, data.code, data.spec)
