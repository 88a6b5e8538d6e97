"""One's own second factor and API tokens."""

from __future__ import annotations

import io
import re
from typing import Any

import segno
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from markupsafe import Markup

from domain.core.errors import FieldErrors, Invalid
from domain.core.text import Text, _
from domain.people import actions, queries
from domain.people.actions.two_factor import new_secret, provisioning_uri
from domain.people.inputs import TokenInput
from domain.people.permissions import ACTIONS, FEATURES
from webapp.forms import Form, bind, raw_form
from webapp.htmx import AnyRequest
from webapp.pages.account import my_id
from webapp.render import page, see_other
from webapp.signing_in import text_of
from webapp.work import actor_of, reading, writing

SECRET = re.compile(r"[A-Z2-7]{32}")
TWO_FACTOR = _("Second factor")
TOKENS = _("API tokens")


def qr_code(content: str, label: str) -> Markup:
    """A QR code as an SVG element: dark on white in both themes, drawn without any style attribute."""
    out = io.BytesIO()
    segno.make(content, error="m").save(
        out, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=3, dark="#000", light="#fff",
        svgclass="qr", lineclass=None, title=label, nl=False,
    )  # fmt: skip
    return Markup(out.getvalue().decode().replace("<svg ", '<svg role="img" ', 1))


class TwoFactor(Controller):
    """Switching the second factor on and off."""

    path = "/account/two-factor"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Whether it is on; if not, a fresh key to put into the app."""
        async with reading(request) as work:
            user = await queries.account(work.session, my_id(request))
        return self._page(request, on=user.totp_secret is not None, secret=new_secret())

    @post("/on", status_code=200)
    async def switch_on(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Switch it on with the first code."""
        raw = await raw_form(request)
        secret = text_of(raw, "secret")
        if not SECRET.fullmatch(secret):
            return see_other(request, self.path)
        try:
            async with writing(request) as work:
                await actions.switch_on(work, secret, text_of(raw, "code"))
        except Invalid as problem:
            return self._page(request, on=False, secret=secret, errors=problem.errors)
        return see_other(request, self.path, toast=_("From now on a code is asked for when you sign in."))

    @post("/off", status_code=200)
    async def switch_off(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Switch it off with the password."""
        try:
            async with writing(request) as work:
                await actions.switch_off(work, text_of(await raw_form(request), "password"))
        except Invalid as problem:
            return self._page(request, on=True, secret="", errors=problem.errors)
        return see_other(request, self.path, toast=_("The second factor is switched off."))

    def _page(self, request: AnyRequest, *, on: bool, secret: str, errors: FieldErrors | None = None) -> Response[Any]:
        form: Form[Any] | None = Form({}, errors) if errors else None
        uri = "" if on else provisioning_uri(secret, actor_of(request).user_name)
        return page(
            request, "account/two_factor.html", title=TWO_FACTOR, back="/account", status=422 if errors else 200,
            form=form, on=on, secret=secret, qr=qr_code(uri, "QR") if uri else "",
        )  # fmt: skip


class Tokens(Controller):
    """API tokens: made, shown once, ended."""

    path = "/account/tokens"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """My tokens and the form for a new one."""
        return await self._page(request)

    @post(status_code=200)
    async def create(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Make a token; this answer is the only place where it stands in full."""
        form = await bind(request, TokenInput)
        if form.data is None:
            return await self._page(request, form, status=422)
        try:
            async with writing(request) as work:
                token = await actions.create_token(work, form.data.name, form.data.scopes, form.data.expires_on)
        except Invalid as problem:
            return await self._page(request, form.refuse(problem.errors), status=422)
        return await self._page(request, token=token)

    @post("/{token_id:int}/revoke", status_code=200)
    async def revoke(self, request: Request[Any, Any, Any], token_id: FromPath[int]) -> Response[Any]:
        """End one of my tokens."""
        async with writing(request) as work:
            await actions.revoke_token(work, token_id)
        return see_other(request, self.path, toast=_("The token is ended."))

    async def _page(
        self, request: AnyRequest, form: Form[TokenInput] | None = None, *, token: str = "", status: int = 200
    ) -> Response[Any]:
        async with reading(request) as work:
            found = await queries.tokens(work.session, my_id(request))
            today = work.today
        return page(
            request, "account/tokens.html", title=TOKENS, back="/account", status=status,
            form=form, token=token, tokens=found, today=today, features=self._rights(request),
        )  # fmt: skip

    def _rights(self, request: AnyRequest) -> list[tuple[Text, list[tuple[str, Text]]]]:
        """What I may hand on, by feature."""
        actor = actor_of(request)
        groups = (
            (feature.label, [(f"{feature.name}.{action}", ACTIONS[action]) for action in feature.actions])
            for feature in FEATURES
        )
        held = ((label, [right for right in rights if actor.may(right[0])]) for label, rights in groups)
        return [(label, rights) for label, rights in held if rights]
