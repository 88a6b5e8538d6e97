"""From what was entered to lines: products looked up, prices of the day, every fault at its line."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from domain.core.errors import Invalid
from domain.core.money import cents
from domain.core.text import Text, _
from domain.core.work import Work
from domain.opportunities.inputs import LineInput
from domain.opportunities.models import OpportunityLine
from domain.products.queries import by_ids

MOST = Decimal("9999999999999999.99")
"""What an amount can hold."""


async def compose(work: Work, entered: Sequence[LineInput]) -> list[OpportunityLine]:
    """Lines ready to be kept. Raises Invalid with every line's fault at once."""
    products = await by_ids(work, {line.product_id for line in entered})
    errors: dict[str, tuple[Text, ...]] = {}
    lines = []
    for number, line in enumerate(entered):
        product = products.get(line.product_id)
        if product is None:
            errors[f"lines.{number}.product_id"] = (_("There is no such product."),)
            continue
        price = product.list_price if line.price is None else line.price
        lines.append(OpportunityLine(position=number + 1, product_id=product.id, quantity=line.quantity, price=price))
    if not errors and lines and amount_of(lines) > MOST:
        errors["lines"] = (_("This amount is too large."),)
    if errors:
        raise Invalid(errors)
    return lines


def amount_of(lines: Sequence[OpportunityLine]) -> Decimal:
    """What the lines come to: rounded half up one by one."""
    return sum((cents(line.quantity * line.price) for line in lines), Decimal(0))


def same(ours: Sequence[OpportunityLine], theirs: Sequence[OpportunityLine]) -> bool:
    """Whether two sets of lines say the same."""
    return [_said(line) for line in ours] == [_said(line) for line in theirs]


def _said(line: OpportunityLine) -> tuple[int, Decimal, Decimal]:
    return line.product_id, line.quantity, line.price
