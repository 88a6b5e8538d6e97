"""Pages and fragments: one Jinja environment a language, so that translating costs nothing while rendering."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from litestar import Response
from litestar.enums import MediaType
from litestar.response import Redirect
from markupsafe import Markup

from domain.core.access import Actor
from domain.core.text import Text
from domain.core.work import clock
from webapp import csrf, formats
from webapp.assets import asset_url, icon
from webapp.htmx import AnyRequest, toast_header, wants_fragment
from webapp.i18n import Catalogue, catalogue
from webapp.initials import initials
from webapp.nav import Tab, create_items, menu, tabs
from webapp.templating import TranslatedEnvironment

TEMPLATES = Path(__file__).parent.parent / "templates"
TOAST_COOKIE = "offing_toast"


@cache
def environment(language: str) -> Environment:
    """The templates of one language. `ui` holds all component macros."""
    env = TranslatedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
        auto_reload=False,
    )
    words = env.words = catalogue(language)
    shown = formats.Formats(language)
    env.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(
        t=words.say,
        lang=language,
        asset_url=asset_url,
        icon=icon,
        amount=formats.amount,
        number=formats.number,
        percent=formats.percent,
        plain=formats.plain,
        day=shown.day,
        initials=initials,
    )
    env.filters["t"] = words.say
    env.globals["ui"] = env.get_template("components/ui.html").module
    return env


MOST_NAVIGATIONS = 2000
_NAVIGATIONS: dict[tuple[str, int, str], tuple[Actor | None, Markup]] = {}


@dataclass
class Page:
    """What every template may ask of the page it is on, as `page`."""

    request: AnyRequest
    title: str
    lang: str
    words: Catalogue
    actor: Actor | None
    now: datetime
    back: str | None = None
    toasts: tuple[Any, ...] = ()

    @cached_property
    def csrf_token(self) -> str:
        """Goes back in the header X-CSRF-Token or the field `_csrf`."""
        return csrf.masked(self.request.scope["state"]["csrf"])

    @property
    def csrf_field(self) -> Markup:
        """The hidden field that every posting form needs."""
        return Markup('<input type="hidden" name="_csrf" value="{}">').format(self.csrf_token)

    @property
    def path(self) -> str:
        """The address without its query."""
        return self.request.url.path

    @property
    def inbox_count(self) -> int:
        """Unread items, up to 100."""
        count: int = self.request.scope["state"].get("inbox_count", 0)
        return count

    @property
    def worker_off(self) -> bool:
        """The kill switch is on: the page must not register the service worker again."""
        off: bool = self.request.app.state.settings.sw_off
        return off

    @property
    def push_key(self) -> str:
        """The installation's public key, with which a browser subscribes to its pushes."""
        key: str = self.request.app.state.settings.keys.vapid.application_server_key
        return key

    @property
    def push_known(self) -> str:
        """Marks of the reader's push subscriptions, for the page to compare with the browser's own."""
        known: str = self.request.scope["state"].get("push_known", "")
        return known

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """The tabs of this person's posts."""
        return tabs(self.actor, self.path) if self.actor else ()

    @property
    def create_items(self) -> tuple[Tab, ...]:
        """What the plus button offers."""
        return create_items(self.actor) if self.actor else ()

    @property
    def menu(self) -> tuple[Tab, ...]:
        """Everything that this person may open, besides the tabs."""
        return menu(self.actor, self.path) if self.actor else ()

    @property
    def navigation(self) -> Markup:
        """Bars and menus around the page: the same for a person until rights change, so they are kept."""
        place = "/" + self.path.split("/", 2)[1]
        key = (self.lang, id(self.actor), place)
        kept = _NAVIGATIONS.get(key)
        if kept is None or kept[0] is not self.actor:
            if len(_NAVIGATIONS) >= MOST_NAVIGATIONS:
                _NAVIGATIONS.clear()
            made = _template(self.lang, "components/navigation.html").render(page=self)
            kept = _NAVIGATIONS[key] = (self.actor, Markup(made))
        return kept[1]

    @property
    def theme(self) -> str:
        """light, dark or nothing for what the device prefers."""
        theme: str = self.request.scope["state"].get("theme", "")
        return theme if theme in ("light", "dark") else ""

    @property
    def demo(self) -> bool:
        """Whether this is the demo company."""
        demo: bool = self.request.app.state.settings.demo
        return demo

    @property
    def is_fragment(self) -> bool:
        """Whether only a part of the page is asked for."""
        return wants_fragment(self.request)

    @property
    def zone(self) -> ZoneInfo:
        """The reader's time zone."""
        return self.actor.zone if self.actor else ZoneInfo("UTC")

    @property
    def today(self) -> date:
        """The reader's day."""
        return self.now.astimezone(self.zone).date()

    def may(self, permission: str) -> bool:
        """Whether the reader holds a right."""
        return self.actor is not None and self.actor.may(permission)

    def moment(self, value: datetime | None) -> str:
        """A point in time, in the reader's zone."""
        return formats.Formats(self.lang).moment(value, self.zone, now=self.now)

    def date(self, value: date | None) -> str:
        """A day; without the year if it is this year's."""
        return formats.Formats(self.lang).day(value, today=self.today)

    def ago(self, value: datetime | None) -> str:
        """How long ago."""
        return formats.Formats(self.lang).ago(value, self.now, self.zone, self.words)

    def field_moment(self, value: datetime | None) -> str:
        """For a datetime-local field."""
        return formats.field_moment(value, self.zone)


