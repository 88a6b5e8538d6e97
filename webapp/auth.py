"""The front of the application: who is it, in which language, may they come in; and the headers of every answer."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import logging
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from time import perf_counter
from typing import Any
from urllib.parse import quote

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send
from sqlalchemy import TextClause, text

from domain.core.access import Actor
from domain.core.errors import Denied
from domain.core.kept import kept
from domain.core.text import _
from domain.core.work import clock
from domain.people.queries import load_actor
from webapp import csrf, metrics
from webapp.database import Database
from webapp.i18n import LANGUAGES, negotiate
from webapp.logs import shown_path
from webapp.settings import Settings

log = logging.getLogger("offing.web")
SESSION_DAYS = 30
TOUCH_AFTER = timedelta(minutes=1)
API_PAGE = "/api/v1/docs"
"""The one page under /api: for people, who come with a session."""
OPEN = ("/static/", "/sign-in", "/forgotten", "/reset/", "/push/decide", "/feeds/")
OPEN_EXACT = frozenset(
    {
        "/manifest.json",
        "/sw.js",
        "/offline",
        "/locked",
        "/outbox",
        "/healthz",
        "/readyz",
        "/favicon.ico",
        "/apple-touch-icon.png",
        "/api/v1/openapi.json",
        API_PAGE,
    }
)
SCRIPTED = ("/sync/", "/field/")
"""Asked by our own scripts in the background: they are told 401, not led to a page."""
HELLO = "/sync/hello"
"""All that is open to a device that is to forget everything: there it hears of it."""
NEVER_KEPT = ("/account", "/feeds", "/admin", "/exports", "/imports", "/reports", "/sign-in", "/forgotten", "/reset/")
"""Pages that no phone may save: they are worth nothing without us, or too much to whoever finds the phone."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SESSION = """
SELECT s.id, s.user_id, s.seen_at, v.number, s.wipe,
    (SELECT count(*) FROM (SELECT FROM notifications n WHERE n.user_id = s.user_id AND n.read_at IS NULL LIMIT 100) u),
    (SELECT string_agg(left(encode(sha256(convert_to(p.endpoint, 'UTF8')), 'hex'), 16), ' ')
     FROM push_subscriptions p WHERE p.user_id = s.user_id)
FROM user_sessions s CROSS JOIN org_version v WHERE s.token_hash = $1 AND s.expires_at > $2
"""
SEEN = text("UPDATE user_sessions SET seen_at = :now WHERE id = :id")
TOUCH = text("UPDATE user_sessions SET seen_at = :now, expires_at = :expires WHERE id = :id")
TOKEN = """
SELECT t.id, t.user_id, t.used_at, v.number, t.scopes FROM api_tokens t CROSS JOIN org_version v
WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND (t.expires_on IS NULL OR t.expires_on >= $2)
"""
TOUCH_TOKEN = text("UPDATE api_tokens SET used_at = :now WHERE id = :id")
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(self), camera=(self), microphone=(), payment=(), usb=()"),
)


def token_hash(token: str) -> bytes:
    """What the database keeps of a session or API token."""
    return hashlib.sha256(token.encode()).digest()


def content_policy(settings: Settings) -> bytes:
    """The content security policy of every page: nothing inline, nothing from elsewhere but the map's tiles."""
    tiles = ""
    if settings.tile_url:
        scheme, _, rest = settings.tile_url.partition("://")
        tiles = f" {scheme}://{rest.split('/')[0].replace('{s}', '*')}"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
        f"img-src 'self' data: blob:{tiles}; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ).encode()


class Rights:
    """Actors of this process, each kept until people, roles or pools change anywhere (`org_version`)."""

    def __init__(self) -> None:
        self._actors: dict[int, tuple[int, Actor | None]] = {}

    async def of(self, database: Database, user_id: int, number: int) -> Actor | None:
        """The actor as of that version of the organisation."""
        kept = self._actors.get(user_id)
        if kept is not None and kept[0] == number:
            return kept[1]
        async with database.reading() as session:
            actor = await load_actor(session, user_id)
        if len(self._actors) > 5000:
            self._actors.clear()
        self._actors[user_id] = (number, actor)
        return actor


