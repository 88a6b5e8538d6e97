"""The whole way of a push: subscribed by a tap, encrypted here, decrypted by Firefox, decided by a tap on a button."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, select

from domain.core.text import Text
from domain.notifications import actions
from domain.notifications.models import Notification, NotificationKind, PushSubscription
from domain.orders.models import Order
from domain.people.models import User
from domain.people.queries import load_actor
from tests.browser.firefox import Firefox, running_firefox
from tests.browser.site import Site
from tests.make import Make, SalesTeam
from tests.notifications.conftest import send_order
from tests.push.service import FakePushService
from webapp.deliver.push import send
from webapp.deliver.push_target import Target
from webapp.keys import read_keys
from webapp.work import transaction

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def team(push_site: Site) -> SalesTeam:
    async with push_site.building() as make:
        return await make.sales_team()


@pytest.fixture
async def phone(push_site: Site, team: SalesTeam, push_service: FakePushService) -> AsyncIterator[Firefox]:
    """A Firefox of its own, signed in as the manager; no device of an earlier test is left."""
    async with push_site.database.engine.begin() as connection:
        await connection.execute(delete(PushSubscription))
    with running_firefox(push_service) as browser:
        browser.sign_in(push_site.base, await push_site.signed_in(team.manager))
        yield browser


async def tell(site: Site, user: User, words: str, tag: str) -> None:
    """Something for the inbox of a user, as an action would put it there."""
    async with site.database.reading() as session:
        actor = await load_actor(session, user.id)
    assert actor is not None
    async with transaction(site.database, actor) as work:
        await actions.notify(work, [user.id], NotificationKind.system, Text(words), url="/inbox", tag=tag)


async def order_sent(site: Site, rep: User, customer_name: str) -> int:
    """The id of an order that waits for its approver."""
    async with site.database.reading() as session:
        actor = await load_actor(session, rep.id)
    assert actor is not None
    async with transaction(site.database, actor) as work:
        approval = await send_order(work, Make(work.session), customer_name)
    return approval.record_id


async def until_status(site: Site, order_id: int, status: str) -> None:
    for _attempt in range(100):
        async with site.database.reading() as session:
            if (await session.scalar(select(Order.status).where(Order.id == order_id))) == status:
                return
        await asyncio.sleep(0.1)
    raise AssertionError(f"the order did not become {status}")


async def devices(site: Site) -> list[PushSubscription]:
    async with site.database.reading() as session:
        return list((await session.scalars(select(PushSubscription))).all())


@pytest.mark.parametrize(
    ("action", "status", "said"), [("confirm", "approved", "Confirmed."), ("reject", "rejected", "Rejected.")]
)
async def test_an_approval_reaches_the_approver_and_is_decided_from_the_notification(
    push_site: Site,
    team: SalesTeam,
    phone: Firefox,
    push_service: FakePushService,
    action: str,
    status: str,
    said: str,
) -> None:
    endpoint = phone.switch_push_on(push_site.base)
    assert endpoint.startswith(push_service.origin)

    order_id = await order_sent(push_site, team.rep, f"Harbour Foods {status}")

    shown = phone.wait_for_notification()
    assert shown["title"] == "Approval waiting"
    assert "Harbour Foods" in shown["body"]
    assert [act["title"] for act in shown["actions"]] == ["Confirm", "Reject"]
    assert push_service.deliveries[-1].claims["aud"] == push_service.origin
    push_service.wait(lambda: push_service.deliveries[-1].acknowledged == 100)

    phone.tap_notification("Approval waiting", action)
    await until_status(push_site, order_id, status)
    shown = phone.wait_for_notification()
    assert (shown["body"], shown["actions"]) == (said, [])


async def test_a_tap_on_the_notification_opens_the_matter_and_marks_it_read(
    push_site: Site, team: SalesTeam, phone: Firefox
) -> None:
    phone.switch_push_on(push_site.base)
    await tell(push_site, team.manager, "The stock count is tomorrow.", "stock")
    phone.wait_for_notification("stock")
    phone.tap_notification("Notice")
    phone.wait("location.pathname === '/inbox'")
    async with push_site.database.reading() as session:
        item = (await session.scalars(select(Notification).where(Notification.tag == "stock"))).one()
    assert item.read_at is not None


async def test_a_message_that_was_changed_on_its_way_shows_nothing(
    push_site: Site, team: SalesTeam, phone: Firefox, push_service: FakePushService
) -> None:
    phone.switch_push_on(push_site.base)
    [device] = await devices(push_site)
    keys = read_keys(Path(push_site.environment["OFFING_HOME"]))
    target = Target(device.endpoint, device.p256dh, device.auth)
    good: dict[str, Any] = {"ttl_s": 60, "urgency": "normal", "topic": "", "contact": "operator@example.com"}

    def flip(request: httpx.Request) -> httpx.Request:
        body = bytearray(request.content)
        body[-1] ^= 1
        return httpx.Request(request.method, request.url, headers=request.headers, content=bytes(body))

    class Tampering(httpx.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return await super().handle_async_request(flip(request))

    async with httpx.AsyncClient(transport=Tampering()) as crooked:
        await send(crooked, keys.vapid, target, b'{"title": "False"}', **good)
    push_service.wait(lambda: push_service.deliveries[-1].acknowledged == 101)
    async with httpx.AsyncClient(trust_env=False) as honest:
        await send(honest, keys.vapid, target, b'{"title": "True"}', **good)
    assert phone.wait_for_notification()["title"] == "True"
    assert len(phone.notifications()) == 1


async def test_a_subscription_that_the_push_service_lost_is_given_up_and_made_anew(
    push_site: Site, team: SalesTeam, phone: Firefox, push_service: FakePushService
) -> None:
    lost = phone.switch_push_on(push_site.base)
    push_service.forget()
    phone.open(f"{push_site.base}/account/device")
    for attempt in range(100):
        known = [device.endpoint for device in await devices(push_site)]
        if known and lost not in known:
            break
        await asyncio.sleep(0.1)
        if attempt % 20 == 19:
            phone.open(f"{push_site.base}/account/device")
    assert lost not in known
    await tell(push_site, team.manager, "Found again.", "found")
    assert phone.wait_for_notification("found")["body"] == "Found again."


async def test_switching_off_leaves_nothing_on_either_side(
    push_site: Site, team: SalesTeam, phone: Firefox, push_service: FakePushService
) -> None:
    endpoint = phone.switch_push_on(push_site.base)
    assert len(await devices(push_site)) == 1
    phone.tap("push-opt-in [data-act=off]")
    phone.wait("document.querySelector('push-opt-in').dataset.state === 'off'")
    push_service.wait(lambda: push_service.subscriptions[endpoint.rsplit("/", 1)[1]].forgotten)
    assert await devices(push_site) == []
    phone.open(f"{push_site.base}/account/device")
    phone.wait("document.querySelector('push-opt-in').dataset.state === 'off'")
    assert await devices(push_site) == []


async def test_after_a_sign_out_the_next_person_on_this_phone_gets_nothing_of_the_first(
    push_site: Site, team: SalesTeam, phone: Firefox, push_service: FakePushService
) -> None:
    endpoint = phone.switch_push_on(push_site.base)
    await tell(push_site, team.manager, "For the manager.", "before")
    assert phone.wait_for_notification("before")["body"] == "For the manager."
    phone.open(f"{push_site.base}/account")
    phone.tap("sign-out-guard button")
    phone.wait("location.pathname === '/sign-in'")
    push_service.wait(lambda: push_service.subscriptions[endpoint.rsplit("/", 1)[1]].forgotten)
    assert await devices(push_site) == []
    phone.sign_in(push_site.base, await push_site.signed_in(team.rep))
    phone.open(f"{push_site.base}/account/device")
    phone.wait("document.querySelector('push-opt-in').dataset.state === 'off'")
    await tell(push_site, team.manager, "Not for the rep.", "after")
    other = phone.switch_push_on(push_site.base)
    await tell(push_site, team.rep, "For the rep.", "rep")
    assert phone.wait_for_notification("rep")["body"] == "For the rep."
    assert "after" not in {shown["tag"] for shown in phone.notifications()}
    [device] = await devices(push_site)
    assert (device.user_id, device.endpoint) == (team.rep.id, other)
    assert other != endpoint
