"""The forecast (S-125): what is expected month by month, and what was won."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import String, case, func, literal, select

from domain.core.work import Work
from domain.opportunities.listing import during
from domain.opportunities.models import Opportunity, StageKind
from domain.opportunities.scope import seen
from domain.people.models import Department, User

PAST, UNDATED = "past", "none"
"""Columns beside the months: expected before this one, and without a day. Columns are values of the list's filter
`expected`."""
ZERO = Decimal(0)
By = Literal["owner", "department"]


@dataclass(slots=True)
class Cell:
    """Open opportunities expected in a month, and what was won in it; `weighted` by their probabilities."""

    number: int = 0
    amount: Decimal = ZERO
    weighted: Decimal = ZERO
    won_number: int = 0
    won: Decimal = ZERO

    def add(self, other: Cell) -> None:
        """Count another one in."""
        self.number, self.won_number = self.number + other.number, self.won_number + other.won_number
        self.amount, self.won = self.amount + other.amount, self.won + other.won
        self.weighted += other.weighted


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """One owner or department, or (key None, label empty) what has none."""

    key: int | None
    label: str
    cells: Mapping[str, Cell]
    total: Cell


@dataclass(frozen=True, slots=True)
class Forecast:
    """Cells by column: past, the months as YYYY-MM, what comes after them as YYYY-MM+, and what has no day."""

    months: Sequence[date]
    columns: Sequence[str]
    cells: Mapping[str, Cell]
    total: Cell
    rows: Sequence[ForecastRow] = field(default_factory=list)


def months_from(first: date, number: int) -> list[date]:
    """The first days of this month and the next ones."""
    months = [first.replace(day=1)]
    while len(months) < number:
        months.append((months[-1] + timedelta(days=31)).replace(day=1))
    return months


async def forecast(work: Work, months: int = 6, by: By | None = None) -> Forecast:
    """Over what the actor sees, from this month on; with `by` also owner by owner or department by department."""
    ahead = months_from(work.today, months + 1)
    first, after = ahead[0], ahead[-1]
    columns = [PAST, *(month.strftime("%Y-%m") for month in ahead[:-1]), f"{after:%Y-%m}+", UNDATED]
    whose = {"owner": Opportunity.owner_id, "department": Opportunity.department_id}
    key: Any = whose[by] if by else literal(None)
    rows: dict[int | None, dict[str, Cell]] = {}
    for group, column, *figures in await work.session.execute(_open(work, key, first, after)):
        rows.setdefault(group, {}).setdefault(column, Cell()).add(Cell(*figures))
    for group, column, number, amount in await work.session.execute(_won(work, key, first, after)):
        rows.setdefault(group, {}).setdefault(column, Cell()).add(Cell(won_number=number, won=amount))
    cells = _whole(columns, *rows.values())
    named = await _names(work, by, [group for group in rows if group is not None]) if by else {}
    lines = [
        ForecastRow(group, named.get(group or 0, ""), _whole(columns, found), _sum(found))
        for group, found in rows.items()
    ]
    lines.sort(key=lambda row: (-row.total.weighted, row.label))
    return Forecast(ahead[:-1], columns, cells, _sum(cells), lines if by else [])


def _whole(columns: Sequence[str], *parts: Mapping[str, Cell]) -> dict[str, Cell]:
    """All columns, the empty ones too, with what some rows have in them."""
    whole = {column: Cell() for column in columns}
    for part in parts:
        for column, cell in part.items():
            whole[column].add(cell)
    return whole


def _sum(cells: Mapping[str, Cell]) -> Cell:
    total = Cell()
    for cell in cells.values():
        total.add(cell)
    return total


def _open(work: Work, key: Any, first: date, after: date) -> Any:
    day, amount = Opportunity.expected_on, func.coalesce(Opportunity.amount, ZERO)
    column = case(
        (day.is_(None), UNDATED), (day < first, PAST), (day >= after, f"{after:%Y-%m}+"),
        else_=func.to_char(day, "YYYY-MM"),
    )  # fmt: skip
    weighted = func.round(amount * Opportunity.probability / Decimal(100), 2)
    rows = seen(
        work.actor,
        (Opportunity.id, key.label("key"), column.label("column"), amount.label("amount"), weighted.label("weighted")),
        Opportunity.status == StageKind.open.value,
    ).subquery("rows")
    figures = (func.count(), func.sum(rows.c.amount), func.sum(rows.c.weighted))
    return select(rows.c.key, rows.c.column, *figures).group_by(rows.c.key, rows.c.column)


def _won(work: Work, key: Any, first: date, after: date) -> Any:
    column = func.to_char(func.timezone(work.actor.time_zone, Opportunity.ended_at), "YYYY-MM", type_=String)
    rows = seen(
        work.actor,
        (
            Opportunity.id,
            key.label("key"),
            column.label("column"),
            func.coalesce(Opportunity.amount, ZERO).label("amount"),
        ),
        Opportunity.status == StageKind.won.value,
        during(Opportunity.ended_at, first, after - timedelta(days=1), work.actor),
    ).subquery("rows")
    figures = (func.count(), func.sum(rows.c.amount))
    return select(rows.c.key, rows.c.column, *figures).group_by(rows.c.key, rows.c.column)


async def _names(work: Work, by: By, ids: Sequence[int]) -> Mapping[int, str]:
    model: type[User] | type[Department] = User if by == "owner" else Department
    found = select(model.id, model.name).where(model.id.in_(ids))
    return {number: name for number, name in await work.session.execute(found)}
