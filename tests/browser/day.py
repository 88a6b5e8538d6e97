"""What tests of the day's pages share: a phone under its worker, and what stands in its caches."""

from __future__ import annotations

from typing import Any

from playwright.async_api import expect

from tests.browser.tab import Tab

KEPT = """async () => {
  const kept = {};
  for (const name of await caches.keys()) {
    if (!/^day-\\d+$/.test(name)) continue;
    const cache = await caches.open(name);
    for (const request of await cache.keys()) kept[request.url.slice(location.origin.length)] = name;
  }
  return kept;
}"""


async def kept(tab: Tab) -> dict[str, str]:
    """Addresses of saved pages with the cache that holds them."""
    found: dict[str, str] = await tab.page.evaluate(KEPT)
    return found


async def until_kept(tab: Tab, path: str) -> None:
    """Wait until a page is saved."""
    await tab.until(f"({KEPT})().then((kept) => {path!r} in kept)", 30)


async def under_worker(tab: Tab) -> None:
    """Open a page that is never saved and wait until the worker is in control: the very first page it does not see."""
    await tab.open("/account/device")
    await tab.controlled()


async def at_work(tab: Tab, path: str) -> None:
    """Open a page under the worker and wait until it is saved."""
    await under_worker(tab)
    await tab.open(path)
    await until_kept(tab, path)


async def settled(tab: Tab) -> str:
    """Wait until "prepare for today" has come to an end and return what it says."""
    state = "document.querySelector('prepare-day')?.dataset.state"
    await tab.until(f"['done', 'full', 'unreachable', 'visitor', 'failed'].includes({state})", 90)
    return await tab.page.locator("prepare-day [data-slot=say]").inner_text()


async def prepared(tab: Tab, path: str = "/today") -> int:
    """Open a page that prepares by itself and return how many pages are ready; all of them are."""
    await under_worker(tab)
    await tab.open(path)
    said = await settled(tab)
    ready, total = numbers(said)
    assert ready == total > 0, said
    return total


def numbers(said: str) -> tuple[int, int]:
    """What stands before and after "of"."""
    words = said.split()
    at = words.index("of")
    return int(words[at - 1]), int(words[at + 1])


async def expect_saved(tab: Tab, heading: str) -> None:
    """This is the saved copy of the page with that heading."""
    await expect(tab.page.get_by_role("heading", level=1)).to_have_text(heading)
    await expect(tab.page.locator("saved-copy")).to_be_visible()


async def manifest(tab: Tab) -> list[dict[str, Any]]:
    """The pages that the server lists now."""
    pages: list[dict[str, Any]] = await tab.page.evaluate(
        "fetch('/field/manifest').then((answer) => answer.json()).then(({ pages }) => pages)"
    )
    return pages
