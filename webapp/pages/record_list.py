"""The list of what is owned or lies in pools, customers or leads, with its filter sheet and its acts on chosen rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from litestar import Response
from sqlalchemy import select

from domain.core.lists import ListQuery, ListSpec
from domain.core.text import Text, _
from domain.core.work import Work, clock
from domain.people.models import User
from domain.pools import queries as pools
from domain.pools.models import PoolKind
from webapp import csrf
from webapp.forms import whole_number
from webapp.htmx import AnyRequest, wants_fragment
from webapp.listing import Listing, block_of, listing
from webapp.pages import customer_tools
from webapp.render import fragment, page
from webapp.work import actor_of, reading

MOST_OWNERS = 200
"""More names than this no select can hold; who leads more people filters by the address of the team page."""
KEPT_FILTERS = ("area",)
"""Filters that are set elsewhere than in the sheet, which must not lose them."""
Options = Sequence[tuple[str, Text]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the filter sheet offers, and the address without filters."""

    sorts: Options
    options: Mapping[str, Options]
    chosen: Mapping[str, str]
    clear: str
    keep: Sequence[tuple[str, str]]
    owners: Sequence[tuple[int, str]]
    pools: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordList:
    """One such list; its templates are `<feature>/list.html` and `<feature>/filter.html`."""

    spec: ListSpec
    kind: PoolKind
    title: Text
    row_views: Callable[..., Any]
    options: Mapping[str, Options]
    """By filter, what may be chosen."""

    @property
    def feature(self) -> str:
        """The first half of its rights, and its address."""
        return self.spec.kind

    async def show(self, request: AnyRequest) -> Response[Any]:
        """The list, or the block of it that was asked for: scenes, search, filters, page after page."""
        async with reading(request) as work:
            work.actor.require(f"{self.feature}.view")
            found = await listing(request, work, self.spec)
        template, part = f"{self.feature}/list.html", block_of(request, found)
        context = {
            "listing": found, "rows": self._views(request, found.rows),
            "clear": f"/{self.feature}?{replace(found.query, filters={}).params()}", **choosing(request, found),
        }  # fmt: skip
        if part is not None:
            return fragment(request, template, part, **context)
        return page(request, template, title=self.title, **context)

    async def show_filter(self, request: AnyRequest) -> Response[Any]:
        """The fields of the filter, fetched when the sheet opens; a page of its own without JavaScript."""
        params = {name: value for name, value in request.query_params.items() if isinstance(value, str)}
        query = ListQuery.of(self.spec, params)
        async with reading(request) as work:
            work.actor.require(f"{self.feature}.view")
            sheet = await self.sheet(work, query)
        template = f"{self.feature}/filter.html"
        context: dict[str, Any] = {"sheet": sheet, "query": query}
        if wants_fragment(request):
            return fragment(request, template, "fields", **context)
        return page(request, template, title=_("Filter"), back=f"/{self.feature}?{query.params()}", **context)

    async def sheet(self, work: Work, query: ListQuery) -> Sheet:
        """The filter sheet of this reader: pools if they have any, owners if somebody works under them."""
        kept = {"scene": query.scene, "q": query.q, **{name: query.filters.get(name) for name in KEPT_FILTERS}}
        in_pools = work.actor.pool_ids or work.actor.everything
        return Sheet(
            sorts=tuple((sort.name, sort.label) for sort in self.spec.sorts),
            options=self.options,
            chosen={item.name: query.filters.get(item.name, "") for item in self.spec.filters},
            clear=f"/{self.feature}?{replace(query, filters={}, cursor=None).params()}",
            keep=[(name, value) for name, value in kept.items() if value],
            owners=await owners(work, query.filters.get("owner")),
            pools=await pools.choices(work, self.kind) if in_pools else (),
        )

    def _views(self, request: AnyRequest, rows: Sequence[Any]) -> Any:
        """The rows in the reader's language."""
        state = request.scope["state"]
        return self.row_views(
            rows, state["language"], actor_of(request), token=csrf.masked(state["csrf"]), now=clock()
        )  # fmt: skip


def choosing(request: AnyRequest, found: Listing) -> dict[str, Any]:
    """The list's menu, or while rows are being chosen what can be done with them."""
    actor, feature = actor_of(request), found.spec.kind
    asked = found.rows and customer_tools.is_choosing(request)
    acts = customer_tools.bulk_acts(actor, found.query, feature) if asked else ()
    if not acts:
        menu = customer_tools.tools(actor, request.scope["state"]["language"], found.query, feature)
        return {"acts": (), "menu": menu, "next_url": found.next_url}
    return {"acts": acts, "menu": "", "next_url": found.next_url and f"{found.next_url}&select=1"}


async def owners(work: Work, asked: str | None) -> Sequence[tuple[int, str]]:
    """Whose records one may choose: the actor's, of those below, and of who is asked for; none if nobody is below."""
    actor, chosen = work.actor, whole_number(asked)
    if not (actor.subordinate_ids or chosen):
        return ()
    ids = {*actor.subordinate_ids[:MOST_OWNERS], *filter(None, (actor.id, chosen))}
    statement = select(User.id, User.name).where(User.id.in_(sorted(ids))).order_by(User.name)
    return [(row.id, row.name) for row in await work.session.execute(statement)]
