"""Pictures of the figures, as SVG made by the server: the content security policy allows no inline styles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.core.text import Text
from domain.opportunities.forecast import Cell


@dataclass(frozen=True, slots=True)
class Bar:
    """One column of the forecast: a month, or what lies beside the months."""

    name: str
    label: Text | str
    short: Text | str
    is_month: bool
    cell: Cell


@dataclass(frozen=True, slots=True)
class Rectangle:
    """One rectangle of a chart, in its own units."""

    x: str
    y: str
    width: str
    height: str
    css: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of columns: its size, its rectangles, and where each column's words stand."""

    width: int
    height: int
    rectangles: Sequence[Rectangle]
    places: Sequence[str]


STEP, TALL, GAP = 46, 120, 4


def width_of(part: int, whole: int) -> str:
    """How wide a bar is, in percent."""
    return f"{Decimal(100 * part) / whole:.1f}" if whole else "0"


def forecast_chart(bars: Sequence[Bar]) -> Chart:
    """Each month the open amount with its weighted part before it, and beside them what was won."""
    most = max((max(bar.cell.amount, bar.cell.won) for bar in bars), default=Decimal(0))
    shapes: list[Rectangle] = []
    for place, bar in enumerate(bars):
        left = place * STEP + GAP
        for value, css, x, width in (
            (bar.cell.amount, "bar soft-bar", left, 22), (bar.cell.weighted, "bar", left, 22),
            (bar.cell.won, "bar good-bar", left + 25, 13),
        ):  # fmt: skip
            height = value * TALL / most if most else Decimal(0)
            if height > 0:
                shapes.append(Rectangle(f"{x}", f"{TALL - height:.1f}", f"{width}", f"{height:.1f}", css))
    return Chart(len(bars) * STEP, TALL, shapes, [f"{place * STEP + STEP / 2:.0f}" for place in range(len(bars))])
