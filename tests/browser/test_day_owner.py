"""Saved pages are one person's and for a time: they go with the sign-out, with somebody else, and after three days."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Playwright, expect

from domain.customers.models import Customer
from domain.people.models import User
from tests.browser.day import KEPT, at_work, expect_saved, kept, prepared, until_kept
from tests.browser.proxy import FaultProxy
from tests.browser.site import Site
from tests.browser.tab import FLAGS, PHONE, OpenContext, Tab, chromium_path, close, let_in, tab_of

pytestmark = pytest.mark.anyio
FOUR_DAYS_MS = 4 * 86_400_000


@pytest.fixture(scope="module")
async def colleague(site: Site) -> User:
    async with site.building() as make:
        return await make.user("colleague", "sales_rep")


async def until_nothing_kept(tab: Tab) -> None:
    """Wait until no page is saved."""
    await tab.until(f"({KEPT})().then((kept) => Object.keys(kept).length === 0)")


async def test_signing_out_takes_the_saved_pages_along(
    proxied: OpenContext, proxy: FaultProxy, site: Site, rep: User, customer: Customer
) -> None:
    tab = await proxied(rep)
    await at_work(tab, f"/customers/{customer.id}")
    await tab.open("/account")
    await tab.page.locator("form[action='/sign-out'] button").click()
    await expect(tab.page.locator("form[action='/sign-in']")).to_be_visible()
    await until_nothing_kept(tab)
    await tab.open("/sign-in")
    await tab.controlled()  # the sign-out removed the worker with everything else
    proxy.refuse()
    await tab.open(f"/customers/{customer.id}")
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("No connection")


async def test_a_session_that_was_ended_elsewhere_takes_them_along_at_the_next_contact(
    proxied: OpenContext, rep: User, customer: Customer
) -> None:
    tab = await proxied(rep)
    await at_work(tab, f"/customers/{customer.id}")
    await tab.context.clear_cookies()
    await tab.open(f"/customers/{customer.id}")
    await expect(tab.page.locator("form[action='/sign-in']")).to_be_visible()
    await until_nothing_kept(tab)


async def test_somebody_else_on_the_phone_sees_nothing_of_the_first(
    proxied: OpenContext, proxy: FaultProxy, site: Site, rep: User, colleague: User, customer: Customer
) -> None:
    tab = await proxied(rep)
    await prepared(tab)
    await tab.open(f"/customers/{customer.id}")
    await until_kept(tab, f"/customers/{customer.id}")
    await let_in(tab.context, site, colleague)
    await tab.open("/products")
    await until_kept(tab, "/products")
    assert await kept(tab) == {"/products": f"day-{colleague.id}"}
    proxy.refuse()
    await tab.open("/today")
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("No connection")
    await expect(tab.page.locator("ready-pages")).to_be_hidden()


async def age(tab: Tab, name: str, address: str) -> None:
    """Make a saved page four days older."""
    await tab.page.evaluate(
        """async ([name, address, ms]) => {
          const cache = await caches.open(name);
          const kept = await cache.match(address);
          const headers = new Headers(kept.headers);
          headers.set("X-Offing-Saved", new Date(Date.now() - ms).toISOString());
          await cache.put(address, new Response(await kept.text(), { headers }));
        }""",
        [name, address, FOUR_DAYS_MS],
    )


async def lose_touch(tab: Tab) -> None:
    """Let the last word of the server be four days old, for the pages and for the outbox."""
    await tab.page.evaluate(
        """async (ms) => {
          const cache = await caches.open("day-owner");
          const known = await (await cache.match("/field/owner")).json();
          await cache.put("/field/owner", new Response(JSON.stringify({ ...known, until: known.until - ms })));
          await new Promise((done, failed) => {
            const opening = indexedDB.open("offing");
            opening.onerror = () => failed(opening.error);
            opening.onsuccess = () => {
              const writing = opening.result.transaction("meta", "readwrite");
              writing.objectStore("meta").delete("hello");
              writing.oncomplete = () => { opening.result.close(); done(); };
              writing.onerror = () => failed(writing.error);
            };
          });
        }""",
        FOUR_DAYS_MS,
    )


async def test_a_page_of_four_days_ago_is_not_shown_any_more(
    proxied: OpenContext, proxy: FaultProxy, rep: User, customer: Customer
) -> None:
    tab = await proxied(rep)
    await at_work(tab, f"/customers/{customer.id}")
    await tab.open("/products")
    await until_kept(tab, "/products")
    await age(tab, f"day-{rep.id}", f"/customers/{customer.id}")
    proxy.refuse()
    await tab.open(f"/customers/{customer.id}")
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("No connection")
    await tab.open("/products")
    await expect_saved(tab, "Products")


@pytest.mark.parametrize(("language", "heading"), [("en", "Locked"), ("zh", "已锁定")])
async def test_a_phone_without_a_word_from_the_server_for_three_days_locks_and_one_contact_unlocks_it(
    proxied: OpenContext, proxy: FaultProxy, site: Site, language: str, heading: str
) -> None:
    async with site.building() as make:
        reader = await make.user(f"reader-{language}", "sales_rep", language=language)
    tab = await proxied(reader, language)
    await at_work(tab, "/products")
    await lose_touch(tab)
    proxy.refuse()
    await tab.open("/products")
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text(heading)
    assert await kept(tab) == {}
    await tab.open("/today")
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text(heading)
    proxy.passes()
    await tab.open("/products")
    await until_kept(tab, "/products")
    proxy.refuse()
    await tab.open("/products")
    await expect(tab.page.locator("saved-copy")).to_be_visible()


@pytest.fixture
async def cold_phone(playwright: Playwright, proxy: FaultProxy, tmp_path: Path) -> AsyncIterator[OpenContext]:
    """As `proxied`, each time a new browser on the same profile."""
    opened = []

    async def open_phone() -> Tab:
        for context in opened:
            await close(context)
        opened.clear()
        context = await playwright.chromium.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=chromium_path(), args=list(FLAGS), **PHONE, locale="en-GB"
        )
        opened.append(context)
        return tab_of(context, context.pages[0], proxy.base)

    yield open_phone
    for context in opened:
        await close(context)


async def test_a_browser_that_starts_without_a_network_opens_the_day(
    cold_phone: OpenContext, proxy: FaultProxy, site: Site, rep: User, customer: Customer
) -> None:
    async with site.building() as make:
        await make.visit(customer, rep)
    tab = await cold_phone()
    await let_in(tab.context, site, rep)
    await prepared(tab)
    proxy.refuse()
    tab = await cold_phone()
    await tab.open("/visits/today")
    await expect(tab.page.locator("saved-copy")).to_be_visible()
    await expect(tab.page.get_by_text("Kelp & Sons").first).to_be_visible()
    spent_ms = await tab.page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    print(f"cold start without a network: {spent_ms:.0f} ms")
