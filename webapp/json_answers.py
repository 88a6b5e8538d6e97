"""Answers to our own scripts: always JSON, never kept, never a redirect."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from litestar import Response
from litestar.exceptions import HTTPException

from domain.core.errors import Conflict, Invalid, Problem
from domain.core.text import Text, _
from webapp.errors import CODES, TITLES, note_fault, retry_after, status_of
from webapp.htmx import AnyRequest
from webapp.i18n import catalogue

NO_STORE = {"Cache-Control": "no-store"}


class Unreadable(Problem):
    """The body is not the JSON that was expected."""

    code = "request"


def answer(body: Mapping[str, Any], *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """A JSON answer."""
    text = json.dumps(body, ensure_ascii=False).encode()
    return Response(text, media_type="application/json", status_code=status, headers={**NO_STORE, **(headers or {})})


def words_of(request: AnyRequest) -> Any:
    """The catalogue of the reader's language."""
    return catalogue(request.scope["state"].get("language", "en"))


def on_problem(request: AnyRequest, problem: Problem) -> Response[bytes]:
    """A refusal: its code, its sentence, the errors by field."""
    words = words_of(request)
    body: dict[str, Any] = {"code": problem.code, "detail": words.say(problem.message)}
    if isinstance(problem, Invalid):
        body["errors"] = {name: [words.say(text) for text in texts] for name, texts in problem.errors.items()}
    if isinstance(problem, Conflict):
        body |= problem.current
    return answer(body, status=status_of(problem), headers=retry_after(problem))


def on_http_error(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """A refusal of the framework."""
    status = error.status_code
    if status >= 500:
        return on_error(request, error)
    return _plain(request, status, CODES.get(status, "request"), TITLES.get(status, TITLES[400]))


def on_error(request: AnyRequest, error: Exception) -> Response[bytes]:
    """A fault of ours: logged whole, told without any inside; the phone tries again later."""
    note_fault(request, error)
    return _plain(request, 500, "internal", TITLES[500])


def _plain(request: AnyRequest, status: int, code: str, sentence: Text) -> Response[bytes]:
    return answer({"code": code, "detail": words_of(request).say(sentence)}, status=status)


HANDLERS: dict[Any, Any] = {Problem: on_problem, HTTPException: on_http_error, Exception: on_error}
"""For controllers whose every answer is for a script."""


async def json_body(request: AnyRequest) -> dict[str, Any]:
    """The posted JSON object. Raises Unreadable."""
    try:
        found = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise Unreadable(_("This is not JSON.")) from None
    if not isinstance(found, dict):
        raise Unreadable(_("This is not a JSON object."))
    return found
