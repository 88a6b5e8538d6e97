"""My people and how they are doing; each figure opens the list behind it."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get

from domain.core.text import _
from domain.reports import queries
from webapp.render import page
from webapp.work import reading


class Team(Controller):
    """Open to who leads."""

    path = "/team"

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """One card a person on the phone, one table on the desk."""
        async with reading(request) as work:
            team = await queries.team(work)
        return page(request, "team/show.html", title=_("Team"), team=team)
