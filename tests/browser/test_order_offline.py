"""An order written without a network: any product is found, the totals are those of the server, it arrives once."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from playwright.async_api import expect
from sqlalchemy import text

from domain.customers.models import Customer
from domain.orders.pricing import Item, price
from domain.people.models import User
from domain.products.models import Product
from domain.products.search import search_text
from tests.browser.day import prepared
from tests.browser.field import records, until_left, until_states
from tests.browser.proxy import FaultProxy
from tests.browser.site import Site
from tests.browser.tab import OpenContext, Tab
from webapp.assets import asset_url

pytestmark = pytest.mark.anyio
ORDERED = """
SELECT l.product_name || ' ' || trim_scale(l.quantity) || ' ' || l.net FROM order_lines l
JOIN orders o ON o.id = l.order_id WHERE o.customer_id = :id ORDER BY l.position
"""

NAMES = {"xhlj": "西湖龙井", "lj-250": "西湖龙井", "pot-7": "Teapot", "teapot": "Teapot", "cup": "Cup"}
"""What is meant by what is typed."""


@pytest.fixture
async def products(site: Site) -> list[Product]:
    async with site.database.writing() as session:
        await session.execute(text("TRUNCATE products, orders RESTART IDENTITY CASCADE"))
        await session.commit()
    made: list[Product] = []
    async with site.building() as make:
        for name, cost, code in (
            ("西湖龙井 <礼盒>", "1098.50", "LJ-250"),
            ("Teapot", "129.90", "POT-7"),
            ("Cup", "9.05", "C-1"),
        ):
            product = await make.product(name, cost, code=code)
            product.txt = search_text(name, code)
            made.append(product)
    return made


@pytest.fixture
async def ready(proxied: OpenContext, site: Site, rep: User, customer: Customer, products: list[Product]) -> Tab:
    """A phone of the rep whose day is on it, with a visit to the customer."""
    async with site.building() as make:
        await make.session.execute(text("DELETE FROM visits"))
        await make.visit(customer, rep)
    tab = await proxied(rep)
    await prepared(tab)
    return tab


async def add(tab: Tab, words: str, lines: int) -> None:
    """Search a product and tap it; what was found for the first letters alone may still stand there."""
    await tab.page.locator("#order-q").press_sequentially(words)
    await tab.page.locator("#found button").filter(has_text=NAMES[words]).tap(timeout=20_000)
    await expect(tab.page.locator(".order-line")).to_have_count(lines)


async def ordered(site: Site, customer: Customer) -> list[str]:
    async with site.database.engine.connect() as connection:
        return list(await connection.scalars(text(ORDERED), {"id": customer.id}))


async def open_order(tab: Tab, customer: Customer) -> None:
    await tab.open(f"/orders/new?customer={customer.id}")
    await expect(tab.page.locator("offline-form[data-ready]")).to_have_count(1)


async def test_any_product_is_found_added_and_priced_without_a_network_and_the_order_arrives_once(
    ready: Tab, proxy: FaultProxy, site: Site, customer: Customer
) -> None:
    tab, page = ready, ready.page
    proxy.refuse()
    await open_order(tab, customer)
    await page.locator("#order-q").fill("nothing like it")
    await expect(page.locator("#found")).to_contain_text('No product on sale fits "nothing like it".')
    await page.locator("#order-q").fill("")
    await add(tab, "xhlj", 1)
    await expect(page.locator("#line-0")).to_contain_text("西湖龙井 <礼盒>")
    await expect(page.locator("#line-0 .line-sum")).to_have_text("¥1,098.50 / box · LJ-250")
    assert await page.input_value("#order-q") == "", "ready for the next product"
    await add(tab, "pot-7", 2)
    await add(tab, "cup", 3)
    await page.locator('#line-0 [data-step="1"]').tap()
    await page.fill("[name='lines.1.discount_percent']", "8")
    await page.locator("#line-2 [name=remove]").tap()
    await expect(page.locator(".order-line")).to_have_count(2)
    await page.fill("[name=discount_percent]", "1.5")
    # 2197.00 + 119.51 less 1.5 %
    await expect(page.locator("#order-foot .order-net")).to_have_text("¥2,281.76")
    await expect(page.locator("#order-foot")).to_contain_text("Prices saved on this phone at")
    await expect(page.locator("#order-sums")).to_contain_text("−¥10.39")
    await page.get_by_role("button", name="Save draft").click()
    await until_states(tab, "queued")
    await until_left(tab)
    assert await ordered(site, customer) == []
    proxy.passes()
    await tab.open("/outbox")
    await until_states(tab, "sent")
    assert await ordered(site, customer) == ["西湖龙井 <礼盒> 2 2197.00", "Teapot 1 119.51"]
    [record] = await records(tab)
    assert record["receipt"]["notes"] == []


async def test_a_price_that_changed_meanwhile_holds_and_is_told(
    ready: Tab, proxy: FaultProxy, site: Site, customer: Customer
) -> None:
    proxy.portal()  # a hotel answers in the place of the search
    await open_order(ready, customer)
    await add(ready, "teapot", 1)
    async with site.database.engine.begin() as connection:
        await connection.execute(text("UPDATE products SET list_price = 140 WHERE code = 'POT-7'"))
    await ready.page.get_by_role("button", name="Save draft").click()
    await until_left(ready)
    proxy.passes()
    await ready.open("/outbox")
    await until_states(ready, "sent")
    assert await ordered(site, customer) == ["Teapot 1 140.00"]
    [record] = await records(ready)
    assert record["receipt"]["notes"] == [
        "Teapot costs 140.00 now; this phone had shown 129.90. Look at the order before you submit it."
    ]


async def test_a_slow_network_gives_way_to_the_phone_and_a_quick_one_takes_over_again(
    ready: Tab, proxy: FaultProxy, customer: Customer
) -> None:
    await open_order(ready, customer)
    await add(ready, "cup", 1)
    await expect(ready.page.locator("#order-foot")).to_contain_text("Within your discount authority")
    proxy.delay(60, "/orders/")
    await add(ready, "teapot", 2)
    await expect(ready.page.locator("#order-foot")).to_contain_text("¥138.95")
    await expect(ready.page.locator("#order-foot")).to_contain_text("Prices saved on this phone at")
    proxy.passes()
    await ready.page.evaluate("dispatchEvent(new Event('online'))")
    await add(ready, "lj-250", 3)
    await expect(ready.page.locator("#order-foot")).to_contain_text("Within your discount authority")
    await expect(ready.page.locator("#order-foot")).to_contain_text("¥1,237.45")


async def test_the_phone_reckons_as_the_server_does(ready: Tab) -> None:
    chance = random.Random(7)
    for _try in range(40):
        lines = [
            {
                "quantity": f"{chance.randrange(1, 9_999_999) / 1000:.3f}",
                "discount_percent": f"{chance.randrange(10_001) / 100:.2f}",
                "price": f"{chance.randrange(99_999_999) / 100:.2f}",
            }
            for _line in range(chance.randrange(1, 6))
        ]
        percent = f"{chance.randrange(10_001) / 100:.2f}"
        found = await ready.page.evaluate(
            "async ([module, lines, percent]) => { const { figure, priceOf } = await import(module);"
            " const { nets, list, goods, net, given } = priceOf(lines, percent);"
            " return [...nets, list, goods, net, given].map(figure); }",
            [asset_url("js/offline/price.js"), lines, percent],
        )
        items = [
            Item(
                Decimal(one["quantity"]), Decimal(one["price"]), Decimal(one["price"]), Decimal(one["discount_percent"])
            )
            for one in lines
        ]
        right = price(items, Decimal(percent))
        totals = [right.list_total, right.goods_total, right.net_total, right.given_percent]
        assert found == [f"{value:,.2f}" for value in (*(line.net for line in right.lines), *totals)]
