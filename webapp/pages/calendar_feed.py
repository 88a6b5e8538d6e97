"""The feed of the own calendar: its secret address, and what a calendar program gets there."""

from __future__ import annotations

import zlib
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.calendar import feed
from domain.core.errors import NotFound
from domain.core.text import _
from domain.core.work import Work, clock
from webapp import icalendar_feed
from webapp.htmx import AnyRequest
from webapp.pace import Pace
from webapp.render import page, see_other
from webapp.work import database_of, reading, transaction, writing

READS = Pace(burst=12, per_minute=6)
"""For each feed."""
TRIES = Pace(burst=60, per_minute=30)
"""For each address on the network, whatever secret it brings."""
ENDING = ".ics"


class Feed(Controller):
    """Open to whoever knows the secret, without a session."""

    path = "/feeds"

    @get("/{secret:str}")
    async def read(self, request: Request[Any, Any, Any], secret: FromPath[str]) -> Response[bytes]:
        """The calendar of whoever made the secret, as they may see it now."""
        TRIES.take(zlib.crc32(request.scope["state"]["address"].encode()))
        if not secret.endswith(ENDING):
            raise NotFound
        database = database_of(request)
        async with database.reading() as session:
            actor, read_at = await feed.of_secret(session, secret.removesuffix(ENDING))
            READS.take(actor.id or 0)
            work = Work(session, actor, clock())
            found = await feed.entries(work)
        if feed.worth_noting(read_at, work.now):
            async with transaction(database, actor) as writable:
                await feed.note_read(writable)
        settings = request.app.state.settings
        body = icalendar_feed.written(
            found, name=f"Offing · {actor.name}", zone=actor.time_zone, now=work.now, base_url=settings.base_url
        )
        return Response(body, media_type="text/calendar", headers={"Cache-Control": "no-store"})


class FeedAddress(Controller):
    """Making and ending the own feed."""

    path = "/account/calendar"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Whether there is a feed; its address is said only when it is made."""
        return await self._page(request)

    @post(status_code=200)
    async def make(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Make the address, or a new one in place of it."""
        async with writing(request) as work:
            secret = await feed.renew(work)
        return await self._page(request, secret)

    @post("/revoke", status_code=200)
    async def revoke(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """End it."""
        async with writing(request) as work:
            await feed.revoke(work)
        return see_other(request, self.path, toast=_("The address opens nothing any more."))

    async def _page(self, request: AnyRequest, secret: str = "") -> Response[Any]:
        async with reading(request) as work:
            work.actor.require("calendar.view")
            found = await feed.mine(work)
        base = request.app.state.settings.base_url
        address = f"{base}/feeds/{secret}{ENDING}" if secret else ""
        return page(
            request, "account/calendar.html", title=_("Calendar in other programs"), back="/account",
            feed=found, address=address, webcal=address.replace("https://", "webcal://").replace("http://", "webcal://"),
        )  # fmt: skip
