"""The pages and verbs of pools serve leads as they serve customers."""

from __future__ import annotations

from typing import Any

import pytest

from domain.leads.models import Lead
from domain.pools.models import PoolAssignee, RecycleRule
from tests.conftest import Client
from tests.make import Make

pytestmark = pytest.mark.anyio


async def test_pools_of_both_kinds_stand_side_by_side(client: Client, make: Make) -> None:
    rep = await make.user("rep", "sales_rep", holding_limit=5)
    north, fairs = await make.pool("North", members=(rep,)), await make.pool("Fairs", kind="lead", members=(rep,))
    await make.customer(pool=north)
    for _ in range(2):
        await make.lead(pool=fairs)
    await make.lead(owner=rep)
    page = await client(rep)
    shown = (await page.get("/pools")).text
    assert "1 customer waits" in shown and "2 leads wait" in shown
    assert "You hold 0 of 5 customers" in shown and "You hold 1 of 5 leads" in shown
    assert f"/leads?pool={fairs.id}" in shown and f"/customers?pool={north.id}" in shown


async def test_the_rules_of_a_lead_pool_speak_of_leads(client: Client, make: Make) -> None:
    rep, next_one = await make.user("rep", "sales_rep", language="zh"), await make.user("lin", "sales_rep", name="林")
    pool = await make.pool("展会线索池", kind="lead", members=(rep,), cooldown_days=3)
    make.session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=7))
    gone = await make.user("gone", "sales_rep", name="离职", active=False)
    make.session.add_all(PoolAssignee(pool_id=pool.id, user_id=one.id) for one in (next_one, gone, rep))
    await make.lead(pool=pool)
    shown = (await (await client(rep, "zh")).get(f"/pools/{pool.id}")).text
    assert "1 条线索待领取" in shown and "查看线索" in shown and "什么时候退回线索池" in shown
    assert f"/leads?pool={pool.id}" in shown and "客户" not in shown.split("<main")[1].split("</main")[0]
    assert f"进入后立即轮流分配给：林, {rep.name}。" in shown and gone.name not in shown


async def test_a_lead_is_claimed_and_given_back(client: Client, make: Make) -> None:
    rep, second = await make.user("rep", "sales_rep"), await make.user("second", "sales_rep")
    pool = await make.pool("Fairs", kind="lead", members=(rep, second))
    one, two = await make.lead("Ms Guo", pool=pool, company="Kelp"), await make.lead("Mr Ito", pool=pool)
    page = await client(rep)
    answer = await page.submit(f"/leads/{one.id}/claim")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/leads/{one.id}")
    row = await page.submit(f"/leads/{two.id}/claim", headers={"hx-request": "true", "hx-target": f"li#lead-{two.id}"})
    assert row.text.strip().startswith("<li") and f'id="lead-{two.id}"' in row.text
    assert f"/followups/new?lead={two.id}" in row.text and "Yours" in row.text
    await make.session.refresh(one)
    assert (one.owner_id, one.status) == (rep.id, "pending")
    late = await (await client(second)).submit(f"/leads/{one.id}/claim")
    assert late.status_code == 409 and "Taken by Rep." in late.text
    form = await page.get(f"/leads/{one.id}/release")
    assert "Fairs" in form.text and f"/leads/{one.id}/release" in form.text
    data = {"pool_id": str(pool.id), "reason": "No need"}
    back = await page.submit(f"/leads/{one.id}/release", data)
    assert back.headers["location"] == f"/leads/{one.id}"
    await make.session.refresh(one)
    assert (one.owner_id, one.pool_id, one.status) == (None, pool.id, "unassigned")


@pytest.mark.parametrize(("verb", "field"), [("assign", "user_id"), ("move", "pool_id"), ("transfer", "user_id")])
async def test_one_and_many_leads_go_to_somebody_or_somewhere(
    client: Client, make: Make, verb: str, field: str
) -> None:
    boss, rep = await make.user("boss", "administrator"), await make.user("rep", "sales_rep", name="Lin")
    pool, other = [await make.pool(name, kind="lead", administrators=(boss,)) for name in ("Fairs", "Web")]
    customers = await make.pool("North", administrators=(boss,))
    where: dict[str, Any] = {"owner": boss} if verb == "transfer" else {"pool": pool}
    leads = [await make.lead(name, **where) for name in ("Guo", "Ito", "Berg")]
    page = await client(boss)
    question = await page.submit(f"/leads/{verb}", {"pick": [str(one.id) for one in leads[:2]]})
    assert "Guo, Ito" in question.text
    if verb == "move":
        assert "Web" in question.text and "North" not in question.text
        wrong = await page.submit(f"/leads/{leads[2].id}/move", {field: str(customers.id)})
        assert wrong.status_code == 404
    value = other.id if verb == "move" else rep.id
    many = await page.submit(f"/leads/{verb}", {"pick": [str(one.id) for one in leads[:2]], field: str(value)})
    assert many.text.count("Done") >= 2 and f"/leads/{leads[0].id}" in many.text and "/leads?scene=mine" in many.text
    assert f"/leads/{leads[2].id}/{verb}" in (await page.get(f"/leads/{leads[2].id}/{verb}")).text
    one = await page.submit(f"/leads/{leads[2].id}/{verb}", {field: str(value)})
    assert (one.status_code, one.headers["location"]) == (303, f"/leads/{leads[2].id}")
    for lead in leads:
        await make.session.refresh(lead)
        assert value == (lead.pool_id if verb == "move" else lead.owner_id)
        assert lead.status == ("unassigned" if verb == "move" else "pending")


async def test_leads_and_customers_of_one_number_are_not_mixed_up(client: Client, make: Make) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North", members=(rep,))
    customer = await make.customer("Acme", pool=pool)
    page = await client(rep)
    assert (await make.session.get(Lead, customer.id)) is None
    assert (await page.submit(f"/leads/{customer.id}/claim")).status_code == 404
    nothing = await page.submit("/leads/claim", {"back": "/leads?scene=pool"})
    assert nothing.headers["location"] == "/leads?scene=pool&select=1"
