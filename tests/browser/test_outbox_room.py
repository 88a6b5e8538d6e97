"""The outbox when the phone is full, and when the browser has thrown it away."""

from __future__ import annotations

import pytest
from playwright.async_api import CDPSession, expect

from tests.browser.field import Field, devtools, open_form, save, seed, until_states, write
from tests.browser.tab import OpenContext, Tab, tab_of

pytestmark = pytest.mark.anyio


async def with_quota(tab: Tab, field: Field, quota: int, tiles: int = 0) -> tuple[Tab, CDPSession]:
    """A phone on which only so many bytes fit, some of them taken by the map.

    The limit is set before the first use of the database: Chromium remembers for half a minute how much was free.
    """
    away = tab_of(tab.context, tab.page, field.network.base)
    await away.open("/offline")
    await away.page.evaluate(
        """async (size) => {
          const bytes = new Uint8Array(size).map(() => Math.random() * 256);
          await (await caches.open("tiles")).put("/x", new Response(bytes));
        }""",
        tiles,
    )
    tools = await devtools(away)
    await tools.send("Storage.overrideQuotaForOrigin", {"origin": away.base, "quotaSize": quota})
    return away, tools


LONG = "Long words " * 20_000


async def write_long(tab: Tab) -> None:
    """Write more than the rest of the room holds."""
    await tab.page.evaluate("(words) => { document.querySelector('textarea[name=content]').value = words; }", LONG)


async def test_a_full_phone_says_that_nothing_was_saved_and_keeps_the_form(phone: OpenContext, field: Field) -> None:
    tab, tools = await with_quota(await phone(field.rep), field, 1000)
    await open_form(tab, field.form)
    await write_long(tab)
    await save(tab)
    await expect(tab.page.get_by_text("NOT saved on this phone")).to_be_visible()
    await expect(tab.page.get_by_text("Saved on this phone", exact=True)).to_be_hidden()
    assert tab.page.url == tab.base + field.form
    assert await tab.page.locator("textarea[name=content]").input_value() == LONG
    await tools.send("Storage.overrideQuotaForOrigin", {"origin": tab.base})
    await write(tab, "Short words")
    await save(tab)
    await until_states(tab, "sent")
    assert await field.contents() == ["Short words"]


async def test_what_can_be_fetched_again_makes_room_for_what_cannot(phone: OpenContext, field: Field) -> None:
    tab, _tools = await with_quota(await phone(field.rep), field, 3_000_000, tiles=4_000_000)
    await open_form(tab, field.form)
    field.network.refuse("/sync")
    await write_long(tab)
    await save(tab)
    await until_states(tab, "queued")
    await expect(tab.page.get_by_text("Saved on this phone").first).to_be_visible()
    assert await tab.page.evaluate("caches.has('tiles')") is False


async def test_an_outbox_that_the_browser_threw_away_is_not_passed_over_in_silence(
    phone: OpenContext, field: Field
) -> None:
    tab = await field.behind_network(await phone(field.rep))
    field.network.refuse("/sync")
    await seed(tab, "followups", field.followup("One"))
    await seed(tab, "followups", field.followup("Two"))
    await expect(tab.page.locator("outbox-badge [data-slot=count]")).to_have_text("2")
    tools = await devtools(tab)
    await tools.send("Storage.clearDataForOrigin", {"origin": tab.base, "storageTypes": "indexeddb"})
    await tab.page.reload()
    banner = tab.page.locator("[data-outbox-banner=evicted]")
    await expect(banner).to_contain_text("This browser has deleted 2 records before they were sent.")
    await tab.page.reload()
    await expect(banner).to_be_visible()  # until somebody has read it
    await banner.get_by_role("button", name="Understood").click()
    await expect(banner).to_be_hidden()
    await tab.page.reload()
    await expect(tab.page.locator("outbox-badge")).to_be_attached()
    await expect(banner).to_be_hidden()


async def test_an_outbox_that_was_emptied_by_sending_is_not_missed(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    await seed(tab, "followups", field.followup("Gone the right way"))
    await until_states(tab, "sent")
    await tab.page.reload()
    await expect(tab.page.locator("[data-outbox-banner=evicted]")).to_be_hidden()