def page_of(request: AnyRequest, title: Text | str = "", back: str | None = None) -> Page:
    """The page object of a request."""
    state = request.scope["state"]
    language = state.get("language", "en")
    words = catalogue(language)
    return Page(
        request=request,
        title=words.say(title),
        lang=language,
        words=words,
        actor=state.get("actor"),
        now=clock(),
        back=back,
        toasts=_toasts(request),
    )


def page(
    request: AnyRequest,
    template: str,
    *,
    title: Text | str = "",
    back: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Response[bytes]:
    """A whole page."""
    shown = page_of(request, title, back)
    body = rendered(shown.lang, template, None, {"page": shown, **context})
    response = Response(body, media_type=MediaType.HTML, status_code=status, headers=_vary(headers))
    if shown.toasts:
        response.delete_cookie(TOAST_COOKIE)
    return response


def fragment(
    request: AnyRequest,
    template: str,
    block: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    toast: Text | None = None,
    tone: str = "good",
    **context: Any,
) -> Response[bytes]:
    """One named block of a page's template, with a passing message if there is something to say."""
    shown = page_of(request)
    body = rendered(shown.lang, template, block, {"page": shown, **context})
    extra = {} if toast is None else toast_header(request, toast, tone)
    return Response(body, media_type=MediaType.HTML, status_code=status, headers={**_vary(headers), **extra})


def rendered(language: str, template: str, block: str | None, context: dict[str, Any]) -> bytes:
    """A template, or one block of it, as it is sent."""
    found = _template(language, template)
    if block is None:
        return found.render(context).encode()
    return "".join(found.blocks[block](found.new_context(context))).encode()


def see_other(request: AnyRequest, url: str, *, toast: Text | None = None, tone: str = "good") -> Response[Any]:
    """Go to another page after a change. htmx follows by itself; the message waits in a cookie for that page."""
    response: Response[Any] = Redirect(url, status_code=303)
    if request.headers.get("hx-request") == "true":
        response = Response(b"", status_code=200, headers={"HX-Redirect": url})
    if toast is not None:
        words = catalogue(request.scope["state"]["language"]).say(toast)
        packed = base64.urlsafe_b64encode(json.dumps([words[:400], tone]).encode()).decode()
        response.set_cookie(TOAST_COOKIE, packed, max_age=60, httponly=True, samesite="lax", path="/")
    return response


@cache
def _template(language: str, name: str) -> Template:
    return environment(language).get_template(name)


def _vary(headers: Mapping[str, str] | None) -> dict[str, str]:
    return {"Vary": "HX-Request, Cookie", **(headers or {})}


def _toasts(request: AnyRequest) -> tuple[Any, ...]:
    packed = request.cookies.get(TOAST_COOKIE)
    if not packed or wants_fragment(request) or "x-offing-prepare" in request.headers:
        return ()  # what is fetched in the background shows it to nobody
    try:
        message, tone = json.loads(base64.urlsafe_b64decode(packed))
    except (ValueError, TypeError):
        return ()
    return ({"message": str(message), "tone": str(tone)},)
