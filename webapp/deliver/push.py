"""One encrypted message to one browser, and what its push service said (RFC 8030, 8291, 8292)."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import lru_cache
from typing import Literal

import httpx
from pydantic import AnyHttpUrl
from webpush import WebPush, WebPushSubscription
from webpush.types import WebPushKeys

from domain.core.work import clock
from webapp.deliver.push_target import Target
from webapp.deliver.vapid import AuthorizationCache, VapidKeys

MAX_PAYLOAD_BYTES = 3500
TIMEOUT_S = 10.0
Urgency = Literal["very-low", "low", "normal", "high"]
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")


class Verdict(StrEnum):
    """What to do after an attempt; `gone` alone means that the subscription is to be deleted."""

    delivered = "delivered"
    gone = "gone"
    refused = "refused"
    too_large = "too_large"
    retry = "retry"


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is None when there was no answer; `reason` is the push service's own word, for the operator."""

    verdict: Verdict
    status: int | None
    retry_after_s: int | None = None
    reason: str = ""


@lru_cache(maxsize=8)
def _package(keys: VapidKeys, contact: str | None) -> WebPush:
    """One object for all messages: what is passed to its `get` per call sticks to it, so nothing ever is."""
    package = WebPush(private_key=keys.private_pem, public_key=keys.public_pem, subscriber=contact or "nobody")
    package.vapid = AuthorizationCache(keys, contact)
    return package


async def send(
    client: httpx.AsyncClient,
    keys: VapidKeys,
    target: Target,
    payload: bytes,
    *,
    ttl_s: int,
    urgency: Urgency,
    topic: str,
    contact: str | None,
) -> Answer:
    """Send one message and return what to do next; never raises for what the other side does.

    `ttl_s` is how long the push service may keep it for a device that is off; a later message of the same `topic`
    (at most 32 letters of base64url, or "") replaces it there. `contact` is the operator's e-mail address;
    without one Apple's service refuses.
    """
    if len(payload) > MAX_PAYLOAD_BYTES:
        return Answer(Verdict.too_large, None, reason=f"{len(payload)} bytes before encryption")
    if topic and not _TOPIC.fullmatch(topic):
        raise ValueError(f"{topic!r} is no push topic")
    message = _package(keys, contact).get(payload, _subscription(target))
    headers = {
        "Authorization": message.headers["authorization"],
        "Content-Encoding": message.headers["content-encoding"],
        "Content-Type": "application/octet-stream",
        "TTL": str(ttl_s),
        "Urgency": urgency,
    }
    if topic:
        headers["Topic"] = topic
    request = client.build_request("POST", target.endpoint, content=message.encrypted, headers=headers)
    try:
        async with asyncio.timeout(TIMEOUT_S):
            return await _exchange(client, request)
    except (httpx.TransportError, TimeoutError) as failure:
        return Answer(Verdict.retry, None, reason=type(failure).__name__)


async def _exchange(client: httpx.AsyncClient, request: httpx.Request) -> Answer:
    response = await client.send(request, stream=True, follow_redirects=False)
    try:
        said = b""
        async for chunk in response.aiter_raw(1024):
            said += chunk
            if len(said) >= 1024:
                break
    finally:
        await response.aclose()
    reason = "".join(char for char in said[:200].decode("utf-8", "replace") if char.isprintable())
    return Answer(verdict_of(response.status_code), response.status_code, _retry_after(response), reason)


def verdict_of(status: int) -> Verdict:
    """Return what a push service's status means; our own faults (400, 401, 403) never cost a subscription."""
    if 200 <= status < 300:
        return Verdict.delivered
    if status in (404, 410):
        return Verdict.gone
    if status == 413:
        return Verdict.too_large
    if status in (408, 429) or status >= 500:
        return Verdict.retry
    return Verdict.refused


def _retry_after(response: httpx.Response) -> int | None:
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return min(int(text[:9]), 86_400)
    try:
        seconds = parsedate_to_datetime(text).timestamp() - clock().timestamp()
    except ValueError:
        return None
    return max(0, min(int(seconds), 86_400))


def _subscription(target: Target) -> WebPushSubscription:
    keys = WebPushKeys(auth=target.auth, p256dh=target.p256dh)
    return WebPushSubscription(endpoint=AnyHttpUrl(target.endpoint), keys=keys)
