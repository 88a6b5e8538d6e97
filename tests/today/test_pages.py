"""Today and Team as people of each post see them, without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.calendar.models import CalendarEvent
from domain.core.work import clock
from domain.followups.models import FollowUp
from domain.payments.models import Payment
from domain.pools.models import RecycleRule
from tests.conftest import Client
from tests.make import Make

pytestmark = pytest.mark.anyio


async def test_the_first_page_is_today_and_a_visitor_signs_in(client: Client, make: Make) -> None:
    page = await client(await make.user("rep", "sales_rep"))
    answer = await page.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/today")
    assert (await (await client(None)).get("/today")).status_code == 303


@pytest.mark.parametrize(
    "post", ["sales_rep", "department_manager", "finance", "warehouse", "administrator", "auditor"]
)
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_with_nothing_to_do_it_says_so(client: Client, make: Make, post: str, language: str) -> None:
    user = await make.user("someone", post, language=language)
    answer = await (await client(user)).get("/today")
    assert answer.status_code == 200
    assert {"en": "You are all caught up", "zh": "都处理完了"}[language] in answer.text


async def test_a_rep_sees_contacts_leaving_customers_and_what_came_back(client: Client, make: Make) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North", members=(rep,))
    customer = await make.customer("Acme", owner=rep, home_pool_id=pool.id)
    rule = RecycleRule(pool_id=pool.id, kind="no_follow_up", days=30)
    make.session.add(rule)
    await make.session.flush()
    customer.recycle_due_at, customer.recycle_rule_id = clock() + timedelta(days=3), rule.id
    far = await make.customer("Far away", owner=rep, home_pool_id=pool.id)
    far.recycle_due_at, far.recycle_rule_id = clock() + timedelta(days=12), rule.id
    order = await make.order(customer, rep, status="rejected")
    make.session.add_all(
        CalendarEvent(user_id=rep.id, title=title, starts_at=clock() + timedelta(hours=hours), done_at=done)
        for title, hours, done in (("Late call", -30, None), ("Over", -3, clock()), ("Next week", 200, None))
    )
    shown = (await (await client(rep)).get("/today")).text
    assert "Late call" in shown and "Overdue" in shown
    assert "Over<" not in shown and "Next week" not in shown
    assert "Acme" in shown and "no follow-up for 30 days" in shown and "Far away" not in shown
    assert order.number in shown and "Came back to you" in shown


async def test_ticking_off_on_today_leads_back_to_it(client: Client, make: Make) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    entry = CalendarEvent(user_id=rep.id, title="Call", starts_at=clock())
    make.session.add(entry)
    await make.session.flush()
    page = await client(rep)
    answer = await page.submit(f"/calendar/{entry.id}/finish", {"from": "today"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/today")
    await make.session.refresh(entry)
    assert entry.done_at is not None
    row = await page.submit(f"/calendar/{entry.id}/reopen", {"from": "today"}, headers={"hx-request": "true"})
    assert row.status_code == 200 and row.text.strip().startswith("<li")
    strange = await client(other)
    assert (await strange.submit(f"/calendar/{entry.id}/finish")).status_code == 404


async def test_warehouse_and_finance_see_what_is_theirs(client: Client, make: Make) -> None:
    rep, finance = await make.user("rep", "sales_rep"), await make.user("fin", "finance")
    customer = await make.customer("Acme", owner=rep)
    order = await make.order(customer, rep, status="approved")
    make.session.add(
        Payment(number="PAY-1", order_id=order.id, customer_id=customer.id, owner_id=rep.id, amount=Decimal("88.80"),
                method="cash", received_on=order.ordered_on, status="awaiting")
    )  # fmt: skip
    await make.session.flush()
    shown = (await (await client(finance)).get("/today")).text
    assert "Payments to confirm" in shown and "88.80" in shown
    assert "Payments to confirm" not in (await (await client(rep)).get("/today")).text


async def team_of(make: Make) -> tuple[Any, Any, Any]:
    """A boss with one rep, and a stranger."""
    department = await make.department()
    boss = await make.user("boss", "department_manager", department=department)
    department.head_id = boss.id
    rep = await make.user("rep", "sales_rep", name="Lin", department=department)
    return boss, rep, await make.user("stranger", "sales_rep", name="Nobody of mine")


async def test_team_figures_are_the_lists_behind_them(client: Client, make: Make) -> None:
    boss, rep, stranger = await team_of(make)
    customer = await make.customer("Acme", owner=rep)
    await make.customer("Bolt", owner=rep)
    await make.customer("Zeta", owner=stranger)
    order = await make.order(customer, rep, quantity="3", status="approved")
    order.ordered_on = clock().date()
    followups = [FollowUp(customer_id=customer.id, way="phone", content=f"note {n}", at=clock(), created_by_id=rep.id)
                 for n in range(4)]  # fmt: skip
    make.session.add_all(followups)
    page = await client(boss)
    shown = (await page.get("/team")).text
    assert "Lin" in shown and "Nobody of mine" not in shown
    assert f'href="/customers?owner={rep.id}"' in shown
    listed = (await page.get(f"/customers?owner={rep.id}")).text
    assert "Acme" in listed and "Bolt" in listed and "Zeta" not in listed
    cell = re.compile(r'<td class="number"><a href="([^"]+)">([^<]+|<span class="money">[^<]+</span>)</a>')
    figures = dict(cell.findall(shown))
    noted = next(url for url in figures if url.startswith("/followups"))
    assert figures[noted] == "4"
    assert (await page.get(noted.replace("&amp;", "&"))).text.count("note ") == 4
    ordered = next(url for url in figures if url.startswith("/orders"))
    assert "30.00" in figures[ordered]
    assert order.number in (await page.get(ordered.replace("&amp;", "&"))).text


async def test_team_is_for_who_leads(client: Client, make: Make) -> None:
    _boss, rep, _stranger = await team_of(make)
    assert (await (await client(rep)).get("/team")).status_code == 403
