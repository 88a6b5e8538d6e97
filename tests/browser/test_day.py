"""Saved pages: shown when the network fails in any way, said to be saved, and never anything but a page of ours."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from domain.customers.models import Customer
from domain.people.models import User
from tests.browser.day import KEPT, at_work, kept, until_kept
from tests.browser.proxy import FaultProxy
from tests.browser.site import Site
from tests.browser.tab import OpenContext

pytestmark = pytest.mark.anyio


async def test_a_page_seen_before_opens_without_a_network_and_says_from_when(
    proxied: OpenContext, rep: User, customer: Customer
) -> None:
    tab = await proxied(rep)
    path = f"/customers/{customer.id}"
    await at_work(tab, path)
    await expect(tab.page.locator("saved-copy")).to_be_hidden()
    await tab.context.set_offline(True)
    await tab.open(path)
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("Kelp & Sons")
    await expect(tab.page.locator("saved-copy")).to_contain_text("Saved copy from ")


async def test_a_page_seen_before_opens_when_the_site_refuses(
    proxied: OpenContext, proxy: FaultProxy, rep: User, customer: Customer
) -> None:
    tab = await proxied(rep)
    path = f"/customers/{customer.id}"
    await at_work(tab, path)
    proxy.refuse()
    await tab.open(path)
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("Kelp & Sons")
    await expect(tab.page.locator("saved-copy")).to_be_visible()
    assert await tab.page.evaluate("navigator.onLine") is True
    proxy.passes()
    await tab.open(path)
    await expect(tab.page.locator("saved-copy")).to_be_hidden()


async def test_a_slow_site_gives_way_to_the_saved_page_and_its_answer_is_kept_for_the_next_time(
    proxied: OpenContext, proxy: FaultProxy, rep: User, customer: Customer
) -> None:
    tab = await proxied(rep)
    path = f"/customers/{customer.id}"
    await at_work(tab, path)
    saved_at = "caches.match(location.href).then((kept) => kept.headers.get('X-Offing-Saved'))"
    before = await tab.page.evaluate(saved_at)
    proxy.delay(3600, path)
    await tab.open(path)
    banner = tab.page.locator("saved-copy")
    await expect(banner).to_be_visible()
    await expect(banner.get_by_role("button")).to_be_hidden()
    proxy.passes()
    await expect(banner.get_by_role("button")).to_be_visible(timeout=20_000)
    assert await tab.page.evaluate(saved_at) > before
    await banner.get_by_role("button").click()
    await expect(banner).to_be_hidden()


async def test_a_page_never_seen_waits_however_slow_the_site_is(
    proxied: OpenContext, proxy: FaultProxy, rep: User, customer: Customer
) -> None:
    tab = await proxied(rep)
    await at_work(tab, "/followups")
    path = f"/customers/{customer.id}/timeline"
    proxy.delay(6, path)
    await tab.open(path)
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("Kelp & Sons")


async def test_a_page_never_seen_leads_to_the_offline_page(
    proxied: OpenContext, proxy: FaultProxy, rep: User, customer: Customer
) -> None:
    tab = await proxied(rep)
    await at_work(tab, "/followups")
    proxy.refuse()
    await tab.open(f"/customers/{customer.id}/timeline")
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("No connection")


async def test_pages_that_no_phone_may_save_are_never_saved(proxied: OpenContext, rep: User) -> None:
    tab = await proxied(rep)
    await at_work(tab, "/followups")
    await tab.open("/account")
    await tab.open("/account/devices")
    await tab.open("/products")
    await until_kept(tab, "/products")
    assert set(await kept(tab)) == {"/followups", "/products"}


async def test_a_fragment_never_answers_a_navigation_nor_a_page_a_fragment(
    proxied: OpenContext, proxy: FaultProxy, rep: User, customer: Customer
) -> None:
    tab = await proxied(rep)
    await at_work(tab, "/customers")
    proxy.forget()
    ask = "fetch('/customers?scene=mine', {headers: {'HX-Request': 'true'}}).then((answer) => answer.text())"
    fragment = await tab.page.evaluate(ask)
    assert "<html" not in fragment
    assert set(await kept(tab)) == {"/customers"}
    proxy.refuse()
    refused = "fetch('/customers', {headers: {'HX-Request': 'true'}}).then(() => 'answered', () => 'failed')"
    assert await tab.page.evaluate(refused) == "failed"
    await tab.open("/customers?scene=mine")
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("No connection")


async def test_a_hotel_that_answers_everything_changes_no_saved_page_and_shows_none_of_its_own(
    proxied: OpenContext, proxy: FaultProxy, rep: User, customer: Customer
) -> None:
    tab = await proxied(rep)
    path = f"/customers/{customer.id}"
    await at_work(tab, path)
    proxy.portal()
    for _again in range(2):
        await tab.open(path)
        await expect(tab.page.get_by_role("heading", level=1)).to_have_text("Kelp & Sons")
        await expect(tab.page.locator("saved-copy")).to_be_visible()
    await tab.open("/products")
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("No connection")
    assert set(await kept(tab)) == {path}


async def test_the_first_address_of_the_app_opens_the_saved_day(
    proxied: OpenContext, proxy: FaultProxy, rep: User
) -> None:
    tab = await proxied(rep)
    await at_work(tab, "/today")
    proxy.refuse()
    await tab.open("/?from=home-screen")
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("Today")
    await expect(tab.page.locator("saved-copy")).to_be_visible()


async def test_what_is_gone_for_the_reader_is_gone_from_the_phone(
    proxied: OpenContext, site: Site, proxy: FaultProxy, rep: User
) -> None:
    async with site.building() as make:
        short = await make.customer("Short & Co", owner=rep)
        other = await make.user("other", "sales_rep", department=await make.department("Elsewhere"))
    tab = await proxied(rep)
    path = f"/customers/{short.id}"
    await at_work(tab, path)
    async with site.building() as make:
        found: Any = await make.session.get(Customer, short.id)
        found.owner_id = other.id
    answer = await tab.page.goto(tab.base + path)
    assert answer is not None
    assert answer.status == 404
    await tab.until(f"({KEPT})().then((kept) => !({path!r} in kept))")
