"""A seeded random walk of reps with one phone and a bad network: what was saved there, what the server then holds."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
from playwright.async_api import BrowserContext, Playwright
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout
from sqlalchemy import text

from domain.customers.models import Customer
from domain.people.models import User
from tests.browser.field import Field, drain, records
from tests.browser.tab import FLAGS, PHONE, Tab, chromium_path, close, let_in, tab_of
from webapp.assets import asset_url

PUT = """async ([keeping, record, photos]) => {
  const { queue, keepPhoto } = await import(keeping);
  const noise = (size) => {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65536)));
    bytes.set([0xff, 0xd8, 0xff, 0xe0]);
    return new Blob([bytes], { type: "image/jpeg" });
  };
  const { id, user } = record;
  for (const [photo, size] of photos) {
    const whose = { id: photo, record: id, subject: "visits", user };
    await keepPhoto({ ...whose, kind: "photo", name: "p.jpg", type: "image/jpeg", blob: noise(size) });
  }
  await queue({ title: "Seeded", files_left: photos.length, ...record });
}"""
"""What a form does when Save is pressed, without the form. The pictures only begin like pictures."""

OURS = "isSecureContext && document.querySelector('meta[name=viewport]') !== null"


@dataclass
class Person:
    """Somebody who uses the phone, and the customer that they write about."""

    user: User
    customer: Customer


@dataclass
class Phone:
    """One browser with a profile on disk, which can be killed and started again."""

    playwright: Playwright
    profile: Path
    base: str
    context: BrowserContext | None = None
    tab: Tab | None = None

    async def start(self) -> Tab:
        """Start the browser; whoever was signed in still is."""
        self.context = await self.playwright.chromium.launch_persistent_context(
            str(self.profile), executable_path=chromium_path(), args=list(FLAGS), **PHONE, locale="en-GB"
        )
        self.tab = tab_of(self.context, self.context.pages[0], self.base)
        self.tab.page.set_default_timeout(20_000)
        return self.tab

    async def kill(self) -> None:
        """As when the battery is taken out."""
        for process in psutil.process_iter(["cmdline"]):
            if f"--user-data-dir={self.profile}" in (process.info["cmdline"] or []):
                process.kill()
        assert self.context is not None
        with suppress(PlaywrightError):  # there is nobody left to say good-bye to
            await close(self.context)
        (self.profile / "SingletonLock").unlink(missing_ok=True)


@dataclass
class Saved:
    """What the phone has said is saved: follow-ups and visits by author, photos by their id."""

    followups: set[tuple[int, str]] = field(default_factory=set)
    visits: set[tuple[int, str]] = field(default_factory=set)
    photos: set[str] = field(default_factory=set)


class Walk:
    """Steps drawn by a seeded dice; `trail` tells them, for the message of a failure."""

    def __init__(self, seed: int, field: Field, phone: Phone, people: list[Person]) -> None:
        self.dice = random.Random(seed)
        self.field, self.phone, self.people = field, phone, people
        self.now: Person | None = None
        self.saved = Saved()
        self.trail: list[str] = []

    @property
    def tab(self) -> Tab:
        assert self.phone.tab is not None
        return self.phone.tab

    async def step(self) -> None:
        """One act of the dice."""
        acts: list[tuple[Callable[[], Awaitable[None]], int]] = [
            (self.save_followup, 8), (self.save_visit, 5), (self.send, 8), (self.weather, 10),
            (self.reload, 3), (self.stop_worker, 2), (self.kill, 1), (self.sign_out, 1), (self.sign_in, 2),
        ]  # fmt: skip
        [act] = self.dice.choices([act for act, _weight in acts], [weight for _act, weight in acts])
        self.trail.append(act.__name__)
        await act()

    def uuid(self) -> str:
        """An id of the dice's."""
        return str(UUID(int=self.dice.getrandbits(128), version=4))

    async def save_followup(self) -> None:
        person, uuid = self.now or self.people[0], self.uuid()
        fields = {"customer_id": str(person.customer.id), "way": "phone", "content": uuid, "next_pick": "none"}
        await self._put(person, "followups", uuid, fields, [])
        self.saved.followups.add((person.user.id, uuid))

    async def save_visit(self) -> None:
        person, uuid = self.now or self.people[0], self.uuid()
        photos = [
            (self.uuid(), self.dice.choice((900, 30_000, 600_000))) for _ in range(self.dice.choice((0, 0, 1, 2)))
        ]
        fields = {"customer_id": str(person.customer.id), "result": uuid, "next_pick": "none", "arrived_fix": "denied"}
        await self._put(person, "visits", uuid, fields, photos)
        self.saved.visits.add((person.user.id, uuid))
        self.saved.photos.update(photo for photo, _size in photos)

    async def _put(self, person: Person, kind: str, uuid: str, fields: Any, photos: Any) -> None:
        record = {"id": uuid, "kind": kind, "user": person.user.id, "person": person.user.name, "fields": fields}
        await self.tab.page.evaluate(PUT, [asset_url("js/outbox/keeping.js"), record | {"url": "/"}, photos])

    async def send(self) -> None:
        """Somebody looks at the outbox."""
        await drain(self.tab)

    async def weather(self) -> None:
        """Another network."""
        network, dice = self.field.network, self.dice
        kind = dice.choice(("pass", "pass", "pass", "refuse", "drop", "drop", "cut", "delay", "portal"))
        self.trail.append(kind)
        if kind == "pass":
            network.passes()
        elif kind == "refuse":
            network.refuse("/sync")
        elif kind == "drop":
            network.drop_response("/sync/", times=dice.randrange(1, 6))
        elif kind == "cut":
            network.cut_upload(dice.randrange(0, 200_000), "/sync/files", times=dice.randrange(1, 4))
        elif kind == "delay":
            network.delay(0.3, "/sync")
        else:
            network.portal()

    async def reload(self) -> None:
        await self._open("/outbox")

    async def stop_worker(self) -> None:
        """As a phone does that needs memory."""
        assert self.phone.context is not None
        devtools = await self.phone.context.new_cdp_session(self.tab.page)
        await devtools.send("ServiceWorker.enable")
        await devtools.send("ServiceWorker.stopAllWorkers")
        await devtools.detach()

    async def kill(self) -> None:
        await self.phone.kill()
        await self.phone.start()
        await self._open("/outbox")

    async def sign_out(self) -> None:
        """The session has ended at the server, which the phone does not know."""
        assert self.phone.context is not None
        await self.phone.context.clear_cookies()
        self.now = None

    async def sign_in(self) -> None:
        """One of the people takes the phone, with a network."""
        await self.sign_in_as(self.dice.choice(self.people))

    async def sign_in_as(self, person: Person) -> None:
        assert self.phone.context is not None
        await let_in(self.phone.context, self.field.site, person.user)
        self.now = person
        self.field.network.passes()
        await self._open("/account/device")

    async def _open(self, path: str) -> None:
        """Where there is no saved copy and no network, the browser's own page is not ours to save on."""
        for patience in range(3):
            try:
                await self.tab.open(path)
                if await self.tab.page.evaluate(OURS):
                    return
            except (PlaywrightTimeout, PlaywrightError):
                self.trail.append(f"not opened {patience}")
            self.field.network.passes()

    async def arrive(self) -> None:
        """Good weather at the end: everybody signs in and sends what is theirs."""
        for person in self.people:
            await self.sign_in_as(person)
            for _try in range(60):
                await drain(self.tab, wait=True)
                left = [one for one in await records(self.tab) if one["user"] == person.user.id and unsent(one)]
                if not left:
                    break
                await self.tab.page.wait_for_timeout(250)
            assert not left, left


def unsent(record: dict[str, Any]) -> bool:
    """Whether something of a record is still on the phone alone."""
    return record["state"] != "sent" or record["files_left"] > 0


async def held(field: Field, people: list[Person]) -> Saved:
    """What the server holds; a thing that it holds twice is one row too many for the count that the test compares."""
    ids = [person.customer.id for person in people]
    visits = await rows(field, "SELECT created_by_id, result FROM visits WHERE customer_id = ANY(:ids)", ids=ids)
    said = "SELECT created_by_id, content FROM followups WHERE customer_id = ANY(:ids) AND way = 'phone'"
    followups = await rows(field, said, ids=ids)
    photos = await rows(field, "SELECT client_uuid::text, 1 FROM files WHERE complete_at IS NOT NULL")
    assert len(set(visits)) == len(visits), "a visit is there twice"
    assert len(set(followups)) == len(followups), "a follow-up is there twice"
    return Saved(set(followups), set(visits), {uuid for uuid, _one in photos})


async def rows(field: Field, statement: str, **values: Any) -> list[tuple[Any, Any]]:
    """All rows of a query."""
    async with field.site.database.engine.connect() as connection:
        return [(row[0], row[1]) for row in await connection.execute(text(statement), values)]
