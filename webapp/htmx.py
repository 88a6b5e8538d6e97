"""The headers of htmx 4, in and out. Litestar's own helper is made for htmx 2 (docs/decisions)."""

from __future__ import annotations

import json
from typing import Any

from litestar import Request

from webapp.i18n import catalogue

AnyRequest = Request[Any, Any, Any]


def wants_fragment(request: AnyRequest) -> bool:
    """Whether htmx asks for a part of a page; a boosted or restored page is a whole one."""
    headers = request.headers
    return (
        headers.get("hx-request") == "true"
        and "hx-boosted" not in headers
        and "hx-history-restore-request" not in headers
    )


def toast_header(request: AnyRequest, toast: Any, tone: str = "good") -> dict[str, str]:
    """The header that makes the page show a passing message."""
    words = catalogue(request.scope["state"]["language"]).say(toast)
    return {"HX-Trigger": json.dumps({"toast": {"text": words, "tone": tone}})}  # ASCII by json's escapes
