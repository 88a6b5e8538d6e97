"""Claiming, returning, assigning, moving and transferring customers, one or many, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.company.models import ReasonKind
from domain.company.queries import reasons
from domain.core.errors import Invalid, NotFound
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.pools import actions, queries
from domain.pools.actions import Outcome
from domain.pools.models import PoolKind
from webapp.forms import raw_form, whole_number
from webapp.htmx import AnyRequest, wants_fragment
from webapp.pages.customer_rows import row_facts
from webapp.pages.customer_tools import came_from
from webapp.render import fragment, page, see_other
from webapp.work import actor_of, reading, writing

KIND = PoolKind.customer


def picks(raw: dict[str, Any]) -> list[int]:
    """The ticked rows of a posted list."""
    values = raw.get("pick", [])
    return [key for key in map(whole_number, values if isinstance(values, list) else [values]) if key is not None]


class PoolVerbs(Controller):
    """What is done with customers and pools; rights are asked by the actions."""

    path = "/customers"

    @post("/{customer_id:int}/claim", status_code=200)
    async def claim(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """Take one out of its pool: its row again for htmx, else its page."""
        async with writing(request) as work:
            customer = await actions.claim(work, KIND, customer_id)
            sentence = await queries.due_sentence(work, KIND, customer)
        toast = _("%(name)s is yours now.", name=customer.name)
        if wants_fragment(request) and request.headers.get("hx-target", "").startswith("li"):
            facts = row_facts(customer, request.scope["state"]["language"])
            shown = {"customer": customer, "sentence": sentence, "facts": facts}
            return fragment(request, "pools/claimed.html", "row", toast=toast, **shown)
        return see_other(request, f"/customers/{customer_id}", toast=toast)

    @post("/claim", status_code=200)
    async def claim_many(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Take all ticked ones, each with its own outcome."""
        raw = await raw_form(request)
        ids = picks(raw)
        if not ids:
            return nothing_chosen(request, raw, "customers.claim")
        async with writing(request) as work:
            outcomes = await actions.claim_many(work, KIND, ids)
        return told(request, _("Claimed"), outcomes, came_from(raw))

    @get("/{customer_id:int}/release")
    async def ask_release(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """The form that asks for a reason and a pool."""
        return await self._release_form(request, customer_id)

    @post("/{customer_id:int}/release", status_code=200)
    async def release(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """Give one back."""
        raw = await raw_form(request)
        reason = str(raw.get("reason_other") or raw.get("reason") or "")
        try:
            async with writing(request) as work:
                customer = await actions.release(work, KIND, customer_id, reason, whole_number(raw.get("pool_id")))
                pool = await queries.name(work, customer.pool_id)
        except Invalid as problem:
            return await self._release_form(request, customer_id, raw, problem)
        return see_other(request, await address(request, customer_id), toast=_("Returned to %(pool)s.", pool=pool))

    async def _release_form(
        self, request: AnyRequest, customer_id: int, raw: dict[str, Any] | None = None, problem: Invalid | None = None
    ) -> Response[Any]:
        async with reading(request) as work:
            customer = await customers.get(work, customer_id)
            work.actor.require("customers.release")
            offered = await reasons(work.session, ReasonKind.release, work.actor.language)
            pools = await queries.choices(work, KIND)
            home = await queries.name(work, customer.home_pool_id) if customer.home_pool_id else None
        if customer.home_pool_id and customer.home_pool_id not in dict(pools):
            pools = [(customer.home_pool_id, home), *pools]  # type: ignore[list-item]
        return page(
            request,
            "pools/release.html",
            status=422 if problem else 200,
            title=_("Return to pool"),
            back=f"/customers/{customer_id}",
            customer=customer,
            reasons=offered,
            pools=pools,
            raw=raw or {},
            errors=problem.errors if problem else {},
        )

    @get(["/{customer_id:int}/assign", "/{customer_id:int}/move", "/{customer_id:int}/transfer"])
    async def ask(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """The form that asks to whom or where one customer goes."""
        return await choose(request, verb_of(request), [customer_id], back=f"/customers/{customer_id}")

    @post(["/{customer_id:int}/assign", "/{customer_id:int}/move", "/{customer_id:int}/transfer"], status_code=200)
    async def do(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """Assign, move or transfer one customer."""
        verb, raw = verb_of(request), await raw_form(request)
        try:
            (outcome,) = await carry_out(request, verb, [customer_id], raw)
        except Invalid as problem:
            return await choose(request, verb, [customer_id], raw, problem, back=f"/customers/{customer_id}")
        if outcome.reason is not None:
            refusal = Invalid.of("", outcome.reason)
            return await choose(request, verb, [customer_id], raw, refusal, back=f"/customers/{customer_id}")
        return see_other(request, await address(request, customer_id), toast=DONE[verb])

    @post(["/assign", "/move", "/transfer"], status_code=200)
    async def do_many(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Assign, move or transfer the ticked ones; asks to whom or where first, if that was not given."""
        verb, raw = verb_of(request), await raw_form(request)
        ids = picks(raw)
        if not ids:
            return nothing_chosen(request, raw, RIGHTS[verb])
        if FIELDS[verb] not in raw:
            return await choose(request, verb, ids, raw, back=came_from(raw))
        try:
            outcomes = await carry_out(request, verb, ids, raw)
        except Invalid as problem:
            return await choose(request, verb, ids, raw, problem, back=came_from(raw))
        return told(request, DONE[verb], outcomes, came_from(raw))


FIELDS = {"assign": "user_id", "move": "pool_id", "transfer": "user_id"}
RIGHTS = {"assign": "customers.assign", "move": "customers.assign", "transfer": "customers.transfer"}
TITLES = {"assign": _("Assign to"), "move": _("Move to another pool"), "transfer": _("Transfer to")}
DONE = {"assign": _("Assigned"), "move": _("Moved"), "transfer": _("Transferred")}


def verb_of(request: AnyRequest) -> str:
    """The verb that an address ends with."""
    return request.url.path.rstrip("/").rpartition("/")[2]


async def carry_out(request: AnyRequest, verb: str, ids: Sequence[int], raw: dict[str, Any]) -> Sequence[Outcome]:
    """Do it. Raises Invalid when the receiver or the pool is missing."""
    target = whole_number(raw.get(FIELDS[verb]))
    if target is None:
        raise Invalid.of(FIELDS[verb], _("Please choose one of the list."))
    async with writing(request) as work:
        if verb == "assign":
            return await actions.assign(work, KIND, ids, target)
        if verb == "move":
            return await actions.move(work, KIND, ids, target)
        return await actions.transfer(work, KIND, ids, target)


async def choose(
    request: AnyRequest,
    verb: str,
    ids: Sequence[int],
    raw: dict[str, Any] | None = None,
    problem: Invalid | None = None,
    back: str = "/customers",
) -> Response[Any]:
    """The page that asks to whom or where."""
    async with reading(request) as work:
        work.actor.require(RIGHTS[verb])
        names = await customers.names(work, ids[:5])
        if not names:
            raise NotFound
        options = await targets(work, verb)
    return page(
        request,
        "pools/choose.html",
        status=422 if problem else 200,
        title=TITLES[verb],
        back=back,
        verb=verb,
        field=FIELDS[verb],
        ids=ids,
        names=names,
        more=len(ids) - len(names),
        options=options,
        raw=raw or {},
        errors=problem.errors if problem else {},
        action=request.url.path,
    )


async def targets(work: Work, verb: str) -> Sequence[tuple[int, Text | str]]:
    """Pools, or people with what they hold."""
    if verb == "move":
        return await queries.choices(work, KIND)
    people: list[tuple[int, Text | str]] = []
    for one in await queries.receivers(work, KIND):
        if one.holding_limit is None:
            people.append((one.id, _("%(name)s · holds %(held)s", name=one.name, held=one.held)))
        else:
            words = _("%(name)s · holds %(held)s of %(limit)s", name=one.name, held=one.held, limit=one.holding_limit)
            people.append((one.id, words))
    return people


def nothing_chosen(request: AnyRequest, raw: dict[str, Any], right: str) -> Response[Any]:
    """Back to the list, with a word why nothing happened, for who could have done it."""
    actor_of(request).require(right)
    back = came_from(raw)
    choosing = f"{back}{'&' if '?' in back else '?'}select=1"
    return see_other(request, choosing, toast=_("Nothing is selected."), tone="warn")


def told(request: AnyRequest, verb: Text, outcomes: Sequence[Outcome], back: str) -> Response[Any]:
    """The page with the outcome of each row."""
    done = sum(outcome.done for outcome in outcomes)
    return page(
        request,
        "pools/outcomes.html",
        title=verb,
        back=back,
        outcomes=outcomes,
        done=done,
        left=len(outcomes) - done,
    )


async def address(request: AnyRequest, customer_id: int) -> str:
    """The customer's page while the actor sees it, else the list."""
    async with reading(request) as work:
        try:
            await customers.get(work, customer_id)
        except NotFound:
            return "/customers"
    return f"/customers/{customer_id}"
