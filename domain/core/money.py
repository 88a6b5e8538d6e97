"""Amounts: decimal, two places, rounded half up per line and then summed (domain.md, order)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
HUNDRED = Decimal(100)


def cents(amount: Decimal) -> Decimal:
    """Round half up to two places."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def line_net(quantity: Decimal, unit_price: Decimal, discount_percent: Decimal) -> Decimal:
    """Net amount of one line; discount in percent, 0 to 100."""
    return cents(quantity * unit_price * (HUNDRED - discount_percent) / HUNDRED)


def order_net(lines: Iterable[Decimal], discount_percent: Decimal) -> Decimal:
    """Sum of rounded lines less the order's discount in percent."""
    return cents(sum(lines, Decimal(0)) * (HUNDRED - discount_percent) / HUNDRED)


def percent_off(full: Decimal, net: Decimal) -> Decimal:
    """How much of `full` was given away, in percent with two places; 0 for nothing sold."""
    return cents((full - net) * HUNDRED / full) if full else Decimal(0)
