"""Amounts: each line half up to cents, then summed; what was given away; what the authority says."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.orders.authority import Authority, judge
from domain.orders.pricing import MOST, Item, price, too_large

D = Decimal
quantities = st.decimals(min_value="0.001", max_value="99999.999", places=3)
prices = st.decimals(min_value="0", max_value="999999.99", places=2)
percents = st.decimals(min_value="0", max_value="100", places=2)
items = st.builds(lambda q, p, d: Item(q, p, p, d), quantities, prices, percents)


def half_up(value: Fraction) -> Fraction:
    """Round a non-negative fraction half up to cents, with whole numbers alone."""
    return Fraction((value.numerator * 200 + value.denominator) // (2 * value.denominator), 100)


@given(st.lists(items, min_size=1, max_size=30), percents)
def test_amounts_are_those_of_exact_arithmetic(lines: list[Item], discount: Decimal) -> None:
    """Against fractions, which know no rounding of their own."""
    found = price(lines, discount)
    nets = [
        half_up(Fraction(line.quantity) * Fraction(line.unit_price) * (100 - Fraction(line.discount_percent)) / 100)
        for line in lines
    ]
    assert [Fraction(line.net) for line in found.lines] == nets
    assert Fraction(found.goods_total) == sum(nets)
    assert Fraction(found.net_total) == half_up(sum(nets) * (100 - Fraction(discount)) / 100)


@given(st.lists(items, min_size=1, max_size=30), percents)
def test_a_discount_never_raises_the_price(lines: list[Item], discount: Decimal) -> None:
    found = price(lines, discount)
    assert D(0) <= found.net_total <= found.goods_total <= found.list_total
    assert found.net_total == found.net_total.quantize(D("0.01"))


@given(items)
def test_one_line_alone_is_the_order(line: Item) -> None:
    found = price([line])
    assert found.net_total == found.lines[0].net == found.goods_total


@pytest.mark.parametrize(
    ("quantity", "unit", "off", "net"),
    [
        ("1", "1.005", "0", "1.01"),
        ("3", "0.335", "0", "1.01"),
        ("0.5", "0.01", "0", "0.01"),
        ("0.001", "1.00", "0", "0.00"),
        ("10", "9.99", "100", "0.00"),
        ("7", "14.40", "15", "85.68"),
        ("1", "0.10", "5", "0.10"),
        ("1", "0.30", "5", "0.29"),
    ],
)
def test_half_a_cent_goes_up(quantity: str, unit: str, off: str, net: str) -> None:
    """0.095 → 0.10 and 0.285 → 0.29, where half-even would say 0.28."""
    assert price([Item(D(quantity), D(unit), D(unit), D(off))]).net_total == D(net)


def test_lines_are_rounded_before_they_are_summed() -> None:
    line = Item(D("1"), D("0.10"), D("0.10"), D("5"))
    assert price([line] * 10).net_total == D("1.00")
    whole = (D("0.095") * 10).quantize(D("0.01"), rounding=ROUND_HALF_UP)
    assert whole == D("0.95"), "rounding the sum would give something else"


def test_no_lines_cost_nothing() -> None:
    found = price([], D("10"))
    assert (found.list_total, found.net_total, found.given_percent) == (D(0), D(0), D(0))


def test_what_was_given_away_joins_line_and_order_discount() -> None:
    found = price([Item(D(1), D("100"), D("100"), D("10"))], D("10"))
    assert (found.net_total, found.given_percent, found.order_discount) == (D("81.00"), D("19.00"), D("9.00"))


def test_the_largest_entry_of_the_form_is_kept_exactly_or_refused() -> None:
    assert too_large(Item(D("999999999.999"), D("9999999999999999.99"), D("1")))
    most = Item(D("1"), MOST, MOST, D("33.33"))
    assert not too_large(most)
    assert Fraction(price([most]).net_total) == half_up(Fraction(MOST) * Fraction("66.67") / 100)


@given(st.lists(items, max_size=20), percents, percents, percents)
def test_within_authority_means_no_discount_beyond_it(
    lines: list[Item], discount: Decimal, line_limit: Decimal, order_limit: Decimal
) -> None:
    verdict = judge(price(lines, discount), Authority(line_limit, order_limit))
    over = {number for number, line in enumerate(lines) if line.discount_percent > line_limit and line.list_price >= 0}
    assert verdict.over_lines == over
    assert verdict.within == (not over and discount <= order_limit)
    assert all(excess.points > 0 for excess in verdict.excesses)


def test_exactly_at_the_limit_is_within() -> None:
    line = Item(D(1), D("0.01"), D("0.01"), D("5"))
    assert judge(price([line], D("5")), Authority(D("5"), D("5"))).within, "rounding of cents must not count"


def test_without_any_limit_every_discount_is_over() -> None:
    assert not judge(price([Item(D(1), D(10), D(10), D("0.01"))]), Authority()).within
    assert judge(price([Item(D(1), D(10), D(10))]), Authority()).within


def test_the_verdict_says_which_line_and_by_how_much() -> None:
    lines = [Item(D(1), D(10), D(10), D("5")), Item(D(1), D(10), D(10), D("18"))]
    verdict = judge(price(lines, D("7.5")), Authority(D("15"), D("5")))
    assert [str(text) for text in verdict.sentences()] == [
        "Line 2, 18%: 3 points over your limit of 15%.",
        "Order discount 7.5%: 2.5 points over your limit of 5%.",
    ]
    assert str(verdict.sentence()).startswith("2 discounts are over your limit. Line 2, 18%")
    assert str(verdict.excesses[0].why("Rep", "Tea")) == ("18% off Tea (line 2) is 3 points over the authority of Rep.")


def test_a_price_below_the_list_price_is_a_discount() -> None:
    under = Item(D(1), D("100"), D("80"), D("10"))
    verdict = judge(price([under]), Authority(D("20"), D("0")))
    assert verdict.excesses[0].percent == D("28.00")
    above = Item(D(1), D("100"), D("120"), D("10"))
    assert judge(price([above]), Authority()).within


def test_round_percentages_are_written_plainly() -> None:
    verdict = judge(price([Item(D(1), D(10), D(10), D("100.00"))]), Authority(D("10.00"), D("0")))
    assert str(verdict.sentence()) == "Line 1, 100%: 90 points over your limit of 10%."
