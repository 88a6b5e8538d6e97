"""Follow-ups: noted in seconds on the phone, corrected within a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.core.errors import Denied, Invalid
from domain.core.lists import ListQuery, fetch_page
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.followups import actions, policy, queries
from domain.followups.inputs import FollowUpInput, NextContact
from domain.followups.models import FollowUp, Way
from webapp.formats import field_moment
from webapp.forms import Form, bind, filled, raw_form
from webapp.htmx import AnyRequest, wants_fragment
from webapp.listing import listing
from webapp.pages.followup_subjects import asked, home_of, named_in, subject_of
from webapp.render import fragment, page, see_other
from webapp.work import reading, writing

ICONS = {
    Way.phone: "phone", Way.wechat: "chat", Way.visit: "visit", Way.email: "mail", Way.sms: "device",
    Way.meeting: "team", Way.event: "flag", Way.other: "dot",
}  # fmt: skip
"""In the order of the form: the commonest first."""
WAYS = [(way.value, way.label) for way in ICONS]
RECENT = 30


async def pick_customer(request: AnyRequest, work: Work, title: Text, to: str, back: str) -> Response[Any]:
    """Whom a form is about: one of mine, the last active first, or one that is searched; leads to `to?customer=…`."""
    recent = await fetch_page(work, customers.LIST, ListQuery(scene="mine"), size=RECENT)
    return page(
        request, "followups/pick.html", title=title, back=back, to=to, customers=recent.rows,
        options=[(row.id, row.name) for row in recent.rows],
    )  # fmt: skip


class FollowUps(Controller):
    """Open to whoever may see follow-ups."""

    path = "/followups"

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The list, newest first."""
        async with reading(request) as work:
            work.actor.require("followups.view")
            found = await listing(request, work, queries.LIST)
        context: dict[str, Any] = {
            "listing": found, "rows": found.rows, "ways": Way, "icons": ICONS, "way_options": WAYS,
        }  # fmt: skip
        if wants_fragment(request):
            return fragment(request, "followups/list.html", "rows" if found.query.cursor else "results", **context)
        return page(request, "followups/list.html", title=_("Follow-ups"), **context)

    @get("/new")
    async def new(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The form for `?customer=`, `?opportunity=` or `?lead=`; without one, my customers to choose from."""
        named = asked(request.query_params)
        async with reading(request) as work:
            work.actor.require("followups.create")
            if not any(named.values()):
                return await pick_customer(request, work, _("Whom did you contact?"), "/followups/new", "/followups")
            way = request.query_params.get("way", "")
            form = filled(
                FollowUpInput,
                **named,
                way=way if way in set(Way) else Way.phone.value,
                next_pick=NextContact.none.value,
                client_uuid=uuid4(),
            )
            return await self._form(request, work, form, named, None)

    @post(status_code=200)
    async def create(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Note it; the same form sent twice makes one."""
        form = await bind(request, FollowUpInput)
        try:
            async with writing(request) as work:
                record = await actions.create(work, form.checked())
        except Invalid as problem:
            async with reading(request) as work:
                named = asked(form.raw, "_id")
                return await self._form(request, work, form.refuse(problem.errors), named, None, 422)
        saved = _("Noted.") if record.next_contact_at is None else _("Noted. The next contact stands in your calendar.")
        number = record.opportunity_id
        return see_other(request, f"/opportunities/{number}" if number else home_of(record), toast=saved)

    @get("/{followup_id:int}")
    async def show(self, request: Request[Any, Any, Any], followup_id: FromPath[int]) -> Response[Any]:
        """One follow-up, whole."""
        async with reading(request) as work:
            record, names = await queries.detail(work, followup_id)
            cannot_edit = policy.can_edit(work.actor, record, work.now)
            may_delete = policy.can_delete(work.actor) is None
        return page(
            request,
            "followups/show.html",
            title=_("Follow-up"),
            back=home_of(record),
            names=names,
            record=record,
            way=Way(record.way),
            icons=ICONS,
            cannot_edit=cannot_edit,
            may_delete=may_delete,
        )

    @get("/{followup_id:int}/edit")
    async def change(self, request: Request[Any, Any, Any], followup_id: FromPath[int]) -> Response[Any]:
        """The form of an own one, within a day."""
        async with reading(request) as work:
            record = await queries.get(work, followup_id)
            if (reason := policy.can_edit(work.actor, record, work.now)) is not None:
                raise Denied(reason)
            zone = work.actor.zone
            form = filled(
                FollowUpInput,
                **named_in(record),
                contact_id=record.contact_id,
                way=record.way,
                minutes=record.minutes,
                content=record.content,
                at=field_moment(record.at, zone),
                next_pick=NextContact.own.value if record.next_contact_at else NextContact.none.value,
                next_contact_at=field_moment(record.next_contact_at, zone),
            )
            return await self._form(request, work, form, named_in(record), record)

    @post("/{followup_id:int}", status_code=200)
    async def edit(self, request: Request[Any, Any, Any], followup_id: FromPath[int]) -> Response[Any]:
        """Correct it."""
        form = await bind(request, FollowUpInput)
        version = form.raw.get("version", "")
        try:
            async with writing(request) as work:
                record = await actions.edit(
                    work, followup_id, form.checked(), int(version) if version.isdecimal() else None
                )
        except Invalid as problem:
            async with reading(request) as work:
                record = await queries.get(work, followup_id)
                return await self._form(request, work, form.refuse(problem.errors), named_in(record), record, 422)
        return see_other(request, f"/followups/{record.id}", toast=_("Saved"))

    @post("/{followup_id:int}/delete", status_code=200)
    async def delete(self, request: Request[Any, Any, Any], followup_id: FromPath[int]) -> Response[Any]:
        """Delete it."""
        await raw_form(request)
        async with writing(request) as work:
            gone = await actions.delete(work, followup_id)
        return see_other(request, home_of(gone), toast=_("Deleted"))

    async def _form(
        self,
        request: AnyRequest,
        work: Work,
        form: Form[FollowUpInput],
        named: Mapping[str, int | None],
        record: FollowUp | None,
        status: int = 200,
    ) -> Response[Any]:
        subject = await subject_of(work, named)
        return page(
            request,
            "followups/form.html",
            status=status,
            form=form,
            subject=subject,
            record=record,
            title=_("Correct follow-up") if record else _("Follow up"),
            back=f"/followups/{record.id}" if record else subject.url,
            ways=[(way.value, way.label, icon) for way, icon in ICONS.items()],
            picks=[(pick.value, pick.label) for pick in NextContact],
        )
