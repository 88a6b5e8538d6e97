"""The installed app: worker, shell, page without a network, updates and the way back from a bad release."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.async_api import expect

from domain.people.models import User
from tests.browser.proxy import FaultProxy
from tests.browser.site import Site
from tests.browser.tab import OpenContext, Tab

pytestmark = pytest.mark.anyio


async def cached(tab: Tab) -> dict[str, list[str]]:
    """Addresses by the name of their cache, as the browser holds them."""
    kept: dict[str, list[str]] = await tab.page.evaluate(
        """async () => {
          const entries = {};
          for (const name of await caches.keys()) {
            const keys = await (await caches.open(name)).keys();
            entries[name] = keys.map((request) => new URL(request.url).pathname);
          }
          return entries;
        }"""
    )
    return kept


async def at_home(tab: Tab) -> None:
    """Open a page and wait for the worker."""
    await tab.open("/account/device")
    await tab.controlled()


async def test_the_worker_registers_for_everything_and_takes_over_without_a_breach_of_policy(
    phone: OpenContext, rep: User
) -> None:
    tab = await phone(rep)
    await at_home(tab)
    scope = await tab.page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.scope)")
    assert scope == f"{tab.base}/"
    await tab.open("/account/device")
    assert tab.faults() == []


async def test_the_shell_is_whole_and_holds_nobodys_page(phone: OpenContext, rep: User) -> None:
    tab = await phone(rep)
    await at_home(tab)
    [(name, addresses)] = (await cached(tab)).items()
    assert name.startswith("shell-")
    script = await tab.page.evaluate("fetch('/sw.js').then((answer) => answer.text())")
    wanted = json.loads(script.split("\n")[0].removeprefix("self.OFFING = ").removesuffix(";"))["shell"]
    assert sorted(addresses) == sorted(wanted)
    pages = {address for address in addresses if not address.startswith("/static/")}
    assert pages == {"/manifest.json", "/offline", "/locked", "/outbox"}


async def test_a_shell_that_the_browser_evicted_is_filled_again_at_the_next_page(phone: OpenContext, rep: User) -> None:
    tab = await phone(rep)
    await at_home(tab)
    [whole] = (await cached(tab)).values()
    await tab.page.evaluate("caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name))))")
    assert await cached(tab) == {}
    await tab.open("/account/device")
    count = "caches.keys().then(async ([name]) => (await (await caches.open(name)).keys()).length)"
    await tab.until(f"{count}.then((found) => found === {len(whole)}, () => false)")


@pytest.mark.parametrize(("language", "heading"), [("en", "No connection"), ("zh", "没有网络")])
async def test_without_a_network_any_page_says_so_and_comes_back_by_itself(
    phone: OpenContext, site: Site, language: str, heading: str
) -> None:
    async with site.building() as make:
        user = await make.user(f"reader-{language}", "sales_rep", language=language)
    tab = await phone(user, language)
    await at_home(tab)
    await tab.context.set_offline(True)
    await tab.open("/account/device")
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text(heading)
    colour = await tab.page.evaluate("getComputedStyle(document.body).fontFamily")
    assert "PingFang" in colour  # the style came out of the shell
    await tab.context.set_offline(False)
    await expect(tab.page.locator("device-facts")).to_be_visible()


async def test_a_server_that_refuses_connections_leads_to_the_offline_page_and_try_again_leads_back(
    phone: OpenContext, site: Site, rep: User
) -> None:
    tab = await phone(rep)
    await at_home(tab)
    site.stop()
    try:
        await tab.open("/account/device?x=1")
        await expect(tab.page.locator("offline-retry")).to_be_visible()
        assert await tab.page.evaluate("navigator.onLine") is True  # which is why nothing is decided by it
    finally:
        site.start()
    await tab.page.get_by_role("link", name="Try again").click()
    await expect(tab.page.locator("device-facts")).to_be_visible()
    assert tab.page.url.endswith("/account/device?x=1")


async def test_the_offline_page_speaks_the_language_of_the_last_page(phone: OpenContext, site: Site, rep: User) -> None:
    async with site.building() as make:
        colleague = await make.user("colleague", "sales_rep", language="zh")
    tab = await phone(rep)
    await at_home(tab)
    token = await site.signed_in(colleague)
    await tab.context.add_cookies([{"name": "offing", "value": token, "url": site.base}])
    await tab.open("/account/device")
    spoken = "caches.match('/offline').then((kept) => kept.headers.get('Content-Language') === 'zh')"
    await tab.until(spoken)


async def test_on_a_network_that_swallows_everything_the_outbox_is_there_at_once(
    proxied: OpenContext, proxy: FaultProxy, rep: User
) -> None:
    tab = await proxied(rep)
    await at_home(tab)
    proxy.forget()
    proxy.delay(3600, "/outbox")
    await tab.context.service_workers[0].evaluate("self.setTimeout = () => 0")  # its patience never comes to an end
    await tab.open("/outbox?from=home")
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text("Unsent records")
    await proxy.came("/outbox")


async def test_the_kept_outbox_is_renewed_for_the_next_time_but_not_by_another_release(
    proxied: OpenContext, proxy: FaultProxy, rep: User
) -> None:
    tab = await proxied(rep)
    await at_home(tab)
    kept = "caches.match('/outbox').then((kept) => kept.text())"
    before: str = await tab.page.evaluate(kept)
    foreign = re.sub(r"js/app\.\w+\.js", "js/app.000000000000.js", before)
    assert foreign != before
    await tab.context.service_workers[0].evaluate(
        "(html) => renewInShell('/outbox', Promise.resolve(new Response(html, {headers: {'X-Offing': '-'}})))", foreign
    )
    assert await tab.page.evaluate(kept) == before
    content = before.replace("Unsent records", "Not sent yet").encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(content)}\r\nX-Offing: -\r\n\r\n"
    proxy.answer(lambda _body: head.encode() + content, "/outbox")
    heading = tab.page.get_by_role("heading", level=1)
    await tab.open("/outbox")
    await expect(heading).to_have_text("Unsent records")
    await tab.until(f"{kept}.then((html) => html.includes('Not sent yet'))")
    await tab.open("/outbox")
    await expect(heading).to_have_text("Not sent yet")


async def test_the_connection_banner_shows_while_there_is_none(phone: OpenContext, rep: User) -> None:
    tab = await phone(rep)
    await at_home(tab)
    words = tab.page.get_by_text("No connection. What you see may be out of date.")
    await expect(words).to_be_hidden()
    await tab.context.set_offline(True)
    await expect(words).to_be_visible()
    await tab.context.set_offline(False)
    await expect(words).to_be_hidden()


async def test_fragments_and_the_back_office_are_left_to_the_network(phone: OpenContext, rep: User) -> None:
    tab = await phone(rep)
    await at_home(tab)
    await tab.context.set_offline(True)
    fragment = "fetch('/account/device', {headers: {'HX-Request': 'true'}}).then(() => 'answered', () => 'failed')"
    assert await tab.page.evaluate(fragment) == "failed"
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        await tab.open("/admin/")


async def test_a_new_release_waits_for_a_tap_and_then_replaces_the_old_one(
    phone: OpenContext, site: Site, rep: User
) -> None:
    tab = await phone(rep)
    await at_home(tab)
    before = list(await cached(tab))
    banner = tab.page.locator("update-banner")
    await expect(banner).to_be_hidden()
    key = site.environment["OFFING_HOME"] + "/keys/vapid_private.pem"
    release(key)
    site.restart()
    await tab.page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update())")
    await expect(banner).to_be_visible()
    assert before[0] in await cached(tab)  # the old one is still complete
    await tab.page.evaluate("document.documentElement.dataset.old = 'yes'")
    await banner.get_by_role("button").click()
    await tab.until("!document.documentElement.dataset.old")
    await tab.controlled()
    after = list(await cached(tab))
    assert len(after) == 1
    assert after != before
    await expect(banner).to_be_hidden()


def release(key_file: str) -> None:
    """Make the worker's script another one, as a new release would: it carries the push key."""
    from pathlib import Path

    from webapp.deliver.vapid import VapidKeys

    Path(key_file).write_text(VapidKeys.create().dump())


