"""Recurring visits: what goes on, and one of them to change or end."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.core.errors import Invalid
from domain.core.inputs import parse
from domain.core.text import _
from domain.customers.models import Customer
from domain.visits import actions, beats
from domain.visits.inputs import BeatInput, Repeat
from webapp.forms import Form, filled, raw_form, whole_number
from webapp.pages.visit_plans import WEEKDAYS, plan_form
from webapp.render import page, see_other
from webapp.work import reading, writing


class Beats(Controller):
    """Open to whoever may see visits."""

    path = "/beats"

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """What goes on, mine first."""
        async with reading(request) as work:
            work.actor.require("visits.view")
            rows = await beats.every(work)
        return page(
            request, "visits/beats.html", title=_("Recurring visits"), back="/visits/today", rows=rows,
            weekdays=dict(WEEKDAYS),
        )  # fmt: skip

    @get("/{beat_id:int}")
    async def show(self, request: Request[Any, Any, Any], beat_id: FromPath[int]) -> Response[Any]:
        """One of them, to change or end."""
        async with reading(request) as work:
            beat = await beats.get(work, beat_id)
            work.actor.require("visits.edit")
            form = filled(
                BeatInput, customer_id=beat.customer_id,
                owner_id=beat.owner_id if beat.owner_id != work.actor.id else None, type_id=beat.type_id,
                every_weeks=beat.every_weeks, planned_on=beat.starts_on, ends_on=beat.ends_on,
                planned_at=beat.at and beat.at.strftime("%H:%M"), repeat=Repeat.weekly.value,
            )  # fmt: skip
            form.raw["weekdays"] = [str(day) for day in beat.weekdays]  # type: ignore[index]
            return await _form(request, work, form, beat)

    @post("/{beat_id:int}", status_code=200)
    async def change(self, request: Request[Any, Any, Any], beat_id: FromPath[int]) -> Response[Any]:
        """Change days, weeks or end."""
        raw = await raw_form(request)
        try:
            async with writing(request) as work:
                await actions.change_beat(work, beat_id, parse(BeatInput, raw), whole_number(raw.get("version")))
        except Invalid as problem:
            async with reading(request) as work:
                beat = await beats.get(work, beat_id)
                return await _form(request, work, Form(raw, problem.errors), beat, 422)
        return see_other(request, "/beats", toast=_("Saved"))

    @post("/{beat_id:int}/end", status_code=200)
    async def end(self, request: Request[Any, Any, Any], beat_id: FromPath[int]) -> Response[Any]:
        """No more of them."""
        raw = await raw_form(request)
        async with writing(request) as work:
            await actions.end_beat(work, beat_id, whole_number(raw.get("version")))
        return see_other(request, "/beats", toast=_("Ended."))


async def _form(request: Any, work: Any, form: Form[BeatInput], beat: Any, status: int = 200) -> Response[Any]:
    customer = await work.session.get_one(Customer, beat.customer_id)  # seen, as its beat was
    return await plan_form(request, work, form, status=status, beat=beat, back="/beats", title=customer.name)
