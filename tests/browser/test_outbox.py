"""The outbox: what is saved on a phone is shown at once, is sent once, and is never lost."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.field import (
    Field,
    another_tab,
    drain,
    open_form,
    records,
    save,
    seed,
    states,
    until_states,
    write,
)
from tests.browser.tab import OpenContext
from webapp.assets import asset_url

pytestmark = pytest.mark.anyio


async def test_with_a_network_a_form_goes_at_once_and_leads_on(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    await open_form(tab, field.form)
    await write(tab, "Wants 40 boxes")
    await save(tab)
    await expect(tab.page).not_to_have_url(tab.base + field.form)
    assert await field.contents() == ["Wants 40 boxes"]
    [record] = await records(tab)
    assert record["state"] == "sent"
    assert record["receipt"]["record"]["url"].startswith("/followups/")
    assert tab.page.url == f"{tab.base}/customers/{field.customer.id}"  # where the form leads without scripts too
    assert tab.faults() == []


@pytest.mark.parametrize("cut", ["offline", "refused"])
async def test_saved_without_a_network_it_is_shown_at_once_survives_a_reload_and_is_sent_later(
    phone: OpenContext, field: Field, cut: str
) -> None:
    tab = await field.behind_network(await phone(field.rep))
    await open_form(tab, field.form)
    if cut == "offline":
        await tab.context.set_offline(True)
    else:
        field.network.refuse()
    await write(tab, "Said on the mountain")
    await save(tab)
    row = tab.page.locator("outbox-list .list-row")
    await expect(row).to_contain_text(field.customer.name)
    await expect(row.get_by_text("Saved on this phone")).to_be_visible()
    await tab.page.reload()
    await expect(row).to_have_count(1)
    assert await field.contents() == []
    if cut == "offline":
        await tab.context.set_offline(False)
    else:
        field.network.passes()
        await tab.page.reload()
    await until_states(tab, "sent")
    assert await field.contents() == ["Said on the mountain"]
    await expect(row.get_by_text("Sent", exact=True)).to_be_visible()


@pytest.mark.parametrize("lost", [1, 2, 3])
async def test_an_answer_that_is_lost_makes_no_second_record(phone: OpenContext, field: Field, lost: int) -> None:
    """One lost answer the browser may repair by itself on a warm connection; more of them reach our own code."""
    tab = await field.behind_network(await phone(field.rep))
    await open_form(tab, field.form)
    await write(tab, "Only once")
    field.network.drop_response("/sync/records", times=lost)
    await save(tab)
    await field.network.came("/sync/records")
    await until_states(tab, "sent")
    assert await field.contents() == ["Only once"]
    assert field.network.count("/sync/records", "POST") >= 2


async def test_three_tabs_and_the_worker_send_each_record_once(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    field.network.refuse("/sync")
    for number in range(5):
        await seed(tab, "followups", field.followup(f"Record {number}"))
    tabs = [tab, await another_tab(tab.context, tab.base), await another_tab(tab.context, tab.base)]
    for other in tabs[1:]:
        await other.open("/offline")
    field.network.passes()
    field.network.forget()
    worker = tab.context.service_workers[0]
    sends = [
        one.page.evaluate(
            "async (module) => (await import(module)).drain({force: true})", asset_url("js/outbox/drain.js")
        )
        for one in tabs
    ]
    await asyncio.gather(worker.evaluate("drain({force: true, wait: true})"), *sends)
    await until_states(tab, *["sent"] * 5)
    assert sorted(await field.contents()) == [f"Record {number}" for number in range(5)]
    assert field.network.count("/sync/records", "POST") == 5


async def test_a_hotel_network_gets_nothing_and_changes_nothing(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    await open_form(tab, field.form)
    field.network.portal()
    field.network.forget()
    await write(tab, "Not for the hotel")
    await save(tab)
    await expect(tab.page.locator("outbox-list .list-row")).to_contain_text(field.customer.name)
    await tab.page.get_by_role("button", name="Send now").first.click()
    await expect(tab.page.get_by_text("This network answers instead of Offing.")).to_be_visible()
    assert await states(tab) == ["queued"]
    assert field.network.count("/sync/records") == 0
    field.network.passes()
    await tab.page.reload()
    await until_states(tab, "sent")
    assert await field.contents() == ["Not for the hotel"]


async def test_a_portal_that_answers_the_record_itself_is_not_believed(phone: OpenContext, field: Field) -> None:
    """It lets the question through and answers the post with 200 and even JSON: without our marker it is nobody's."""
    tab = await field.behind_network(await phone(field.rep))
    field.answers("/sync/records", 200, {"id": "echo", "record": {"id": 1, "url": "/x", "title": "x"}}, marker=False)
    await seed(tab, "followups", field.followup("Still here"))
    assert await drain(tab) == "portal"
    field.answers("/sync/records", 200, {"id": "00000000-0000-4000-8000-000000000000"})
    assert await drain(tab) == "portal"  # ours, but not about this record
    assert await states(tab) == ["queued"]
    field.network.passes()
    assert await drain(tab) is None
    assert await field.contents() == ["Still here"]


