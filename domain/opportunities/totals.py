"""What a customer's opportunities come to (S-071)."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, bindparam, func, select

from domain.opportunities.models import Opportunity, StageKind

ZERO = Decimal(0)
COUNTED = (StageKind.open.value, StageKind.won.value)
"""Lost and invalid ones count for nothing."""


@cache
def totals() -> Any:
    """Open and won amount and the number of both, of the customer of `customer_id`."""
    amounts = {
        kind: func.coalesce(func.sum(Opportunity.amount).filter(Opportunity.status == kind), ZERO) for kind in COUNTED
    }
    return select(
        amounts[StageKind.open.value].label("open_opportunities"),
        amounts[StageKind.won.value].label("won_opportunities"),
        func.count().label("opportunity_count"),
    ).where(
        Opportunity.customer_id == bindparam("customer_id", type_=BigInteger()), Opportunity.status.in_(COUNTED),
        Opportunity.deleted_at.is_(None),
    )  # fmt: skip
