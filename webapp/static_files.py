"""Serving the static files from memory: in the best encoding asked for, by validators, and for ever where hashed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from litestar import asgi
from litestar.enums import ScopeType
from litestar.handlers import ASGIRouteHandler
from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent, Receive, Scope, Send

from webapp.assets import Asset, bundle

Headers = list[tuple[bytes, bytes]]
FOREVER = b"public, max-age=31536000, immutable"
AN_HOUR = b"public, max-age=3600"


def _choose(asset: Asset, accepted: bytes) -> tuple[bytes, bytes | None]:
    """Body and its encoding for an Accept-Encoding header; a refusal by `q=0` is obeyed."""
    offered = {
        token.split(b";")[0].strip() for token in accepted.split(b",") if not re.search(rb";\s*q=0(\.0*)?\s*$", token)
    }
    if asset.brotlied is not None and b"br" in offered:
        return asset.brotlied, b"br"
    if asset.gzipped is not None and b"gzip" in offered:
        return asset.gzipped, b"gzip"
    return asset.plain, None


def _answer(asset: Asset, request: Mapping[bytes, bytes], caching: bytes) -> tuple[int, Headers, bytes]:
    body, encoding = _choose(asset, request.get(b"accept-encoding", b""))
    etag = asset.etag if encoding is None else asset.etag[:-1] + b"-" + encoding + b'"'
    headers = [(b"etag", etag), (b"cache-control", caching), (b"vary", b"accept-encoding"),
               (b"x-content-type-options", b"nosniff"), (b"x-offing", b"-")]  # fmt: skip
    known = [tag.strip().removeprefix(b"W/") for tag in request.get(b"if-none-match", b"").split(b",")]
    if etag in known or b"*" in known:
        return 304, headers, b""
    headers += [(b"content-type", asset.content_type.encode()), (b"content-length", str(len(body)).encode())]
    if encoding is not None:
        headers.append((b"content-encoding", encoding))
    return 200, headers, body


async def _send(scope: Scope, send: Send, asset: Asset | None, caching: bytes) -> None:
    method = scope["method"] if scope["type"] == ScopeType.HTTP else ""
    headers: Headers
    if method not in {"GET", "HEAD"}:
        status, headers, body = 405, [(b"allow", b"GET, HEAD"), (b"content-length", b"0")], b""
    elif asset is None:
        body = b"Not found"
        status, headers = 404, [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"9")]
    else:
        status, headers, body = _answer(asset, dict(scope["headers"]), caching)
    start: HTTPResponseStartEvent = {"type": "http.response.start", "status": status, "headers": headers}
    end: HTTPResponseBodyEvent = {
        "type": "http.response.body", "body": b"" if method == "HEAD" else body, "more_body": False,
    }  # fmt: skip
    await send(start)
    await send(end)


def static_routes() -> list[ASGIRouteHandler]:
    """Handlers of `/static/…` and of the addresses that browsers ask for at the root."""
    files = bundle()

    @asgi("/static", is_mount=True, copy_scope=True)
    async def static(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        url = path if path.startswith("/static/") else "/static/" + path.lstrip("/")
        await _send(scope, send, files.by_url.get(url.rstrip("/")), FOREVER)

    return [
        static,
        _root("/manifest.json", files.manifest),
        _root("/favicon.ico", files.asset("icons/favicon.ico")),
        _root("/apple-touch-icon.png", files.asset("icons/apple-touch-icon.png")),
    ]


def _root(path: str, asset: Asset) -> ASGIRouteHandler:
    @asgi(path, copy_scope=True)
    async def root_file(scope: Scope, receive: Receive, send: Send) -> None:
        await _send(scope, send, asset, AN_HOUR)

    return root_file
