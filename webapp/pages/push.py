"""Web push from the browser's side: subscribe, unsubscribe, a test, and decisions straight from a notification."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.approvals.queries import count_waiting
from domain.core.errors import NotFound, Problem
from domain.core.text import _
from domain.core.work import Work
from domain.notifications import actions, queries
from domain.notifications.models import NotificationKind
from domain.people.queries import load_actor
from webapp import csrf
from webapp.deliver.push_target import check_target
from webapp.devices import device_name
from webapp.errors import status_of
from webapp.forms import raw_form
from webapp.i18n import catalogue
from webapp.render import see_other
from webapp.work import actor_of, database_of, transaction, writing

DECISIONS: dict[str, actions.Decision] = {"confirm": "confirm", "reject": "reject"}
UNSPOKEN = _("Rejected straight from the notification, without a word. Ask me why.")
"""The reason of a rejection from a lock screen, where nobody can type."""


class Push(Controller):
    """Called by scripts and the service worker of our own pages."""

    path = "/push"

    @get("/hello", sync_to_thread=False)
    def hello(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """A fresh token for the service worker, which has no page to take one from."""
        token = csrf.masked(request.scope["state"]["csrf"])
        return Response({"user": actor_of(request).id, "csrf": token}, headers={"Cache-Control": "no-store"})

    @post("/subscriptions", status_code=204)
    async def subscribe(self, request: Request[Any, Any, Any]) -> None:
        """Take this browser's subscription for the person signed in, or renew it."""
        raw = await raw_form(request)
        endpoint, p256dh, auth = (str(raw.get(name, "")) for name in ("endpoint", "p256dh", "auth"))
        target = check_target(endpoint, p256dh, auth, request.app.state.settings.push_services)
        async with writing(request) as work:
            await actions.subscribe(
                work, endpoint=target.endpoint, p256dh=target.p256dh, auth=target.auth,
                device=device_name(request.headers.get("user-agent", "")),
                replaces=str(raw.get("replaces", "")), session_id=request.scope["state"].get("session_id"),
            )  # fmt: skip

    @post("/subscriptions/drop", status_code=204)
    async def unsubscribe(self, request: Request[Any, Any, Any]) -> None:
        """Forget this browser's subscription."""
        endpoint = str((await raw_form(request)).get("endpoint", ""))
        async with writing(request) as work:
            await actions.unsubscribe(work, endpoint)

    @post("/test", status_code=200)
    async def send_test(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Send the person a notification on all devices."""
        async with writing(request) as work:
            assert work.actor.id is not None, "the clock has no pages"
            devices = len(await queries.subscriptions(work, work.actor.id))
            sentence = _("Notifications work on this device.")
            await actions.notify(
                work, [work.actor.id], NotificationKind.system, sentence, url="/account/device", tag="test"
            )
        if devices == 0:
            return see_other(request, "/account/device", toast=_("Switch notifications on first."), tone="warn")
        told = _("Sent to %(n)s device.", plural="Sent to %(n)s devices.", n=devices)
        return see_other(request, "/account/device", toast=told)

    @post("/decide/{decision:str}", status_code=200)
    async def decide(self, request: Request[Any, Any, Any], decision: FromPath[str]) -> Response[Any]:
        """Confirm or reject by the token of a notification: it alone says who decides what, so no sign-in is asked."""
        if decision not in DECISIONS:
            raise NotFound
        token = str((await raw_form(request)).get("token", ""))
        database = database_of(request)
        words = catalogue(request.scope["state"]["language"])
        try:
            async with database.reading() as session:
                actor = await load_actor(session, await actions.holder_of(session, token))
            if actor is None:
                raise NotFound
            words = catalogue(actor.language)
            async with transaction(database, actor) as work:
                told = await actions.decide(work, token, DECISIONS[decision], words.say(UNSPOKEN))
        except Problem as problem:
            return Response({"message": words.say(problem.message)}, status_code=status_of(problem))
        async with database.reading() as session:
            left = await count_waiting(Work(session, actor, work.now))
        return Response({"message": words.say(told), "badge": left}, headers={"Cache-Control": "no-store"})