async def test_a_form_that_somebody_fills_in_is_not_lost_to_an_update_in_another_tab(
    phone: OpenContext, site: Site, rep: User
) -> None:
    tab = await phone(rep)
    await at_home(tab)
    await tab.page.evaluate(
        """() => {
          const form = document.createElement('form');
          form.innerHTML = '<input name="note">';
          document.querySelector('main').append(form);
          form.note.value = 'half a sentence';
        }"""
    )
    release(site.environment["OFFING_HOME"] + "/keys/vapid_private.pem")
    site.restart()
    other = await tab.context.new_page()
    await other.goto(f"{site.base}/account/device")
    await expect(other.locator("update-banner")).to_be_visible()
    await other.locator("update-banner").get_by_role("button").click()
    await expect(other.locator("update-banner")).to_be_hidden()
    await tab.page.wait_for_timeout(500)
    assert await tab.page.evaluate("document.querySelector('[name=note]').value") == "half a sentence"


NOTHING_LEFT = """Promise.all([caches.keys(), navigator.serviceWorker.getRegistrations()])
  .then(([names, workers]) => names.length + workers.length === 0)"""


async def test_the_kill_switch_removes_worker_and_caches_with_the_next_page_and_leaves_unsent_records(
    phone: OpenContext, site: Site, rep: User
) -> None:
    tab = await phone(rep)
    await at_home(tab)
    await tab.page.evaluate(
        """() => new Promise((done, failed) => {
          const opening = indexedDB.open('outbox', 1);
          opening.onupgradeneeded = () => opening.result.createObjectStore('records');
          opening.onsuccess = () => {
            const writing = opening.result.transaction('records', 'readwrite');
            writing.objectStore('records').put('a visit', 1);
            writing.oncomplete = () => { opening.result.close(); done(); };
            writing.onerror = failed;
          };
        })"""
    )
    site.restart(OFFING_SW_OFF="1")
    try:
        await tab.open("/account/device")
        await tab.until(NOTHING_LEFT)
        databases = await tab.page.evaluate("indexedDB.databases().then((all) => all.map(({ name }) => name))")
        assert "outbox" in databases
        await tab.open("/account/device")
        await expect(tab.page.locator("device-facts")).to_be_visible()
    finally:
        site.restart()
    await at_home(tab)
    assert len(await cached(tab)) == 1


