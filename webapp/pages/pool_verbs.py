"""Claiming, returning, assigning, moving and transferring what lies in pools, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.company.models import ReasonKind
from domain.company.queries import reasons
from domain.core.errors import Invalid, NotFound
from domain.core.text import Text, _
from domain.core.work import Work
from domain.pools import actions, queries
from domain.pools.actions import Outcome
from domain.pools.kinds import POOL_KINDS
from domain.pools.models import PoolKind
from webapp.forms import raw_form, whole_number
from webapp.htmx import AnyRequest, wants_fragment
from webapp.pages.pooled import CUSTOMERS, LEADS, PoolPages
from webapp.render import fragment, page, see_other
from webapp.work import actor_of, reading, writing


def picks(raw: dict[str, Any]) -> list[int]:
    """The ticked rows of a posted list."""
    values = raw.get("pick", [])
    return [key for key in map(whole_number, values if isinstance(values, list) else [values]) if key is not None]


class PoolVerbs(Controller):
    """What is done with one kind of record and its pools; rights are asked by the actions."""

    pages: ClassVar[PoolPages]

    @post("/{record_id:int}/claim", status_code=200)
    async def claim(self, request: Request[Any, Any, Any], record_id: FromPath[int]) -> Response[Any]:
        """Take one out of its pool: its row again for htmx, else its page."""
        async with writing(request) as work:
            record = await actions.claim(work, self.pages.kind, record_id)
            sentence = await queries.due_sentence(work, self.pages.kind, record)
        toast = _("%(name)s is yours now.", name=record.name)
        if wants_fragment(request) and request.headers.get("hx-target", "").startswith("li"):
            facts = self.pages.facts(record, request.scope["state"]["language"])
            shown = {"of": self.pages, "record": record, "sentence": sentence, "facts": facts}
            return fragment(request, "pools/claimed.html", "row", toast=toast, **shown)
        return see_other(request, f"{self.pages.path}/{record_id}", toast=toast)

    @post("/claim", status_code=200)
    async def claim_many(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Take all ticked ones, each with its own outcome."""
        raw = await raw_form(request)
        ids = picks(raw)
        if not ids:
            return nothing_chosen(request, self.pages, raw, f"{self.pages.feature}.claim")
        async with writing(request) as work:
            outcomes = await actions.claim_many(work, self.pages.kind, ids)
        return told(request, self.pages, _("Claimed"), outcomes, self.pages.came_from(raw))

    @get("/{record_id:int}/release")
    async def ask_release(self, request: Request[Any, Any, Any], record_id: FromPath[int]) -> Response[Any]:
        """The form that asks for a reason and a pool."""
        return await self._release_form(request, record_id)

    @post("/{record_id:int}/release", status_code=200)
    async def release(self, request: Request[Any, Any, Any], record_id: FromPath[int]) -> Response[Any]:
        """Give one back."""
        raw = await raw_form(request)
        reason = str(raw.get("reason_other") or raw.get("reason") or "")
        try:
            async with writing(request) as work:
                pool_id = whole_number(raw.get("pool_id"))
                record = await actions.release(work, self.pages.kind, record_id, reason, pool_id)
                pool = await queries.name(work, record.pool_id)
        except Invalid as problem:
            return await self._release_form(request, record_id, raw, problem)
        return see_other(
            request, await address(request, self.pages, record_id), toast=_("Returned to %(pool)s.", pool=pool)
        )

    async def _release_form(
        self, request: AnyRequest, record_id: int, raw: dict[str, Any] | None = None, problem: Invalid | None = None
    ) -> Response[Any]:
        async with reading(request) as work:
            record = await self.pages.get(work, record_id)
            work.actor.require(f"{self.pages.feature}.release")
            offered = await reasons(work.session, ReasonKind.release, work.actor.language)
            pools = await queries.choices(work, self.pages.kind)
            home = await queries.name(work, record.home_pool_id) if record.home_pool_id else None
        if record.home_pool_id and record.home_pool_id not in dict(pools):
            pools = [(record.home_pool_id, home), *pools]  # type: ignore[list-item]
        return page(
            request,
            "pools/release.html",
            status=422 if problem else 200,
            title=_("Return to pool"),
            back=f"{self.pages.path}/{record_id}",
            here=f"{self.pages.path}/{record_id}",
            record=record,
            reasons=offered,
            pools=pools,
            raw=raw or {},
            errors=problem.errors if problem else {},
        )

    @get(["/{record_id:int}/assign", "/{record_id:int}/move", "/{record_id:int}/transfer"])
    async def ask(self, request: Request[Any, Any, Any], record_id: FromPath[int]) -> Response[Any]:
        """The form that asks to whom or where one record goes."""
        return await self._choose(request, [record_id], back=f"{self.pages.path}/{record_id}")

    @post(["/{record_id:int}/assign", "/{record_id:int}/move", "/{record_id:int}/transfer"], status_code=200)
    async def do(self, request: Request[Any, Any, Any], record_id: FromPath[int]) -> Response[Any]:
        """Assign, move or transfer one record."""
        raw, back = await raw_form(request), f"{self.pages.path}/{record_id}"
        try:
            (outcome,) = await self._carry_out(request, [record_id], raw)
        except Invalid as problem:
            return await self._choose(request, [record_id], raw, problem, back=back)
        if outcome.reason is not None:
            return await self._choose(request, [record_id], raw, Invalid.of("", outcome.reason), back=back)
        return see_other(request, await address(request, self.pages, record_id), toast=verb_of(request).done)

    @post(["/assign", "/move", "/transfer"], status_code=200)
    async def do_many(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Assign, move or transfer the ticked ones; asks to whom or where first, if that was not given."""
        verb, raw = verb_of(request), await raw_form(request)
        ids, back = picks(raw), self.pages.came_from(raw)
        if not ids:
            return nothing_chosen(request, self.pages, raw, f"{self.pages.feature}.{verb.right}")
        if verb.field not in raw:
            return await self._choose(request, ids, raw, back=back)
        try:
            outcomes = await self._carry_out(request, ids, raw)
        except Invalid as problem:
            return await self._choose(request, ids, raw, problem, back=back)
        return told(request, self.pages, verb.done, outcomes, back)

    async def _carry_out(self, request: AnyRequest, ids: Sequence[int], raw: dict[str, Any]) -> Sequence[Outcome]:
        """Do it. Raises Invalid when the receiver or the pool is missing."""
        verb = verb_of(request)
        target = whole_number(raw.get(verb.field))
        if target is None:
            raise Invalid.of(verb.field, _("Please choose one of the list."))
        async with writing(request) as work:
            if verb.name == "transfer":
                return await actions.transfer(work, self.pages.kind, ids, target, along="along" in raw)
            return await verb.act(work, self.pages.kind, ids, target)

    async def _choose(
        self,
        request: AnyRequest,
        ids: Sequence[int],
        raw: dict[str, Any] | None = None,
        problem: Invalid | None = None,
        *,
        back: str,
    ) -> Response[Any]:
        """The page that asks to whom or where."""
        verb = verb_of(request)
        async with reading(request) as work:
            work.actor.require(f"{self.pages.feature}.{verb.right}")
            names = await self.pages.names(work, ids[:5])
            if not names:
                raise NotFound
            options = await targets(work, self.pages.kind, verb)
            along = POOL_KINDS[self.pages.kind].along if verb.name == "transfer" else None
            offered = along is not None and work.actor.may(along.right)
        return page(
            request,
            "pools/choose.html",
            status=422 if problem else 200,
            title=verb.title,
            back=back,
            verb=verb.name,
            field=verb.field,
            ids=ids,
            names=names,
            more=len(ids) - len(names),
            options=options,
            along=along.label if along is not None and offered else None,
            goes=raw is None or verb.field not in raw or "along" in raw,
            raw=raw or {},
            errors=problem.errors if problem else {},
            action=request.url.path,
        )


class CustomerVerbs(PoolVerbs):
    """The verbs of customers."""

    path = "/customers"
    pages = CUSTOMERS


class LeadVerbs(PoolVerbs):
    """The verbs of leads."""

    path = "/leads"
    pages = LEADS


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb that gives records to somebody or puts them somewhere; `right` is the second half of its permission."""

    name: str
    field: str
    right: str
    title: Text
    done: Text
    act: Callable[[Work, PoolKind, Sequence[int], int], Awaitable[Sequence[Outcome]]]


VERBS: Mapping[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb("assign", "user_id", "assign", _("Assign to"), _("Assigned"), actions.assign),
        Verb("move", "pool_id", "assign", _("Move to another pool"), _("Moved"), actions.move),
        Verb("transfer", "user_id", "transfer", _("Transfer to"), _("Transferred"), actions.transfer),
    )
}


