"""Putting a lead aside with a reason: it is invalid for now, or void for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.core.errors import Conflict, Denied, Invalid
from domain.core.text import Text, _
from domain.leads import actions, queries
from domain.leads.inputs import StatusInput
from domain.leads.models import LeadStatus
from domain.leads.workflow import WORKFLOW
from webapp.forms import Form, bind, filled, whole_number
from webapp.htmx import AnyRequest
from webapp.render import page, see_other
from webapp.work import reading, writing


@dataclass(frozen=True, slots=True)
class Aside:
    """One way to put a lead aside, as its page says it."""

    title: Text
    what: Text
    why: Text
    send: Text
    done: Text
    kind: str
    again: bool


ASIDE = {
    "invalid": Aside(
        _("Mark as invalid"), _("It stays yours, but nobody waits for it. It can be woken up."),
        _("Why is it invalid?"), _("Mark as invalid"), _("Marked as invalid"), "primary", again=True,
    ),
    "void": Aside(
        _("Make void"), _("It was never a lead: a test, a double, an advertisement. Only administrators restore it."),
        _("Why is it void?"), _("Make void"), _("Made void"), "danger", again=False,
    ),
}  # fmt: skip


class LeadStatusForms(Controller):
    """Open to whoever may change the lead and make the move."""

    path = "/leads/{lead_id:int}"

    @get(["/invalid", "/void"])
    async def ask(self, request: Request[Any, Any, Any], lead_id: FromPath[int]) -> Response[Any]:
        """The form that asks for the reason."""
        return await _form(request, lead_id, filled(StatusInput))

    @post(["/invalid", "/void"], status_code=200)
    async def put_aside(self, request: Request[Any, Any, Any], lead_id: FromPath[int]) -> Response[Any]:
        """Do it; a page that was looked at too long ago comes again with what was typed."""
        verb, form = _verb(request), await bind(request, StatusInput)
        act = actions.mark_invalid if verb == "invalid" else actions.void
        try:
            async with writing(request) as work:
                await act(work, lead_id, form.checked(), whole_number(form.raw.get("version")))
        except Invalid as problem:
            return await _form(request, lead_id, form.refuse(problem.errors), status=422)
        except Conflict as problem:
            if problem.code != "stale":
                raise
            return await _form(request, lead_id, form, stale=problem.message, status=409)
        return see_other(request, f"/leads/{lead_id}", toast=ASIDE[verb].done)


def _verb(request: AnyRequest) -> str:
    return request.url.path.rpartition("/")[2]


async def _form(
    request: AnyRequest, lead_id: int, form: Form[Any], *, stale: Text | None = None, status: int = 200
) -> Response[Any]:
    verb = _verb(request)
    async with reading(request) as work:
        found = await queries.detail(work, lead_id)
        move = WORKFLOW.get(verb)
        if move.permission is not None:
            work.actor.require(move.permission)
        if not found.may_write:
            raise Denied(_("You may read this but not change it."))
    if found.lead.status not in move.sources:
        raise Denied(_('Not while it is "%(state)s".', state=LeadStatus(found.lead.status).label))
    version = form.raw.get("version", found.lead.version) if status == 422 else found.lead.version
    return page(
        request, "leads/aside.html", title=ASIDE[verb].title, back=f"/leads/{lead_id}", lead=found.lead, verb=verb,
        aside=ASIDE[verb], form=form, version=version, stale=stale, status=status,
    )  # fmt: skip
