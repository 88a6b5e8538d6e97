"""The order form and the decision page on a phone, with and without JavaScript."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.async_api import Locator, expect
from sqlalchemy import text

from domain.customers.models import Customer
from domain.products.models import Product
from domain.products.search import search_text
from tests.browser.site import Site
from tests.browser.tab import OpenContext, Tab
from tests.make import SalesTeam

pytestmark = pytest.mark.anyio


@dataclass
class Shop:
    """A committed team with a customer and two products."""

    team: SalesTeam
    customer: Customer
    tea: Product
    pot: Product


@pytest.fixture
async def shop(site: Site) -> Shop:
    async with site.database.writing() as session:
        await session.execute(text("TRUNCATE users, roles, departments, customers, products RESTART IDENTITY CASCADE"))
        await session.commit()
    async with site.building() as make:
        team = await make.sales_team()
        customer = await make.customer("Blue Harbour", owner=team.rep, address="Pier 4")
        tea = await make.product("西湖龙井", "98.00", code="LJ-250")
        pot = await make.product("Teapot", "129.90", code="POT-7")
        tea.txt, pot.txt = search_text(tea.name, tea.code), search_text(pot.name, pot.code)
    return Shop(team, customer, tea, pot)


def faults(tab: Tab) -> list[str]:
    """What the console complained of, but for a page transition that the browser gave up by itself."""
    return [said for said in tab.faults() if not said.startswith("Transition was aborted")]


async def add(tab: Tab, words: str, lines: int) -> None:
    """Search a product and tap the first one found, once the form is kept on the phone."""
    await expect(tab.page.locator("offline-form[data-ready]")).to_have_count(1, timeout=30_000)
    await tab.page.locator("#order-q").press_sequentially(words)
    await tab.page.locator("#found button").first.tap()
    await tab.until(f"document.querySelectorAll('.order-line').length === {lines}")


async def test_an_order_is_written_priced_and_sent_with_the_thumb(phone: OpenContext, shop: Shop) -> None:
    tab = await phone(shop.team.rep)
    await tab.open(f"/orders/new?customer={shop.customer.id}")
    await add(tab, "xhlj", 1)
    assert await tab.page.input_value("#order-q") == "", "ready for the next product"
    await add(tab, "pot-7", 2)
    await tab.page.locator('#line-0 [data-step="1"]').tap()
    await tab.page.locator('#line-0 [data-step="1"]').tap()
    await tab.until("document.querySelector('#order-foot').textContent.includes('423.90')")
    await tab.page.fill("[name='lines.0.discount_percent']", "8")
    await tab.until("document.querySelector('#order-foot').textContent.includes('3 points over your limit of 5%')")
    assert await tab.page.evaluate("document.activeElement.name") == "lines.0.discount_percent", "typing goes on"
    await tab.page.locator("#line-1 [name=remove]").tap()
    await tab.until("document.querySelectorAll('.order-line').length === 1")
    assert await tab.page.input_value("[name='lines.0.quantity']") == "3"
    await tab.page.locator("button[value=send]").tap()
    await tab.until("/\\/orders\\/\\d+$/.test(location.pathname)")
    shown = await tab.page.inner_text("main")
    assert "270.48" in shown and "Waits for Manager" in shown
    assert faults(tab) == []


async def test_the_enter_key_never_sends_a_half_written_order(phone: OpenContext, shop: Shop) -> None:
    tab = await phone(shop.team.rep)
    await tab.open(f"/orders/new?customer={shop.customer.id}")
    await tab.page.locator("#order-q").press_sequentially("teapot")
    await tab.until("document.querySelector('#found button')")
    await tab.page.keyboard.press("Enter")
    await tab.until("document.querySelectorAll('.order-line').length === 1")
    await tab.page.locator("[name='lines.0.quantity']").focus()
    await tab.page.keyboard.press("Enter")
    await tab.page.wait_for_timeout(300)
    assert tab.page.url.endswith(f"/orders/new?customer={shop.customer.id}")


async def go(tab: Tab, button: Locator) -> None:
    """Tap what leads to another page, and wait for that page."""
    async with tab.page.expect_navigation():
        await button.tap()


async def test_without_javascript_the_job_is_done_all_the_same(phone: OpenContext, site: Site, shop: Shop) -> None:
    """Rep writes and sends, manager rejects with a reason, rep reads it."""
    rep = await phone(shop.team.rep, java_script_enabled=False)
    await rep.open(f"/orders/new?customer={shop.customer.id}")
    await rep.page.fill("#order-q", "teapot")
    await go(rep, rep.page.get_by_role("button", name="Search"))
    await go(rep, rep.page.locator("button[name=add]").first)
    await rep.page.fill("[name='lines.0.quantity']", "2")
    await go(rep, rep.page.get_by_role("button", name="Recalculate").last)
    assert "259.80" in await rep.page.inner_text("#order-foot")
    await go(rep, rep.page.locator("button[value=send]"))
    assert "Waits for Manager" in await rep.page.inner_text("main")

    boss = await phone(shop.team.manager, java_script_enabled=False)
    await boss.open("/approvals")
    await go(boss, boss.page.locator("main .list a").first)
    await boss.page.get_by_role("button", name="Reject").first.tap()
    await boss.page.fill("#reject-reason", "Wrong pot")
    await go(boss, boss.page.locator("#reject").get_by_role("button", name="Reject"))
    assert boss.page.url.endswith("/approvals")
    await rep.page.reload()
    assert "Wrong pot" in await rep.page.inner_text("main")


async def test_an_order_that_was_sent_leaves_no_draft_even_if_its_page_is_left_at_once(
    phone: OpenContext, shop: Shop
) -> None:
    tab = await phone(shop.team.rep)
    # On the page of the order nothing comes of what is asked of the browser's database, as when it is left too soon.
    await tab.page.add_init_script(
        "if (/^.orders.[0-9]+$/.test(location.pathname)) indexedDB.open = () => new EventTarget();"
    )
    for _order in range(2):
        await tab.open(f"/orders/new?customer={shop.customer.id}")
        await add(tab, "teapot", 1)
        await expect(tab.page.locator("offline-form[data-kept]")).to_have_count(1, timeout=30_000)
        await tab.page.locator("button[value=send]").tap()
        await tab.until("/\\/orders\\/\\d+$/.test(location.pathname)")


async def test_a_decision_leads_to_the_next_one(phone: OpenContext, site: Site, shop: Shop) -> None:
    rep, boss = await phone(shop.team.rep), await phone(shop.team.manager)
    for _order in range(2):
        await rep.open(f"/orders/new?customer={shop.customer.id}")
        await add(rep, "teapot", 1)
        await rep.page.locator("button[value=send]").tap()
        await rep.until("/\\/orders\\/\\d+$/.test(location.pathname)")
    await boss.open("/approvals")
    await boss.page.locator("main .list a").first.tap()
    first = boss.page.url
    await boss.page.get_by_role("button", name="Confirm").tap()
    await boss.until(f"/\\/approvals\\/\\d+$/.test(location.pathname) && location.href !== '{first}'")
    await boss.page.get_by_role("button", name="Confirm").tap()
    await boss.until("location.pathname === '/approvals'")
    assert "Nothing waits for you" in await boss.page.inner_text("main")
    assert faults(boss) == []
