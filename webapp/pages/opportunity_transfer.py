"""Giving opportunities to somebody else, one or all that are ticked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from sqlalchemy import select

from domain.core.access import among
from domain.core.errors import Conflict, Denied, Invalid, NotFound, Problem
from domain.core.text import _
from domain.opportunities import actions, queries
from domain.opportunities.models import Opportunity
from domain.people.queries import with_right
from webapp.forms import raw_form, whole_number
from webapp.htmx import AnyRequest
from webapp.pages.customer_tools import came_from
from webapp.pages.opportunity_rows import PATH
from webapp.pages.pool_verbs import picks
from webapp.render import page, see_other
from webapp.work import actor_of, reading, writing

RIGHT = "opportunities.transfer"


class OpportunityTransfer(Controller):
    """Open to whoever may transfer; the actions ask whose each one is."""

    path = PATH

    @get("/{opportunity_id:int}/transfer")
    async def ask(self, request: Request[Any, Any, Any], opportunity_id: FromPath[int]) -> Response[Any]:
        """Asks to whom."""
        return await _choose(request, [opportunity_id], f"{PATH}/{opportunity_id}")

    @post("/{opportunity_id:int}/transfer", status_code=200)
    async def give(self, request: Request[Any, Any, Any], opportunity_id: FromPath[int]) -> Response[Any]:
        """Give one; who does not see it any more is led to the list."""
        raw, back = await raw_form(request), f"{PATH}/{opportunity_id}"
        try:
            receiver = _receiver(raw)
            async with writing(request) as work:
                await actions.transfer(work, opportunity_id, receiver)
        except (Invalid, Conflict, Denied) as problem:
            return await _choose(request, [opportunity_id], back, raw, problem)
        async with reading(request) as work:
            try:
                await queries.get(work, opportunity_id)
            except NotFound:
                back = PATH
        return see_other(request, back, toast=_("Transferred"))

    @post("/transfer", status_code=200)
    async def give_many(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Give the ticked ones, each with its own outcome; asks to whom first, if that was not said."""
        raw = await raw_form(request)
        ids, back = picks(raw), came_from(raw, queries.LIST)
        if not ids:
            actor_of(request).require(RIGHT)
            again = f"{back}{'&' if '?' in back else '?'}select=1"
            return see_other(request, again, toast=_("Nothing is selected."), tone="warn")
        if "user_id" not in raw:
            return await _choose(request, ids, back)
        try:
            receiver = _receiver(raw)
            async with writing(request) as work:
                outcomes = await actions.transfer_many(work, ids, receiver)
        except (Invalid, Denied) as problem:
            return await _choose(request, ids, back, raw, problem)
        done = sum(outcome.done for outcome in outcomes)
        return page(
            request, "pools/outcomes.html", title=_("Transferred"), back=back, path=PATH, mine=_("My opportunities"),
            outcomes=outcomes, done=done, left=len(outcomes) - done,
        )  # fmt: skip


def _receiver(raw: dict[str, Any]) -> int:
    """Who was chosen. Raises Invalid for nobody."""
    chosen = whole_number(raw.get("user_id"))
    if chosen is None:
        raise Invalid.of("user_id", _("Please choose one of the list."))
    return chosen


async def _choose(
    request: AnyRequest, ids: Sequence[int], back: str, raw: dict[str, Any] | None = None,
    problem: Problem | None = None,
) -> Response[Any]:  # fmt: skip
    """The page that asks to whom. A refusal that names no field stands above the form."""
    async with reading(request) as work:
        work.actor.require(RIGHT)
        found = select(Opportunity.name).where(among(Opportunity.id, ids[:5]), queries.visible(work.actor))
        names = list((await work.session.scalars(found.order_by(Opportunity.id))).all())
        if not names:
            raise NotFound
        options = await with_right(work.session, "opportunities.edit")
    errors = {} if problem is None else problem.errors if isinstance(problem, Invalid) else {"": (problem.message,)}
    return page(
        request, "pools/choose.html", title=_("Transfer to"), back=back, verb="transfer", field="user_id", ids=ids,
        names=names, more=len(ids) - len(names), options=options, raw=raw or {}, errors=errors,
        action=request.url.path, along=None, goes=False, status=422 if problem else 200,
    )  # fmt: skip
