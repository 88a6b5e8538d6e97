"""The endpoints of leads."""

from __future__ import annotations

from typing import Any

from domain.leads import actions, conversion, queries
from domain.leads.inputs import ConvertInput, LeadInput, StatusInput
from domain.pools.models import PoolKind
from webapp.api import shapes as shape
from webapp.api.endpoints import Call, Endpoint, rows
from webapp.api.making import Run, given_by, verb
from webapp.api.pooling import pool_verbs, shown_or_less

LEAD = shape.LeadShape
PRIVATE = ("phone", "mobile", "email", "wechat", "address", "need", "notes")


async def _shown(call: Call, lead_id: int) -> dict[str, Any]:
    await call.work.session.flush()  # the detail is read anew, with what the pool hides left out
    detail = await queries.detail(call.work, lead_id)
    return {name: None if name in detail.hidden else getattr(detail.lead, name) for name in LEAD.model_fields}


async def _read(call: Call) -> Any:
    return await _shown(call, call.id)


_given_out = shown_or_less(PoolKind.lead, _shown, LEAD, PRIVATE)


async def _create(call: Call) -> Any:
    return await _given_out(call, (await actions.create(call.work, call.data)).id)


async def _edit(call: Call) -> Any:
    await actions.edit(call.work, call.id, call.data, call.version)
    return await _shown(call, call.id)


def _moving(act: Any, *, data: bool = False) -> Run:
    async def run(call: Call) -> Any:
        await act(call.work, call.id, *((call.data,) if data else ()), call.version)
        return await _shown(call, call.id)

    return run


async def _convert(call: Call) -> Any:
    made = await conversion.convert(call.work, call.id, call.data, call.version)
    await call.work.session.flush()  # the answer shows what the database now holds
    return {
        "lead_id": call.id, "customer_id": made.customer.id, "contact_id": made.contact.id if made.contact else None,
        "opportunity_id": made.opportunity.id if made.opportunity else None,
    }  # fmt: skip


LEADS: tuple[Endpoint, ...] = (
    rows(queries.LIST, shape.page_of(queries.LIST), "/leads"),
    Endpoint(method="GET", path="/leads/{id}", summary="Read one lead", run=_read, output=LEAD),
    Endpoint(
        method="POST",
        path="/leads",
        summary="Enter a lead: the caller's own, or into a pool, which may hand it out at once",
        run=_create,
        output=LEAD,
        input=LeadInput,
        status=201,
    ),
    Endpoint(
        method="PATCH",
        path="/leads/{id}",
        summary="Change a lead",
        run=_edit,
        output=LEAD,
        input=LeadInput,
        given=given_by(queries.get, LeadInput),
    ),
    *pool_verbs("/leads", "lead", PoolKind.lead, _shown, LEAD, PRIVATE),
    verb("/leads/{id}/invalid", "Note that it cannot be reached", _moving(actions.mark_invalid, data=True), LEAD,
         StatusInput),
    verb("/leads/{id}/wake", "Follow an invalid lead again", _moving(actions.wake), LEAD),
    verb("/leads/{id}/void", "Give a lead up for good", _moving(actions.void, data=True), LEAD, StatusInput),
    verb("/leads/{id}/restore", "Take back that a lead is void", _moving(actions.restore), LEAD),
    verb("/leads/{id}/convert", "Make a customer of a lead, or add it to one", _convert, shape.ConvertedShape,
         ConvertInput),
)  # fmt: skip