class Front:
    """Wraps the whole application, so that unknown addresses have a language and a user too."""

    def __init__(self, app: ASGIApp, database: Database, settings: Settings) -> None:
        self.app = app
        self.database = database
        self.settings = settings
        self.rights = Rights()
        prefix = "__Host-" if settings.https else ""
        self.cookie = f"{prefix}offing"
        self.visitor_cookie = f"{prefix}offing_visitor"
        self.headers: tuple[tuple[bytes, bytes], ...] = (
            *HEADERS,
            (b"content-security-policy", content_policy(settings)),
        )
        if settings.https:
            self.headers += ((b"strict-transport-security", b"max-age=31536000"),)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        if path.startswith("/static/"):
            await self.app(scope, receive, send)
            return
        state: dict[str, Any] = scope.setdefault("state", {})
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        cookies = _cookies(headers.get(b"cookie", ""))
        start = perf_counter()
        state["path"] = path
        state["request_id"] = secrets.token_hex(8)
        state["address"] = self._address(scope, headers)
        state["front"] = self
        program = path.startswith("/api/") and path != API_PAGE
        if program:
            await self._bearer(headers.get(b"authorization", ""), state)
        else:
            await self._session(cookies.get(self.cookie), path, state)
        actor: Actor | None = state.get("actor")
        state["language"] = actor.language if actor else _asked_language(cookies, headers)
        new_visitor = None if program else self._csrf(cookies, state)
        state["theme"] = cookies.get("offing_theme", "")

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._finish(message, state, new_visitor)
                self._note(scope, state, message["status"], perf_counter() - start)
            await send(message)

        if actor is None and not (path in OPEN_EXACT or path.startswith(OPEN)):
            if "wiped" in state:
                await _tell_to_forget(state["wiped"], answer)
                return
            await self._turn_away(scope, headers, answer)
            return
        await self.app(scope, receive, answer)

    async def _session(self, token: str | None, path: str, state: dict[str, Any]) -> None:
        if not token:
            return
        now = clock()
        row = await self.database.row(SESSION, token_hash(token), now)
        if row is None:
            return
        session_id, user_id, seen_at, number, wipe, unread, push_known = row
        if wipe:
            if path == HELLO:
                state["wiped"] = user_id
                await self._touch(SEEN, {"id": session_id, "now": now})
            return
        actor = await self.rights.of(self.database, user_id, number)
        if actor is None:
            return
        if now - seen_at > TOUCH_AFTER:
            await self._touch(TOUCH, {"id": session_id, "now": now, "expires": now + timedelta(days=SESSION_DAYS)})
            state["renew"] = token
        state.update(
            actor=actor, session_id=session_id, session_token=token, inbox_count=unread, push_known=push_known or ""
        )

    async def _touch(self, statement: TextClause, values: dict[str, Any]) -> None:
        async with self.database.reading() as session:
            await session.execute(statement, values)

    async def _bearer(self, header: str, state: dict[str, Any]) -> None:
        kind, _, token = header.partition(" ")
        if kind.lower() != "bearer" or not token:
            return
        now = clock()
        row = await self.database.row(TOKEN, token_hash(token.strip()), now.date())
        if row is None:
            return
        token_id, user_id, used_at, number, scopes = row
        actor = await self.rights.of(self.database, user_id, number)
        if actor is None:
            return
        if used_at is None or now - used_at > TOUCH_AFTER:
            await self._touch(TOUCH_TOKEN, {"id": token_id, "now": now})
        state["actor"] = kept(actor, limited, tuple(scopes))

    def _csrf(self, cookies: dict[str, str], state: dict[str, Any]) -> str | None:
        """Set the secret of this visitor; returns a new visitor cookie if one has to be set."""
        if "session_token" in state:
            state["csrf"] = csrf.session_secret(self.settings.secret, state["session_token"])
            return None
        cookie = cookies.get(self.visitor_cookie)
        fresh = None if cookie else secrets.token_urlsafe(24)
        state["csrf"] = csrf.visitor_secret(self.settings.secret, cookie or fresh or "")
        return fresh

    def _finish(self, message: Message, state: dict[str, Any], new_visitor: str | None) -> None:
        headers: list[tuple[bytes, bytes]] = list(message.get("headers", []))  # type: ignore[call-overload]
        present = {name.lower() for name, _ in headers}
        headers += [pair for pair in self.headers if pair[0] not in present]
        actor: Actor | None = state.get("actor")
        if b"x-offing" not in present:
            headers.append((b"x-offing", str(actor.id).encode() if actor else b"-"))
        headers.append((b"x-request-id", state["request_id"].encode()))
        if b"cache-control" not in present:
            kept = not state["path"].startswith(NEVER_KEPT)
            headers.append((b"cache-control", b"no-cache, private" if kept else b"no-store"))
        if new_visitor:
            headers.append((b"set-cookie", self.set_cookie(self.visitor_cookie, new_visitor, None)))
        if "renew" in state:
            headers.append((b"set-cookie", self.session_cookie(state["renew"])))
        message["headers"] = headers  # type: ignore[typeddict-unknown-key]

    def set_cookie(self, name: str, value: str, max_age_s: int | None) -> bytes:
        """A Set-Cookie header; `max_age_s` None is until the browser closes, 0 deletes."""
        secure = "; Secure" if self.settings.https else ""
        age = "" if max_age_s is None else f"; Max-Age={max_age_s}"
        return f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}".encode()

    def session_cookie(self, token: str) -> bytes:
        """The cookie that keeps a device signed in; an empty token signs it out."""
        return self.set_cookie(self.cookie, token, SESSION_DAYS * 86_400 if token else 0)

    def _note(self, scope: Any, state: dict[str, Any], status: int, seconds: float) -> None:
        method, actor = scope["method"], state.get("actor")
        metrics.request(method, status, seconds)
        # The path has ids but no names; the query may hold what somebody searched for, so it stays out.
        log.info(
            "answered",
            extra={
                "request_id": state["request_id"],
                "method": method,
                "path": shown_path(scope["path"]),
                "status": status,
                "ms": round(seconds * 1000, 1),
                "user_id": actor.id if actor else None,
            },
        )

    def _address(self, scope: Any, headers: dict[bytes, str]) -> str:
        """The address of the person, looking past proxies that we trust."""
        peer: str = (scope.get("client") or ("", 0))[0]
        hops = [hop.strip() for hop in headers.get(b"x-forwarded-for", "").split(",") if hop.strip()]
        while hops and self._trusted(peer):
            peer = hops.pop()
        return peer

    def _trusted(self, address: str) -> bool:
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(ip in network for network in self.settings.trusted_proxies)

    async def _turn_away(self, scope: Any, headers: dict[bytes, str], send: Send) -> None:
        """Send an anonymous visitor to the sign-in page; a program gets a 401."""
        path: str = scope["path"]
        if path.startswith("/api/"):
            body = b'{"type":"about:blank","title":"Sign-in needed","status":401,"code":"unauthorized"}'
            found = [(b"content-type", b"application/problem+json"), (b"www-authenticate", b"Bearer")]
            await respond(send, 401, found, body)
            return
        if path.startswith(SCRIPTED):
            body = b'{"code":"unauthorized","detail":"Sign in first."}'
            await respond(send, 401, [(b"content-type", b"application/json"), (b"cache-control", b"no-store")], body)
            return
        query = scope["query_string"].decode("latin-1")
        there = path + (f"?{query}" if query else "") if scope["method"] == "GET" else "/today"
        target = "/sign-in" if there in ("/", "/today") else f"/sign-in?next={quote(there, safe='/')}"
        if headers.get(b"hx-request") == "true":
            status, found = 200, [(b"hx-redirect", target.encode())]
        elif headers.get(b"accept", "").startswith("application/json"):
            status, found = 401, []
        else:
            status, found = 303, [(b"location", target.encode())]
        await respond(send, status, found)