async def test_a_stale_token_is_renewed_once_and_the_record_goes(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    stale: list[Any] = await tab.page.evaluate(
        """async () => {
          const headers = { "Content-Type": "application/json", "X-CSRF-Token": "stale" };
          const answer = await fetch("/sync/records", { method: "POST", headers, body: "{}" });
          return [answer.status, (await answer.json()).code];
        }"""
    )
    assert stale == [403, "csrf"]
    field.answers("/sync/records", 403, {"code": "csrf"}, times=1)
    field.network.forget()
    await seed(tab, "followups", field.followup("With a stale token"))
    await drain(tab)
    await until_states(tab, "sent")
    assert await field.contents() == ["With a stale token"]
    assert field.network.count("/sync/records") == 2


async def test_what_the_server_refuses_at_once_is_said_next_to_its_field(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    await open_form(tab, field.form)
    await save(tab)
    problem = tab.page.locator(".error-summary a")
    await expect(problem).to_have_attribute("href", "#f-content")
    await expect(tab.page.locator("textarea[name=content]")).to_have_attribute("aria-invalid", "true")
    await write(tab, "Now with words")
    await save(tab)
    await until_states(tab, "sent")
    assert await field.contents() == ["Now with words"]


async def test_a_refused_record_waits_with_its_errors_the_next_goes_and_the_edited_one_follows(
    phone: OpenContext, field: Field
) -> None:
    tab = await field.behind_network(await phone(field.rep))
    field.network.refuse("/sync")
    bad = await seed(tab, "followups", field.followup(""), url=field.form)
    await seed(tab, "followups", field.followup("The second"))
    field.network.passes()
    await tab.open("/outbox")
    await until_states(tab, "blocked", "sent")
    assert await field.contents() == ["The second"]
    row = tab.page.locator(f"#outbox-{bad}")
    await expect(row.get_by_text("Needs attention")).to_be_visible()
    await row.get_by_role("button", name="More").click()
    await tab.page.get_by_role("link", name="Edit").click()
    await expect(tab.page.locator(".error-summary a")).to_have_attribute("href", "#f-content")
    await write(tab, "Now with words")
    await save(tab)
    await until_states(tab, "sent", "sent")
    assert await field.contents() == ["The second", "Now with words"]


async def test_a_server_that_asks_to_wait_is_left_alone_so_long(phone: OpenContext, field: Field) -> None:
    await (field_tab := await phone(field.rep)).page.clock.install()
    tab = await field.behind_network(field_tab)
    field.answers("/sync/records", 429, Retry_After="600")
    await seed(tab, "followups", field.followup("Patience"))
    assert await drain(tab) in ("later", "paused")  # paused: the worker was quicker, and heard the same
    field.network.passes()
    assert await drain(tab) == "paused"  # also for who presses the button
    await tab.page.clock.fast_forward(timedelta(seconds=590) // timedelta(milliseconds=1))
    assert await drain(tab) == "paused"
    assert await field.contents() == []
    await tab.page.clock.fast_forward(20_000)
    await until_states(tab, "sent")  # by the clock alone
    assert await field.contents() == ["Patience"]


async def test_a_server_in_trouble_is_asked_again_later_and_later(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    waits: list[list[float]] = await tab.page.evaluate(
        """async (module) => {
          const { backoffMs } = await import(module);
          return [1, 2, 3, 8, 9, 30].map((tries) => Array.from({ length: 50 }, () => backoffMs(tries) / 1000));
        }""",
        asset_url("js/outbox/hello.js"),
    )
    for wait, longest in zip(waits, (5, 10, 20, 640, 900, 900), strict=True):
        assert longest * 0.75 <= min(wait) < max(wait) <= longest
    field.answers("/sync/records", 503)
    await seed(tab, "followups", field.followup("Later"))
    assert await drain(tab) == "later"
    assert await drain(tab, force=False) == "paused"
    field.network.passes()
    assert await drain(tab) is None  # somebody looks at it
    assert await field.contents() == ["Later"]


async def test_a_record_in_the_shape_of_an_older_release_is_sent(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    field.network.refuse("/sync")
    made = await seed(tab, "followups", field.followup("From last year"))
    await tab.page.evaluate(
        """([id]) => new Promise((done) => {
          const opening = indexedDB.open("offing");
          opening.onsuccess = () => {
            const records = opening.result.transaction(["records"], "readwrite").objectStore("records");
            records.get(id).onsuccess = ({ target }) => {
              const { clock_offset_s, editing, labels, ...old } = target.result;
              records.put({ ...old, format: 0 });
            };
            records.transaction.oncomplete = () => { opening.result.close(); done(); };
          };
        })""",
        [made],
    )
    field.network.passes()
    assert await drain(tab) is None
    assert await field.contents() == ["From last year"]


async def test_a_phone_whose_clock_is_three_hours_ahead_records_the_right_time(
    phone: OpenContext, field: Field
) -> None:
    opened = await phone(field.rep)
    await opened.page.clock.install(time=datetime.now(UTC) + timedelta(hours=3))
    tab = await field.behind_network(opened)
    await open_form(tab, field.form)
    await write(tab, "At the right time")
    await save(tab)
    await until_states(tab, "sent")
    [at] = await field.words_of("SELECT at FROM followups WHERE customer_id = :id", id=field.customer.id)
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=10)
