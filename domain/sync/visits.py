"""Visits from phones."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from domain.core.work import Work
from domain.customers.models import Customer
from domain.pools import late
from domain.pools.late import Standing
from domain.pools.models import PoolKind
from domain.sync.kinds import Came, Made, Syncable
from domain.sync.records import mine
from domain.sync.touches import NOTES, notes_of, tell
from domain.visits.actions import recording
from domain.visits.inputs import VisitInput
from domain.visits.models import Visit


async def make_visit(work: Work, data: VisitInput, came: Came) -> Made:
    """A visit as it was recorded; a customer that the clock took meanwhile comes back for it."""
    standing = Standing.usual
    if (customer_id := await _customer_of(work, data)) is not None:
        standing = await late.arrive(work, PoolKind.customer, customer_id, came.recorded_at)
    visit = await recording.record(work, data, recorded_at=came.device_at, clock_offset_s=came.offset_s)
    customer = await work.session.get_one(Customer, visit.customer_id)
    if visit.flag is not None:
        standing = standing if standing in NOTES else Standing.gone
        await tell(work, customer, f"/visits/{visit.id}")
    return _made(visit, customer, standing)


async def _customer_of(work: Work, data: VisitInput) -> int | None:
    """Whom it is about. A planned visit is locked first, as everywhere the visit comes before its customer."""
    if data.visit_id is None:
        return data.customer_id
    planned = select(Visit.customer_id).where(Visit.id == data.visit_id, Visit.owner_id == work.actor.id)
    found: int | None = (await work.session.execute(planned.with_for_update())).scalar_one_or_none()
    return found or data.customer_id


def _made(visit: Visit, customer: Customer, standing: Standing) -> Made:
    return Made(visit.id, f"/visits/{visit.id}", customer.name, customer.id, notes_of(standing))


async def find_visit(work: Work, uuid: UUID) -> Made | None:
    """The visit that I recorded under this id; one that is only planned under it is still to be recorded."""
    visit = await mine(work, Visit, uuid)
    if visit is None or visit.recorded_at is None:
        return None
    return _made(visit, await work.session.get_one(Customer, visit.customer_id), Standing.usual)


VISITS = Syncable(feature="visits", entered=VisitInput, make=make_visit, find=find_visit, contact_later=True)
