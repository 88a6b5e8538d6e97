"""Who sees which products, and the list of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, select, true

from domain.core.access import Actor
from domain.core.lists import Column, Filter, ListSpec, Scene, Sort
from domain.core.text import _
from domain.core.work import Work
from domain.products.models import Product, ProductCategory
from domain.products.search import matches


def visible(actor: Actor) -> ColumnElement[bool]:
    """Products belong to the company: whoever may view products sees all of them."""
    return true() if actor.may("products.view") else false()


async def get(work: Work, product_id: int, *, lock: bool = False) -> Product:
    """One product. Raises NotFound."""
    return await work.load(Product, product_id, visible(work.actor), lock=lock)


async def by_ids(work: Work, ids: Collection[int]) -> Mapping[int, Product]:
    """Products by id; whoever writes an order may use every product, so this asks no right."""
    if not ids:
        return {}
    found = await work.session.scalars(select(Product).where(Product.id.in_(ids)))
    return {product.id: product for product in found}


async def by_codes(work: Work, codes: Collection[str]) -> Mapping[str, int]:
    """Ids of the products with these codes (for imports)."""
    statement = select(Product.code, Product.id).where(Product.code.in_(codes))
    return {code: number for code, number in await work.session.execute(statement)}


async def orderable(work: Work, q: str, *, limit: int = 12) -> Sequence[Product]:
    """Active products for a search, best known names first: what the order form offers."""
    exact = func.lower(Product.code) == q.strip().lower()
    statement = (
        select(Product)
        .where(Product.active, matches(q))
        .order_by(exact.desc(), Product.name_sort, Product.id)
        .limit(limit)
    )
    return (await work.session.scalars(statement)).all()


async def categories(work: Work) -> Sequence[ProductCategory]:
    """All categories by name."""
    return (await work.session.scalars(select(ProductCategory).order_by(ProductCategory.name))).all()


def _source(statement: Select[Any]) -> Select[Any]:
    return statement.select_from(Product).outerjoin(ProductCategory, Product.category_id == ProductCategory.id)


LIST = ListSpec(
    kind="products",
    id=Product.id,
    columns=(
        Column("code", _("Code"), Product.code),
        Column("name", _("Name"), Product.name),
        Column("spec", _("Specification"), Product.spec),
        Column("category", _("Category"), ProductCategory.name),
        Column("list_price", _("List price"), Product.list_price),
        Column("unit", _("Unit"), Product.unit),
        Column("active", _("On sale"), Product.active),
    ),
    visible=visible,
    source=_source,
    sorts=(
        Sort("name", _("Name"), Product.name_sort, descending=False),
        Sort("code", _("Code"), Product.code, descending=False),
        Sort("price", _("List price"), Product.list_price),
    ),
    scenes=(
        Scene("sale", _("On sale"), lambda actor: Product.active.is_(True)),
        Scene("all", _("All products")),
        Scene("off", _("No longer sold"), lambda actor: Product.active.is_(False)),
    ),
    filters=(Filter("category", _("Category"), lambda value, actor: Product.category_id == int(value), "number"),),
    search=matches,
)
