"""What an order costs. Pure: decimal amounts, each line rounded half up, then summed (domain.md section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from domain.core.money import HUNDRED, cents, line_net, order_net, percent_off

MOST = Decimal("9999999999999.99")
"""The most that one line or one order may come to: far within what the columns hold exactly."""


class Priced(Protocol):
    """What a line must say to be priced."""

    @property
    def quantity(self) -> Decimal: ...
    @property
    def list_price(self) -> Decimal: ...
    @property
    def unit_price(self) -> Decimal: ...
    @property
    def discount_percent(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class Item:
    """A line to be priced. `unit_price` is the price agreed before the line's discount, usually the list price."""

    quantity: Decimal
    list_price: Decimal
    unit_price: Decimal
    discount_percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class LinePrice:
    """`full` at list price, `net` after the line's discount, both in cents; `given_percent` is what was given away."""

    full: Decimal
    net: Decimal
    given_percent: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """All amounts of an order: `list_total` at list prices, `goods_total` after line discounts, `net_total` to pay."""

    lines: tuple[LinePrice, ...]
    discount_percent: Decimal
    list_total: Decimal
    goods_total: Decimal
    net_total: Decimal

    @property
    def given_percent(self) -> Decimal:
        """How much of the list price was given away in all, in percent; negative when sold above it."""
        return percent_off(self.list_total, self.net_total)

    @property
    def order_discount(self) -> Decimal:
        """The order's own discount as an amount."""
        return self.goods_total - self.net_total


def too_large(item: Priced) -> bool:
    """Whether a line's amount cannot be kept exactly."""
    return item.quantity * max(item.list_price, item.unit_price) > MOST


def price_line(item: Priced) -> LinePrice:
    """Price one line. What it gives away is measured on prices, not on rounded amounts: 5 % of a penny is 5 %."""
    full = line_net(item.quantity, item.list_price, Decimal(0))
    net = line_net(item.quantity, item.unit_price, item.discount_percent)
    return LinePrice(full, net, _given(item))


def price(items: Sequence[Priced], discount_percent: Decimal = Decimal(0)) -> Price:
    """Price a whole order; discounts in percent, 0 to 100."""
    lines = tuple(price_line(item) for item in items)
    return Price(
        lines=lines,
        discount_percent=discount_percent,
        list_total=sum((line.full for line in lines), Decimal(0)),
        goods_total=order_net((line.net for line in lines), Decimal(0)),
        net_total=order_net((line.net for line in lines), discount_percent),
    )


def _given(item: Priced) -> Decimal:
    if item.list_price <= 0 or item.unit_price == item.list_price:
        return item.discount_percent
    asked = item.unit_price * (HUNDRED - item.discount_percent) / HUNDRED
    return max(Decimal(0), cents((item.list_price - asked) * HUNDRED / item.list_price))
