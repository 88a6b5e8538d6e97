"""Each answer that a push service can give leads to the one right next step."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from tests.push.browser_keys import BrowserKeys
from tests.push.service import FakePushService, Scripted
from webapp.deliver import push
from webapp.deliver.push import Answer, Verdict, send
from webapp.deliver.push_target import Target
from webapp.deliver.vapid import VapidKeys

pytestmark = pytest.mark.anyio
KEYS = VapidKeys.create()
BROWSER = BrowserKeys()
CONTACT = "operator@example.com"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


async def sent(client: httpx.AsyncClient, endpoint: str, payload: bytes = b"{}", keys: VapidKeys = KEYS) -> Answer:
    target = Target(endpoint, BROWSER.p256dh, BROWSER.auth)
    return await send(client, keys, target, payload, ttl_s=60, urgency="high", topic="order-7", contact=CONTACT)


async def test_a_message_arrives_with_every_header_and_only_the_browser_can_read_it(
    client: httpx.AsyncClient, push_service: FakePushService
) -> None:
    payload = '{"title": "订单待审批"}'.encode()

    answer = await sent(client, push_service.subscribe(KEYS.application_server_key), payload)

    [delivery] = push_service.deliveries
    assert (answer.verdict, answer.status, delivery.fault) == (Verdict.delivered, 201, "")
    assert BROWSER.decrypt(delivery.body) == payload
    assert {name: delivery.headers[name] for name in ("ttl", "urgency", "topic", "content-type")} == {
        "ttl": "60",
        "urgency": "high",
        "topic": "order-7",
        "content-type": "application/octet-stream",
    }
    assert delivery.claims["aud"] == push_service.origin  # with its port, which the package leaves out
    assert delivery.claims["sub"] == f"mailto:{CONTACT}"
    assert time.time() + 3600 < delivery.claims["exp"] <= time.time() + 86_400


async def test_a_message_without_a_topic_has_no_topic_header_and_ttl_zero_is_said(
    client: httpx.AsyncClient, push_service: FakePushService
) -> None:
    target = Target(push_service.subscribe(), BROWSER.p256dh, BROWSER.auth)

    await send(client, KEYS, target, b"{}", ttl_s=0, urgency="normal", topic="", contact=CONTACT)

    [delivery] = push_service.deliveries
    assert "topic" not in delivery.headers
    assert delivery.headers["ttl"] == "0"


async def test_one_messages_ttl_does_not_stick_to_the_next(
    client: httpx.AsyncClient, push_service: FakePushService
) -> None:
    target = Target(push_service.subscribe(), BROWSER.p256dh, BROWSER.auth)
    for ttl_s in (14_400, 60):
        await send(client, KEYS, target, b"{}", ttl_s=ttl_s, urgency="normal", topic="", contact=CONTACT)
    assert [delivery.headers["ttl"] for delivery in push_service.deliveries] == ["14400", "60"]


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.delivered),
        (202, Verdict.delivered),
        (301, Verdict.refused),
        (400, Verdict.refused),
        (401, Verdict.refused),
        (403, Verdict.refused),
        (404, Verdict.gone),
        (410, Verdict.gone),
        (413, Verdict.too_large),
        (408, Verdict.retry),
        (429, Verdict.retry),
        (500, Verdict.retry),
        (503, Verdict.retry),
    ],
)
async def test_each_status_has_its_verdict(
    client: httpx.AsyncClient, push_service: FakePushService, status: int, verdict: Verdict
) -> None:
    push_service.answer_next(Scripted(status, body=b'{"reason": "BadJwtToken"}'))
    answer = await sent(client, push_service.subscribe())
    assert (answer.verdict, answer.status, answer.reason) == (verdict, status, '{"reason": "BadJwtToken"}')


async def test_a_redirect_is_not_followed(client: httpx.AsyncClient, push_service: FakePushService) -> None:
    elsewhere = push_service.subscribe()
    push_service.answer_next(Scripted(307, {"Location": elsewhere}))
    assert (await sent(client, push_service.subscribe())).verdict is Verdict.refused
    assert len(push_service.deliveries) == 1


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [("120", 120, 120), ("soon", None, None), ("", None, None), ("9" * 30, 86_400, 86_400)],
)
async def test_retry_after_in_seconds(
    client: httpx.AsyncClient, push_service: FakePushService, value: str, least: int | None, most: int | None
) -> None:
    push_service.answer_next(Scripted(429, {"Retry-After": value}))
    answer = await sent(client, push_service.subscribe())
    assert answer.verdict is Verdict.retry
    assert answer.retry_after_s in {least, most}


async def test_retry_after_as_a_date(client: httpx.AsyncClient, push_service: FakePushService) -> None:
    moment = datetime.now(UTC) + timedelta(seconds=90)  # the test's own clock: the header is about wall time
    push_service.answer_next(Scripted(503, {"Retry-After": format_datetime(moment, usegmt=True)}))
    answer = await sent(client, push_service.subscribe())
    assert answer.retry_after_s is not None
    assert 80 <= answer.retry_after_s <= 90


async def test_a_push_service_that_hangs_is_left_after_the_time(
    client: httpx.AsyncClient, push_service: FakePushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "TIMEOUT_S", 0.3)
    push_service.answer_next(Scripted(hang=True))
    answer = await sent(client, push_service.subscribe())
    assert (answer.verdict, answer.status, answer.reason) == (Verdict.retry, None, "TimeoutError")


async def test_a_push_service_that_is_down_is_tried_again_later(client: httpx.AsyncClient) -> None:
    nobody = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    port = nobody.sockets[0].getsockname()[1]
    nobody.close()
    await nobody.wait_closed()
    answer = await sent(client, f"http://127.0.0.1:{port}/push/x")
    assert (answer.verdict, answer.status) == (Verdict.retry, None)


async def test_a_payload_at_the_limit_is_decrypted_and_one_byte_more_is_never_sent(
    client: httpx.AsyncClient, push_service: FakePushService
) -> None:
    endpoint = push_service.subscribe()
    assert (await sent(client, endpoint, b"x" * 3500)).verdict is Verdict.delivered
    assert BROWSER.decrypt(push_service.deliveries[0].body) == b"x" * 3500

    assert await sent(client, endpoint, b"x" * 3501) == Answer(
        Verdict.too_large, None, reason="3501 bytes before encryption"
    )
    assert len(push_service.deliveries) == 1


async def test_another_installations_key_is_refused_and_is_no_reason_to_delete(
    client: httpx.AsyncClient, push_service: FakePushService
) -> None:
    endpoint = push_service.subscribe(KEYS.application_server_key)
    answer = await sent(client, endpoint, keys=VapidKeys.create())
    assert (answer.verdict, answer.status) == (Verdict.refused, 403)


async def test_a_forgotten_subscription_is_gone(client: httpx.AsyncClient, push_service: FakePushService) -> None:
    endpoint = push_service.subscribe()
    push_service.forget()
    assert (await sent(client, endpoint)).verdict is Verdict.gone


async def test_without_an_operators_address_the_token_names_nobody(
    client: httpx.AsyncClient, push_service: FakePushService
) -> None:
    target = Target(push_service.subscribe(), BROWSER.p256dh, BROWSER.auth)
    answer = await send(client, KEYS, target, b"{}", ttl_s=9, urgency="normal", topic="", contact=None)
    assert (answer.verdict, answer.reason) == (Verdict.refused, "no contact")  # as Apple's would
    assert "sub" not in push_service.deliveries[0].claims


@pytest.mark.parametrize("topic", ["x" * 33, "订单", "a b"])
async def test_a_topic_that_push_services_refuse_is_our_fault(client: httpx.AsyncClient, topic: str) -> None:
    target = Target("http://127.0.0.1:9/push/x", BROWSER.p256dh, BROWSER.auth)
    with pytest.raises(ValueError, match="topic"):
        await send(client, KEYS, target, b"{}", ttl_s=60, urgency="low", topic=topic, contact=CONTACT)


async def test_many_messages_use_few_connections_and_one_signature(
    client: httpx.AsyncClient, push_service: FakePushService
) -> None:
    endpoint = push_service.subscribe(KEYS.application_server_key)
    answers = await asyncio.gather(*(sent(client, endpoint) for _ in range(40)))
    assert {answer.verdict for answer in answers} == {Verdict.delivered}
    assert len({delivery.headers["authorization"] for delivery in push_service.deliveries}) == 1
    assert len({delivery.body for delivery in push_service.deliveries}) == 40  # each with its own salt and key
