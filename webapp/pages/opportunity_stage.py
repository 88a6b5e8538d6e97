"""Moving an opportunity to another stage: what the stage it leaves asks, and why it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.company.queries import company_settings
from domain.core.errors import Conflict, Denied, Invalid
from domain.core.text import Text, _
from domain.core.work import Work
from domain.opportunities import actions, policy, queries
from domain.opportunities.inputs import ReopenInput, StageInput
from domain.opportunities.models import StageKind
from domain.opportunities.stages import StageView, pipeline_of
from webapp.formats import plain
from webapp.forms import Form, bind, bound, filled, key_of, raw_form, whole_number
from webapp.htmx import AnyRequest
from webapp.pages.opportunity_rows import KIND_TONES, board_url
from webapp.render import page, see_other
from webapp.work import reading, writing

REASONS = {
    StageKind.won: _("Why was it won?"), StageKind.lost: _("Why was it lost?"),
    StageKind.invalid: _("Why is it invalid?"),
}  # fmt: skip
"""Each ending with the question that is asked of it."""
DONE = {
    StageKind.won: _("Won. Well done!"), StageKind.lost: _("Closed as lost"),
    StageKind.invalid: _("Closed as invalid"),
}  # fmt: skip
"""What is said after an ending."""


class OpportunityStage(Controller):
    """Open to whoever may change the opportunity."""

    path = "/opportunities/{opportunity_id:int}"

    @get("/stage")
    async def ask(self, request: Request[Any, Any, Any], opportunity_id: FromPath[int]) -> Response[Any]:
        """The form; `?to=` names the stage, `?board=` the board that it came from."""
        params = request.query_params
        raw = {"stage_id": params.get("to", ""), "board": params.get("board")}
        return await _form(request, opportunity_id, Form(raw))

    @post("/stage", status_code=200)
    async def move(self, request: Request[Any, Any, Any], opportunity_id: FromPath[int]) -> Response[Any]:
        """Do it; a page that was looked at too long ago comes again with what was typed."""
        raw = await raw_form(request)
        form = await entered(request, raw)
        try:
            async with writing(request) as work:
                moved = await actions.move(work, opportunity_id, form.checked(), whole_number(raw.get("version")))
                done = await said(work, moved)
        except Invalid as problem:
            return await _form(request, opportunity_id, form.refuse(problem.errors), status=422)
        except Conflict as problem:
            if problem.code != "stale":
                raise
            return await _form(request, opportunity_id, form, stale=problem.message, status=409)
        board = raw.get("board")
        return see_other(request, f"/opportunities/{opportunity_id}" if board is None else board_url(board), toast=done)

    @get("/reopen")
    async def ask_reopen(self, request: Request[Any, Any, Any], opportunity_id: FromPath[int]) -> Response[Any]:
        """The form that asks for the reason."""
        return await _reopen_form(request, opportunity_id, filled(ReopenInput))

    @post("/reopen", status_code=200)
    async def reopen(self, request: Request[Any, Any, Any], opportunity_id: FromPath[int]) -> Response[Any]:
        """Let one that had ended go on."""
        form = await bind(request, ReopenInput)
        try:
            async with writing(request) as work:
                await actions.reopen(work, opportunity_id, form.checked(), whole_number(form.raw.get("version")))
        except Invalid as problem:
            return await _reopen_form(request, opportunity_id, form.refuse(problem.errors), status=422)
        except Conflict as problem:
            if problem.code != "stale":
                raise
            return await _reopen_form(request, opportunity_id, form, stale=problem.message, status=409)
        return see_other(request, f"/opportunities/{opportunity_id}", toast=_("Reopened"))


async def entered(request: AnyRequest, raw: Mapping[str, Any]) -> Form[StageInput]:
    """What was typed. Each ending has a field of reasons of its own; only that of the chosen one counts."""
    answers = {
        number: value
        for name, value in raw.items()
        if name.startswith("answers.") and (number := key_of(name.removeprefix("answers."))) and isinstance(value, str)
    }
    async with reading(request) as work:
        chosen = await stage_of(work, key_of(raw.get("stage_id")))
    reason = raw.get(f"reason_{chosen.kind}", raw.get("reason_id", "")) if chosen and chosen.ends else ""
    note = raw.get("end_note", "") if chosen is None or chosen.ends else ""
    values = {name: value for name, value in raw.items() if not name.startswith("answers.")}
    form = bound(StageInput, {**values, "answers": answers, "reason_id": reason, "end_note": note})
    return Form(raw, form.errors, form.data)


async def stage_of(work: Work, stage_id: int | None) -> StageView | None:
    """A stage of any pipeline."""
    known = await queries.pipelines(work, closed=True)
    return next((stage for one in known for stage in one.stages if stage.id == stage_id), None)


async def said(work: Work, moved: Any) -> Text:
    """What a move is answered with."""
    stage = await stage_of(work, moved.stage_id)
    return DONE.get(StageKind(moved.status), _("Moved to %(stage)s", stage=stage.name if stage else ""))


async def _form(
    request: AnyRequest, opportunity_id: int, form: Form[Any], *, stale: Text | None = None, status: int = 200
) -> Response[Any]:
    async with reading(request) as work:
        found = await queries.detail(work, opportunity_id)
        deal = found.opportunity
        if not found.may_write:
            raise Denied(_("You may read this but not change it."))
        if (reason := policy.closed(deal.status)) is not None:
            raise Denied(reason)
        way = await pipeline_of(work, deal.pipeline_id)
        reasons = [(kind.value, words, await queries.end_reasons(work, kind)) for kind, words in REASONS.items()]
        summed = bool(await queries.lines(work, opportunity_id))
        currency = (await company_settings(work.session)).currency
    now = way.stage(deal.stage_id)
    assert now is not None, "a stage belongs to its pipeline by a foreign key"
    raw = {"amount": plain(deal.amount), "expected_on": plain(deal.expected_on), **form.raw}
    board = raw.get("board")
    return page(
        request, "opportunities/stage.html", title=_("Move"), found=found, deal=deal, now=now, stale=stale,
        back=f"/opportunities/{opportunity_id}" if board is None else board_url(board), board=board, status=status,
        stages=[_Target(one, bool(policy.asked(now, one))) for one in way.stages if one.active and one is not now],
        chosen=str(raw.get("stage_id", "")), asked=now.questions, reasons=reasons, summed=summed, currency=currency,
        form=Form(raw, form.errors), kinds=KIND_TONES,
        version=raw.get("version", deal.version) if status == 422 else deal.version,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Target:
    """A stage that may be chosen, and whether the present one asks something on the way there."""

    stage: StageView
    asks: bool


async def _reopen_form(
    request: AnyRequest, opportunity_id: int, form: Form[Any], *, stale: Text | None = None, status: int = 200
) -> Response[Any]:
    async with reading(request) as work:
        work.actor.require("opportunities.reopen")
        found = await queries.detail(work, opportunity_id)
    deal = found.opportunity
    if not found.may_reopen:
        raise Denied(_("You may read this but not change it."))
    if deal.status == StageKind.open:
        raise Denied(_("It has not ended."))
    return page(
        request, "opportunities/reopen.html", title=_("Reopen"), back=f"/opportunities/{opportunity_id}", found=found,
        deal=deal, tone=KIND_TONES[StageKind(deal.status)], form=form, stale=stale, status=status,
        version=form.raw.get("version", deal.version) if status == 422 else deal.version,
    )  # fmt: skip
