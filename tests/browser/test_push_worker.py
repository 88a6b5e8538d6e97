"""What the service worker does with a push and with a tap, in Chromium. Encryption is proved with Firefox elsewhere."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import CDPSession, Worker

from tests.browser.site import Site
from tests.browser.tab import OpenContext, Tab

pytestmark = pytest.mark.anyio
ORDER = {
    "v": 1,
    "title": "Approval waiting",
    "body": "Order of Harbour Foods",
    "url": "/approvals/7",
    "tag": "approval-7",
    "lang": "en",
    "badge": 3,
    "actions": [
        {"action": "confirm", "title": "Confirm", "url": "/push/decide", "token": "c"},
        {"action": "reject", "title": "Reject", "url": "/push/decide", "token": "r"},
    ],
}
# A tap that did not come from a person may neither open nor focus windows: the worker's choice is written down instead.
OBSERVE = """() => {
  self.seen = [];
  self.clients.openWindow = async (url) => void self.seen.push(['open', new URL(url).pathname]);
  WindowClient.prototype.focus = async function () {
    self.seen.push(['focus', new URL(this.url).pathname]);
    return this;
  };
  Client.prototype.postMessage = function (message) {
    self.seen.push(['message', message.type, message.url && new URL(message.url).pathname]);
  };
  self.fetch = async (url, options) => {
    self.seen.push(['fetch', url, options.method, String(options.body), options.credentials]);
    if (self.answer === null) throw new TypeError('Failed to fetch');
    return new Response(JSON.stringify(self.answer.body), { status: self.answer.status, headers: self.answer.headers });
  };
}"""
TAP = """async ([tag, action]) => {
  const [notification] = await self.registration.getNotifications({ tag });
  const event = new NotificationEvent('notificationclick', { notification, action });
  let waiting;
  Object.defineProperty(event, 'waitUntil', { value: (promise) => (waiting = promise) });
  self.dispatchEvent(event);
  await waiting;
}"""
OURS = {"X-Offing": "1"}


class Phone:
    """A tab with permission to show notifications, its worker, and the way to bring pushes to it."""

    def __init__(self, tab: Tab, worker: Worker, devtools: CDPSession, registration: str) -> None:
        self.tab = tab
        self.worker = worker
        self.devtools = devtools
        self.registration = registration

    async def push(self, data: str) -> None:
        """Deliver a push as the browser's push service would, already decrypted."""
        message = {"origin": self.tab.base, "registrationId": self.registration, "data": data}
        await self.devtools.send("ServiceWorker.deliverPushMessage", message)

    async def shown(self) -> list[dict[str, Any]]:
        """The notifications that are to be seen."""
        found: list[dict[str, Any]] = await self.tab.page.evaluate(
            """async () => (await (await navigator.serviceWorker.ready).getNotifications()).map((one) => ({
              title: one.title, body: one.body, tag: one.tag, lang: one.lang, data: one.data, silent: one.silent,
              actions: one.actions.map(({ action }) => action),
            }))"""
        )
        return found

    async def pushed(self, data: str | dict[str, Any], title: str | None = None) -> dict[str, Any]:
        """Deliver a push and return the only notification (with that title) that follows."""
        message = data if isinstance(data, str) else json.dumps(data)
        for attempt in range(400):
            if attempt % 100 == 0:  # the devtools lose a push that comes while the worker is being stopped
                await self.push(message)
            found = await self.shown()
            if found and title in (None, found[0]["title"]):
                assert len(found) == 1
                return found[0]
            await self.tab.page.wait_for_timeout(50)
        raise AssertionError(f"no notification {title!r}, but {await self.shown()}")

    async def tapped(self, action: str = "", answer: dict[str, Any] | None = None) -> list[Any]:
        """Tap the notification and return what the worker did, with the server's answer (None: no network)."""
        await self.worker.evaluate(OBSERVE)
        await self.worker.evaluate("(answer) => { self.answer = answer; }", answer)
        [shown] = await self.shown()
        await self.worker.evaluate(TAP, [shown["tag"], action])
        seen: list[Any] = await self.worker.evaluate("self.seen")
        return seen


@pytest.fixture
async def device(phone: OpenContext, site: Site) -> AsyncIterator[Phone]:
    tab = await phone()
    await tab.context.grant_permissions(["notifications"], origin=site.base)
    devtools = await tab.context.new_cdp_session(tab.page)
    registrations: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(
            one["registrationId"] for one in event["registrations"] if not one["isDeleted"]
        ),
    )
    await devtools.send("ServiceWorker.enable")
    await tab.open("/sign-in")
    await tab.controlled()
    [worker] = tab.context.service_workers
    yield Phone(tab, worker, devtools, registrations[-1])


async def test_a_push_shows_its_words_two_actions_and_where_it_leads(device: Phone) -> None:
    shown = await device.pushed(ORDER)
    assert (shown["title"], shown["body"], shown["tag"], shown["lang"]) == (
        "Approval waiting",
        "Order of Harbour Foods",
        "approval-7",
        "en",
    )
    assert shown["actions"] == ["confirm", "reject"]
    assert shown["data"]["url"] == f"{device.tab.base}/approvals/7"


