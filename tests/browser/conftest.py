"""Chromium on a running Offing. Asynchronous: Playwright's blocking half cannot share a thread with our fixtures."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, async_playwright, expect
from playwright.async_api import Error as PlaywrightError

from domain.people.models import User
from tests.browser.proxy import FaultProxy
from tests.browser.site import Site, running_site
from tests.conftest import copied
from tests.push.service import FakePushService
from webapp.database import Database

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# What is waited for comes late on a busy machine; it is never waited for longer than it takes.
expect.set_options(timeout=30_000)
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
OpenContext = Callable[..., Awaitable["Tab"]]


@dataclass
class Tab:
    """A page with what its console said."""

    context: BrowserContext
    page: Page
    base: str
    said: list[str] = field(default_factory=list)

    async def open(self, path: str) -> None:
        """Go to a page of the site and wait for its scripts."""
        for attempt in range(3):
            try:
                await self.page.goto(self.base + path)
                return
            except PlaywrightError as fault:  # the page was on its own way somewhere, as after a save
                if attempt == 2 or not ("ERR_ABORTED" in fault.message or "interrupted by another" in fault.message):
                    raise

    async def until(self, expression: str, timeout_s: float = 30) -> Any:
        """Return the first truthy value of an expression; `wait_for_function` needs eval, which our policy forbids."""
        for _attempt in range(int(timeout_s * 20)):
            try:
                if value := await self.page.evaluate(expression):
                    return value
            except PlaywrightError as fault:
                if "context was destroyed" not in fault.message:  # else the page is just being reloaded
                    raise
            await self.page.wait_for_timeout(50)
        raise AssertionError(f"waited {timeout_s} s in vain for {expression}; console: {self.said}")

    async def controlled(self) -> None:
        """Wait until the service worker is in control of this page."""
        await self.until("Boolean(navigator.serviceWorker.controller)")

    def faults(self) -> list[str]:
        """Errors and warnings of the console, breaches of the content policy among them.

        A page transition that Chromium gives up by itself (a new page drawn before its styles are read, on a busy
        machine) is none: no script of the new page can catch that rejection.
        """
        return [said for said in self.said if not said.startswith("Transition was aborted")]


def chromium_path() -> str | None:
    """Debian's Chromium if it is there, else Playwright's own."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
async def playwright(anyio_backend: Any) -> AsyncIterator[Playwright]:
    async with async_playwright() as started:
        yield started


@pytest.fixture(scope="session")
async def chromium(playwright: Playwright) -> AsyncIterator[Browser]:
    browser = await playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
    yield browser
    await browser.close()


@pytest.fixture(scope="module")
async def site(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """One running Offing a module, with a database of its own."""
    async with copied(server_url, template) as url:
        database = Database(url)
        with running_site(database, tmp_path_factory.mktemp("home")) as running:
            yield running
        await database.close()


@pytest.fixture(scope="module")
def push_service() -> Iterator[FakePushService]:
    service = FakePushService().start()
    yield service
    service.stop()


@pytest.fixture(scope="module")
async def push_site(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory, push_service: FakePushService
) -> AsyncIterator[Site]:
    """A running Offing with its worker, which may call only this push service."""
    async with copied(server_url, template) as url:
        database = Database(url)
        with running_site(database, tmp_path_factory.mktemp("home"), push_service.origin) as running, running.worker():
            yield running
        await database.close()


def tab_of(context: BrowserContext, page: Page, base: str) -> Tab:
    """A tab that keeps what its console says."""
    tab = Tab(context, page, base)

    def keep(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            tab.said.append(message.text)

    page.on("console", keep)
    page.on("pageerror", lambda fault: tab.said.append(str(fault)))
    return tab


async def let_in(context: BrowserContext, site: Site, user: User) -> None:
    """Sign a context in without going through the form."""
    token = await site.signed_in(user)
    await context.add_cookies([{"name": "offing", "value": token, "url": site.base}])


@pytest.fixture
async def phone(chromium: Browser, site: Site) -> AsyncIterator[OpenContext]:
    """Make tabs of a phone 360 points wide, each in a context of its own, signed in as a user if one is given."""
    opened: list[BrowserContext] = []

    async def open_phone(user: User | None = None, language: str = "en", **options: Any) -> Tab:
        context = await chromium.new_context(**PHONE, locale={"en": "en-GB", "zh": "zh-CN"}[language], **options)
        opened.append(context)
        if user is not None:
            await let_in(context, site, user)
        return tab_of(context, await context.new_page(), site.base)

    yield open_phone
    for context in opened:
        await context.close()


@pytest.fixture
def proxy(site: Site) -> Iterator[FaultProxy]:
    """A bad network before the site of this module, good until a test says otherwise."""
    with FaultProxy(site.base).running() as running:
        yield running


@pytest.fixture
def proxied(phone: OpenContext, proxy: FaultProxy) -> OpenContext:
    """As `phone`, behind the proxy: cookies hold for every port of 127.0.0.1."""

    async def open_phone(*args: Any, **options: Any) -> Tab:
        tab = await phone(*args, **options)
        tab.base = proxy.base
        return tab

    return open_phone


@pytest.fixture
async def installed_phone(playwright: Playwright, site: Site, tmp_path: Path) -> AsyncIterator[OpenContext]:
    """As `phone`, with a profile on disk: a private window can neither be installed nor take pushes."""
    opened: list[BrowserContext] = []

    async def open_phone(user: User | None = None, language: str = "en", **options: Any) -> Tab:
        context = await playwright.chromium.launch_persistent_context(
            str(tmp_path / f"profile-{len(opened)}"),
            executable_path=chromium_path(),
            args=list(FLAGS),
            **PHONE,
            locale={"en": "en-GB", "zh": "zh-CN"}[language],
            **options,
        )
        opened.append(context)
        if user is not None:
            await let_in(context, site, user)
        return tab_of(context, context.pages[0], site.base)

    yield open_phone
    for context in opened:
        await context.close()