async def _tell_to_forget(user_id: int, send: Send) -> None:
    """The greeting of a device that is to be wiped: whose it was, and that it shall forget everything."""
    at = clock().isoformat()
    said = {"user": user_id, "name": "", "csrf": "", "at": at, "formats": [], "offline_until": at, "wipe": True}
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), (b"x-offing", b"%d" % user_id)]
    await respond(send, 200, headers, json.dumps({**said, "unsettled": 0}).encode())


async def respond(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
    """A whole answer."""
    start: HTTPResponseStartEvent = {"type": "http.response.start", "status": status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": False})


def limited(actor: Actor, scopes: Sequence[str]) -> Actor:
    """The actor as a token sees it: only the rights that the token was made for (empty: all)."""
    if not scopes:
        return actor
    rights = frozenset(right for right in scopes if actor.may(right))
    features = {right.removesuffix(".view") for right in scopes if right.endswith(".view")}
    seen = {feature: scope for feature in features if (scope := actor.scope(feature)) is not None}
    return replace(actor, everything=False, permissions=rights, scopes=seen)


def _asked_language(cookies: dict[str, str], headers: dict[bytes, str]) -> str:
    """The language of somebody who has not signed in."""
    wish = cookies.get("offing_language", "")
    return wish if wish in LANGUAGES else negotiate(headers.get(b"accept-language", ""))


def _cookies(header: str) -> dict[str, str]:
    """Names and values. All that we read is without quotes, so the standard library's parser, forty times slower, is
    not needed."""
    pairs = (pair.partition("=") for pair in header.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


async def check_csrf(request: Request[Any, Any, Any]) -> None:
    """Refuse a changing request that did not come from one of our pages. Runs before every handler."""
    if request.method in SAFE or request.url.path.startswith(("/api/", "/push/decide")):
        return
    token = request.headers.get("x-csrf-token")
    if token is None:
        form = await request.form()
        token = form.get("_csrf")
    if not isinstance(token, str) or not csrf.fits(token, request.scope["state"]["csrf"]):
        raise Denied(_("This page is out of date. Reload it and try again."), code="csrf")