async def test_a_phone_that_opens_no_page_takes_the_kill_switch_for_an_update_and_all_goes(
    phone: OpenContext, site: Site, rep: User
) -> None:
    site.restart(OFFING_SW_OFF="1")
    try:
        tab = await phone(rep)
        await tab.open("/account/device")
        await tab.page.evaluate(
            "caches.open('shell-of-a-bad-release').then((cache) => cache.put('/', new Response('')))"
        )
        await tab.page.evaluate("navigator.serviceWorker.register('/sw.js').then(() => true)")
        await tab.until(NOTHING_LEFT)
    finally:
        site.restart()


async def test_where_there_is_no_worker_one_signs_out_all_the_same(phone: OpenContext, site: Site) -> None:
    async with site.building() as make:
        leaver = await make.user("leaver", "sales_rep")
    site.restart(OFFING_SW_OFF="1")
    try:
        tab = await phone(leaver)
        await tab.open("/account")
        await tab.until("Boolean(customElements.get('sign-out-guard') && customElements.get('push-keeper'))")
        await tab.page.locator("sign-out-guard button").tap()
        await tab.until("location.pathname === '/sign-in'")
    finally:
        site.restart()


async def test_it_can_be_installed(installed_phone: OpenContext, rep: User) -> None:
    tab = await installed_phone(rep)
    await at_home(tab)
    devtools = await tab.context.new_cdp_session(tab.page)
    found: Any = await devtools.send("Page.getInstallabilityErrors")
    assert found["installabilityErrors"] == []
    manifest: Any = await devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"] == f"{tab.base}/manifest.json"
