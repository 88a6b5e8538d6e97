"""From an inbox item to the devices: what is sent, to whom, and what each answer of the push service leads to."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pgqueuer.domain.errors import RetryRequested
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.company.models import Setting
from domain.core.events import EventRow
from domain.core.text import Text
from domain.notifications import actions
from domain.notifications.models import DecisionToken, Notification, NotificationKind, PushSubscription
from domain.people.models import User, UserSession
from tests.conftest import BoundDatabase, WorkAs
from tests.make import Make
from tests.notifications.conftest import Waiting
from tests.push.browser_keys import BrowserKeys
from tests.push.service import FakePushService, Scripted
from webapp.deliver.pushes import fitted, push_to_device, push_to_devices
from webapp.outside import Outside
from webapp.settings import Settings

pytestmark = pytest.mark.anyio
BROWSER = BrowserKeys()


@pytest.fixture
async def outside(settings: Settings, connection: AsyncConnection) -> AsyncIterator[Outside]:
    async with httpx.AsyncClient(trust_env=False) as http:
        yield Outside(replace(settings, push_contact="operator@example.com"), BoundDatabase(connection), http)


async def device_of(
    make: Make, user: User, service: FakePushService, session: UserSession | None = None
) -> PushSubscription:
    device = PushSubscription(
        user_id=user.id, session_id=session.id if session else None, endpoint=service.subscribe(),
        p256dh=BROWSER.p256dh, auth=BROWSER.auth, device="Chrome · Android", created_at=user.created_at,
    )  # fmt: skip
    make.session.add(device)
    await make.session.commit()
    return device


def sent(service: FakePushService, number: int = -1) -> dict[str, Any]:
    """The message as the browser reads it."""
    message: dict[str, Any] = json.loads(BROWSER.decrypt(service.deliveries[number].body))
    return message


async def test_the_approver_gets_who_what_two_buttons_and_no_amount(
    waiting: Waiting, make: Make, outside: Outside, push_service: FakePushService
) -> None:
    device = await device_of(make, waiting.team.manager, push_service)
    await push_to_device(outside, waiting.item.id, device.id, 0)
    message = sent(push_service)
    assert message["title"] == "Approval waiting"
    assert "Harbour Foods" in message["body"]
    assert "128" not in message["body"]
    assert message["url"] == f"/inbox/{waiting.item.id}"
    assert message["tag"] == f"approval-{waiting.approval.id}"
    assert (message["lang"], message["badge"]) == ("en", 1)
    assert [(act["action"], act["title"], act["url"]) for act in message["actions"]] == [
        ("confirm", "Confirm", "/push/decide/confirm"),
        ("reject", "Reject", "/push/decide/reject"),
    ]
    [delivery] = push_service.deliveries
    assert delivery.headers["urgency"] == "high"
    assert delivery.headers["topic"] == f"approval-{waiting.approval.id}"
    assert 4 * 3600 - 60 <= int(delivery.headers["ttl"]) <= 4 * 3600
    await make.session.refresh(device)
    assert (device.failures, device.last_answer) == (0, "201")
    assert device.last_ok_at is not None


async def test_the_tokens_of_the_buttons_decide_that_step_in_that_version(
    waiting: Waiting, make: Make, work_as: WorkAs, outside: Outside, push_service: FakePushService
) -> None:
    device = await device_of(make, waiting.team.manager, push_service)
    await push_to_device(outside, waiting.item.id, device.id, 0)
    await push_to_device(outside, waiting.item.id, device.id, 1)  # tried again: the same token, kept once
    tokens = {act["token"] for number in (0, 1) for act in sent(push_service, number)["actions"]}
    row = (await make.session.scalars(select(DecisionToken))).one()
    assert (row.user_id, row.step_id) == (waiting.team.manager.id, waiting.approval.steps[0].id)
    assert row.record_version == waiting.approval.record_version
    [token] = tokens
    assert token.encode() not in row.token_hash
    told = await actions.decide(await work_as(waiting.team.manager), token, "confirm", "")
    assert str(told) == "Confirmed."


async def test_the_message_is_in_the_readers_language_and_the_company_may_allow_amounts(
    waiting: Waiting, make: Make, outside: Outside, push_service: FakePushService
) -> None:
    waiting.team.manager.language = "zh"
    make.session.add(Setting(name="push_amounts", value=True))
    device = await device_of(make, waiting.team.manager, push_service)
    await push_to_device(outside, waiting.item.id, device.id, 0)
    message = sent(push_service)
    assert (message["title"], message["lang"]) == ("待审批", "zh")
    assert "128.50" in message["body"]
    assert [act["title"] for act in message["actions"]] == ["确认", "驳回"]


async def queued(make: Make) -> list[dict[str, int]]:
    rows = await make.session.execute(text("SELECT payload FROM jobs.pgqueuer WHERE entrypoint = 'push' ORDER BY id"))
    return [json.loads(bytes(payload)) for (payload,) in rows]


async def test_one_job_for_each_device_of_the_person_that_is_still_signed_in(
    waiting: Waiting, make: Make, outside: Outside, push_service: FakePushService
) -> None:
    manager = waiting.team.manager
    now = waiting.item.at
    sessions = [
        UserSession(token_hash=bytes([n]), user_id=manager.id, device="", address="", created_at=now, seen_at=now,
                    expires_at=now + timedelta(days=days))
        for n, days in ((1, 1), (2, -1))
    ]  # fmt: skip
    make.session.add_all(sessions)
    await make.session.flush()
    alive = await device_of(make, manager, push_service, sessions[0])
    await device_of(make, manager, push_service, sessions[1])
    await device_of(make, waiting.team.rep, push_service)
    await push_to_devices(outside, EventRow(record_id=waiting.item.id))
    assert await queued(make) == [{"item": waiting.item.id, "device": alive.id}]


@pytest.mark.parametrize("why", ["read", "late", "left", "signed_out", "other_person", "no_item"])
async def test_what_is_no_news_any_more_is_not_sent(
    waiting: Waiting, make: Make, outside: Outside, push_service: FakePushService, why: str
) -> None:
    device = await device_of(make, waiting.team.manager, push_service)
    item_id = waiting.item.id
    if why == "read":
        waiting.item.read_at = waiting.item.at
    elif why == "late":
        waiting.item.at -= timedelta(hours=4)
    elif why == "left":
        waiting.team.manager.active = False
    elif why == "signed_out":
        await make.session.delete(device)
    elif why == "other_person":
        device.user_id = waiting.team.rep.id
    else:
        item_id += 1000
    await make.session.commit()
    await push_to_device(outside, item_id, device.id, 0)
    assert push_service.deliveries == []


@pytest.mark.parametrize("status", [404, 410])
async def test_a_device_that_is_gone_is_forgotten(
    waiting: Waiting, make: Make, outside: Outside, push_service: FakePushService, status: int
) -> None:
    device = await device_of(make, waiting.team.manager, push_service)
    push_service.answer_next(Scripted(status))
    await push_to_device(outside, waiting.item.id, device.id, 0)
    assert (await make.session.scalars(select(PushSubscription))).all() == []


@pytest.mark.parametrize("status", [400, 401, 403, 413])
async def test_a_refusal_is_counted_told_to_the_operator_and_costs_no_device(
    waiting: Waiting, make: Make, outside: Outside, push_service: FakePushService, status: int,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    device = await device_of(make, waiting.team.manager, push_service)
    push_service.answer_next(Scripted(status, body=b"BadJwtToken"), Scripted(status, body=b"BadJwtToken"))
    for count in (1, 2):
        await push_to_device(outside, waiting.item.id, device.id, 0)
        await make.session.refresh(device)
        assert (device.failures, device.last_answer) == (count, f"{status} BadJwtToken")
    assert "push refused" in caplog.text
    assert device.endpoint not in caplog.text
    await push_to_device(outside, waiting.item.id, device.id, 0)
    await make.session.refresh(device)
    assert device.failures == 0


@pytest.mark.parametrize(
    ("answer", "tries", "seconds"),
    [
        (Scripted(429, {"Retry-After": "120"}), 0, 120),
        (Scripted(500), 0, 5),
        (Scripted(503), 3, 40),
        (Scripted(500), 30, 900),
    ],
)
async def test_a_push_service_in_trouble_is_tried_again_later(
    waiting: Waiting, make: Make, outside: Outside, push_service: FakePushService, answer: Scripted, tries: int,
    seconds: int,
) -> None:  # fmt: skip
    device = await device_of(make, waiting.team.manager, push_service)
    push_service.answer_next(answer)
    with pytest.raises(RetryRequested) as again:
        await push_to_device(outside, waiting.item.id, device.id, tries)
    assert again.value.delay == timedelta(seconds=seconds)
    await push_to_device(outside, waiting.item.id, device.id, tries + 1)
    assert [delivery.status for delivery in push_service.deliveries] == [answer.status, 201]


async def test_what_is_tried_again_has_only_the_rest_of_its_time(
    waiting: Waiting, make: Make, outside: Outside, push_service: FakePushService
) -> None:
    device = await device_of(make, waiting.team.manager, push_service)
    waiting.item.at -= timedelta(hours=3)
    await make.session.commit()
    await push_to_device(outside, waiting.item.id, device.id, 5)
    assert 3500 <= int(push_service.deliveries[0].headers["ttl"]) <= 3600


async def test_a_sentence_of_any_length_fits(
    make: Make, work_as: WorkAs, outside: Outside, push_service: FakePushService
) -> None:
    user = await make.user()
    sentence = Text("%(words)s", words="很长的一句话" * 2000)
    await actions.notify(await work_as(user), [user.id], NotificationKind.system, sentence, url="/x", tag="t")
    device = await device_of(make, user, push_service)
    item = (await make.session.scalars(select(Notification).where(Notification.user_id == user.id))).one()
    await push_to_device(outside, item.id, device.id, 0)
    body = sent(push_service)["body"]
    assert body.startswith("很长的一句话")
    assert body.endswith("…")


@pytest.mark.parametrize("size", [0, 3300, 3400, 3500, 9000])
def test_fitting_cuts_only_what_is_too_long(size: int) -> None:
    message = {"v": 1, "title": "T", "body": "x" * size}
    payload = fitted(message)
    assert len(payload) <= 3500
    assert json.loads(payload)["body"].startswith("x" * min(size, 3300))
    assert (json.loads(payload)["body"] == message["body"]) == (size <= 3400)
