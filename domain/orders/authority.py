"""Discount authority: how much of the price somebody may give away, and what goes beyond it (S-134..S-136)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.core.text import Text, _
from domain.orders.pricing import Price


def percent(value: Decimal) -> str:
    """A percentage as people write it: 12.50 → "12.5%"."""
    return f"{value.normalize():f}%" if value else "0%"


@dataclass(frozen=True, slots=True)
class Authority:
    """The most discount on a line and on an order, in percent. Without a row for any of one's roles both are 0."""

    line_percent: Decimal = Decimal(0)
    order_percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Excess:
    """A discount beyond the authority. `line` counts from 0; None is the order's own discount."""

    line: int | None
    percent: Decimal
    limit: Decimal

    @property
    def points(self) -> Decimal:
        """By how many percentage points it goes beyond."""
        return self.percent - self.limit

    def sentence(self) -> Text:
        """Said to whoever gives the discount."""
        figures = {"percent": percent(self.percent), "limit": percent(self.limit), "points": percent(self.points)[:-1]}
        if self.line is None:
            return _("Order discount %(percent)s: %(points)s points over your limit of %(limit)s.", **figures)
        return _(
            "Line %(line)s, %(percent)s: %(points)s points over your limit of %(limit)s.", line=self.line + 1, **figures
        )

    def why(self, who: str, product: str = "") -> Text:
        """Said to the approver: why it came to them."""
        figures = {"who": who, "percent": percent(self.percent), "points": percent(self.points)[:-1]}
        if self.line is None:
            return _("The order discount of %(percent)s is %(points)s points over the authority of %(who)s.", **figures)
        return _(
            "%(percent)s off %(product)s (line %(line)s) is %(points)s points over the authority of %(who)s.",
            product=product, line=self.line + 1, **figures,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the authority says of a price: within it, or each discount beyond it."""

    authority: Authority
    excesses: tuple[Excess, ...]

    @property
    def within(self) -> bool:
        """Whether nothing goes beyond the authority."""
        return not self.excesses

    @property
    def over_lines(self) -> frozenset[int]:
        """Lines, counted from 0, whose discount goes beyond."""
        return frozenset(excess.line for excess in self.excesses if excess.line is not None)

    def sentence(self) -> Text:
        """One sentence for the foot of the form."""
        if self.within:
            return _("Within your discount authority.")
        if len(self.excesses) == 1:
            return self.excesses[0].sentence()
        worst = max(self.excesses, key=lambda excess: excess.points)
        return _("%(count)s discounts are over your limit. %(worst)s", count=len(self.excesses), worst=worst.sentence())

    def sentences(self) -> Sequence[Text]:
        """A sentence for each discount that goes beyond."""
        return tuple(excess.sentence() for excess in self.excesses)


def judge(price: Price, authority: Authority, numbers: Sequence[int] | None = None) -> Verdict:
    """Compare every line and the order discount with the authority. A price below the list price is a discount too.

    `numbers` are the lines' places on the form, where some lines of it could not be priced.
    """
    places = range(len(price.lines)) if numbers is None else numbers
    excesses = [
        Excess(number, line.given_percent, authority.line_percent)
        for number, line in zip(places, price.lines, strict=True)
        if line.given_percent > authority.line_percent
    ]
    if price.discount_percent > authority.order_percent:
        excesses.append(Excess(None, price.discount_percent, authority.order_percent))
    return Verdict(authority, tuple(excesses))
