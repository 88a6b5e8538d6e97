"""The way back in for who forgot the password: a link by mail."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.core.access import SYSTEM
from domain.core.errors import Invalid, NotFound
from domain.core.text import _
from domain.core.work import clock
from domain.people import actions
from domain.people.actions import TooMany
from webapp.forms import raw_form
from webapp.htmx import AnyRequest
from webapp.i18n import catalogue
from webapp.render import page, see_other
from webapp.signing_in import form_page, refused, text_of
from webapp.work import database_of, transaction


class Forgotten(Controller):
    """A new password by mail."""

    @get("/forgotten")
    async def show(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Asks who it is."""
        return form_page(request, "sign_in/forgotten.html", _("Forgotten password"), sent=False)

    @post("/forgotten", status_code=200)
    async def send(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Mail a link if there is such a person with an e-mail address; the answer is the same if not."""
        raw = await raw_form(request)
        who = text_of(raw, "who").strip()
        title = _("Forgotten password")
        if not who:
            problem = Invalid.of("who", _("This is needed."))
            return refused(request, "sign_in/forgotten.html", title, raw, problem, sent=False)
        try:
            async with transaction(database_of(request), SYSTEM) as work:
                user = await actions.find_for_reset(work, who, request.scope["state"]["address"])
                if user is not None and user.email is not None:
                    token = await actions.create_reset(work, user.id)
                    link = f"{request.app.state.settings.base_url}/reset/{token}"
                    say = catalogue(user.language).say
                    subject, body = actions.reset_texts(user, link)
                    await actions.post_mail(work, user.email, say(subject), say(body))
        except TooMany as problem:
            return refused(request, "sign_in/forgotten.html", title, raw, problem, sent=False)
        return form_page(request, "sign_in/forgotten.html", title, sent=True)

    @get("/reset/{token:str}")
    async def show_reset(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
        """The form for a new password behind a mailed link."""
        try:
            async with database_of(request).reading() as session:
                await actions.open_reset(session, token, clock())
        except NotFound as problem:
            return self._gone(request, problem)
        return form_page(request, "sign_in/reset.html", _("New password"), token=token, gone=None)

    @post("/reset/{token:str}", status_code=200)
    async def reset(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
        """Set the new password; then one signs in with it."""
        raw = await raw_form(request)
        new = text_of(raw, "new")
        try:
            if new != text_of(raw, "repeated"):
                raise Invalid.of("repeated", _("The two new passwords differ."))
            async with transaction(database_of(request), SYSTEM) as work:
                await actions.use_reset(work, token, new)
        except NotFound as problem:
            return self._gone(request, problem)
        except Invalid as problem:
            return refused(request, "sign_in/reset.html", _("New password"), {}, problem, token=token, gone=None)
        return see_other(request, "/sign-in", toast=_("Your new password is set. Sign in with it."))

    def _gone(self, request: AnyRequest, problem: NotFound) -> Response[Any]:
        title = _("New password")
        return page(request, "sign_in/reset.html", title=title, status=404, form=None, token="", gone=problem.message)
