"""A page of a phone's browser, and what its console said."""

from __future__ import annotations

import asyncio
import shutil
import warnings
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Page, expect
from playwright.async_api import Error as PlaywrightError

from domain.people.models import User
from tests.browser.site import Site

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


def tab_of(context: BrowserContext, page: Page, base: str) -> Tab:
    """A tab that keeps what its console says."""
    tab = Tab(context, page, base)

    def keep(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            tab.said.append(message.text)

    page.on("console", keep)
    page.on("pageerror", lambda fault: tab.said.append(str(fault)))
    return tab


async def close(context: BrowserContext, patience_s: float = 20) -> None:
    """Close a context. Now and then Chromium never answers that, when a page was just leaving for another: then it is
    left to the end of the browser instead of holding up everything."""
    closing = asyncio.ensure_future(context.close())
    done, _waiting = await asyncio.wait({closing}, timeout=patience_s)
    if done:
        await closing
    else:
        closing.cancel()
        warnings.warn(f"Chromium did not close a context within {patience_s} s", stacklevel=2)


async def let_in(context: BrowserContext, site: Site, user: User) -> None:
    """Sign a context in without going through the form."""
    token = await site.signed_in(user)
    await context.add_cookies([{"name": "offing", "value": token, "url": site.base}])
