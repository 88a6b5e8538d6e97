"""Visits of a day on the map of the customer list: those of the customers that the list shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import aliased

from domain.customers.models import Customer
from domain.people.models import User
from domain.places.map import Chosen, Window
from domain.visits.models import Visit, VisitStatus
from domain.visits.queries import visible

GOER = aliased(User)
"""Who goes; the customers' select joins their owner, who may be somebody else."""
SHOWN = (
    Visit.id, Visit.status, Visit.planned_at, Visit.planned_on, Customer.name, Customer.latitude, Customer.longitude,
    Visit.customer_id, GOER.name.label("goer"),
)  # fmt: skip


async def on_map(chosen: Chosen, on: date, window: Window, *, limit: int) -> Sequence[Any]:
    """The visits of a day in the window, at their customers; what one may not see of either is not there."""
    if not chosen.work.actor.may("visits.view"):
        return []
    statement = (
        _visits(chosen).where(Visit.planned_on == on, *window.holds(Customer)).order_by(Visit.planned_at, Visit.id)
    )
    return (await chosen.work.session.execute(statement.limit(limit))).all()


async def one(chosen: Chosen, visit_id: int) -> Any:
    """One visit as `on_map` gives it; None if the actor may not see it there."""
    return (await chosen.work.session.execute(_visits(chosen).where(Visit.id == visit_id))).one_or_none()


def _visits(chosen: Chosen) -> Any:
    return (
        chosen.on_map(*SHOWN)
        .join(Visit, Visit.customer_id == Customer.id)
        .outerjoin(GOER, GOER.id == Visit.owner_id)
        .where(Visit.status != VisitStatus.cancelled.value, visible(chosen.work.actor))
    )
