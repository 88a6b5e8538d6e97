"""Saved pages outlive an update: they keep the look of their release until they have been fetched anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from domain.customers.models import Customer
from domain.people.models import User
from tests.browser.day import at_work, expect_saved, kept, prepared, settled
from tests.browser.proxy import FaultProxy
from tests.browser.site import Site
from tests.browser.tab import OpenContext, Tab
from webapp.deliver.vapid import VapidKeys

pytestmark = pytest.mark.anyio
OLD_SHELL = "shell-000000000000"
OLD_STYLE = "/static/css/app.000000000000.css"
GREEN = "rgb(1, 99, 2)"


async def make_old(tab: Tab, name: str, address: str) -> None:
    """Make a saved page one of an older release, whose style stands in the shell of that release."""
    await tab.page.evaluate(
        """async ([name, address, shell, style, colour]) => {
          const cache = await caches.open(name);
          const kept = await cache.match(address);
          const headers = new Headers(kept.headers);
          headers.set("X-Offing-Release", "an older one");
          const html = (await kept.text()).replace(/\\/static\\/css\\/app\\.\\w+\\.css/g, style);
          await cache.put(address, new Response(html, { headers }));
          const sheet = new Response(`h1 { color: ${colour} }`, { headers: { "Content-Type": "text/css" } });
          await (await caches.open(shell)).put(style, sheet);
        }""",
        [name, address, OLD_SHELL, OLD_STYLE, GREEN],
    )


async def shells(tab: Tab) -> list[str]:
    """Names of the shells on this phone."""
    found: list[str] = await tab.page.evaluate(
        "caches.keys().then((names) => names.filter((name) => name.startsWith('shell-')))"
    )
    return found


async def expect_look_of_old(tab: Tab) -> None:
    """The page wears the style of its own release."""
    await expect(tab.page.get_by_role("heading", level=1)).to_have_css("color", GREEN)


def release(site: Site) -> None:
    """Bring out a release with another worker: it carries the push key."""
    Path(site.environment["OFFING_HOME"], "keys", "vapid_private.pem").write_text(VapidKeys.create().dump())
    site.restart()


async def update(tab: Tab, site: Site) -> None:
    """Take over a new release."""
    release(site)
    await tab.page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update())")
    banner = tab.page.locator("update-banner")
    await expect(banner).to_be_visible(timeout=30_000)
    await tab.page.evaluate("document.documentElement.dataset.old = 'yes'")
    await banner.get_by_role("button").click()
    await tab.until("!document.documentElement.dataset.old", 30)
    await tab.controlled()


async def test_a_saved_page_keeps_its_look_through_an_update_until_the_day_is_prepared_anew(
    proxied: OpenContext, proxy: FaultProxy, site: Site, rep: User, customer: Customer
) -> None:
    tab = await proxied(rep)
    path = f"/customers/{customer.id}"
    await at_work(tab, path)
    await make_old(tab, f"day-{rep.id}", path)
    await tab.open("/account/device")
    [mine] = [name for name in await shells(tab) if name != OLD_SHELL]
    await update(tab, site)
    after = await shells(tab)
    assert OLD_SHELL in after
    assert mine not in after or len(after) == 3  # the shell before this one may stay as long as the old one is needed
    proxy.refuse()
    await tab.open(path)
    await expect_saved(tab, "Kelp & Sons")
    await expect_look_of_old(tab)
    proxy.passes()
    await prepared(tab)
    await tab.until(f"caches.has({OLD_SHELL!r}).then((there) => !there)")
    assert len(await shells(tab)) == 1
    assert path not in await kept(tab)  # looked at only, and of the old release


async def test_an_update_keeps_the_prepared_day(
    proxied: OpenContext, proxy: FaultProxy, site: Site, rep: User, customer: Customer
) -> None:
    async with site.building() as make:
        await make.visit(customer, rep)
    tab = await proxied(rep)
    total = await prepared(tab)
    await update(tab, site)
    assert len(await kept(tab)) >= total
    proxy.refuse()
    await tab.open("/visits/today")
    await expect(tab.page.locator("saved-copy")).to_be_visible()
    assert "PingFang" in await tab.page.evaluate("getComputedStyle(document.body).fontFamily")
    proxy.passes()
    await tab.open("/today")
    await tab.page.locator("prepare-day").get_by_role("button").click()
    await settled(tab)
    assert len(await shells(tab)) == 1
