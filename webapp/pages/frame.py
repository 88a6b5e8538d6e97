"""What belongs to the frame around all pages: everything one may open, and the colours of this device."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get, post

from domain.core.text import _
from webapp.forms import raw_form
from webapp.render import page, see_other

THEMES = ("auto", "light", "dark")
YEAR_S = 365 * 24 * 3600


class Frame(Controller):
    """Pages of no feature."""

    @get("/more")
    async def more(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """All places that are not on the bar of the phone."""
        return page(request, "frame/more.html", title=_("More"))

    @post("/theme", status_code=200)
    async def theme(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Keep the chosen colours on this device; where scripts run, the page has done so itself."""
        chosen = (await raw_form(request)).get("theme")
        answer = see_other(request, "/more", toast=_("Saved"))
        answer.set_cookie(
            "offing_theme",
            chosen if chosen in THEMES else "auto",
            max_age=YEAR_S,
            samesite="lax",
            path="/",
            secure=request.app.state.settings.https,
        )
        return answer
