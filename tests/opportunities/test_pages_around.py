"""Where opportunities meet customers, follow-ups, orders and leads."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from sqlalchemy import select

from domain.core.work import clock
from domain.customers.models import Customer
from domain.followups.models import FollowUp
from domain.opportunities.models import Pipeline
from domain.orders.models import Order
from domain.people.models import User
from tests.conftest import PageClient
from tests.make import Make
from tests.opportunities.pages import count, deal, main_of

pytestmark = pytest.mark.anyio


async def test_the_customer_shows_its_opportunities_and_their_total(
    browser: PageClient, make: Make, customer: Customer, pipeline: Pipeline
) -> None:
    await deal(make, customer, pipeline, name="Tea", amount=Decimal(1000))
    await deal(make, customer, pipeline, "Won", name="Coffee", amount=Decimal(500))
    await deal(make, customer, pipeline, "Lost", name="Milk", amount=Decimal(70))
    page = main_of(await browser.get(f"/customers/{customer.id}"))
    for words in ("Tea", "Coffee", "Milk", "¥1,500.00", "won 500.00", f"/opportunities/new?customer={customer.id}"):
        assert words in page, words


async def test_a_follow_up_keeps_it_from_being_stale(
    browser: PageClient, make: Make, customer: Customer, pipeline: Pipeline
) -> None:
    stage = await make.stage(pipeline)
    stage.stale_days = 14
    one = await make.opportunity(customer, stage=stage, name="Tea", activity_at=clock() - timedelta(days=20))
    late = await make.opportunity(customer, name="Coffee", expected_on=date(2020, 1, 1), activity_at=clock())
    today = main_of(await browser.get("/today"))
    assert "Opportunities to look at" in today
    assert "Tea" in today
    assert "Coffee" in today
    assert "Nothing happened for 20 days" in main_of(await browser.get(f"/opportunities/{one.id}"))
    form = main_of(await browser.get(f"/followups/new?opportunity={one.id}"))
    assert f'<option value="{one.id}" selected>Tea' in form
    touch = {"customer_id": str(customer.id), "opportunity_id": str(one.id), "way": "phone", "content": "Offer sent",
             "next_pick": "none"}  # fmt: skip
    saved = await browser.submit("/followups", touch)
    assert saved.headers["location"] == f"/opportunities/{one.id}"
    assert "Offer sent" in main_of(await browser.get(f"/opportunities/{one.id}"))
    assert "Tea" not in main_of(await browser.get("/opportunities?stale=1"))
    assert str(late.id) in main_of(await browser.get("/opportunities?expected=overdue"))
    assert await count(make, FollowUp) == 1


async def test_an_order_is_made_of_its_products(
    browser: PageClient, make: Make, customer: Customer, pipeline: Pipeline
) -> None:
    tea, cup = await make.product("Green tea", price="20"), await make.product("Cup", price="5")
    data = {"customer_id": str(customer.id), "name": "Tea", "do": "save"}
    data |= {"lines.0.product_id": str(tea.id), "lines.0.quantity": "4", "lines.0.price": "20"}
    data |= {"lines.1.product_id": str(cup.id), "lines.1.quantity": "2", "lines.1.price": "4.50"}
    here = (await browser.submit("/opportunities", data)).headers["location"]
    number = here.rpartition("/")[2]
    form = main_of(await browser.get(f"/orders/new?opportunity={number}"))
    assert f'name="opportunity_id" value="{number}"' in form
    assert 'name="lines.1.unit_price" value="4.5"' in form
    assert 'name="lines.0.unit_price"' not in form, "the price of the list holds"
    sent = {name: unescape(value) for name, value in re.findall(r'<input[^>]* name="([\w.]+)" value="([^"]*)"', form)}
    sent |= {"lines.0.quantity": "4", "lines.1.quantity": "2", "do": "save"}
    saved = await browser.submit("/orders", sent)
    assert saved.status_code == 303, main_of(saved)
    order = (await make.session.scalars(select(Order))).one()
    assert (order.opportunity_id, order.net_total) == (int(number), Decimal("89.00"))
    assert order.number in main_of(await browser.get(here))
    assert here in main_of(await browser.get(f"/orders/{order.id}"))


async def test_a_lead_becomes_an_opportunity_too(
    browser: PageClient, rep: User, make: Make, customer: Customer
) -> None:
    lead = await make.lead("Zhang Min", owner=rep, company="Blue Bay", source="trade_show", need="Tea")
    form = main_of(await browser.get(f"/leads/{lead.id}/convert"))
    assert re.search(r'name="opportunity" value="1" checked', form)
    data = {"to": "new", "who": "new", "customer_name": "Blue Bay", "kind": "company", "contact_name": "Zhang Min",
            "opportunity": "1", "opportunity_name": "Tea for Blue Bay", "amount": "900", "expected_on": "2027-01-31",
            "customer_source": "Trade show"}  # fmt: skip
    made = await browser.submit(f"/leads/{lead.id}/convert", data)
    assert made.status_code == 303
    page = main_of(await browser.get(made.headers["location"]))
    for words in ("Tea for Blue Bay", "Blue Bay", "¥900.00", "Trade show", "Zhang Min"):
        assert words in page, words
    assert "Tea for Blue Bay" in main_of(await browser.get(f"/leads/{lead.id}"))
