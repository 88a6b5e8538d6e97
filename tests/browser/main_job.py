"""The main job by tapping: what each person does on their phone, in either language, with and without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator, expect

from tests.browser.tab import Tab
from webapp.i18n import catalogue

CUSTOMER = "Harbour Foods"
TEA, CUPS = "Oolong tea", "Paper cups"
NET = "248.89"
"""3 × 19.99 less 10 % is 53.97; with 2 × 100.00 it is 253.97; less 2 % it is 248.89."""
PASSWORD = "tidewater-lantern-42"
expect.set_options(timeout=30_000)


@dataclass
class Person:
    """Somebody at their phone. Names of buttons and fields are given in English and looked for in their language."""

    tab: Tab
    language: str
    scripts: bool = True

    def say(self, words: str) -> str:
        """Our words in this person's language."""
        return catalogue(self.language).gettext(words)

    def found(self, role: Any, words: str, within: str = "main") -> Locator:
        """The one thing with this role and name; `within` narrows the page down."""
        return self.tab.page.locator(within).get_by_role(role, name=self.say(words), exact=True)

    async def tap(self, role: Any, words: str, within: str = "main") -> None:
        """Touch a button or link."""
        await self.found(role, words, within).tap()

    async def fill(self, label: str, value: str) -> None:
        """Type into a field."""
        await self.tab.page.get_by_label(self.say(label), exact=True).fill(value)

    async def pick(self, label: str, option: str) -> None:
        """Choose from a list."""
        await self.found("combobox", label).select_option(label=option)

    async def row(self, words: str) -> None:
        """Open a row of a list."""
        await self.tab.page.locator(".list-row", has_text=words).locator("a.row-body").tap()

    async def go(self, place: str) -> None:
        """By the bar at the bottom, else by "More". Pages ending in buttons have no bar: then it is opened anew."""
        if not await self.found("link", "Today", "nav.tabbar").or_(self.found("link", "More", "nav.tabbar")).count():
            await self.tab.open("/")
        bar = self.found("link", place, "nav.tabbar")
        if await bar.is_visible():
            await bar.tap()
        else:
            await self.tap("link", "More", "nav.tabbar")
            await self.tap("link", place)
        await expect(self.tab.page.locator("header.top h1")).to_have_text(self.say(place))

    async def reads(self, words: str, within: str = "main") -> None:
        """It stands there, or comes in time."""
        await expect(self.tab.page.locator(within).filter(has_text=words).first).to_be_visible()

    async def sign_in(self, user_name: str) -> None:
        """By the form, as the first thing of the day."""
        await self.tab.open("/")
        await expect(self.tab.page.locator("html")).to_have_attribute("lang", self.language)
        await self.fill("User name", user_name)
        await self.fill("Password", PASSWORD)
        await self.tap("button", "Sign in")
        await self.tab.page.wait_for_url("**/today")

    async def path(self) -> str:
        """Where this person is now."""
        return "/" + self.tab.page.url.split("/", 3)[3].partition("?")[0]


async def claim(rep: Person, pool: str) -> None:
    """From the public pool to an own customer; with scripts the row changes in its place."""
    await rep.go("Public pools")
    await rep.row(pool)
    if rep.scripts:
        await rep.tap("button", "Claim")
        await rep.reads(rep.say("Yours"), f".list-row:has-text('{CUSTOMER}')")
    await rep.row(CUSTOMER)
    if not rep.scripts:
        await rep.tap("button", "Claim")
    await rep.reads(rep.say("Owner: %(name)s").replace("%(name)s", "Rep"))


async def follow_up(rep: Person) -> str:
    """Note a call on the customer's page and plan the next one for tomorrow; returns the customer's address."""
    customer = await rep.path()
    await rep.tab.page.locator(".quick-acts").get_by_role("link", name=rep.say("Follow up")).tap()
    segments = rep.tab.page.locator(".segments label")
    await segments.filter(has_text=rep.say("Phone")).tap()
    await rep.fill("What was said?", "Wants tea and cups before the holiday")
    await segments.filter(has_text=rep.say("Tomorrow")).tap()
    await rep.tap("button", "Save")
    await rep.tab.page.wait_for_url(f"**{customer}")
    return customer


