"""What the sign-in pages share: their forms, the session cookie, and between password and code a note of who it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
from litestar import Response

from domain.core.errors import Invalid
from domain.core.text import Text
from domain.core.work import clock
from domain.people.actions import TooMany
from domain.people.policy import safe_next
from webapp.auth import SESSION_DAYS, Front
from webapp.forms import Form
from webapp.htmx import AnyRequest
from webapp.render import page

CODE_WITHIN_S = 300
YEAR_S = 31_536_000
AUDIENCE = "offing:code"


def front_of(request: AnyRequest) -> Front:
    """The front that names our cookies."""
    front: Front = request.scope["state"]["front"]
    return front


def _set(request: AnyRequest, response: Response[Any], name: str, value: str, max_age_s: int) -> None:
    secure = front_of(request).settings.https
    response.set_cookie(name, value, max_age=max_age_s, path="/", httponly=True, secure=secure, samesite="lax")


def keep_session(request: AnyRequest, response: Response[Any], token: str) -> None:
    """Sign this browser in."""
    _set(request, response, front_of(request).cookie, token, SESSION_DAYS * 86_400)
    _set(request, response, _code_cookie(request), "", 0)


def drop_session(request: AnyRequest, response: Response[Any]) -> None:
    """Sign this browser out."""
    _set(request, response, front_of(request).cookie, "", 0)


def keep_language(request: AnyRequest, response: Response[Any], language: str) -> None:
    """Speak this language in this browser, also before signing in."""
    _set(request, response, "offing_language", language, YEAR_S)


def keep_theme(request: AnyRequest, response: Response[Any], theme: str) -> None:
    """Light, dark or as the device, in this browser. Scripts change it too, so they may read it."""
    secure = front_of(request).settings.https
    response.set_cookie("offing_theme", theme, max_age=YEAR_S, path="/", secure=secure, samesite="lax")


def _code_cookie(request: AnyRequest) -> str:
    return f"{front_of(request).cookie}_code"


def keep_half_way(request: AnyRequest, response: Response[Any], user_id: int, target: str) -> None:
    """Note, signed and for five minutes, that this browser knew the password and only the code is missing."""
    claims = {"sub": str(user_id), "next": target, "aud": AUDIENCE, "exp": clock() + timedelta(seconds=CODE_WITHIN_S)}
    note = jwt.encode(claims, front_of(request).settings.secret, algorithm="HS256")
    _set(request, response, _code_cookie(request), note, CODE_WITHIN_S)


def half_way(request: AnyRequest) -> tuple[int, str] | None:
    """Whose code is awaited from this browser and where to go then; None if nobody's, or too late."""
    note = request.cookies.get(_code_cookie(request), "")
    try:
        claims = jwt.decode(note, front_of(request).settings.secret, algorithms=["HS256"], audience=AUDIENCE)
        return int(claims["sub"]), safe_next(claims.get("next"))
    except (jwt.InvalidTokenError, KeyError, ValueError):
        return None


def text_of(raw: dict[str, Any], name: str) -> str:
    """A posted value as typed; empty if it was not one text."""
    value = raw.get(name, "")
    return value if isinstance(value, str) else ""


def form_page(
    request: AnyRequest, template: str, title: Text, form: Form[Any] | None = None, status: int = 200, **context: Any
) -> Response[Any]:
    """A page with one form in it."""
    return page(request, template, title=title, status=status, form=form, **context)


def refused(
    request: AnyRequest, template: str, title: Text, raw: dict[str, Any], problem: TooMany | Invalid, **context: Any
) -> Response[Any]:
    """The form again, with what is wrong; nothing secret is sent back."""
    if isinstance(problem, TooMany):
        answer = form_page(request, template, title, Form(raw, {"": (problem.message,)}), 429, **context)
        answer.headers["Retry-After"] = str(problem.retry_after_s)
        return answer
    return form_page(request, template, title, Form(raw, problem.errors), 422, **context)
