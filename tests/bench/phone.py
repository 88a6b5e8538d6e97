"""What a phone sees: Chromium at 360 by 740, a slow mobile network and a processor four times slower."""

from __future__ import annotations

import shutil

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.bench.fill import Company
from tests.bench.report import Line
from tests.bench.visits import sign_in
from webapp.settings import Settings

NAME = "phone"
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
"""As Lighthouse's mobile test: 150 ms a round trip, 1.6 Mbit/s down, 0.75 Mbit/s up."""
SLOWER = 4
COLD_S, WARM_S, RECORD_S, FIRST_VISIT_BYTES = 2.0, 0.6, 0.5, 120_000
ROW = "#rows .list-row"


async def measure(base: str, url: str, settings: Settings, company: Company, times: int) -> list[Line]:
    """First row cold and warm, the record after a tap, and the weight of a first visit: the middle of several times."""
    person = (await sign_in(url, settings, company.reps[:1]))[0]
    name, _, value = person.cookie.partition("=")
    cold, warm, tapped, sizes = [], [], [], []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"), args=["--no-sandbox"]
        )
        for _time in range(times):
            context = await _phone(browser)
            await context.add_cookies([{"name": name, "value": value, "url": base}])
            seen, size = await _open(await _slow(context), base)
            cold.append(seen)
            sizes.append(size)
            page = await _slow(context)
            warm.append((await _open(page, base))[0])
            tapped.append(await _tap(page))
            await context.close()
        await browser.close()
    middle = times // 2
    return [
        _line("phone: first row, cold", sorted(cold)[middle], COLD_S, round(sorted(sizes)[middle])),
        _line("phone: first row, warm", sorted(warm)[middle], WARM_S),
        _line("phone: record after a tap", sorted(tapped)[middle], RECORD_S),
        Line("phone: first visit", bytes=round(sorted(sizes)[middle]), aim=f"≤ {FIRST_VISIT_BYTES:,} bytes",
             met=sorted(sizes)[middle] <= FIRST_VISIT_BYTES),
    ]  # fmt: skip


def _line(name: str, ms: float, aim_s: float, size: int | None = None) -> Line:
    return Line(name, seconds=round(ms / 1000, 2), bytes=size, aim=f"≤ {aim_s} s", met=ms / 1000 <= aim_s)


async def _phone(browser: Browser) -> BrowserContext:
    return await browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, device_scale_factor=2, locale="en-GB"
    )


async def _slow(context: BrowserContext) -> Page:
    page = await context.new_page()
    cdp = await context.new_cdp_session(page)
    await cdp.send("Network.enable")
    await cdp.send("Network.emulateNetworkConditions", SLOW_4G)
    await cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await page.add_init_script(SEEN)
    return page


SEEN = """
new MutationObserver((_changes, watcher) => {
  if (document.querySelector("ROW")) {
    watcher.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.firstRow = performance.now(); }));
  }
}).observe(document, { childList: true, subtree: true });
""".replace("ROW", ROW)
"""Notes when the first row has been painted, counted from the start of the navigation."""


async def _open(page: Page, base: str) -> tuple[float, float]:
    """Milliseconds until the first row was painted, and bytes over the wire by the end."""
    session = await page.context.new_cdp_session(page)
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    await session.send("Network.enable")
    await page.goto(f"{base}/customers", wait_until="networkidle")
    return float(await page.evaluate("window.firstRow")), sum(sizes)


async def _tap(page: Page) -> float:
    """Milliseconds from a tap on the first row until the record's heading has been painted."""
    await page.evaluate("addEventListener('click', () => sessionStorage.setItem('tap', Date.now()), true)")
    await page.add_init_script(
        "new MutationObserver((_c, watcher) => { if (document.querySelector('.record-head')) { watcher.disconnect();"
        "requestAnimationFrame(() => setTimeout(() => { window.recordSeen = Date.now(); })); } })"
        ".observe(document, { childList: true, subtree: true });"
    )
    await page.locator(f"{ROW} a").first.tap()
    await page.wait_for_url("**/customers/*")
    await page.wait_for_load_state("networkidle")
    return float(await page.evaluate("window.recordSeen - Number(sessionStorage.getItem('tap'))"))
