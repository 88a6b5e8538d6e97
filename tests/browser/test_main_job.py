"""The main job on a phone 360 points wide: from the public pool to money that finance has confirmed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect
from sqlalchemy import select

from domain.calendar.models import CalendarEvent
from domain.core.access import SYSTEM
from domain.core.work import Work, clock
from domain.customers.search import index_rows
from domain.orders.models import Order
from domain.people.actions import set_password
from domain.people.models import User
from domain.seeds.reference import seed
from tests.browser import main_job
from tests.browser.firefox import running_firefox
from tests.browser.main_job import CUPS, CUSTOMER, NET, PASSWORD, TEA, Person
from tests.browser.site import Site, running_site
from tests.browser.tab import OpenContext
from tests.conftest import copied
from tests.push.service import FakePushService
from webapp.database import Database

pytestmark = pytest.mark.anyio
POOL = "North China"
ROLES = {"manager": "department_manager", "rep": "sales_rep", "stranger": "sales_rep", "approver": "sales_director",
         "finance": "finance", "warehouse": "warehouse"}  # fmt: skip


@dataclass
class Company:
    """Everybody of one run; each has a phone of their own from the moment they sign in."""

    site: Site
    phone: OpenContext
    language: str
    scripts: bool
    users: dict[str, User]
    people: dict[str, Person] = field(default_factory=dict)

    async def person(self, post: str) -> Person:
        """Whoever holds this post, signed in by the form."""
        if post not in self.people:
            tab = await self.phone(language=self.language, java_script_enabled=self.scripts)
            tab.base = self.site.base
            person = self.people[post] = Person(tab, self.language, self.scripts)
            await person.sign_in(post)
        return self.people[post]

    def faults(self) -> dict[str, list[str]]:
        """What the consoles complained of, breaches of the content policy among them."""
        return {post: person.tab.faults() for post, person in self.people.items() if person.tab.faults()}


@pytest.fixture
async def place(server_url: str, template: str, tmp_path: Path, push_service: FakePushService) -> AsyncIterator[Site]:
    """A running Offing with its worker and a database of this test's own."""
    async with copied(server_url, template) as url:
        database = Database(url)
        with running_site(database, tmp_path, push_service.origin) as running, running.worker():
            yield running
        await database.close()


async def founded(site: Site, phone: OpenContext, language: str, *, scripts: bool = True) -> Company:
    """Reference data as at a real start, six people, a customer in the public pool and two products."""
    users: dict[str, User] = {}
    async with site.building() as make:
        work = Work(make.session, SYSTEM, clock())
        await seed(work, PASSWORD)
        await make.session.flush()
        head_office = await make.department("Head office")
        north, south = await make.department("North", head_office), await make.department("South")
        for post, role in ROLES.items():
            users[post] = await make.user(
                post, role, name=post.title(), language=language,
                department={"rep": north, "manager": north, "stranger": south}.get(post, head_office),
                manager=users["manager"] if post == "rep" else None,
            )  # fmt: skip
            await set_password(work, users[post].id, PASSWORD)
        pool = await make.pool(POOL, members=(users["rep"],))
        customer = await make.customer(CUSTOMER, pool=pool, city="Tianjin")
        await index_rows(make.session, [customer.id], fresh=True)
        await make.product(TEA, "19.99")
        await make.product(CUPS, "100.00")
    return Company(site, phone, language, scripts, users)


async def sold(company: Company) -> tuple[str, str]:
    """The rep's half: claim, follow-up with its entry in the calendar, order. Addresses of customer and order."""
    rep = await company.person("rep")
    await main_job.claim(rep, POOL)
    customer = await main_job.follow_up(rep)
    await planned(company, rep)
    return customer, await main_job.order(rep, "Approver")


async def planned(company: Company, rep: Person) -> None:
    """The next contact stands in the rep's calendar on its day."""
    async with company.site.database.reading() as session:
        entry = (await session.scalars(select(CalendarEvent))).one()
    day = entry.starts_at.astimezone(ZoneInfo(company.users["rep"].time_zone)).date()
    assert entry.starts_at - entry.created_at > timedelta(hours=9)
    await rep.go("Calendar")
    await rep.tab.open(f"/calendar?day={day}")
    await rep.reads(CUSTOMER, ".list-row")


async def delivered(company: Company, customer: str, order: str) -> None:
    """The second half: shipped, paid, confirmed; then the figures, and who sees what."""
    rep = await company.person("rep")
    await main_job.ship(await company.person("warehouse"))
    payment = await main_job.pay(rep, order)
    await main_job.confirm_payment(await company.person("finance"))
    await main_job.totals(rep, customer)

    stranger, manager = await company.person("stranger"), await company.person("manager")
    for path in (customer, order, payment, f"{customer}/timeline", f"{customer}/history", "/shipments/1"):
        for person, status in ((stranger, 404), (manager, 200)):
            answer = await person.tab.context.request.get(company.site.base + path)
            assert answer.status == status, (path, answer.status)
    for place, empty in (("Customers", "No customers here yet"), ("Orders", ""), ("Payments", "")):
        await stranger.go(place)
        await expect(stranger.tab.page.locator("main")).not_to_contain_text(CUSTOMER)
        await stranger.reads(stranger.say(empty))
        await manager.go(place)
        await manager.reads(CUSTOMER, "main .list-row")
    assert company.faults() == {}


async def status_of(site: Site, order: str) -> str:
    """What the database says of an order."""
    async with site.database.reading() as session:
        status = await session.scalar(select(Order.status).where(Order.id == int(order.rpartition("/")[2])))
    return status or ""


async def test_in_english_decided_on_the_page(place: Site, phone: OpenContext) -> None:
    company = await founded(place, phone, "en")
    customer, order = await sold(company)
    await main_job.confirm(await company.person("approver"))
    await delivered(company, customer, order)


async def test_in_chinese_decided_from_the_push_on_the_approvers_phone(
    place: Site, phone: OpenContext, push_service: FakePushService
) -> None:
    company = await founded(place, phone, "zh")
    with running_firefox(push_service, "zh") as firefox:
        firefox.sign_in(place.base, await place.signed_in(company.users["approver"]))
        firefox.switch_push_on(place.base)
        customer, order = await sold(company)
        rep = await company.person("rep")

        shown = firefox.wait_for_notification(timeout_s=60)
        title = rep.say("Approval waiting")
        assert (shown["title"], shown["lang"]) == (title, "zh")
        assert CUSTOMER in shown["body"] and NET not in shown["body"]
        assert [act["title"] for act in shown["actions"]] == [rep.say("Confirm"), rep.say("Reject")]
        push_service.wait(lambda: push_service.deliveries[-1].acknowledged == 100)
        firefox.tap_notification(title, "confirm")
        for _attempt in range(300):
            if await status_of(place, order) == "approved":
                break
            await rep.tab.page.wait_for_timeout(100)
        assert await status_of(place, order) == "approved"
    await delivered(company, customer, order)


async def test_without_javascript(place: Site, phone: OpenContext) -> None:
    company = await founded(place, phone, "en", scripts=False)
    customer, order = await sold(company)
    await main_job.confirm(await company.person("approver"))
    await delivered(company, customer, order)
