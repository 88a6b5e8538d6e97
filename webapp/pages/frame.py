"""What belongs to the frame around all pages."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get

from domain.core.text import _
from webapp.render import page


class Frame(Controller):
    """Pages of no feature."""

    @get("/more")
    async def more(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """All places that are not on the bar of the phone."""
        return page(request, "frame/more.html", title=_("More"))
