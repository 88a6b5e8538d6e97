"""The decision page: opened from a push, decided with one tap, the next one follows."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from domain.approvals import queries
from domain.approvals.models import Approval
from domain.core.inputs import parse
from domain.orders import actions as orders
from domain.orders.inputs import OrderInput
from domain.orders.models import Order
from domain.people.models import User
from tests.conftest import Client, WorkAs
from tests.make import Make, SalesTeam

pytestmark = pytest.mark.anyio


@pytest.fixture
async def team(make: Make) -> SalesTeam:
    return await make.sales_team()


async def sent(make: Make, work_as: WorkAs, by: User, *, off: str = "0", customer: str | None = None) -> Approval:
    """The approval of a freshly sent order of one box of tea."""
    owned = await make.customer(customer, owner=by)
    product = await make.product("Oolong", "100.00")
    line = {"product_id": product.id, "quantity": "2", "discount_percent": off}
    work = await work_as(by)
    order = await orders.create(work, parse(OrderInput, {"customer_id": owned.id, "lines": [line]}), send=True)
    await work.session.commit()
    return (await queries.rounds(work, "orders", order.id))[0]


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return found[1]


async def status_of(make: Make, approval: Approval) -> str:
    return (await make.session.execute(select(Order.status).where(Order.id == approval.record_id))).scalar_one()


async def test_the_page_says_who_what_how_much_and_why(
    client: Client, make: Make, work_as: WorkAs, team: SalesTeam
) -> None:
    approval = await sent(make, work_as, team.rep, off="8", customer="Blue Harbour")
    browser = await client(team.manager)
    listed = await browser.get("/approvals")
    assert "Blue Harbour" in listed.text and f'href="/approvals/{approval.id}"' in listed.text
    shown = (await browser.get(f"/approvals/{approval.id}")).text
    for told in ("Blue Harbour", "Rep", "184.00", "Oolong", "8%", "You are the superior of Rep.", "Rep sent it"):
        assert told in shown, told
    assert "8% off Oolong (line 1) is 3 points over the authority of Rep." in shown


async def test_after_a_decision_the_next_one_follows(
    client: Client, make: Make, work_as: WorkAs, team: SalesTeam
) -> None:
    first, second = await sent(make, work_as, team.rep), await sent(make, work_as, team.rep)
    browser = await client(team.manager)
    shown = (await browser.get(f"/approvals/{first.id}")).text
    data = {"step": hidden(shown, "step"), "record_version": hidden(shown, "record_version")}
    answer = await browser.submit(f"/approvals/{first.id}/confirm", data)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/approvals/{second.id}")
    assert await status_of(make, first) == "approved"
    shown = (await browser.get(f"/approvals/{second.id}")).text
    data = {"step": hidden(shown, "step"), "record_version": hidden(shown, "record_version"), "reason": "Too cheap"}
    answer = await browser.submit(f"/approvals/{second.id}/reject", data)
    assert answer.headers["location"] == "/approvals"
    assert await status_of(make, second) == "rejected"
    assert "Nothing waits for you" in (await browser.get("/approvals")).text
    assert "Too cheap" in (await browser.get(f"/approvals/{second.id}")).text
    decided = (await browser.get("/approvals?view=decided")).text
    assert first.title in decided and second.title in decided


async def test_no_reason_no_rejection(client: Client, make: Make, work_as: WorkAs, team: SalesTeam) -> None:
    approval = await sent(make, work_as, team.rep)
    browser = await client(team.manager)
    shown = (await browser.get(f"/approvals/{approval.id}")).text
    data = {"step": hidden(shown, "step"), "record_version": hidden(shown, "record_version"), "reason": " "}
    answer = await browser.submit(f"/approvals/{approval.id}/reject", data)
    assert answer.status_code == 422 and "Please say why." in answer.text
    assert await status_of(make, approval) == "awaiting"


async def test_a_decision_on_an_old_page_is_refused_in_words(
    client: Client, make: Make, work_as: WorkAs, team: SalesTeam
) -> None:
    approval = await sent(make, work_as, team.rep)
    browser = await client(team.manager)
    shown = (await browser.get(f"/approvals/{approval.id}")).text
    step, version = hidden(shown, "step"), hidden(shown, "record_version")
    answer = await browser.submit(f"/approvals/{approval.id}/confirm", {"step": step, "record_version": "99"})
    assert answer.status_code == 409 and "This was changed since you looked." in answer.text
    rep = await client(team.rep)
    await rep.submit(f"/orders/{approval.record_id}/withdraw")
    answer = await browser.submit(f"/approvals/{approval.id}/confirm", {"step": step, "record_version": version})
    assert answer.status_code == 409 and "Rep has withdrawn this." in answer.text
    assert await status_of(make, approval) == "draft"


async def test_only_who_was_asked_may_decide(client: Client, make: Make, work_as: WorkAs, team: SalesTeam) -> None:
    approval = await sent(make, work_as, team.rep)
    asked = (await (await client(team.manager)).get(f"/approvals/{approval.id}")).text
    data = {"step": hidden(asked, "step"), "record_version": hidden(asked, "record_version"), "reason": "x"}
    stranger = await make.user(None, "sales_rep")
    for user, status in ((stranger, 404), (team.rep, 403), (team.director, 403)):
        browser = await client(user)
        assert (await browser.get(f"/approvals/{approval.id}")).status_code == (404 if status == 404 else 200)
        for verb in ("confirm", "reject"):
            assert (await browser.submit(f"/approvals/{approval.id}/{verb}", data)).status_code == status
    page = (await (await client(team.rep)).get(f"/approvals/{approval.id}")).text
    assert 'name="record_version"' not in page, "the sender has no buttons"
    assert await status_of(make, approval) == "awaiting"


async def test_a_step_of_another_approval_is_not_decided_by_this_address(
    client: Client, make: Make, work_as: WorkAs, team: SalesTeam
) -> None:
    one, two = await sent(make, work_as, team.rep), await sent(make, work_as, team.rep)
    browser = await client(team.manager)
    shown = (await browser.get(f"/approvals/{two.id}")).text
    data = {"step": hidden(shown, "step"), "record_version": hidden(shown, "record_version")}
    assert (await browser.submit(f"/approvals/{one.id}/confirm", data)).status_code == 404
    assert await status_of(make, two) == "awaiting"


async def test_the_screens_speak_chinese(client: Client, make: Make, work_as: WorkAs, team: SalesTeam) -> None:
    team.manager.language = "zh"
    approval = await sent(make, work_as, team.rep, off="8")
    browser = await client(team.manager)
    assert "待我审批" in (await browser.get("/approvals")).text
    shown = (await browser.get(f"/approvals/{approval.id}")).text
    assert "第 1 行 Oolong 折扣 8%，超出 Rep 的权限 3 个百分点。" in shown and "为什么驳回？" in shown
