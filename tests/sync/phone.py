"""A phone as the server sees it: a signed-in client that sends records and files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx

from domain.core.work import clock
from tests.conftest import PageClient


@dataclass
class Phone:
    """Sends what an outbox would send."""

    client: PageClient
    csrf: str = ""

    async def hello(self) -> dict[str, Any]:
        """Ask who we are; keeps the token."""
        answer = await self.client.get("/sync/hello", headers={"accept": "application/json"})
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        self.csrf = said["csrf"]
        return said

    async def send(self, kind: str, fields: dict[str, Any], **more: Any) -> httpx.Response:
        """Post one record."""
        return await self.post(record(kind, fields, **more))

    async def post(self, body: Any, **headers: str) -> httpx.Response:
        """Post a body as it is."""
        if not self.csrf:
            await self.hello()
        more = {"idempotency-key": body["id"]} if isinstance(body, dict) and isinstance(body.get("id"), str) else {}
        sent = {"x-csrf-token": self.csrf, **more, **headers}
        return await self.client.post("/sync/records", json=body, headers=sent)


def record(
    kind: str, fields: dict[str, Any], *, id: str | None = None, at: datetime | None = None, **more: Any
) -> dict[str, Any]:
    """A record in its envelope."""
    return {
        "id": id or str(uuid4()),
        "kind": kind,
        "format": 1,
        "recorded_at": (at or clock()).isoformat(),
        "clock_offset_s": 0,
        "fields": fields,
        **more,
    }
