"""Funnel and forecast: every figure opens the list behind it."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.core.work import clock
from domain.customers.models import Customer
from domain.opportunities.models import Pipeline
from tests.conftest import Client, PageClient
from tests.make import Make
from tests.opportunities.pages import deal, main_of

pytestmark = pytest.mark.anyio


async def test_the_figures_of_the_funnel_open_the_lists_behind_them(
    browser: PageClient, make: Make, customer: Customer, pipeline: Pipeline
) -> None:
    stages = {name: await make.stage(pipeline, name) for name in ("Stage 2", "Won", "Lost", "Invalid")}
    for way in ((), ("Stage 2",), ("Stage 2", "Won"), ("Won",), ("Stage 2", "Lost"), ("Lost",), ("Invalid",)):
        data = {"customer_id": str(customer.id), "name": "Tea", "amount": "100"}
        here = (await browser.submit("/opportunities", data)).headers["location"]
        for name in way:
            move = {"stage_id": str(stages[name].id), "end_note": "" if name == "Stage 2" else "So it is"}
            assert (await browser.submit(f"{here}/stage", move)).status_code == 303
    page = main_of(await browser.get("/opportunities/funnel"))
    assert "50%" in page, "two of four won; the invalid one does not count"
    figures = re.findall(r'<a href="(/opportunities\?[^"]+)">(\d+)</a>', page)
    figures += re.findall(r'<a class="stat[^"]*" href="(/opportunities\?[^"]+)">.*?class="value">(\d+)<', page)
    assert len(figures) >= 8
    for url, figure in figures:
        listed = main_of(await browser.get(url))
        assert listed.count('class="list-row" id="opportunity-') == int(figure), url


@pytest.mark.parametrize("by", ["", "owner", "department"])
async def test_the_figures_of_the_forecast_open_the_lists_behind_them(
    client: Client, make: Make, pipeline: Pipeline, by: str
) -> None:
    upper = await make.department("All")
    lower = await make.department("East", parent=upper)
    reps = [await make.user(None, "sales_rep", department=one) for one in (upper, lower)]
    month = clock().date().replace(day=15)
    for rep in reps:
        customer = await make.customer(owner=rep)
        for day in (month, month + timedelta(days=31), month - timedelta(days=62), month + timedelta(days=400), None):
            await deal(make, customer, pipeline, expected_on=day, amount=Decimal(100), department_id=rep.department_id)
        await deal(make, customer, pipeline, "Won", ended_at=clock(), amount=Decimal(70))
    boss: Any = await client(await make.user("boss", "administrator"))
    page = main_of(await boss.get(f"/opportunities/forecast?by={by}"))
    figures = re.findall(
        r'<a href="(/opportunities\?[^"]+)"><span><span class="money">[^<]+</span></span><small class="soft">(\d+)<',
        page,
    )
    assert len(figures) >= 6
    for url, number in figures:
        listed = main_of(await boss.get(url))
        assert listed.count('class="list-row" id="opportunity-') == int(number), url


@pytest.mark.parametrize(
    "query",
    ["cursor=xyz", "owner=abc", "status=z", "stage=z", "expected=never", "expected=2026-13", "reached=1:2:3",
     "left=1:x", "ended=x:y", "department=-", "department=1-", "scene=nonsense&sort=nonsense", "q=%00", "q=%ff",
     "select=1", "pipeline=999999", "pipeline=0", "stale=1&status=open&sort=amount&scene=mine&q=a", "customer=1"],
)  # fmt: skip
async def test_no_address_breaks_list_board_or_filter(browser: PageClient, query: str) -> None:
    for path in ("", "/filter", "/board", "/board/filter"):
        assert (await browser.get(f"/opportunities{path}?{query}")).status_code in (200, 422), path


@pytest.mark.parametrize(
    "query",
    ["since=x", "until=2026-02-30", "since=2026-05-01&until=2026-04-01", "pipeline=999999", "owner=x", "period=z",
     "department=0", "since=2026-01-01", "months=12&by=owner", "by=z&months=-1", "owner=999999999999999999999"],
)  # fmt: skip
async def test_no_address_breaks_the_figures(browser: PageClient, query: str) -> None:
    for path in ("funnel", "forecast"):
        assert (await browser.get(f"/opportunities/{path}?{query}")).status_code in (200, 422), path
