"""What a phone carries along of the products: what may be ordered, bounded, and anew when any of it has changed."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from domain.core.work import clock
from domain.orders.catalogue import carried
from domain.people.models import User
from domain.products.search import search_text
from tests.conftest import Client, WorkAs
from tests.make import Make

pytestmark = pytest.mark.anyio
URL = "/field/catalogue"


@pytest.fixture
async def rep(make: Make) -> User:
    return await make.user("rep", "sales_rep")


async def listed(browser: httpx.AsyncClient) -> dict[str, Any]:
    """The catalogue's row in the list of the day."""
    rows = (await browser.get("/field/manifest")).json()["pages"]
    [row] = [row for row in rows if row["url"] == URL]
    return dict(row)


async def test_it_holds_what_is_on_sale_with_price_unit_and_the_words_to_find_it_by(
    make: Make, client: Client, rep: User
) -> None:
    tea = await make.product("西湖龙井", "1098.50", code="LJ-250", spec="250 g")
    tea.txt = search_text(tea.name, tea.code, tea.spec)
    await make.product("Old pot", active=False)
    answer = await (await client(rep)).get(URL)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-offing"] == str(rep.id)
    assert "no-store" not in answer.headers["cache-control"]
    [row] = answer.json()["products"]
    assert row[:6] == [tea.id, "西湖龙井", "LJ-250", "250 g", "box", "1098.5"]
    assert "xhlj" in row[6].split()
    assert answer.json()["total"] == 1


async def test_a_changed_price_is_a_new_version_and_nothing_else_is(make: Make, client: Client, rep: User) -> None:
    tea = await make.product("Tea")
    browser = await client(rep)
    before = await listed(browser)
    assert before["type"] == "application/json"
    assert await listed(browser) == before
    await make.session.execute(
        text("UPDATE products SET list_price = 11, updated_at = :at WHERE id = :id"), {"at": clock(), "id": tea.id}
    )
    assert (await listed(browser))["version"] != before["version"]


async def test_who_writes_no_orders_carries_no_prices(make: Make, client: Client) -> None:
    browser = await client(await make.user("auditor", "auditor"))
    assert (await browser.get(URL)).status_code == 403
    assert URL not in {row["url"] for row in (await browser.get("/field/manifest")).json()["pages"]}


async def test_of_too_many_the_ones_ordered_last_go_along(make: Make, work_as: WorkAs, rep: User) -> None:
    names = [await make.product(name) for name in ("A tea", "B tea", "C tea", "D tea")]
    await make.order(await make.customer(owner=rep), rep, product=names[3])
    await make.order(await make.customer(owner=rep), rep, product=names[1])
    found, total = await carried(await work_as(rep), 2)
    assert ([product.name for product in found], total) == (["B tea", "D tea"], 4)
