"""One's own account: who I am, language, password, devices."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.core.errors import Invalid
from domain.core.text import Text, _
from domain.people import actions, queries
from domain.people.inputs import ProfileInput
from domain.people.models import Language
from webapp.forms import Form, bind, filled, raw_form
from webapp.htmx import AnyRequest
from webapp.render import page, see_other
from webapp.signing_in import keep_language, keep_theme, text_of
from webapp.work import actor_of, reading, writing

ZONES = (
    "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Urumqi", "Asia/Singapore", "Asia/Kuala_Lumpur",
    "Asia/Bangkok", "Asia/Ho_Chi_Minh", "Asia/Jakarta", "Asia/Manila", "Asia/Tokyo", "Asia/Seoul", "Asia/Kolkata",
    "Asia/Dubai", "Asia/Riyadh", "Asia/Karachi", "Asia/Dhaka", "Asia/Almaty", "Asia/Tashkent", "Australia/Sydney",
    "Australia/Perth", "Pacific/Auckland", "Europe/London", "Europe/Lisbon", "Europe/Paris", "Europe/Berlin",
    "Europe/Madrid", "Europe/Rome", "Europe/Zurich", "Europe/Stockholm", "Europe/Warsaw", "Europe/Athens",
    "Europe/Istanbul", "Europe/Moscow", "Africa/Cairo", "Africa/Lagos", "Africa/Nairobi", "Africa/Johannesburg",
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Toronto",
    "America/Mexico_City", "America/Bogota", "America/Sao_Paulo", "America/Argentina/Buenos_Aires", "UTC",
)  # fmt: skip
"""The zones offered; an administrator may set any other, which is then offered too."""
THEMES = ("auto", "light", "dark")


def my_id(request: AnyRequest) -> int:
    """The id of the person who asks; the front lets nobody else in here."""
    actor_id = actor_of(request).id
    assert actor_id is not None, "the clock has no pages"
    return actor_id


def zone_options(current: str) -> list[tuple[str, str]]:
    """Time zones as pairs for a select."""
    names = ZONES if current in ZONES else (current, *ZONES)
    return [(name, name.replace("_", " ")) for name in names]


class Account(Controller):
    """Pages about oneself, open to everybody who is signed in."""

    path = "/account"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """My profile, and the ways to the other pages."""
        async with reading(request) as work:
            user = await queries.account(work.session, my_id(request))
        form = filled(ProfileInput, name=user.name, language=user.language, time_zone=user.time_zone)
        return self._profile(request, form, user.email)

    @post(status_code=200)
    async def save(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Save my profile."""
        form = await bind(request, ProfileInput)
        if form.data is None:
            async with reading(request) as work:
                user = await queries.account(work.session, my_id(request))
            return self._profile(request, form, user.email, 422)
        async with writing(request) as work:
            await actions.edit_profile(work, form.data)
        request.scope["state"]["language"] = form.data.language.value  # the message is in the new one
        answer = see_other(request, "/account", toast=_("Saved."))
        keep_language(request, answer, form.data.language.value)
        return answer

    def _profile(
        self, request: AnyRequest, form: Form[ProfileInput], email: str | None, status: int = 200
    ) -> Response[Any]:
        languages: list[tuple[str, Text | str]] = [(Language.zh.value, "中文"), (Language.en.value, "English")]
        zones = zone_options(str(form.raw.get("time_zone", "UTC")))
        return page(
            request, "account/show.html", title=_("Account"), status=status,
            form=form, email=email, languages=languages, zones=zones,
        )  # fmt: skip

    @get("/password", sync_to_thread=False)
    def show_password(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The form for a new password."""
        return page(request, "account/password.html", title=_("Password"), back="/account", form=None)

    @post("/password", status_code=200)
    async def change_password(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Change my password; other devices are signed out."""
        raw = await raw_form(request)
        session_id = request.scope["state"].get("session_id")
        try:
            async with writing(request) as work:
                await actions.change_password(
                    work, text_of(raw, "current"), text_of(raw, "new"), text_of(raw, "repeated"), session_id
                )
        except Invalid as problem:
            form: Form[Any] = Form({}, problem.errors)
            title = _("Password")
            return page(request, "account/password.html", title=title, back="/account", status=422, form=form)
        return see_other(request, "/account", toast=_("Your password is changed. Other devices are signed out."))

    @get("/devices")
    async def list_devices(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Where I am signed in; for who may change users also where somebody else is (`?user=`)."""
        asked = request.query_params.get("user", "")
        async with reading(request) as work:
            user_id, people = my_id(request), []
            if work.actor.may("users.edit"):
                people = await queries.with_devices(work.session)
                user_id = next((one[0] for one in people if str(one[0]) == asked), user_id)
            found = await queries.devices(work.session, user_id, work.now)
        return page(
            request, "account/devices.html", title=_("Devices"), back="/account", devices=found, people=people,
            user_id=user_id, mine=user_id == my_id(request), current=request.scope["state"].get("session_id"),
        )  # fmt: skip

    @post("/devices/{session_id:int}/sign-out", status_code=200)
    async def end_device(self, request: Request[Any, Any, Any], session_id: FromPath[int]) -> Response[Any]:
        """Sign one of my devices out."""
        async with writing(request) as work:
            await actions.sign_out(work, session_id)
        return see_other(request, "/account/devices", toast=_("That device is signed out."))

    @post("/devices/{session_id:int}/wipe", status_code=200)
    async def wipe_device(self, request: Request[Any, Any, Any], session_id: FromPath[int]) -> Response[Any]:
        """Have a device forget everything; what it has not sent is lost."""
        async with writing(request) as work:
            owner = await actions.wipe_device(work, session_id)
        told = _("That device is signed out. It forgets everything as soon as it is online.")
        here = "/account/devices" if owner == my_id(request) else f"/account/devices?user={owner}"
        return see_other(request, here, toast=told)

    @post("/devices/sign-out-others", status_code=200)
    async def end_others(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Sign all my devices out but this one."""
        async with writing(request) as work:
            count = await actions.sign_out_others(work, request.scope["state"]["session_id"])
        told = _("%(n)s device is signed out.", plural="%(n)s devices are signed out.", n=count)
        return see_other(request, "/account/devices", toast=told)


@post("/theme", status_code=200)
async def choose_theme(request: Request[Any, Any, Any]) -> Response[Any]:
    """Light, dark or as the device, for browsers without scripts; with scripts the page does it by itself."""
    theme = text_of(await raw_form(request), "theme")
    answer = see_other(request, "/account", toast=_("Saved."))
    if theme in THEMES:
        keep_theme(request, answer, theme)
    return answer
