"""From a refusal to an answer: the only place that knows status codes of problems."""

from __future__ import annotations

import logging
from typing import Any

from litestar import Response
from litestar.exceptions import HTTPException
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR

from domain.core.errors import Conflict, Denied, Invalid, NotFound, Problem, Unavailable
from domain.core.text import Text, _
from webapp.htmx import AnyRequest, toast_header
from webapp.i18n import catalogue
from webapp.logs import shown_path

log = logging.getLogger("offing.web")
HUNG_UP = "client disconnected prematurely"
"""Litestar's words for a body that ended before its end."""
STATUS: dict[type[Problem], int] = {NotFound: 404, Denied: 403, Invalid: 422, Conflict: 409, Unavailable: 503}
BY_CODE = {"request": 400, "too_large": 413, "content": 415, "too_many": 429}
"""Refusals with a status of their own, most of them because sending the same again changes nothing."""
RETRY_AFTER_S = {"in_progress": 1, "waits_for": 60}
"""Refusals that pass by themselves."""
CODES = {404: "not_found", 405: "method", 413: "too_large"}
"""What programs are told of refusals of the framework, other than `request`."""
TITLES: dict[int, Text] = {
    400: _("This request cannot be read"),
    403: _("You may not do this"),
    404: _("Nothing here"),
    405: _("This is not possible here"),
    409: _("Something changed meanwhile"),
    413: _("This is too large"),
    422: _("Please look at this again"),
    429: _("Too many tries"),
    500: _("Something went wrong on our side"),
    503: _("Not available just now"),
}


def status_of(problem: Problem) -> int:
    """The HTTP status of a refusal."""
    own = BY_CODE.get(problem.code)
    return own or next(status for kind, status in STATUS.items() if isinstance(problem, kind))


def retry_after(problem: Problem | None) -> dict[str, str]:
    """The header that says when trying again may help; empty where nothing says so."""
    if problem is None:
        return {}
    named = problem.retry_after_s if isinstance(problem, Unavailable) else None
    wait_s = named or RETRY_AFTER_S.get(problem.code)
    return {"Retry-After": str(wait_s)} if wait_s else {}


def on_problem(request: AnyRequest, problem: Problem) -> Response[Any]:
    """A refusal of the domain."""
    return answer(request, status_of(problem), problem.code, problem.message, problem)


def on_http_error(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """A refusal of the framework: unknown address, wrong method, unreadable request."""
    status = error.status_code
    if status >= HTTP_500_INTERNAL_SERVER_ERROR:
        return on_error(request, error)
    status = 404 if status == 400 and error.detail.startswith("Validation failed for GET") else status
    message = NotFound().message if status == 404 else TITLES.get(status, TITLES[400])
    return answer(request, status, CODES.get(status, "request"), message)


def note_fault(request: AnyRequest, error: Exception) -> None:
    """Log a fault whole; a body that was cut off on its way is a bad network and none of ours."""
    if isinstance(error, HTTPException) and error.detail == HUNG_UP:
        log.info("hung up: %s %s", request.method, shown_path(request.url.path))
    else:
        log.error("failed: %s %s", request.method, shown_path(request.url.path), exc_info=error)


def on_error(request: AnyRequest, error: Exception) -> Response[Any]:
    """A fault of ours: logged whole, shown without any inside."""
    note_fault(request, error)
    return answer(request, 500, "internal", _("It was noted. What you typed is still in the form; please try again."))


def answer(request: AnyRequest, status: int, code: str, message: Text, problem: Problem | None = None) -> Response[Any]:
    """The problem as JSON for programs, as a passing message for htmx, else as a page."""
    language = request.scope["state"].get("language", "en")
    words = catalogue(language)
    title = TITLES.get(status, TITLES[400])
    headers = retry_after(problem)
    if request.url.path.startswith("/api/") or request.headers.get("accept", "").startswith("application/json"):
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": words.say(title),
            "status": status,
            "code": code,
            "detail": words.say(message),
        }
        if isinstance(problem, Invalid):
            body["errors"] = [
                {"field": name, "message": words.say(text)} for name, texts in problem.errors.items() for text in texts
            ]
        if isinstance(problem, Conflict) and problem.current:
            body["current"] = problem.current
        return Response(body, media_type="application/problem+json", status_code=status, headers=headers)
    if request.headers.get("hx-request") == "true":
        told = problem.sentence if problem is not None else message
        headers |= {"HX-Reswap": "none", **toast_header(request, told, "bad")}
        return Response(b"", media_type="text/html", status_code=status, headers=headers)
    from webapp.render import page

    errors = problem.errors if isinstance(problem, Invalid) else {}
    return page(
        request,
        "errors/problem.html",
        title=title,
        status=status,
        headers=headers,
        problem_status=status,
        message=message,
        errors=errors,
    )
