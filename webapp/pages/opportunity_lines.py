"""The products of an opportunity while they are typed: looked up and added up by the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from litestar import Controller, Request, Response, get, post

from domain.core.errors import Invalid
from domain.core.inputs import parse
from domain.core.money import cents
from domain.core.text import Text
from domain.core.work import Work
from domain.opportunities.inputs import MOST_LINES, LineInput
from domain.products.models import Product
from domain.products.queries import by_ids, orderable
from webapp.formats import plain
from webapp.forms import key_of, raw_form
from webapp.pages.order_form import changed, rows_in, text_of
from webapp.render import fragment
from webapp.work import reading


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One line of the form. `total` is None while it cannot be reckoned."""

    raw: Mapping[str, Any]
    product: Product | None
    total: Decimal | None


@dataclass(frozen=True, slots=True)
class Typed:
    """The lines of the form, what those that are right come to, and what is wrong with the others."""

    lines: Sequence[TypedLine]
    sum: Decimal
    errors: Mapping[str, Sequence[Text]]


class OpportunityLines(Controller):
    """Answers to the form while products are added; open to whoever may see opportunities."""

    path = "/opportunities"

    @post("/lines", status_code=200)
    async def lines(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """All lines after one was added or removed."""
        raw = await raw_form(request)
        async with reading(request) as work:
            work.actor.require("opportunities.view")
            found = await typed(work, changed(raw))
        return fragment(request, "opportunities/answers.html", "lines", typed=found)

    @post("/sums", status_code=200)
    async def sums(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """What is typed so far comes to."""
        raw = await raw_form(request)
        async with reading(request) as work:
            work.actor.require("opportunities.view")
            found = await typed(work, rows_in(raw))
        return fragment(request, "opportunities/answers.html", "sums", typed=found)

    @get("/products")
    async def products(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Products on sale that match what is typed."""
        q = text_of(request.query_params.get("q"))
        async with reading(request) as work:
            work.actor.require("opportunities.view")
            found = await orderable(work, q) if q else []
        return fragment(request, "opportunities/answers.html", "found", found=found, q=q)


async def typed(work: Work, rows: Sequence[Mapping[str, Any]]) -> Typed:
    """The lines as far as they can be read; never refuses."""
    rows = rows[:MOST_LINES]
    products = await by_ids(work, {number for row in rows if (number := key_of(row.get("product_id")))})
    errors: dict[str, Sequence[Text]] = {}
    lines: list[TypedLine] = []
    for number, row in enumerate(rows):
        product = products.get(key_of(row.get("product_id")) or 0)
        shown = {**row, "price": plain(product.list_price)} if product and not row.get("price") else row
        try:
            entered = parse(LineInput, shown)
            lines.append(TypedLine(shown, product, cents(entered.quantity * (entered.price or Decimal(0)))))
        except Invalid as problem:
            errors.update({f"lines.{number}.{name}": texts for name, texts in problem.errors.items()})
            lines.append(TypedLine(shown, product, None))
    return Typed(lines, sum((line.total for line in lines if line.total is not None), Decimal(0)), errors)