def verb_of(request: AnyRequest) -> Verb:
    """The verb that an address ends with."""
    return VERBS[request.url.path.rstrip("/").rpartition("/")[2]]


async def targets(work: Work, kind: PoolKind, verb: Verb) -> Sequence[tuple[int, Text | str]]:
    """Pools, or people with what they hold."""
    if verb.field == "pool_id":
        return await queries.choices(work, kind)
    people: list[tuple[int, Text | str]] = []
    for one in await queries.receivers(work, kind):
        if one.holding_limit is None:
            people.append((one.id, _("%(name)s · holds %(held)s", name=one.name, held=one.held)))
        else:
            words = _("%(name)s · holds %(held)s of %(limit)s", name=one.name, held=one.held, limit=one.holding_limit)
            people.append((one.id, words))
    return people


def nothing_chosen(request: AnyRequest, pages: PoolPages, raw: dict[str, Any], right: str) -> Response[Any]:
    """Back to the list, with a word why nothing happened, for who could have done it."""
    actor_of(request).require(right)
    back = pages.came_from(raw)
    choosing = f"{back}{'&' if '?' in back else '?'}select=1"
    return see_other(request, choosing, toast=_("Nothing is selected."), tone="warn")


def told(request: AnyRequest, pages: PoolPages, verb: Text, outcomes: Sequence[Outcome], back: str) -> Response[Any]:
    """The page with the outcome of each row."""
    done = sum(outcome.done for outcome in outcomes)
    return page(
        request,
        "pools/outcomes.html",
        title=verb,
        back=back,
        path=pages.path,
        mine=pages.words.mine,
        outcomes=outcomes,
        done=done,
        left=len(outcomes) - done,
    )


async def address(request: AnyRequest, pages: PoolPages, record_id: int) -> str:
    """The record's page while the actor sees it, else the list."""
    async with reading(request) as work:
        try:
            await pages.get(work, record_id)
        except NotFound:
            return pages.path
    return f"{pages.path}/{record_id}"
