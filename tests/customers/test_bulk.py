"""Choosing several customers on the list and doing something with all of them, as a browser without JavaScript does."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.conftest import Client, PageClient
from tests.make import Make

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rep(make: Make) -> Any:
    return await make.user("rep", "sales_rep", name="Li Lei")


@pytest.fixture
async def chief(make: Make) -> Any:
    return await make.user("chief", "department_manager")


@pytest.fixture
async def pool(make: Make, rep: Any, chief: Any) -> Any:
    return await make.pool("North China", members=(rep,), administrators=(chief,))


@pytest.fixture
async def browser(client: Client, rep: Any) -> PageClient:
    return await client(rep)  # type: ignore[return-value]


def boxes(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'name="pick" value="(\d+)"', page)]


async def test_boxes_come_only_when_asked_for(browser: PageClient, make: Make, rep: Any) -> None:
    mine = await make.customer("Acme", owner=rep)
    plain = (await browser.get("/customers?scene=mine")).text
    assert boxes(plain) == []
    assert "/customers?select=1&amp;scene=mine" in plain
    choosing = (await browser.get("/customers?select=1&scene=mine")).text
    assert boxes(choosing) == [mine.id]
    assert 'formaction="/customers/transfer"' in choosing
    assert 'formaction="/customers/claim"' not in choosing


async def test_each_view_offers_the_verbs_that_fit(
    browser: PageClient, client: Client, make: Make, pool: Any, chief: Any
) -> None:
    await make.customer("Pooled", pool=pool)
    in_pool = (await browser.get("/customers?select=1&scene=pool")).text
    assert 'formaction="/customers/claim"' in in_pool
    assert 'formaction="/customers/transfer"' not in in_pool
    assert 'formaction="/customers/assign"' not in in_pool, "a member does not give away what lies there"
    theirs = (await (await client(chief)).get(f"/customers?select=1&pool={pool.id}")).text
    for verb in ("claim", "assign", "move"):
        assert f'formaction="/customers/{verb}"' in theirs
    auditor = await make.user("auditor", "auditor")
    seen = (await (await client(auditor)).get("/customers?select=1")).text
    assert "Pooled" in seen
    assert boxes(seen) == [], "who may do nothing has nothing to choose for"


async def test_the_next_rows_have_boxes_too(browser: PageClient, make: Make, rep: Any) -> None:
    for number in range(51):
        await make.customer(f"Customer {number}", owner=rep)
    first = await browser.get("/customers?select=1&scene=mine")
    found = re.search(r'hx-get="([^"]+)"[^>]*><a [^>]*rel="next"', first.text)
    assert found
    rest = await browser.get(found[1].replace("&amp;", "&"), headers={"hx-request": "true"})
    assert len(boxes(first.text)) == 50
    assert len(boxes(rest.text)) == 1


async def test_several_are_claimed_and_the_way_leads_back(browser: PageClient, make: Make, pool: Any) -> None:
    ids = [(await make.customer(f"Pooled {number}", pool=pool)).id for number in range(3)]
    back = f"/customers?pool={pool.id}"
    told = await browser.submit("/customers/claim", {"pick": [str(ids[0]), str(ids[1])], "back": back})
    assert told.status_code == 200
    assert "Pooled 0" in told.text
    assert f'href="{back}"' in told.text
    assert boxes((await browser.get(f"{back}&select=1")).text) == [ids[2]]


async def test_several_are_transferred_to_whom_the_next_page_asks(browser: PageClient, make: Make, rep: Any) -> None:
    heir = await make.user("heir", "sales_rep", name="Han Meimei")
    ids = [str((await make.customer(f"Mine {number}", owner=rep)).id) for number in range(2)]
    asked = await browser.submit("/customers/transfer", {"pick": ids, "back": "/customers?scene=mine"})
    assert asked.status_code == 200
    assert "Han Meimei" in asked.text
    assert boxes(asked.text) == [int(one) for one in ids]
    told = await browser.submit(
        "/customers/transfer", {"pick": ids, "user_id": str(heir.id), "back": "/customers?scene=mine"}
    )
    assert told.status_code == 200
    assert 'href="/customers?scene=mine"' in told.text
    assert "Mine 0" not in (await browser.get("/customers?scene=mine")).text


@pytest.mark.parametrize("verb", ["claim", "transfer"])
@pytest.mark.parametrize("back", ["", "/customers?scene=pool&level=a", "https://evil.example/?scene=pool", "//evil"])
async def test_nothing_chosen_leads_back_and_nowhere_else(browser: PageClient, verb: str, back: str) -> None:
    answer = await browser.submit(f"/customers/{verb}", {"back": back})
    assert answer.status_code == 303
    wanted = {"": "", "/customers?scene=pool&level=a": "scene=pool&level=a&", "//evil": ""}.get(back, "scene=pool&")
    assert answer.headers["location"] == f"/customers?{wanted}select=1"


async def test_a_claimed_row_takes_the_place_of_its_row(browser: PageClient, make: Make, pool: Any) -> None:
    customer = await make.customer("Pooled", pool=pool)
    assert "Pooled" in (await browser.get("/customers?scene=pool")).text
    headers = {"x-csrf-token": browser.csrf_token, "hx-request": "true", "hx-target": f"li#customer-{customer.id}"}
    row = await browser.post(f"/customers/{customer.id}/claim", headers=headers)
    assert row.status_code == 200
    assert row.text.strip().startswith(f'<li class="list-row" id="customer-{customer.id}"')
    assert "Yours" in row.text
    assert "<form" not in row.text


async def test_who_sees_all_customers_sees_what_lies_in_any_pool(client: Client, make: Make, pool: Any) -> None:
    await make.customer("Pooled", pool=pool)
    await make.customer("Owned", owner=await make.user("owner", "sales_rep"))
    page = await (await client(await make.user("boss", "administrator"))).get("/customers?scene=pool")
    assert "Pooled" in page.text
    assert "Owned" not in page.text
