"""Rows that become products: made, or brought up to date by their code."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from domain.core.errors import Invalid, Problem
from domain.core.inputs import Refusal, parse
from domain.core.sentences import stored
from domain.core.text import _
from domain.core.work import Work
from domain.imports.cells import Row, amount, yes
from domain.products import actions, queries
from domain.products.inputs import CategoryInput, ProductInput
from domain.products.models import Product


async def take(work: Work, rows: Sequence[Row], seen: dict[str, int], *, dry: bool) -> None:
    """Make or change the products; `dry` only says what would be done."""
    checked = [(row, data) for row in rows if (data := _check(row)) is not None]
    known = await _by_code(work, [data.code for _row, data in checked])
    categories = {one.name: one.id for one in await queries.categories(work)}
    for row, data in checked:
        if (line := seen.setdefault(data.code, row.number)) != row.number:
            row.refuse(_("The same as line %(line)s.", line=line), "code", "duplicate")
            continue
        try:
            await _one(work, row, data, known.get(data.code), categories, dry=dry)
        except Problem as problem:
            row.refuse(problem.message)


async def _one(
    work: Work, row: Row, data: ProductInput, product: Product | None, categories: dict[str, int], *, dry: bool
) -> None:
    name = row.values.get("category", "").strip()
    if product is not None:
        # What the file has no column for stays as it is.
        kept = {field: getattr(product, field) for field in ("unit", "spec", "active") if not _says(row, field)}
        data = data.model_copy(update=kept | {"category_id": categories.get(name) if name else product.category_id})
        same = all(getattr(product, field) == getattr(data, field) for field in actions.FIELDS)
        if same and (not name or name in categories):
            row.record_id = product.id
            row.refuse(_("It is there already, and nothing has changed."), "code", "duplicate")
            return
    work.actor.require("products.create" if product is None else "products.edit")
    if dry:
        row.outcome = "waiting" if product is None else "updated"
        return
    if name:
        if name not in categories:
            categories[name] = (await actions.add_category(work, parse(CategoryInput, {"name": name}))).id
        data = data.model_copy(update={"category_id": categories[name]})
    if product is None:
        row.record_id, row.outcome = (await actions.create(work, data)).id, "created"
    else:
        row.record_id, row.outcome = (await actions.edit(work, product.id, data)).id, "updated"


def _says(row: Row, field: str) -> bool:
    return field in row.values or (field == "active" and "discontinued" in row.values)


def _check(row: Row) -> ProductInput | None:
    raw: dict[str, object] = {**row.values, "active": True}
    if "list_price" in row.values:
        raw["list_price"] = amount(row.values["list_price"])
    for field, meaning in (("active", True), ("discontinued", False)):
        if field in row.values:
            try:
                raw["active"] = yes(row.values[field]) is meaning
            except Refusal:
                row.refuse(_("Please choose yes or no."), field)
    raw.pop("category_id", None)
    try:
        data = parse(ProductInput, raw)
    except Invalid as problem:
        row.outcome = "refused"
        for name, texts in problem.errors.items():
            row.errors += [{"field": name, "text": stored(text)} for text in texts]
        return None
    return data if row.sound else None


async def _by_code(work: Work, codes: Sequence[str]) -> dict[str, Product]:
    ids = await queries.by_codes(work, codes)
    return {one.code: one for one in (await queries.by_ids(work, set(ids.values()))).values()}


async def named(work: Work, words: Sequence[str]) -> dict[str, Product]:
    """Products by what names them in a file of orders: their code, else their name."""
    found = await _by_code(work, words)
    missing = [word for word in words if word not in found]
    if missing:
        by_name = select(Product).where(Product.name.in_(missing)).order_by(Product.id.desc())
        found |= {one.name: one for one in await work.session.scalars(by_name)}
    return found