async def order(rep: Person, approver: str) -> str:
    """Write an order beyond the own discount authority and send it; returns its address."""
    page = rep.tab.page
    await page.locator("button.plus").tap()
    await rep.tap("link", "Order", "#create")
    if rep.scripts:
        await page.locator("combo-box input").fill("harbour")
        await page.get_by_role("option").filter(has_text=CUSTOMER).tap()
    else:
        await rep.pick("Customer", CUSTOMER)
    for product in (TEA, CUPS):
        await page.locator("#order-q").fill(product)
        if not rep.scripts:
            await rep.tap("button", "Search")
        await page.locator("#found button").filter(has_text=product).tap()
        await rep.reads(product, "#order-lines")
    await _quantity(rep, 0, 3)
    await _quantity(rep, 1, 2)
    await page.locator("#f-lines\\.0\\.discount_percent").fill("10")
    await rep.fill("Order discount", "2")
    if not rep.scripts:
        await page.get_by_role("button", name=rep.say("Recalculate")).last.tap()
    await rep.reads(NET, "#order-foot")
    await expect(page.locator("#order-foot .order-verdict.over")).to_be_visible()
    await rep.pick("Approver", approver)
    await rep.tap("button", "Submit")
    await expect(page.locator("h1")).to_contain_text("SO-")
    await rep.reads(rep.say("Awaiting approval"))
    return await rep.path()


async def _quantity(rep: Person, line: int, wanted: int) -> None:
    """With scripts by the button beside the number, else by typing."""
    field = rep.tab.page.locator(f"#f-lines\\.{line}\\.quantity")
    if not rep.scripts:
        await field.fill(str(wanted))
        return
    for _tap in range(wanted - 1):
        await rep.tap("button", "More", f"#line-{line}")
    await expect(field).to_have_value(str(wanted))


async def confirm(person: Person) -> None:
    """Decide what waits, on the page of approvals."""
    await person.go("Approvals")
    await person.row(CUSTOMER)
    await person.reads(NET)
    await person.tap("button", "Confirm")
    await person.reads(person.say("Nothing waits for you"))


async def ship(warehouse: Person) -> None:
    """Send everything off."""
    await warehouse.go("Shipments")
    await warehouse.row(CUSTOMER)
    await warehouse.reads(TEA)
    await warehouse.fill("Carrier", "SF Express")
    await warehouse.fill("Tracking number", "SF1234567890")
    await warehouse.tap("button", "Ship")
    await warehouse.reads(warehouse.say("Nothing to ship"))


async def pay(rep: Person, order_path: str) -> str:
    """Record that the money came; returns the payment's address."""
    await rep.go("Orders")
    await rep.row(CUSTOMER)
    await rep.tab.page.wait_for_url(f"**{order_path}")
    await rep.reads("SF1234567890")
    await rep.tab.page.locator(".quick-acts").get_by_role("link", name=rep.say("Payment")).tap()
    await expect(rep.tab.page.get_by_label(rep.say("Amount received"), exact=True)).to_have_value(NET)
    await rep.tap("button", "Send to finance")
    await expect(rep.tab.page.locator("h1")).to_contain_text("PA-")
    return await rep.path()


async def confirm_payment(finance: Person) -> None:
    """Finance finds it among its payments and confirms it."""
    await finance.go("Payments")
    await finance.row(CUSTOMER)
    await finance.tap("link", "Decide")
    await finance.tap("button", "Confirm")
    await finance.reads(finance.say("Nothing waits for you"))


async def totals(rep: Person, customer_path: str) -> None:
    """The customer's page says what all of it comes to."""
    await rep.go("Customers")
    await rep.row(CUSTOMER)
    await rep.tab.page.wait_for_url(f"**{customer_path}")
    shown = [await stat.inner_text() for stat in await rep.tab.page.locator(".stats .stat").all()]
    assert [text.count(NET) for text in shown] == [0, 2, 2, 0], shown  # opportunities, orders, payments, outstanding
    assert "0.00" in shown[3], shown
    await rep.reads(rep.say("Deal customer"))
