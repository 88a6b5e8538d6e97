"""Planning: the form of a visit to come or of one that comes again, another day for it, and what did not take place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from pydantic import BaseModel

from domain.company.models import ReasonKind
from domain.company.queries import reasons
from domain.contacts import queries as contacts
from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.core.inputs import parse
from domain.core.lists import ListQuery, fetch_page
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.visits import actions, queries, questions
from domain.visits.inputs import BeatInput, MoveInput, PlanInput, ReasonInput, Repeat
from domain.visits.models import Visit
from domain.visits.workflow import WORKFLOW
from webapp.forms import Form, filled, raw_form, whole_number
from webapp.htmx import AnyRequest
from webapp.pages.calendar import day_of
from webapp.render import page, see_other
from webapp.work import reading, writing

RECENT = 50
WEEKDAYS = (
    ("1", _("Mon")), ("2", _("Tue")), ("3", _("Wed")), ("4", _("Thu")), ("5", _("Fri")), ("6", _("Sat")),
    ("7", _("Sun")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One way to change a visit that is still to come: its words, its reasons, what is entered and who does it."""

    title: Text
    question: Text
    send: Text
    done: Text
    kind: ReasonKind
    entered: type[BaseModel]
    act: Callable[..., Awaitable[Visit]]


CHANGES: Mapping[str, Change] = {
    "move": Change(
        _("Another day"), _("Why another day?"), _("Another day"), _("Moved."), ReasonKind.visit_moved, MoveInput,
        actions.move,
    ),
    "miss": Change(
        _("Did not take place"), _("Why did it not take place?"), _("Save"), _("Saved"), ReasonKind.visit_missed,
        ReasonInput, actions.miss,
    ),
    "cancel": Change(
        _("Cancel visit"), _("Why is it cancelled?"), _("Cancel visit"), _("Cancelled."), ReasonKind.visit_cancelled,
        ReasonInput, actions.cancel,
    ),
}  # fmt: skip


class VisitPlans(Controller):
    """Open to whoever plans visits."""

    path = "/visits"

    @get("/plan")
    async def ask(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The form, for `?customer=`, `?day=` and `?person=` if given."""
        async with reading(request) as work:
            work.actor.require("visits.create")
            day = day_of(request.query_params.get("day"), work.today)
            form = filled(
                PlanInput, customer_id=whole_number(request.query_params.get("customer")), client_uuid=uuid4(),
                owner_id=whole_number(request.query_params.get("person")), planned_on=max(day, work.today).isoformat(),
                repeat=Repeat.once.value, every_weeks=1, type_id=await _usual_type(work),
            )  # fmt: skip
            return await plan_form(request, work, form)

    @post("/plan", status_code=200)
    async def plan(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Plan one visit, or a beat; the same form sent twice makes one."""
        raw = await raw_form(request)
        weekly = raw.get("repeat") == Repeat.weekly
        try:
            async with writing(request) as work:
                if weekly:
                    beat = await actions.plan_beat(work, parse(BeatInput, raw))
                    url, owner_id = f"/beats/{beat.id}", beat.owner_id
                else:
                    visit = await actions.plan(work, parse(PlanInput, raw))
                    url, owner_id = f"/visits/today?day={visit.planned_on.isoformat()}", visit.owner_id
        except Invalid as problem:
            async with reading(request) as work:
                return await plan_form(request, work, Form[PlanInput](raw, problem.errors), status=422)
        except NotFound:
            async with reading(request) as work:
                unknown = Invalid.of("customer_id", _("Please choose one of the list."))
                return await plan_form(request, work, Form[PlanInput](raw, unknown.errors), status=422)
        if not weekly and owner_id != work.actor.id:
            url += f"&person={owner_id}"
        return see_other(request, url, toast=_("Planned."))

    @get(["/{visit_id:int}/move", "/{visit_id:int}/miss", "/{visit_id:int}/cancel"])
    async def ask_change(self, request: Request[Any, Any, Any], visit_id: FromPath[int]) -> Response[Any]:
        """The form that asks for a reason, and for the new day."""
        return await _change_form(request, visit_id)

    @post(["/{visit_id:int}/move", "/{visit_id:int}/miss", "/{visit_id:int}/cancel"], status_code=200)
    async def change(self, request: Request[Any, Any, Any], visit_id: FromPath[int]) -> Response[Any]:
        """Give it another day, or say why it did not take place."""
        raw = await raw_form(request)
        raw["reason"] = raw.get("reason_other") or raw.get("reason") or ""
        change = CHANGES[_verb(request)]
        try:
            async with writing(request) as work:
                visit = await change.act(work, visit_id, parse(change.entered, raw), whole_number(raw.get("version")))
        except Invalid as problem:
            return await _change_form(request, visit_id, raw, problem)
        return see_other(request, f"/visits/{visit.id}", toast=change.done)


def _verb(request: AnyRequest) -> str:
    return request.url.path.rsplit("/", 1)[1]


async def _usual_type(work: Work) -> int | None:
    types = await questions.types(work)
    return types[0].id if types else None


async def plan_form(
    request: AnyRequest, work: Work, form: Form[Any], *, status: int = 200, **context: Any
) -> Response[Any]:
    """The form of a plan or a beat; `beat` is one that is changed."""
    customer, people = None, []
    customer_id = whole_number(form.raw.get("customer_id"))
    if customer_id is not None and await customers.sees(work, customer_id):
        customer = await customers.get(work, customer_id)
        people = [(one.id, one.name) for one in await contacts.of_customer(work, customer_id)]
    recent = await fetch_page(work, customers.LIST, ListQuery(scene="mine"), size=RECENT)
    days = form.raw.get("weekdays") or []
    return page(
        request, "visits/plan.html", status=status, form=form, customer=customer, contacts=people,
        options=[(row.id, row.name) for row in recent.rows], goers=await queries.goers(work), weekdays=WEEKDAYS,
        chosen=days if isinstance(days, list) else [days], repeats=[(one.value, one.label) for one in Repeat],
        types=[(str(one.id), one.name) for one in await questions.types(work)],
        **{"title": _("Plan a visit"), "back": "/visits/today", "beat": None, **context},
    )  # fmt: skip


async def _change_form(
    request: AnyRequest, visit_id: int, raw: dict[str, Any] | None = None, problem: Invalid | None = None
) -> Response[Any]:
    verb = _verb(request)
    change = CHANGES[verb]
    async with reading(request) as work:
        row = await queries.detail(work, visit_id)
        work.actor.require("visits.edit")
        if not row.may_write:
            raise Denied(_("This is somebody else's visit."))
        if row.Visit.status not in WORKFLOW.get(verb).sources:
            raise Conflict(_("This visit is over."), code="wrong_state")
        offered = await reasons(work.session, change.kind, work.actor.language)
    return page(
        request, "visits/change.html", status=422 if problem else 200, title=change.title, back=f"/visits/{visit_id}",
        change=change, verb=verb, row=row, visit=row.Visit, reasons=offered, raw=raw or {},
        errors=problem.errors if problem else {},
    )  # fmt: skip
