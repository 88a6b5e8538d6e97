"""From what was entered to priced lines: products looked up, prices of the day, every fault at its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.core.errors import Invalid
from domain.core.inputs import parse
from domain.core.text import Text, _
from domain.core.work import Work
from domain.orders import queries
from domain.orders.authority import Verdict, judge
from domain.orders.inputs import MOST_LINES, LineInput, QuoteInput
from domain.orders.models import OrderLine
from domain.orders.pricing import MOST, Item, Price, price, too_large
from domain.products.models import Product
from domain.products.queries import by_ids

Errors = dict[str, tuple[Text, ...]]


def fault(entered: LineInput, product: Product | None) -> tuple[str, Text] | None:
    """What is wrong with a line for the catalogue, as (field, sentence)."""
    if product is None:
        return "product_id", _("There is no such product.")
    if not product.active:
        return "product_id", _("%(product)s is no longer sold.", product=product.name)
    if too_large(_item(entered, product)):
        return "quantity", _("This amount is too large.")
    return None


def _item(entered: LineInput, product: Product) -> Item:
    agreed = product.list_price if entered.unit_price is None else entered.unit_price
    return Item(entered.quantity, product.list_price, agreed, entered.discount_percent)


async def compose(work: Work, entered: Sequence[LineInput], discount_percent: Decimal) -> tuple[list[OrderLine], Price]:
    """Lines ready to be kept, and the order's price. Raises Invalid with every line's fault at once."""
    products = await by_ids(work, {line.product_id for line in entered})
    errors: Errors = {}
    for number, line in enumerate(entered):
        if found := fault(line, products.get(line.product_id)):
            errors[f"lines.{number}.{found[0]}"] = (found[1],)
    if errors:
        raise Invalid(errors)
    return priced_lines(entered, products, discount_percent)


def priced_lines(
    entered: Sequence[LineInput], products: Mapping[int, Product], discount_percent: Decimal
) -> tuple[list[OrderLine], Price]:
    """Lines of known products, and the order's price. Raises Invalid when it comes to more than can be kept."""
    items = [_item(line, products[line.product_id]) for line in entered]
    priced = price(items, discount_percent)
    if max(priced.list_total, priced.goods_total) > MOST:
        raise Invalid.of("lines", _("This order is too large."))
    lines = [
        OrderLine(
            position=number,
            product_id=line.product_id,
            product_name=products[line.product_id].name,
            unit=products[line.product_id].unit,
            quantity=line.quantity,
            list_price=item.list_price,
            unit_price=item.unit_price,
            discount_percent=line.discount_percent,
            net=one.net,
        )
        for number, (line, item, one) in enumerate(zip(entered, items, priced.lines, strict=True), start=1)
    ]
    return lines, priced


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line while it is typed. `raw` is what stands in its fields; `net` is None while it cannot be priced."""

    raw: Mapping[str, Any]
    product: Product | None
    net: Decimal | None
    full: Decimal | None
    over: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """What the server says of an order while it is typed. Lines with errors do not count in the price."""

    lines: tuple[QuoteLine, ...]
    price: Price
    verdict: Verdict
    errors: Mapping[str, tuple[Text, ...]]


async def quote(work: Work, raw_lines: Sequence[Mapping[str, Any]], raw_discount: Any) -> Quote:
    """Price what is there so far against the actor's discount authority; never refuses."""
    raw_lines = raw_lines[:MOST_LINES]
    errors: Errors = {}
    entered = [_read(LineInput, raw, f"lines.{number}.", errors) for number, raw in enumerate(raw_lines)]
    head = _read(QuoteInput, {"discount_percent": raw_discount or ""}, "", errors)
    ids = {number for raw in raw_lines if (number := _key(raw.get("product_id"))) is not None}
    products = await by_ids(work, ids)
    sound: dict[int, Item] = {}
    for number, line in enumerate(entered):
        if line is None:
            continue
        product = products.get(line.product_id)
        if found := fault(line, product):
            errors[f"lines.{number}.{found[0]}"] = (found[1],)
        elif product is not None:
            sound[number] = _item(line, product)
    priced = price(list(sound.values()), head.discount_percent if head else Decimal(0))
    verdict = judge(priced, await queries.authority_of(work), numbers=tuple(sound))
    by_number = dict(zip(sound, priced.lines, strict=True))
    return Quote(
        lines=tuple(
            QuoteLine(
                raw=raw,
                product=products.get(_key(raw.get("product_id")) or 0),
                net=by_number[number].net if number in by_number else None,
                full=by_number[number].full if number in by_number else None,
                over=number in verdict.over_lines,
            )
            for number, raw in enumerate(raw_lines)
        ),
        price=priced,
        verdict=verdict,
        errors=errors,
    )


def _read(kind: Any, raw: Mapping[str, Any], prefix: str, errors: Errors) -> Any:
    try:
        return parse(kind, raw)
    except Invalid as problem:
        errors.update({f"{prefix}{name}": texts for name, texts in problem.errors.items()})
        return None


def _key(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 2**63 else None
