"""Signing in, with a second factor for who wants one, and out."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get, post

from domain.core.access import SYSTEM
from domain.core.errors import Invalid
from domain.core.text import _
from domain.people import actions
from domain.people.actions import TooMany, Try
from domain.people.models import User
from domain.people.policy import safe_next
from webapp.devices import device_name
from webapp.forms import raw_form
from webapp.htmx import AnyRequest
from webapp.i18n import LANGUAGES
from webapp.render import see_other
from webapp.signing_in import (
    drop_session,
    form_page,
    half_way,
    keep_half_way,
    keep_language,
    keep_session,
    refused,
    text_of,
)
from webapp.work import database_of, transaction, writing

WRONG = _("User name or password is wrong.")
WRONG_CODE = _("This code does not fit, or was used already.")
TOO_LATE = _("That took too long. Please sign in again.")
DEMO_USERS = ("rep", "rep2", "manager", "director", "approver", "finance", "warehouse", "admin")


class SignIn(Controller):
    """Pages for people who are not signed in (yet)."""

    @get("/sign-in")
    async def show(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The sign-in form; who is signed in already goes on."""
        target = safe_next(request.query_params.get("next"))
        if request.scope["state"].get("actor") is not None:
            return see_other(request, target)
        chosen = request.query_params.get("user", "")
        return self._page(request, target, chosen=chosen if chosen in DEMO_USERS else "")

    @post("/sign-in/language", status_code=200)
    async def choose_language(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Keep in this browser in which language the pages before signing in speak."""
        raw = await raw_form(request)
        answer = see_other(request, safe_next(text_of(raw, "from")))
        if text_of(raw, "language") in LANGUAGES:
            keep_language(request, answer, text_of(raw, "language"))
        return answer

    @post("/sign-in", status_code=200)
    async def check(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Check user name and password; the try is counted and committed before the password is looked at."""
        raw = await raw_form(request)
        target = safe_next(text_of(raw, "next"))
        address = request.scope["state"]["address"]
        kept = {"user_name": text_of(raw, "user_name")}
        try:
            async with transaction(database_of(request), SYSTEM) as work:
                counted = await actions.begin_sign_in(work, kept["user_name"], address)
        except TooMany as problem:
            return self._page(request, target, kept, problem)
        if not await actions.fits(counted.password_hash, text_of(raw, "password")) or counted.user_id is None:
            return self._page(request, target, kept, Invalid.of("", WRONG))
        if counted.wants_code:
            return await self._ask_for_code(request, counted, counted.user_id, target)
        return await self._open(request, counted.user_id, target)

    @get("/sign-in/code")
    async def show_code(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The form for the code of the second factor."""
        if half_way(request) is None:
            return see_other(request, "/sign-in", toast=TOO_LATE, tone="warn")
        return form_page(request, "sign_in/code.html", _("Security code"))

    @post("/sign-in/code", status_code=200)
    async def check_code(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Check the code of the second factor; tries are counted as those of a password."""
        known = half_way(request)
        if known is None:
            return see_other(request, "/sign-in", toast=TOO_LATE, tone="warn")
        user_id, target = known
        code = text_of(await raw_form(request), "code")
        try:
            async with transaction(database_of(request), SYSTEM) as work:
                user = await work.session.get(User, user_id)
                name = "" if user is None else user.user_name.lower()
                await actions.count_try(work, name, request.scope["state"]["address"])
        except TooMany as problem:
            return refused(request, "sign_in/code.html", _("Security code"), {}, problem)
        async with transaction(database_of(request), SYSTEM) as work:
            good = await actions.check_code(work, user_id, code)
        if not good:
            return refused(request, "sign_in/code.html", _("Security code"), {}, Invalid.of("code", WRONG_CODE))
        return await self._open(request, user_id, target)

    @post("/sign-out", status_code=200)
    async def sign_out(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """End this device's session; a browser whose outbox is empty forgets everything else too."""
        raw = await raw_form(request)
        async with writing(request) as work:
            await actions.sign_out(work, request.scope["state"]["session_id"])
        answer = see_other(request, "/sign-in", toast=_("You are signed out."))
        drop_session(request, answer)
        if text_of(raw, "outbox") == "empty":
            # It would take unsent records with it, so only the page that has counted them can ask for it.
            answer.headers["Clear-Site-Data"] = '"storage"'
        return answer

    def _page(
        self,
        request: AnyRequest,
        target: str,
        raw: dict[str, Any] | None = None,
        problem: TooMany | Invalid | None = None,
        chosen: str = "",
    ) -> Response[Any]:
        demo = DEMO_USERS if request.app.state.settings.demo else ()
        shown: dict[str, Any] = {"target": target, "demo": demo, "chosen": chosen if demo else ""}
        if problem is not None:
            return refused(request, "sign_in/sign_in.html", _("Sign in"), raw or {}, problem, **shown)
        return form_page(request, "sign_in/sign_in.html", _("Sign in"), **shown)

    async def _ask_for_code(self, request: AnyRequest, counted: Try, user_id: int, target: str) -> Response[Any]:
        async with transaction(database_of(request), SYSTEM) as work:
            await actions.take_back_try(work, counted.attempt_id)
        answer = see_other(request, "/sign-in/code")
        keep_half_way(request, answer, user_id, target)
        return answer

    async def _open(self, request: AnyRequest, user_id: int, target: str) -> Response[Any]:
        state = request.scope["state"]
        device = device_name(request.headers.get("user-agent", ""))
        async with transaction(database_of(request), SYSTEM) as work:
            token = await actions.sign_in(
                work, user_id, device=device, address=state["address"], old_session_id=state.get("session_id")
            )
        answer = see_other(request, target)
        keep_session(request, answer, token)
        return answer
