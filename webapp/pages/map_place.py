"""Correcting where one record lies: by dragging the pin, typing numbers, or from where one stands."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.core.errors import Conflict, Invalid
from domain.core.places import Accuracy, Position
from domain.core.text import Text, _
from domain.places import location, placing
from domain.places.gazetteer import locate
from domain.places.inputs import PlaceInput
from webapp.forms import Form, bind, whole_number
from webapp.htmx import AnyRequest
from webapp.pages.map_kinds import CUSTOMERS, LEADS, MapKind
from webapp.pages.map_views import settings_of
from webapp.pages.pin_form import pin_on_map, raw_of
from webapp.render import page, see_other
from webapp.work import reading, writing


class RecordPlace(Controller):
    """Open to whoever may change the record."""

    of: MapKind

    @get()
    async def ask(self, request: Request[Any, Any, Any], record_id: FromPath[int]) -> Response[Any]:
        """The pin on the map, and its numbers."""
        return await _form(request, self.of, record_id, Form())

    @post(status_code=200)
    async def keep(self, request: Request[Any, Any, Any], record_id: FromPath[int]) -> Response[Any]:
        """Keep the position, or have the address looked up again."""
        form = await bind(request, PlaceInput)
        version = whole_number(form.raw.get("version"))
        try:
            async with writing(request) as work:
                if form.raw.get("do") == "look-up":
                    await placing.look_up(work, self.of.placed, record_id, version)
                else:
                    await placing.place(work, self.of.placed, record_id, form.checked(), version)
        except Invalid as problem:
            return await _form(request, self.of, record_id, form.refuse(problem.errors), status=422)
        except Conflict as problem:
            return await _form(request, self.of, record_id, form, status=409, stale=problem.message)
        return see_other(request, f"{self.of.list_path}/{record_id}", toast=_("Position saved."))


async def _form(
    request: AnyRequest, of: MapKind, record_id: int, form: Form[Any], *, status: int = 200, stale: Text | None = None
) -> Response[Any]:
    async with reading(request) as work:
        record = await placing.get(work, of.placed, record_id)
    at = Position.of(record.latitude, record.longitude)
    if not form.raw:
        form = Form(raw_of(at))
    guess = locate(location.address_of(record)) if at is None else None
    return page(
        request, "map/place.html", status=status, title=_("Position on the map"),
        back=f"{of.list_path}/{record_id}", record=record, of=of, form=form, stale=stale,
        accuracy=Accuracy(record.location_accuracy).label if record.location_accuracy else None,
        by_hand=record.location_provider == location.MANUAL, address=location.address_of(record).one_line(),
        **pin_on_map(settings_of(request), at, guess.position if guess else None),
    )  # fmt: skip


class CustomerPlace(RecordPlace):
    """Customers."""

    path = "/customers/{record_id:int}/place"
    of = CUSTOMERS


class LeadPlace(RecordPlace):
    """Leads."""

    path = "/leads/{record_id:int}/place"
    of = LEADS
