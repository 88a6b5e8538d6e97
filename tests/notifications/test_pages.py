"""The inbox in a browser without JavaScript, and the addresses that the service worker calls."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from domain.notifications import actions
from domain.notifications.models import Notification, NotificationKind, PushSubscription
from domain.orders.models import Order
from tests.conftest import Client, WorkAs
from tests.make import Make
from tests.notifications.conftest import Waiting
from tests.push.browser_keys import BrowserKeys

pytestmark = pytest.mark.anyio
BROWSER = BrowserKeys()
GOOD = {"endpoint": "https://fcm.googleapis.com/fcm/send/1", "p256dh": BROWSER.p256dh, "auth": BROWSER.auth}


async def status_of_order(waiting: Waiting, make: Make) -> str:
    order = await make.session.get_one(Order, waiting.approval.record_id)
    await make.session.refresh(order)
    return order.status


async def test_the_inbox_shows_what_waits_and_confirms_it_in_place(
    waiting: Waiting, client: Client, make: Make
) -> None:
    browser: Any = await client(waiting.team.manager)
    page = (await browser.get("/inbox")).text
    assert "Harbour Foods" in page
    assert "Waits for you" in page
    assert 'aria-label="Inbox: 1"' in page
    answer = await browser.submit(
        f"/inbox/{waiting.item.id}/confirm", {"version": str(waiting.approval.record_version)}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox")
    assert await status_of_order(waiting, make) == "approved"


async def test_a_rejection_needs_a_reason(waiting: Waiting, client: Client, make: Make) -> None:
    browser: Any = await client(waiting.team.manager)
    values = {"version": str(waiting.approval.record_version), "reason": " "}
    answer = await browser.submit(f"/inbox/{waiting.item.id}/reject", values)
    assert answer.status_code == 422
    assert "Please say why." in answer.text
    assert await status_of_order(waiting, make) == "awaiting"
    answer = await browser.submit(f"/inbox/{waiting.item.id}/reject", {**values, "reason": "Too cheap"})
    assert answer.status_code == 303
    assert await status_of_order(waiting, make) == "rejected"


async def test_another_version_than_the_one_shown_is_refused(waiting: Waiting, client: Client, make: Make) -> None:
    browser: Any = await client(waiting.team.manager)
    version = str(waiting.approval.record_version + 1)
    assert (await browser.submit(f"/inbox/{waiting.item.id}/confirm", {"version": version})).status_code == 409
    assert (await browser.submit(f"/inbox/{waiting.item.id}/confirm", {"version": "x"})).status_code == 404
    assert await status_of_order(waiting, make) == "awaiting"


async def test_opening_an_item_marks_it_as_read_and_leads_on(waiting: Waiting, client: Client, make: Make) -> None:
    browser: Any = await client(waiting.team.manager)
    answer = await browser.get(f"/inbox/{waiting.item.id}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/approvals/{waiting.approval.id}")
    assert 'aria-label="Inbox"' in (await browser.get("/inbox")).text


@pytest.mark.parametrize("method", ["get", "confirm", "reject"])
async def test_somebody_elses_item_does_not_exist(waiting: Waiting, client: Client, make: Make, method: str) -> None:
    browser: Any = await client(waiting.team.director)
    url = f"/inbox/{waiting.item.id}"
    values = {"version": str(waiting.approval.record_version), "reason": "no"}
    answer = await (browser.get(url) if method == "get" else browser.submit(f"{url}/{method}", values))
    assert answer.status_code == 404
    assert await status_of_order(waiting, make) == "awaiting"
    assert "Harbour Foods" not in (await browser.get("/inbox")).text


async def test_reading_all_empties_the_list_of_new_ones(waiting: Waiting, client: Client) -> None:
    browser: Any = await client(waiting.team.manager)
    assert "Harbour Foods" in (await browser.get("/inbox?unread=1")).text
    assert (await browser.submit("/inbox/read")).status_code == 303
    assert "Nothing new for you" in (await browser.get("/inbox?unread=1")).text
    assert "Harbour Foods" in (await browser.get("/inbox")).text


async def test_a_long_inbox_is_paged_without_gap_or_double(make: Make, work_as: WorkAs, client: Client) -> None:
    user = await make.user()
    work = await work_as(user)
    for number in range(85):
        text = actions.Text("Number %(n)s.", n=number)
        await actions.notify(work, [user.id], NotificationKind.system, text, url="/x", tag=f"t{number}")
    browser: Any = await client(user)
    seen: list[str] = []
    url: str | None = "/inbox"
    while url:
        page = (await browser.get(url)).text
        seen += [part.split(".", 1)[0] for part in page.split('row-title">Number ')[1:]]
        url = page.split('rel="next"', 1)[0].rsplit('href="', 1)[1].split('"')[0] if 'rel="next"' in page else None
    assert seen == [str(number) for number in range(84, -1, -1)]


async def test_the_bell_alone_can_be_fetched(waiting: Waiting, client: Client) -> None:
    browser: Any = await client(waiting.team.manager)
    answer = await browser.get("/inbox/bell", headers={"hx-request": "true"})
    assert answer.text.strip().startswith("<a ")
    assert 'aria-label="Inbox: 1"' in answer.text


async def test_a_browser_subscribes_is_known_to_every_page_and_is_given_up(make: Make, client: Client) -> None:
    user = await make.user()
    browser: Any = await client(user)
    browser.headers["user-agent"] = "Mozilla/5.0 (Linux; Android 15) Chrome/156.0 Mobile"
    assert (await browser.submit("/push/subscriptions", GOOD)).status_code == 204
    kept = (await make.session.scalars(select(PushSubscription))).one()
    assert (kept.user_id, kept.device) == (user.id, "Chrome · Android")
    assert kept.session_id is not None
    import hashlib

    mark = hashlib.sha256(GOOD["endpoint"].encode()).hexdigest()[:16]
    assert f'data-known="{mark}"' in (await browser.get("/account/device")).text
    assert (await browser.submit("/push/subscriptions/drop", {"endpoint": GOOD["endpoint"]})).status_code == 204
    assert (await make.session.scalars(select(PushSubscription))).all() == []


async def test_a_sign_out_ends_the_pushes_to_this_browser_and_to_no_other(make: Make, client: Client) -> None:
    user = await make.user()
    here: Any = await client(user)
    there: Any = await client(user)
    other = {**GOOD, "endpoint": f"{GOOD['endpoint']}-there"}
    await here.submit("/push/subscriptions", GOOD)
    await there.submit("/push/subscriptions", other)
    assert (await here.submit("/sign-out")).status_code == 303
    assert (await make.session.scalars(select(PushSubscription.endpoint))).all() == [other["endpoint"]]


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "https://169.254.169.254/latest"},
        {"endpoint": "http://127.0.0.1:22/"},
        {"p256dh": "AAAA"},
        {"auth": ""},
    ],
)
async def test_a_subscription_that_we_may_not_call_is_refused(
    make: Make, client: Client, change: dict[str, str]
) -> None:
    browser: Any = await client(await make.user())
    assert (await browser.submit("/push/subscriptions", {**GOOD, **change})).status_code == 422
    assert (await make.session.scalars(select(PushSubscription))).all() == []


async def test_without_our_token_nobody_is_subscribed(make: Make, client: Client) -> None:
    browser: Any = await client(await make.user())
    assert (await browser.post("/push/subscriptions", data=GOOD)).status_code == 403
    hello = (await browser.get("/push/hello")).json()
    answer = await browser.post("/push/subscriptions", data=GOOD, headers={"x-csrf-token": hello["csrf"]})
    assert answer.status_code == 204


async def test_the_test_message_says_whether_there_is_a_device(make: Make, client: Client) -> None:
    user = await make.user()
    browser: Any = await client(user)
    await browser.submit("/push/test")
    assert "Switch notifications on first." in (await browser.get("/account/device")).text
    await browser.submit("/push/subscriptions", GOOD)
    await browser.submit("/push/test")
    assert "Sent to 1 device." in (await browser.get("/account/device")).text
    assert len((await make.session.scalars(select(Notification).where(Notification.user_id == user.id))).all()) == 2


async def granted(waiting: Waiting, work_as: WorkAs) -> str:
    await actions.grant_decision(await work_as(None), waiting.item, "t" * 64, waiting.approval.record_version)
    return "t" * 64


@pytest.mark.parametrize(
    ("decision", "said", "status"), [("confirm", "Confirmed.", "approved"), ("reject", "Rejected.", "rejected")]
)
async def test_a_notification_decides_without_a_session(
    waiting: Waiting, work_as: WorkAs, client: Client, make: Make, decision: str, said: str, status: str
) -> None:
    token = await granted(waiting, work_as)
    visitor: Any = await client(None)
    for _again in range(2):
        answer = await visitor.post(f"/push/decide/{decision}", data={"token": token})
        assert (answer.status_code, answer.json()) == (200, {"message": said, "badge": 0})
        assert answer.headers["x-offing"]
    assert await status_of_order(waiting, make) == status


async def test_a_decision_that_came_too_late_is_told_in_the_holders_language(
    waiting: Waiting, work_as: WorkAs, client: Client, make: Make
) -> None:
    token = await granted(waiting, work_as)
    visitor: Any = await client(None)
    await visitor.post("/push/decide/reject", data={"token": token})
    answer = await visitor.post("/push/decide/confirm", data={"token": token})
    assert (answer.status_code, answer.json()["message"]) == (409, "You have decided this the other way already.")
    waiting.team.manager.language = "zh"
    await make.session.flush()
    answer = await visitor.post("/push/decide/confirm", data={"token": token})
    assert answer.json()["message"] == "你已作出相反的处理。"


@pytest.mark.parametrize(("path", "token"), [("confirm", "x" * 64), ("confirm", ""), ("explode", "t" * 64)])
async def test_an_unknown_token_or_verb_decides_nothing(
    waiting: Waiting, work_as: WorkAs, client: Client, make: Make, path: str, token: str
) -> None:
    await granted(waiting, work_as)
    visitor: Any = await client(None)
    assert (await visitor.post(f"/push/decide/{path}", data={"token": token})).status_code == 404
    assert (await visitor.get("/push/decide/confirm")).status_code in (404, 405)
    assert await status_of_order(waiting, make) == "awaiting"


async def test_a_token_of_somebody_who_left_decides_nothing(
    waiting: Waiting, work_as: WorkAs, client: Client, make: Make
) -> None:
    token = await granted(waiting, work_as)
    waiting.team.manager.active = False
    await make.session.flush()
    visitor: Any = await client(None)
    assert (await visitor.post("/push/decide/confirm", data={"token": token})).status_code == 404
    assert await status_of_order(waiting, make) == "awaiting"


async def test_the_worker_and_the_offline_page_need_no_sign_in_and_tell_nothing_of_anybody(
    make: Make, client: Client
) -> None:
    visitor: Any = await client(None)
    script = await visitor.get("/sw.js")
    assert script.headers["cache-control"] == "no-cache"
    assert script.headers["service-worker-allowed"] == "/"
    signed_in: Any = await client(await make.user("wang", name="Wang Fang"), language="zh")  # type: ignore[call-arg]
    assert (await signed_in.get("/sw.js")).text == script.text
    page = (await signed_in.get("/offline")).text
    assert "Wang Fang" not in page
    assert "csrf" not in page
