"""One whole answer of the back office, held back until the transaction has ended."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

CONTENT_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    b"connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Piccolo's page needs inline style; scripts it does not."""


@dataclass
class Answer:
    """A whole answer of Piccolo's, kept until the transaction has ended."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    async def take(self, message: Any) -> None:
        """What the inner application sends."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    def say(self, status: int, content: Any) -> None:
        """Replace it by a JSON answer of ours."""
        self.status, self.body = status, json.dumps(content, ensure_ascii=False).encode()
        keep = [pair for pair in self.headers if pair[0] not in (b"content-length", b"content-type")]
        self.headers = [*keep, (b"content-type", b"application/json")]

    def json(self) -> Any:
        """Its content, if that is JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    async def send(self, send: Any, *, https: bool) -> None:
        """Send it on, under the back office's own content policy."""
        headers = [_safe_cookie(pair, https) for pair in self.headers if pair[0] != b"content-length"]
        headers += [(b"content-length", str(len(self.body)).encode()), (b"content-security-policy", CONTENT_POLICY)]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


def _safe_cookie(pair: tuple[bytes, bytes], https: bool) -> tuple[bytes, bytes]:
    name, value = pair
    return (name, value + b"; Secure") if https and name == b"set-cookie" and b"secure" not in value.lower() else pair


def plain(status: int, *headers: tuple[bytes, bytes]) -> Answer:
    """An answer without content."""
    return Answer(status, list(headers))
