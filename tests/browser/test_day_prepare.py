"""Prepare for today: everything that the server lists, and nothing is called ready that was not read back."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from domain.core.work import clock
from domain.customers.models import Customer
from domain.people.models import User
from domain.visits.models import Visit
from tests.browser.day import expect_saved, kept, manifest, numbers, prepared, settled, under_worker
from tests.browser.proxy import FaultProxy
from tests.browser.site import Site
from tests.browser.tab import OpenContext, Tab

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module", autouse=True)
async def visit(site: Site, rep: User, customer: Customer) -> Visit:
    async with site.building() as make:
        return await make.visit(customer, rep)


async def prepare_again(tab: Tab) -> str:
    """Tap the button and wait for the outcome."""
    element = tab.page.locator("prepare-day")
    await element.evaluate("(element) => { element.dataset.state = 'tapped'; }")
    await element.get_by_role("button").click()
    return await settled(tab)


async def test_today_prepares_by_itself_and_every_page_of_the_list_opens_without_a_network(
    proxied: OpenContext, proxy: FaultProxy, rep: User, visit: Visit, customer: Customer
) -> None:
    tab = await proxied(rep)
    total = await prepared(tab)
    pages = await manifest(tab)
    assert total == len(pages)
    assert {page["url"] for page in pages} <= set(await kept(tab))
    proxy.refuse()
    for page in pages:
        if page["type"] == "text/html":
            await tab.open(page["url"])
            await expect(tab.page.locator("saved-copy")).to_be_visible()
    await tab.open(f"/visits/{visit.id}/do")
    assert tab.faults() == []


async def test_what_could_not_be_fetched_is_named_and_comes_with_the_next_try(
    proxied: OpenContext, proxy: FaultProxy, rep: User, customer: Customer
) -> None:
    tab = await proxied(rep)
    await under_worker(tab)
    proxy.refuse("/customers/")
    await tab.open("/today")
    said = await settled(tab)
    missing = [page for page in await manifest(tab) if page["url"].startswith("/customers/")]
    ready, total = numbers(said)
    assert total - ready == len(missing) > 1
    named = await tab.page.locator("prepare-day [data-slot=missing] li").all_inner_texts()
    assert named == [page["title"] for page in missing]
    assert not {page["url"] for page in missing} & set(await kept(tab))
    await expect(tab.page.locator("prepare-day").get_by_role("button")).to_have_text("Try again")
    proxy.passes()
    assert numbers(await prepare_again(tab)) == (total, total)
    await expect(tab.page.locator("prepare-day [data-slot=missing]")).to_be_hidden()


async def test_it_comes_by_itself_once_in_a_while_only_and_fetches_what_has_changed(
    proxied: OpenContext, proxy: FaultProxy, site: Site, rep: User, customer: Customer
) -> None:
    tab = await proxied(rep)
    total = await prepared(tab)
    proxy.forget()
    await tab.open("/today")
    await tab.until("document.querySelector('prepare-day').dataset.state === 'known'")
    assert numbers(await tab.page.locator("prepare-day [data-slot=say]").inner_text()) == (total, total)
    assert proxy.count("/field/manifest") == 0
    await prepare_again(tab)
    assert proxy.count("/field/manifest") == 1
    assert proxy.count(f"/customers/{customer.id}") == 0
    async with site.building() as make:
        found = await make.session.get_one(Customer, customer.id)
        found.city, found.updated_at = "Qingdao", clock()
    await prepare_again(tab)
    assert proxy.count(f"/customers/{customer.id}") == 1
    assert proxy.count("/customers/new") == 0


async def test_it_asks_for_four_pages_at_a_time(proxied: OpenContext, proxy: FaultProxy, rep: User) -> None:
    tab = await proxied(rep)
    await under_worker(tab)
    proxy.delay(3600, "/visits")
    await tab.open("/today")
    for _attempt in range(400):
        held = [one for one in proxy.requests if one.path.startswith("/visits")]
        if len(held) == 4:
            break
        await tab.page.wait_for_timeout(50)
    await tab.page.evaluate("fetch('/healthz')")  # a fifth would have come by now
    assert len([one for one in proxy.requests if one.path.startswith("/visits")]) == 4
    proxy.passes()
    ready, total = numbers(await settled(tab))
    assert ready == total


async def test_a_hotel_that_answers_everything_prepares_nothing_and_leaves_what_was_ready(
    proxied: OpenContext, proxy: FaultProxy, rep: User
) -> None:
    tab = await proxied(rep)
    total = await prepared(tab)
    before = await kept(tab)
    proxy.portal()
    said = await prepare_again(tab)
    assert said.startswith("Offing cannot be reached just now.")
    assert numbers(said) == (total, total)
    assert await kept(tab) == before


async def test_a_full_phone_says_so_keeps_what_it_has_and_goes_on_when_there_is_room(
    proxied: OpenContext, rep: User
) -> None:
    tab = await proxied(rep)
    await under_worker(tab)
    devtools = await tab.context.new_cdp_session(tab.page)
    ready = total = 0
    for more in range(
        60_000, 300_000, 60_000
    ):  # other parts of the app are growing too, so nobody knows the right size
        used = await devtools.send("Storage.getUsageAndQuota", {"origin": tab.base})
        room = {"origin": tab.base, "quotaSize": used["usage"] + more}
        await devtools.send("Storage.overrideQuotaForOrigin", room)
        await tab.open("/today")
        said = await settled(tab)
        assert said.startswith("There is no room left on this phone."), said
        if " of " in said and numbers(said)[0]:
            ready, total = numbers(said)
            break
        await tab.page.evaluate("caches.delete('day-owner')")
    assert 0 < ready < total
    held = set(await kept(tab))
    await devtools.send("Storage.overrideQuotaForOrigin", {"origin": tab.base})
    assert numbers(await prepare_again(tab)) == (total, total)
    assert held <= set(await kept(tab))


async def test_evicted_pages_are_noticed_and_fetched_again_at_the_next_open(proxied: OpenContext, rep: User) -> None:
    tab = await proxied(rep)
    total = await prepared(tab)
    await tab.page.evaluate(f"caches.delete('day-{rep.id}')")
    await tab.open("/today")
    assert numbers(await settled(tab)) == (total, total)


async def test_no_map_tile_and_nothing_beyond_the_list_is_fetched(
    proxied: OpenContext, proxy: FaultProxy, rep: User
) -> None:
    tab = await proxied(rep)
    asked: list[str] = []
    tab.context.on("request", lambda request: asked.append(request.url))
    await under_worker(tab)
    proxy.forget()
    await tab.open("/today")
    await settled(tab)
    listed = {page["url"] for page in await manifest(tab)}
    ours = ("/static/", "/sync/", "/sw.js", "/field/manifest", "/locked", "/offline", "/outbox", "/inbox/bell",
            "/manifest.json", "/push/")  # fmt: skip
    assert {one.target for one in proxy.requests if not one.target.startswith(ours)} <= listed
    assert [url for url in asked if not url.startswith(tab.base)] == []


async def test_the_page_without_a_network_leads_to_the_pages_that_are_ready(
    proxied: OpenContext, proxy: FaultProxy, rep: User, customer: Customer
) -> None:
    tab = await proxied(rep)
    await prepared(tab)
    proxy.refuse()
    await tab.open("/products")
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("No connection")
    links = tab.page.locator("ready-pages").get_by_role("link")
    await expect(links.first).to_have_text("Today")
    assert "Kelp & Sons" in await links.all_inner_texts()
    await expect(tab.page.get_by_role("link", name="Unsent records")).to_be_visible()
    await links.get_by_text("Kelp & Sons").first.click()
    await expect_saved(tab, await tab.page.get_by_role("heading", level=1).inner_text())
    assert "/visits/" in tab.page.url


async def test_the_day_is_said_in_chinese_too(proxied: OpenContext, site: Site) -> None:
    async with site.building() as make:
        reader = await make.user("reader", "sales_rep", language="zh")
        await make.visit(await make.customer("海带公司", owner=reader), reader)
    tab = await proxied(reader, "zh")
    await under_worker(tab)
    await tab.open("/today")
    said = await settled(tab)
    assert "可离线使用" in said
    await tab.context.set_offline(True)
    await tab.open("/visits/today")
    await expect(tab.page.locator("saved-copy")).to_contain_text("保存的副本")
