"""Approvals: what waits for me, the decision page that a push opens, and what follows the decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from sqlalchemy import select

from domain.approvals import actions, queries
from domain.approvals.approvers import RULES
from domain.approvals.kinds import APPROVABLES
from domain.approvals.models import Approval, ApprovalStatus, ApprovalStep, ApproverRule, StepStatus
from domain.core.access import Actor
from domain.core.errors import Conflict, Invalid, NotFound
from domain.core.sentences import restored
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers.models import Customer
from webapp.course import course_of
from webapp.decisions import DETAILS
from webapp.forms import key_of, raw_form
from webapp.htmx import AnyRequest
from webapp.render import page, see_other
from webapp.work import reading, writing

TONES = {"awaiting": "signal", "confirmed": "good", "rejected": "bad", "withdrawn": "neutral"}
VIEWS: dict[str, Text] = {"waiting": _("Waiting for me"), "decided": _("Decided by me"), "sent": _("Sent by me")}
PAGE = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One approval in a list."""

    id: int
    kind: Text
    title: str
    customer: str | None
    sender: str
    amount: Any
    status: ApprovalStatus
    why: Text | None
    at: Any


class Approvals(Controller):
    """Open to whoever may view approvals; a decision page also to who was asked."""

    path = "/approvals"

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """What waits for me, longest first; what I decided; what I sent."""
        wish = request.query_params.get("view", "waiting")
        view = wish if wish in VIEWS else "waiting"
        async with reading(request) as work:
            work.actor.require("approvals.view")
            rows = await _rows(work, view)
            number = await queries.count_waiting(work)
        views = [(label, f"/approvals?view={name}", name == view, number if name == "waiting" else None)
                 for name, label in VIEWS.items()]  # fmt: skip
        return page(
            request, "approvals/list.html", title=_("Approvals"), view=view, views=views, rows=rows, tones=TONES
        )

    @get("/{approval_id:int}")
    async def show(self, request: Request[Any, Any, Any], approval_id: FromPath[int]) -> Response[Any]:
        """Who asks for what, how much, why it came to me, and the two buttons."""
        return await _decision(request, approval_id)

    @post("/{approval_id:int}/confirm", status_code=200)
    async def confirm(self, request: Request[Any, Any, Any], approval_id: FromPath[int]) -> Response[Any]:
        """Confirm the step and go on to the next approval."""
        return await _decide(request, approval_id, confirmed=True)

    @post("/{approval_id:int}/reject", status_code=200)
    async def reject(self, request: Request[Any, Any, Any], approval_id: FromPath[int]) -> Response[Any]:
        """Reject the step, with a reason, and go on to the next approval."""
        return await _decide(request, approval_id, confirmed=False)


async def _decide(request: AnyRequest, approval_id: int, *, confirmed: bool) -> Response[Any]:
    raw = await raw_form(request)
    step, version = key_of(raw.get("step")) or 0, key_of(raw.get("record_version")) or 0
    words = raw.get("reason")
    reason = words if isinstance(words, str) else ""
    try:
        async with writing(request) as work:
            if (await queries.of_step(work, step)).id != approval_id:
                raise NotFound
            if confirmed:
                approval = await actions.confirm(work, step, version, reason)
            else:
                approval = await actions.reject(work, step, version, reason)
            following = (await work.session.execute(queries.waiting(work.actor).limit(1))).first()
    except Invalid as problem:
        return await _decision(request, approval_id, status=422, problem=problem, reason=reason)
    except Conflict as problem:
        return await _decision(request, approval_id, status=409, problem=problem, reason=reason)
    title = approval.title
    said = _("Confirmed: %(title)s", title=title) if confirmed else _("Rejected: %(title)s", title=title)
    return see_other(request, f"/approvals/{following[0].id}" if following else "/approvals", toast=said)


async def _decision(
    request: AnyRequest,
    approval_id: int,
    *,
    status: int = 200,
    problem: Invalid | Conflict | None = None,
    reason: str = "",
) -> Response[Any]:
    async with reading(request) as work:
        approval = await queries.get(work, approval_id)
        approvable = APPROVABLES[approval.kind]
        detail = await DETAILS[approval.kind](work, approval.record_id)
        rounds = [one for one in await queries.rounds(work, approval.kind, approval.record_id)
                  if one.round <= approval.round]  # fmt: skip
        course = await course_of(work, rounds)
        sender = (await queries.names(work, [approval.submitted_by_id])).get(approval.submitted_by_id, "")
        customer = await work.session.get(Customer, approval.customer_id) if approval.customer_id else None
        mine = _mine(work, approval)
        others = await queries.count_waiting(work)
    return page(
        request,
        "approvals/show.html",
        status=status,
        title=approvable.label,
        back="/approvals",
        approval=approval,
        detail=detail,
        course=course,
        sender=sender,
        customer=customer,
        step=mine,
        told=problem and problem.sentence,
        reason=reason,
        state=ApprovalStatus[approval.status],
        tones=TONES,
        others=others - (1 if mine else 0),
        why=[restored(one) for one in approval.why] + ([_because(mine, sender)] if mine else []),
    )


def _mine(work: Work, approval: Approval) -> ApprovalStep | None:
    """The step that waits for the reader."""
    return next(
        (step for step in approval.steps if step.status == StepStatus.awaiting
         and work.actor.id in {one.user_id for one in step.approvers}), None,
    )  # fmt: skip


def _because(step: ApprovalStep, sender: str) -> Text:
    rule = RULES[ApproverRule[step.rule]]
    return Text(rule.msgid, who=sender)


async def _rows(work: Work, view: str) -> list[Row]:
    make: Mapping[str, Callable[[Actor], Any]] = {
        "waiting": queries.waiting,
        "decided": queries.decided,
        "sent": queries.submitted,
    }
    statement = make[view](work.actor)
    found: list[Approval] = list((await work.session.execute(statement.limit(PAGE))).scalars())
    ids = {one.customer_id for one in found if one.customer_id}
    customers = {}
    if ids:  # names only: whoever decides on an order reads whose it is
        pairs = await work.session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(ids)))
        customers = {number: name for number, name in pairs}
    people = await queries.names(work, [one.submitted_by_id for one in found])
    return [
        Row(
            id=one.id, kind=APPROVABLES[one.kind].label, title=one.title, customer=customers.get(one.customer_id or 0),
            sender=people.get(one.submitted_by_id, ""), amount=one.amount, status=ApprovalStatus[one.status],
            why=restored(one.why[0]) if one.why else None, at=one.created_at,
        )
        for one in found
    ]  # fmt: skip
