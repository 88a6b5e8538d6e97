"""What tests of the outbox share: a phone behind a bad network, a form, and what phone and server hold."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import BrowserContext, CDPSession, expect
from playwright.async_api import Error as PlaywrightError
from sqlalchemy import text

from domain.customers.models import Customer
from domain.people.models import User
from tests.browser.proxy import FaultProxy
from tests.browser.site import Site
from tests.browser.tab import Tab, tab_of
from webapp.assets import asset_url

RECORDS = """() => new Promise((done, failed) => {
  const opening = indexedDB.open("offing");
  opening.onerror = () => failed(opening.error);
  opening.onsuccess = () => {
    const database = opening.result;
    if (!database.objectStoreNames.contains("records")) { database.close(); return done([]); }
    const asking = database.transaction(["records"]).objectStore("records").getAll();
    asking.onsuccess = () => { database.close(); done(asking.result); };
    asking.onerror = () => failed(asking.error);
  };
})"""


@dataclass
class Field:
    """A rep with a phone, a customer to write about, and the network between phone and site."""

    site: Site
    network: FaultProxy
    rep: User
    customer: Customer

    @property
    def form(self) -> str:
        """The address of the follow-up form."""
        return f"/followups/new?customer={self.customer.id}"

    def followup(self, words: str) -> dict[str, str]:
        """What the form of a follow-up posts."""
        return {"customer_id": str(self.customer.id), "way": "phone", "content": words, "next_pick": "none"}

    def answers(
        self, path: str, status: int, body: Any = None, *, marker: bool = True, times: int | None = None, **headers: str
    ) -> None:
        """From now on this path is answered so, by somebody who knows our marker or does not; the id is echoed if
        the body asks for it with `"id": "echo"`."""

        def made(sent: bytes) -> bytes:
            told = dict(body or {})
            if told.get("id") == "echo":
                told["id"] = json.loads(sent)["id"]
            content = json.dumps(told).encode()
            given = {"Content-Type": "application/json", "Content-Length": str(len(content))}
            given |= {"X-Offing": str(self.rep.id)} if marker else {}
            given |= {name.replace("_", "-"): value for name, value in headers.items()}
            lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
            return f"HTTP/1.1 {status} Made up\r\n{lines}\r\n".encode() + content

        self.network.answer(made, path, times)

    async def behind_network(self, tab: Tab) -> Tab:
        """The same tab, going through the bad network; its worker is in control at the end."""
        away = tab_of(tab.context, tab.page, self.network.base)
        await away.open("/account")
        await away.controlled()
        return away

    async def contents(self) -> list[str]:
        """What the server holds of follow-ups on the customer, oldest first."""
        return await self.words_of(
            "SELECT content FROM followups WHERE customer_id = :id ORDER BY id", id=self.customer.id
        )

    async def words_of(self, statement: str, **values: Any) -> list[Any]:
        """The first column of a query."""
        async with self.site.database.engine.connect() as connection:
            return [row[0] for row in await connection.execute(text(statement), values)]


@contextmanager
def network_before(site: Site) -> Iterator[FaultProxy]:
    """A bad network that passes everything for the time being."""
    with FaultProxy(site.base).running() as proxy:
        yield proxy


async def open_form(tab: Tab, path: str) -> None:
    """Open a form and wait until it is kept on the phone."""
    await tab.open(path)
    await expect(tab.page.locator("offline-form[data-ready]")).to_have_count(1)


async def write(tab: Tab, words: str) -> None:
    """Fill in the form of a follow-up."""
    await tab.page.locator("textarea[name=content]").fill(words)


async def save(tab: Tab) -> None:
    """Press Save."""
    await tab.page.get_by_role("button", name="Save", exact=True).click()


async def save_and_leave(tab: Tab) -> None:
    """Press Save and wait for the page that follows."""
    form = tab.page.url
    await save(tab)
    await tab.page.wait_for_url(lambda url: url != form)


async def records(tab: Tab) -> list[dict[str, Any]]:
    """All records that the phone holds."""
    for _attempt in range(20):
        try:
            held: list[dict[str, Any]] = await tab.page.evaluate(RECORDS)
        except PlaywrightError as fault:
            if "context was destroyed" not in fault.message:  # else one page is just giving way to the next
                raise
            await tab.page.wait_for_timeout(100)
        else:
            return held
    raise AssertionError("the page never came to rest")


async def states(tab: Tab) -> list[str]:
    """The states of all records on the phone."""
    return sorted(record["state"] for record in await records(tab))


async def until_states(tab: Tab, *wanted: str, timeout_s: float = 40) -> None:
    """Wait until the records on the phone are in these states."""
    for _attempt in range(int(timeout_s * 10)):
        if await states(tab) == sorted(wanted):
            return
        await tab.page.wait_for_timeout(100)
    raise AssertionError(f"records are {await records(tab)}, not {wanted}; console: {tab.said}")


async def until_left(tab: Tab) -> None:
    """Wait until a saved form has led on to its next page: opening another one before would race with it."""
    await expect(tab.page.locator("offline-form")).to_have_count(0, timeout=30_000)
    await tab.page.wait_for_load_state()


async def another_tab(context: BrowserContext, base: str) -> Tab:
    """A second tab of the same phone."""
    return tab_of(context, await context.new_page(), base)


async def seed(tab: Tab, kind: str, fields: dict[str, str], **more: Any) -> str:
    """Queue a record as a form would, without the form; returns its id."""
    record = {"kind": kind, "url": "/followups/new", "title": "Seeded", "fields": fields, "files_left": 0, **more}
    made: str = await tab.page.evaluate(
        """async ([module, record]) => {
          const { queue } = await import(module);
          const { user, person } = document.querySelector("outbox-badge").dataset;
          const whole = { id: crypto.randomUUID(), user: Number(user), person, ...record };
          await queue(whole);
          return whole.id;
        }""",
        [asset_url("js/outbox/keeping.js"), record],
    )
    return made


async def drain(tab: Tab, **options: bool) -> str | None:
    """Let this page send what it can; returns why it stopped."""
    stopped: str | None = await tab.page.evaluate(
        "async ([module, options]) => (await (await import(module)).drain(options)).stopped",
        [asset_url("js/outbox/drain.js"), {"force": True, "wait": True, **options}],
    )
    return stopped


async def devtools(tab: Tab) -> CDPSession:
    """The page's devtools."""
    return await tab.context.new_cdp_session(tab.page)


async def fire_sync(tab: Tab) -> CDPSession:
    """Let the browser fire its sync event now instead of when it sees fit; returns the devtools of workers."""
    tools = await devtools(tab)
    known: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def keep(update: dict[str, Any]) -> None:
        for one in update["registrations"]:
            if one["scopeURL"].startswith(tab.base) and not one["isDeleted"] and not known.done():
                known.set_result(one["registrationId"])

    tools.on("ServiceWorker.workerRegistrationUpdated", keep)
    await tools.send("ServiceWorker.enable")
    told = {"origin": tab.base, "registrationId": await known, "tag": "outbox", "lastChance": False}
    await tools.send("ServiceWorker.dispatchSyncEvent", told)
    return tools
