"""Pools: what lies in them and how I stand before them; the verbs stand in `pool_verbs.py`."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.params import FromPath

from domain.core.text import _
from domain.pools import assignees, queries
from domain.pools.models import PoolKind
from domain.pools.words import rule_text
from webapp.pages.pooled import POOL_PAGES
from webapp.render import page
from webapp.work import reading


class Pools(Controller):
    """Open to whoever may see pools."""

    path = "/pools"

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """My pools of each kind, with what waits in each."""
        async with reading(request) as work:
            work.actor.require("pools.view")
            found = [(of, await queries.overview(work, kind)) for kind, of in POOL_PAGES.items()]
        shelves = [(of, pools) for of, pools in found if pools]
        return page(request, "pools/list.html", title=_("Public pools"), shelves=shelves)

    @get("/{pool_id:int}")
    async def show(self, request: Request[Any, Any, Any], pool_id: FromPath[int]) -> Response[Any]:
        """The rules of one pool, in sentences."""
        async with reading(request) as work:
            work.actor.require("pools.view")
            pool = await queries.get(work, pool_id)
            of = POOL_PAGES[PoolKind(pool.kind)]
            (shown,) = [one for one in await queries.overview(work, of.kind) if one.id == pool.id]
            turn = await assignees.names(work, pool.id)
            rules = [rule_text(rule, target) for rule, target in await queries.rules(work, pool.id)]
        context: dict[str, Any] = {"of": of, "pool": pool, "shown": shown, "rules": rules, "turn": turn}
        return page(request, "pools/show.html", title=pool.name, back="/pools", **context)
