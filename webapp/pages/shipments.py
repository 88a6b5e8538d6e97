"""The warehouse's pages: what to ship, one shipment, and sending it off."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.core.errors import Invalid, NotFound
from domain.core.text import _
from domain.customers.models import Customer
from domain.orders.models import Order
from domain.shipments import actions, queries
from domain.shipments.inputs import ShipInput
from domain.shipments.models import ShipmentStatus
from domain.shipments.workflow import WORKFLOW
from webapp.forms import Form, bind, raw_form
from webapp.htmx import AnyRequest
from webapp.listing import block_of, listing
from webapp.render import fragment, page, see_other
from webapp.work import reading, writing

TONES = {
    ShipmentStatus.to_ship: "signal",
    ShipmentStatus.picked: "info",
    ShipmentStatus.shipped: "info",
    ShipmentStatus.delivered: "good",
    ShipmentStatus.returned: "bad",
    ShipmentStatus.closed: "neutral",
}
STEPS = {
    "pick": (actions.pick, _("Packed")),
    "deliver": (actions.deliver, _("Noted as delivered")),
    "send_back": (actions.send_back, _("Noted as come back")),
}


class Shipments(Controller):
    """Open to whoever may see shipments; the warehouse acts."""

    path = "/shipments"

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The list, oldest promise first."""
        async with reading(request) as work:
            work.actor.require("shipments.view")
            found = await listing(request, work, queries.LIST)
        context: dict[str, Any] = {"listing": found, "rows": found.rows, "states": ShipmentStatus, "tones": TONES}
        if part := block_of(request, found):
            return fragment(request, "shipments/list.html", part, **context)
        return page(request, "shipments/list.html", title=_("Shipments"), **context)

    @get("/{shipment_id:int}")
    async def show(self, request: Request[Any, Any, Any], shipment_id: FromPath[int]) -> Response[Any]:
        """One shipment."""
        return await self._show(request, shipment_id, Form())

    @post("/{shipment_id:int}/ship", status_code=200)
    async def ship(self, request: Request[Any, Any, Any], shipment_id: FromPath[int]) -> Response[Any]:
        """Send it off; the next one to ship follows at once."""
        form = await bind(request, ShipInput)
        try:
            async with writing(request) as work:
                shipment = await actions.ship(work, shipment_id, form.checked(), _version(form.raw))
                number = shipment.number
        except Invalid as problem:
            return await self._show(request, shipment_id, form.refuse(problem.errors), 422)
        return see_other(request, "/shipments", toast=_("%(number)s is on its way", number=number))

    @post("/{shipment_id:int}/{step:str}", status_code=200)
    async def step(
        self, request: Request[Any, Any, Any], shipment_id: FromPath[int], step: FromPath[str]
    ) -> Response[Any]:
        """Packed, delivered or come back."""
        if step not in STEPS:
            raise NotFound
        verb, told = STEPS[step]
        version = _version(await raw_form(request))
        async with writing(request) as work:
            await verb(work, shipment_id, version)
        return see_other(request, f"/shipments/{shipment_id}", toast=told)

    async def _show(
        self, request: AnyRequest, shipment_id: int, form: Form[ShipInput], status: int = 200
    ) -> Response[Any]:
        async with reading(request) as work:
            shipment = await queries.get(work, shipment_id)
            goods = await queries.goods(work, shipment)
            order = await work.session.get_one(Order, shipment.order_id)
            customer = await work.session.get_one(Customer, shipment.customer_id)
            moves = {move.name: move.label for move in WORKFLOW.open_to(work.actor, shipment.status)}
        return page(
            request,
            "shipments/show.html",
            title=shipment.number,
            back="/shipments",
            status=status,
            shipment=shipment,
            goods=goods,
            order=order,
            customer=customer,
            moves=moves,
            form=form,
            state=ShipmentStatus(shipment.status),
            tones=TONES,
        )


def _version(raw: Any) -> int | None:
    value = raw.get("version", "")
    return int(value) if isinstance(value, str) and value.isdecimal() else None
