"""Payment pages as a rep and finance use them, without JavaScript."""

import re
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.orders.models import Order
from domain.payments.models import Payment
from domain.people.models import User
from tests.conftest import Client
from tests.make import Make

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rep(make: Make) -> User:
    return await make.user("rep", "sales_rep", department=await make.department())


@pytest.fixture
async def finance(make: Make) -> User:
    return await make.user("finance", "finance", name="Fiona")


@pytest.fixture
async def order(make: Make, rep: User) -> Order:
    return await make.order(await make.customer("Acme", owner=rep), rep, quantity="10", status="approved")


def entered(order: Order, finance: User, amount: str, **values: str) -> dict[str, str]:
    """What the form sends."""
    return {
        "order_id": str(order.id),
        "amount": amount,
        "method": "transfer",
        "received_on": date(2026, 3, 3).isoformat(),
        "approver_id": str(finance.id),
        **values,
    }


async def test_the_form_offers_what_is_outstanding(client: Client, rep: User, finance: User, order: Order) -> None:
    page = await (await client(rep)).get(f"/payments/new?order={order.id}")
    assert page.status_code == 200
    assert re.search(r'name="amount"[^>]*value="100"', page.text)
    assert "Fiona" in page.text


async def test_a_payment_goes_to_finance_and_is_shown(
    client: Client, rep: User, finance: User, order: Order, session: AsyncSession
) -> None:
    browser = await client(rep)
    answer = await browser.submit("/payments", entered(order, finance, "1,00"))
    assert answer.status_code == 422
    answer = await browser.submit("/payments", entered(order, finance, "60.50"))
    assert answer.status_code == 303
    shown = await browser.get(answer.headers["location"])
    assert "60.50" in shown.text and "Waits for Fiona" in shown.text and "Sent to finance" in shown.text
    desk = await client(finance)
    assert "Acme" in (await desk.get("/payments?scene=waiting")).text
    assert "Decide" in (await desk.get(answer.headers["location"])).text


async def test_too_much_comes_back_with_the_figures_and_a_field_for_the_reason(
    client: Client, rep: User, finance: User, order: Order, session: AsyncSession
) -> None:
    browser = await client(rep)
    answer = await browser.submit("/payments", entered(order, finance, "100.01"))
    assert answer.status_code == 422
    assert "100.01 is more than the 100.00" in answer.text and 'name="overpay_reason"' in answer.text
    assert (await session.scalars(select(Payment))).first() is None
    answer = await browser.submit("/payments", entered(order, finance, "100.01", overpay_reason="rounded up"))
    assert answer.status_code == 303


async def test_without_an_order_one_picks_among_those_that_owe(client: Client, rep: User, order: Order) -> None:
    page = await (await client(rep)).get("/payments/new")
    assert order.number in page.text and "100.00" in page.text


async def test_another_rep_finds_nothing(client: Client, make: Make, order: Order) -> None:
    other = await client(await make.user("other", "sales_rep"))
    assert (await other.get(f"/payments/new?order={order.id}")).status_code == 404
    assert (await other.get("/payments/99999")).status_code == 404


async def test_the_pages_speak_chinese(client: Client, make: Make, order: Order, rep: User) -> None:
    rep.language = "zh"
    page = await (await client(rep)).get(f"/payments/new?order={order.id}")
    assert "送财务确认" in page.text and "Send to finance" not in page.text


async def test_from_a_customer_only_its_orders_are_offered_and_a_single_one_is_taken(
    client: Client, make: Make, rep: User, order: Order
) -> None:
    other = await make.customer("Bolt", owner=rep)
    for _number in range(2):
        await make.order(other, rep, status="approved")
    browser = await client(rep)
    assert (
        (await browser.get(f"/payments/new?customer={order.customer_id}"))
        .headers["location"]
        .endswith(f"order={order.id}")
    )
    offered = await browser.get(f"/payments/new?customer={other.id}")
    assert "Bolt" in offered.text and "Acme" not in offered.text
