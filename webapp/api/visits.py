"""The endpoints of visits."""

from __future__ import annotations

from typing import Any

from domain.visits import actions, queries
from domain.visits.inputs import CheckInInput, MoveInput, PlanInput, ReasonInput, VisitInput
from webapp.api import shapes as shape
from webapp.api.endpoints import Call, Endpoint, rows
from webapp.api.making import acting, creating, one, verb


async def _check_in(call: Call) -> Any:
    await actions.check_in(call.work, call.id, call.data)
    await call.work.session.flush()  # the answer shows what the database now holds
    return await queries.get(call.work, call.id)


VISIT = shape.VisitShape

VISITS: tuple[Endpoint, ...] = (
    rows(queries.LIST, shape.page_of(queries.LIST), "/visits"),
    one("/visits/{id}", "visit", queries.get, VISIT),
    Endpoint(
        method="POST",
        path="/visits",
        summary="Record a visit that took place, planned before (visit_id) or not",
        status=201,
        output=VISIT,
        input=VisitInput,
        run=creating(actions.record, queries.get),
    ),
    Endpoint(
        method="POST",
        path="/visits/plan",
        summary="Plan a visit",
        status=201,
        output=VISIT,
        input=PlanInput,
        run=creating(actions.plan, queries.get),
    ),
    verb("/visits/{id}/check-in", "Note that I have come to the customer", _check_in, VISIT, CheckInInput),
    verb(
        "/visits/{id}/move",
        "Give a visit another day",
        acting(actions.move, queries.get, data=True),
        VISIT,
        MoveInput,
    ),
    verb(
        "/visits/{id}/cancel",
        "Call a visit off",
        acting(actions.cancel, queries.get, data=True),
        VISIT,
        ReasonInput,
    ),
    verb(
        "/visits/{id}/miss",
        "Say why a visit did not take place",
        acting(actions.miss, queries.get, data=True),
        VISIT,
        ReasonInput,
    ),
)
