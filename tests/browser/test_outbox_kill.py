"""The outbox when a browser, a page or the worker dies in the middle, and when no page is open at all."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Playwright, expect

from tests.browser.field import Field, fire_sync, open_form, records, save, seed, until_states, write
from tests.browser.tab import FLAGS, PHONE, OpenContext, Tab, chromium_path, close, let_in, tab_of

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def installed(playwright: Playwright, profile: Path, field: Field) -> AsyncIterator[Tab]:
    """A browser with its profile on disk, as the installed app has."""
    context = await playwright.chromium.launch_persistent_context(
        str(profile), executable_path=chromium_path(), args=list(FLAGS), **PHONE, locale="en-GB"
    )
    await let_in(context, field.site, field.rep)
    yield tab_of(context, context.pages[0], field.network.base)
    if browsers(profile):  # else it was killed
        await close(context)


async def kill(profile: Path) -> None:
    """SIGKILL for the browser of this profile, and no goodbye."""
    [browser] = browsers(profile)
    os.kill(browser, signal.SIGKILL)
    for _attempt in range(200):
        if not browsers(profile):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the browser survived")


def browsers(profile: Path) -> list[int]:
    """The main processes of browsers on that profile."""
    processes = [process for process in Path("/proc").iterdir() if process.name.isdecimal()]
    return [int(process.name) for process in processes if is_browser(process, profile)]


def is_browser(process: Path, profile: Path) -> bool:
    """Whether this is the main process of the browser on that profile."""
    try:
        words = (process / "cmdline").read_bytes().decode().split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return f"--user-data-dir={profile}" in words and not any(word.startswith("--type=") for word in words)


async def test_a_browser_killed_right_after_saved_has_the_record_and_sends_it_when_it_starts_again(
    playwright: Playwright, field: Field, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    async with installed(playwright, profile, field) as tab:
        await open_form(tab, field.form)
        field.network.refuse()
        await write(tab, "Said before the fall")
        await save(tab)
        await expect(tab.page.get_by_text("Saved on this phone").first).to_be_visible()
        await kill(profile)
    assert await field.contents() == []
    field.network.passes()
    async with installed(playwright, profile, field) as tab:
        await tab.open("/outbox")
        await until_states(tab, "sent")
    assert await field.contents() == ["Said before the fall"]


async def test_a_browser_killed_before_saved_has_said_nothing_and_gives_the_draft_back(
    playwright: Playwright, field: Field, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    async with installed(playwright, profile, field) as tab:
        await open_form(tab, field.form)
        await write(tab, "Half a sen")
        await expect(tab.page.locator("offline-form[data-kept]")).to_have_count(1)
        await expect(tab.page.get_by_text("Saved on this phone").first).to_be_hidden()
        await kill(profile)
    async with installed(playwright, profile, field) as tab:
        await open_form(tab, field.form)
        await expect(tab.page.locator("textarea[name=content]")).to_have_value("Half a sen")
        await expect(tab.page.get_by_text("What you typed before is here again.")).to_be_visible()
        [draft] = await records(tab)
        assert draft["state"] == "draft"
        await write(tab, "Half a sentence")
        await save(tab)
        await until_states(tab, "sent")
    assert await field.contents() == ["Half a sentence"]


async def test_a_draft_can_be_thrown_away(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    await open_form(tab, field.form)
    await write(tab, "Not this")
    await expect(tab.page.locator("offline-form[data-kept]")).to_have_count(1)
    await open_form(tab, field.form)
    await tab.page.get_by_role("button", name="Start anew").click()
    await expect(tab.page.locator("textarea[name=content]")).to_have_value("")
    assert await records(tab) == []


async def test_the_network_comes_back_while_no_page_is_open(phone: OpenContext, field: Field) -> None:
    """The browser fires its own sync event, and the worker sends."""
    tab = await field.behind_network(await phone(field.rep))
    await tab.context.set_offline(True)
    await seed(tab, "followups", field.followup("Sent by nobody"))
    await tab.page.goto("about:blank")
    await tab.context.set_offline(False)
    await fire_sync(tab)
    await field.network.came("/sync/records")
    await tab.open("/offline")
    await until_states(tab, "sent")
    assert await field.contents() == ["Sent by nobody"]


async def test_a_sync_that_fails_is_told_to_the_browser_and_the_last_chance_is_taken_calmly(
    phone: OpenContext, field: Field
) -> None:
    tab = await field.behind_network(await phone(field.rep))
    field.network.refuse("/sync")
    await seed(tab, "followups", field.followup("At the last chance"))
    worker = tab.context.service_workers[0]
    ask = """(last) => new Promise((done) => {
      const event = new SyncEvent("sync", { tag: "outbox", lastChance: last });
      event.waitUntil = (work) => work.then(() => done("calm"), () => done("again"));
      self.dispatchEvent(event);
    })"""
    assert await worker.evaluate(ask, False) == "again"
    assert await worker.evaluate(ask, True) == "calm"
    assert await field.contents() == []
    field.network.passes()
    assert await worker.evaluate(ask, True) == "calm"
    await until_states(tab, "sent")
    assert await field.contents() == ["At the last chance"]


async def test_a_worker_killed_while_it_sends_leaves_one_record(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    await tab.context.set_offline(True)
    await seed(tab, "followups", field.followup("In the middle"))
    await tab.open("/offline")  # a page that does not send
    field.network.delay(600, "/sync/records")
    await tab.context.set_offline(False)
    tools = await fire_sync(tab)
    await field.network.came("/sync/records")
    await tools.send("ServiceWorker.stopAllWorkers")
    field.network.passes()  # what was held back arrives after all, and nobody hears the answer
    await tab.open("/outbox")
    await until_states(tab, "sent")
    assert await field.contents() == ["In the middle"]


async def test_a_page_left_while_it_sends_leaves_one_record(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    await open_form(tab, field.form)
    await write(tab, "Gone already")
    field.network.delay(600, "/sync/records")
    await save(tab)
    await field.network.came("/sync/records")
    await tab.page.goto("about:blank")
    field.network.passes()
    await tab.open("/outbox")
    await until_states(tab, "sent")
    assert await field.contents() == ["Gone already"]