@pytest.mark.parametrize("data", ["", "plain words", "[1, 2]", "null", '{"title": ""}', '{"title": 5, "actions": 7}'])
async def test_whatever_comes_one_notification_is_shown_and_leads_to_the_inbox(device: Phone, data: str) -> None:
    shown = await device.pushed(data)
    assert (shown["title"], shown["body"], shown["actions"]) == ("Offing", "There is news for you.", [])
    assert shown["data"]["url"] == f"{device.tab.base}/inbox"


async def test_a_very_long_push_is_shown_too(device: Phone) -> None:
    shown = await device.pushed({**ORDER, "body": "长" * 1100})
    assert shown["body"] == "长" * 1100


async def test_the_same_matter_replaces_what_was_shown(device: Phone) -> None:
    await device.pushed(ORDER)
    shown = await device.pushed({**ORDER, "title": "Approval withdrawn", "actions": []}, "Approval withdrawn")
    assert shown["actions"] == []


async def test_a_third_action_and_one_that_leads_elsewhere_are_left_out(device: Phone) -> None:
    first, second = ORDER["actions"]  # type: ignore[misc]
    foreign = {**first, "action": "steal", "url": "https://example.org/"}  # type: ignore[dict-item]
    shown = await device.pushed({**ORDER, "actions": [foreign, first, second, {**first, "action": "third"}]})  # type: ignore[dict-item]
    assert shown["actions"] == ["confirm", "reject"]


@pytest.mark.parametrize("url", ["https://example.org/", "//example.org/", "javascript:alert(1)", 7, None])
async def test_an_address_elsewhere_becomes_the_inbox(device: Phone, url: Any) -> None:
    shown = await device.pushed({**ORDER, "url": url})
    assert shown["data"]["url"].startswith(device.tab.base)


async def test_open_pages_hear_of_it(device: Phone) -> None:
    await device.tab.page.evaluate("document.addEventListener('offing:inbox', () => { document.title = 'heard'; })")
    await device.pushed(ORDER)
    await device.tab.until("document.title === 'heard'")


async def test_a_tap_shows_the_page_in_the_window_that_is_there(device: Phone) -> None:
    await device.pushed(ORDER)
    assert await device.tapped() == [["message", "open", "/approvals/7"], ["focus", "/sign-in"]]
    assert await device.shown() == []


async def test_a_tap_on_a_page_that_is_open_only_brings_it_forward(device: Phone) -> None:
    await device.pushed({**ORDER, "url": "/sign-in"})
    assert await device.tapped() == [["focus", "/sign-in"]]


async def test_a_tap_without_any_window_opens_one(device: Phone) -> None:
    await device.pushed(ORDER)
    await device.worker.evaluate("() => { self.clients.matchAll = async () => []; }")
    assert await device.tapped() == [["open", "/approvals/7"]]


async def test_a_window_that_may_not_be_opened_breaks_nothing(device: Phone) -> None:
    await device.pushed(ORDER)
    async with device.tab.page.expect_navigation(url="**/sign-in?next=/approvals/7"):
        await device.worker.evaluate(TAP, [ORDER["tag"], ""])  # without a person's tap the browser refuses to focus


@pytest.mark.parametrize(("action", "token"), [("confirm", "c"), ("reject", "r")])
async def test_an_action_sends_its_token_once_and_says_what_came_of_it(device: Phone, action: str, token: str) -> None:
    await device.pushed(ORDER)
    answer = {"status": 200, "headers": OURS, "body": {"message": "Confirmed: order of Harbour Foods", "badge": 2}}
    seen = await device.tapped(action, answer)
    assert seen == [["fetch", "/push/decide", "POST", f"token={token}", "same-origin"], ["message", "inbox", None]]
    [shown] = await device.shown()
    assert (shown["title"], shown["body"], shown["tag"]) == (
        "Approval waiting",
        "Confirmed: order of Harbour Foods",
        "approval-7",
    )
    assert (shown["actions"], shown["silent"]) == ([], True)


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (None, "This was not decided yet: Offing could not be reached."),
        ({"status": 200, "headers": {}, "body": {"message": "Welcome to Hotel WiFi"}}, None),
        ({"status": 401, "headers": OURS, "body": {}}, None),
        ({"status": 409, "headers": OURS, "body": {"message": "The order changed since you were told."}}, "changed"),
        ({"status": 500, "headers": OURS, "body": {}}, None),
    ],
)
async def test_what_was_not_decided_is_said_and_leads_to_the_page(
    device: Phone, answer: dict[str, Any] | None, body: str | None
) -> None:
    await device.pushed(ORDER)
    await device.tapped("confirm", answer)
    [shown] = await device.shown()
    assert shown["title"] == "Open to decide"
    assert (body or "could not be reached") in shown["body"]
    assert shown["data"]["url"] == f"{device.tab.base}/approvals/7"
    assert shown["actions"] == []
