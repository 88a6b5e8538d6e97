"""What the outbox of a phone talks to: who am I, and here is a record. Never a page, never a redirect."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Controller, Request, Response, get, post

from domain.core.errors import Invalid
from domain.core.inputs import parse
from domain.core.text import _
from domain.core.work import clock
from domain.sync import actions, formats, queries
from domain.sync.inputs import Envelope, Shape
from webapp import csrf
from webapp.forms import nested
from webapp.json_answers import HANDLERS, answer, json_body, words_of
from webapp.pace import Pace
from webapp.pages.account import my_id
from webapp.work import actor_of, reading, writing

OFFLINE_FOR = timedelta(hours=72)
"""So long a phone opens saved pages without having heard of us."""
MOST_BODY = 512 * 1024
RECORDS = Pace(burst=300, per_minute=300)
"""An outbox of a week is sent in one go; a script that runs wild is not."""


class Sync(Controller):
    """Open to everybody who is signed in; what may be sent is asked kind by kind."""

    path = "/sync"
    exception_handlers = HANDLERS

    @get("/hello")
    async def hello(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        """Who this is, what time it is, and a fresh token; the phone asks before it sends anything."""
        actor = actor_of(request)
        async with reading(request) as work:
            unsettled = await queries.open_count(work)
            now = work.now
        return answer(
            {
                "user": actor.id,
                "name": actor.name,
                "csrf": csrf.masked(request.scope["state"]["csrf"]),
                "at": now.isoformat(),
                "formats": [formats.oldest(now.date()), formats.CURRENT],
                "offline_until": (now + OFFLINE_FOR).isoformat(),
                "wipe": False,  # a device that is to be wiped is told so before it comes here (webapp/auth.py)
                "unsettled": unsettled,
            }
        )

    @post("/records", status_code=200, request_max_body_size=MOST_BODY)
    async def records(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        """Take one record."""
        RECORDS.take(my_id(request))
        raw = await json_body(request)
        shape = parse(Shape, raw)
        envelope = parse(Envelope, formats.upgraded(raw, shape.format, clock().date()))
        key = request.headers.get("idempotency-key")
        if key is not None and key != str(envelope.id):
            raise Invalid.of("id", _("The key in the header is not the id of the record."))
        async with writing(request) as work:
            taken = await actions.take(work, envelope, nested(envelope.fields))
        words = words_of(request)
        return answer(
            {
                "id": str(envelope.id),
                "kind": envelope.kind,
                "record": {"id": taken.record_id, "url": taken.url, "title": taken.title},
                "replayed": taken.replayed,
                "notes": [words.say(note) for note in taken.notes],
            }
        )
