"""The name of the place where a visit took place; asking for it happens elsewhere, later."""

from __future__ import annotations

from sqlalchemy import select, update

from domain.core.places import Position
from domain.core.work import Work
from domain.visits.models import Visit


async def unnamed_arrival(work: Work, visit_id: int) -> Position | None:
    """Where a visit's check-in was, if it has a position and no name yet."""
    statement = select(Visit.arrived_lat, Visit.arrived_lng).where(Visit.id == visit_id, Visit.arrived_place.is_(None))
    row = (await work.session.execute(statement)).one_or_none()
    return None if row is None else Position.of(row[0], row[1])


async def keep_name(work: Work, visit_id: int, position: Position, name: str) -> None:
    """Keep the name, unless the position was forgotten or corrected meanwhile. Not a change by a person."""
    await work.session.execute(
        update(Visit)
        .where(
            Visit.id == visit_id, Visit.arrived_lat == position.lat, Visit.arrived_lng == position.lng,
            Visit.arrived_place.is_(None),
        )
        .values(arrived_place=name)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
