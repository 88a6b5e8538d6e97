"""The form of the field: one template for a planned visit and for one that nobody planned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.company.queries import company_settings
from domain.contacts import queries as contacts
from domain.core.errors import Denied, Invalid, NotFound
from domain.core.text import _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.files.models import FileKind
from domain.followups.inputs import NextContact
from domain.visits import actions, policy, queries, questions
from domain.visits.inputs import CheckInInput, VisitInput
from domain.visits.models import Visit
from domain.visits.verdict import slack_of
from webapp.forms import Form, bind, bound, filled, raw_form, whole_number
from webapp.htmx import AnyRequest
from webapp.pages.files import store_of
from webapp.pages.followups import pick_customer
from webapp.pages.visit_shapes import place_of
from webapp.posted_files import keep_posted
from webapp.render import page, see_other
from webapp.work import reading, writing


@dataclass(frozen=True, slots=True)
class Going:
    """Where the form leads: a planned visit, or a customer that nobody had planned to visit."""

    customer: Customer
    visit: Visit | None = None

    @property
    def url(self) -> str:
        """What the form posts to."""
        return "/visits/new" if self.visit is None else f"/visits/{self.visit.id}/do"

    @property
    def back(self) -> str:
        """The page before."""
        if self.visit is None:
            return f"/customers/{self.customer.id}"
        return f"/visits/today?day={self.visit.planned_on.isoformat()}"


class VisitForms(Controller):
    """Open to whoever makes visits."""

    path = "/visits"

    @get("/new")
    async def new(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The form for `?customer=`; without one, my customers to choose from."""
        customer_id = whole_number(request.query_params.get("customer"))
        async with reading(request) as work:
            work.actor.require("visits.create")
            if customer_id is None:
                return await pick_customer(request, work, _("Whom do you visit?"), "/visits/new", "/visits/today")
            going = Going(await customers.get(work, customer_id))
            return await _form(request, work, going, await _empty(work, going))

    @post("/new", status_code=200)
    async def create(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Write down a visit that nobody had planned; the same form sent twice makes one."""
        form = await bind(request, VisitInput)
        try:
            visit = await _record(request, form)
        except Invalid as problem:
            customer_id = whole_number(form.raw.get("customer_id"))
            if customer_id is None:
                raise NotFound from problem
            async with reading(request) as work:
                going = Going(await customers.get(work, customer_id))
                return await _form(request, work, going, form.refuse(problem.errors), 422)
        return see_other(request, f"/visits/{visit.id}", toast=_("Visit saved"))

    @get("/{visit_id:int}/do")
    async def do(self, request: Request[Any, Any, Any], visit_id: FromPath[int]) -> Response[Any]:
        """The form of an own visit that is not done yet."""
        async with reading(request) as work:
            going = await _going(work, visit_id)
            if (reason := policy.can_check_in(work.actor, going.visit)) is not None:  # type: ignore[arg-type]
                raise Denied(reason)
            return await _form(request, work, going, await _empty(work, going))

    @post("/{visit_id:int}/do", status_code=200)
    async def finish(self, request: Request[Any, Any, Any], visit_id: FromPath[int]) -> Response[Any]:
        """Write down an own planned visit."""
        raw = {**await raw_form(request), "visit_id": str(visit_id)}
        form = bound(VisitInput, raw)
        async with reading(request) as work:
            going = await _going(work, visit_id)
            if going.visit is not None and going.visit.owner_id != work.actor.id:
                raise Denied(_("This is somebody else's visit."))
        try:
            visit = await _record(request, form)
        except Invalid as problem:
            async with reading(request) as work:
                return await _form(request, work, going, form.refuse(problem.errors), 422)
        return see_other(request, f"/visits/{visit.id}", toast=_("Visit saved"))

    @post("/{visit_id:int}/check-in", status_code=200)
    async def check_in(self, request: Request[Any, Any, Any], visit_id: FromPath[int]) -> Response[Any]:
        """Say that I am there; the form comes next."""
        form = await bind(request, CheckInInput)
        async with writing(request) as work:
            await actions.check_in(work, visit_id, form.checked())
        return see_other(request, f"/visits/{visit_id}/do")


FILES = {"photos": FileKind.photo, "signature": FileKind.signature}


async def _record(request: AnyRequest, form: Form[VisitInput]) -> Visit:
    """Write the visit down with the files that came in its form (with JavaScript they come by themselves)."""
    async with writing(request) as work:
        visit = await actions.record(work, form.checked())
        await keep_posted(work, store_of(request), form.raw, "visits", visit.client_uuid, FILES)
    return visit


async def _going(work: Work, visit_id: int) -> Going:
    """A visit with its customer, whom whoever goes there may know. Raises NotFound."""
    visit = await queries.get(work, visit_id)
    return Going(await work.session.get_one(Customer, visit.customer_id), visit)


async def _empty(work: Work, going: Going) -> Form[VisitInput]:
    """The form as it begins."""
    kinds = await questions.types(work)
    visit = going.visit
    values: dict[str, Any] = {"next_pick": NextContact.none.value, "client_uuid": uuid4()}
    type_id = visit.type_id if visit is not None else None
    values["type_id"] = type_id or (kinds[0].id if kinds else None)
    if visit is not None:
        values |= {"contact_id": visit.contact_id, "arrived_at": visit.arrived_at and visit.arrived_at.isoformat()}
        values |= {
            f"arrived_{part}": getattr(visit, f"arrived_{part}")
            for part in ("fix", "lat", "lng", "accuracy_m", "age_s")
        }
    return filled(VisitInput, **values)


async def _form(
    request: AnyRequest, work: Work, going: Going, form: Form[VisitInput], status: int = 200
) -> Response[Any]:
    visit, customer = going.visit, going.customer
    types = await questions.types(work, besides=visit.type_id if visit is not None else None)
    people = await contacts.of_customer(work, customer.id) if await customers.sees(work, customer.id) else []
    return page(
        request, "visits/do.html", status=status, title=_("Visit"), back=going.back, form=form, going=going,
        visit=visit, customer=customer, place=place_of(customer), types=types,
        slack=slack_of(customer.location_accuracy),
        signed_types=" ".join(str(one.id) for one in types if one.signature),
        type_options=[(str(one.id), one.name) for one in types],
        contacts=[(one.id, one.name) for one in people], picks=[(pick.value, pick.label) for pick in NextContact],
        settings=await company_settings(work.session),
    )  # fmt: skip
