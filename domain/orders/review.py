"""An order as its approver sees it: what goes beyond the submitter's authority, and who may decide on that."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from domain.core.text import Text, _
from domain.core.work import Work
from domain.orders import queries
from domain.orders.authority import Authority, Verdict, judge
from domain.orders.models import Order
from domain.orders.pricing import Price, price

TOLD = 5
"""So many reasons are spelled out; an order has up to 500 lines."""


def price_of(order: Order) -> Price:
    """The price of an order as it is kept (its lines must be loaded)."""
    return price(order.lines, order.discount_percent)


def judge_order(order: Order, authority: Authority) -> Verdict:
    """What an authority says of a kept order."""
    return judge(price_of(order), authority)


def reasons(who: str, order: Order, verdict: Verdict) -> list[Text]:
    """Why it comes to an approver, the worst first."""
    worst = sorted(verdict.excesses, key=lambda excess: (-excess.points, excess.line or 0))
    told = [
        excess.why(who, "" if excess.line is None else order.lines[excess.line].product_name) for excess in worst[:TOLD]
    ]
    if len(worst) > TOLD:
        told.append(_("%(n)s more lines are over it too.", n=len(worst) - TOLD))
    return told


async def entitled(work: Work, order: Order) -> Collection[int] | None:
    """Whose authority covers the order; None while it lies within the actor's own."""
    verdict = judge_order(order, await queries.authority_of(work))
    if verdict.within:
        return None
    most_line = max((line.given_percent for line in price_of(order).lines), default=Decimal(0))
    return await queries.holders_of_authority(work, most_line, order.discount_percent)
