"""Pool pages and verbs as a browser without JavaScript uses them, and as htmx does."""

from __future__ import annotations

from typing import Any

import pytest

from domain.company.models import Reason
from domain.pools.models import RecycleRule
from tests.conftest import Client
from tests.make import Make

pytestmark = pytest.mark.anyio


async def test_the_list_of_pools_says_what_waits_and_how_i_stand(client: Client, make: Make) -> None:
    rep = await make.user("rep", "sales_rep", holding_limit=50)
    pool = await make.pool("North China", members=(rep,), daily_limit=5)
    await make.pool("Hidden")
    for _ in range(3):
        await make.customer(pool=pool)
    await make.customer(owner=rep)
    shown = (await (await client(rep)).get("/pools")).text
    assert "North China" in shown and "3 customers wait" in shown and "0 of 5 claimed today" in shown
    assert "You hold 1 of 50 customers" in shown and "Hidden" not in shown


async def test_the_rules_of_a_pool_are_sentences(client: Client, make: Make) -> None:
    rep, stranger = await make.user("rep", "sales_rep"), await make.user("stranger", "sales_rep")
    pool = await make.pool("North China", members=(rep,), cooldown_days=7, protect_days=1)
    make.session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=30, levels=["a"]))
    shown = (await (await client(rep)).get(f"/pools/{pool.id}")).text
    assert "Levels A: returns after no follow-up for 30 days." in shown and "waits 7 days" in shown
    assert (await (await client(stranger)).get(f"/pools/{pool.id}")).status_code == 404
    assert (await (await client(await make.user("w", "warehouse"))).get("/pools")).status_code == 403


async def test_claiming_with_and_without_scripts(client: Client, make: Make) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North", members=(rep,))
    one, two = await make.customer("Acme", pool=pool), await make.customer("Bolt", pool=pool)
    page = await client(rep)
    answer = await page.submit(f"/customers/{one.id}/claim")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/customers/{one.id}")
    headers = {"hx-request": "true", "hx-target": f"li#customer-{two.id}"}
    row = await page.submit(f"/customers/{two.id}/claim", headers=headers)
    assert row.status_code == 200 and row.text.strip().startswith("<li") and "Yours" in row.text
    assert "Bolt is yours now." in row.headers["hx-trigger"]
    again = await page.submit(f"/customers/{two.id}/claim", headers=headers)
    assert again.status_code == 409 and "You hold it already." in again.headers["hx-trigger"]


async def test_who_may_not_claim_is_told_why(client: Client, make: Make) -> None:
    rep, stranger = await make.user("rep", "sales_rep", holding_limit=0), await make.user("stranger", "sales_rep")
    finance = await make.user("fin", "finance")
    pool = await make.pool("North", members=(rep, finance))
    customer = await make.customer("Acme", pool=pool)
    refused = await (await client(rep)).submit(f"/customers/{customer.id}/claim")
    assert refused.status_code == 403 and "You hold 0 of 0 customers. Return one first." in refused.text
    assert (await (await client(finance)).submit(f"/customers/{customer.id}/claim")).status_code == 403
    assert (await (await client(stranger)).submit(f"/customers/{customer.id}/claim")).status_code == 404
    assert (await (await client(rep)).post(f"/customers/{customer.id}/claim")).status_code == 403, "no token"


async def test_bulk_claim_answers_with_outcomes(client: Client, make: Make) -> None:
    rep = await make.user("rep", "sales_rep", holding_limit=1)
    pool = await make.pool("North", members=(rep,))
    one, two = await make.customer("Acme", pool=pool), await make.customer("Bolt", pool=pool)
    page = await client(rep)
    answer = await page.submit("/customers/claim", {"pick": [str(one.id), str(two.id), "x", "9" * 30]})
    assert answer.status_code == 200 and "Acme" in answer.text and "You hold 1 of 1 customers" in answer.text
    empty = await page.submit("/customers/claim", {})
    assert empty.status_code == 303 and empty.headers["location"] == "/customers?select=1"


async def test_returning_asks_for_a_reason(client: Client, make: Make) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North")
    make.session.add(Reason(kind="release", text_zh="不合适", text_en="Does not fit", position=1))
    customer = await make.customer("Acme", owner=rep, home_pool_id=pool.id)
    page = await client(rep)
    form = await page.get(f"/customers/{customer.id}/release")
    assert "Does not fit" in form.text and "North" in form.text
    missing = await page.submit(f"/customers/{customer.id}/release", {"pool_id": str(pool.id)})
    assert missing.status_code == 422 and "Please give a reason." in missing.text
    data = {"pool_id": str(pool.id), "reason": "Does not fit", "reason_other": ""}
    answer = await page.submit(f"/customers/{customer.id}/release", data)
    assert (answer.status_code, answer.headers["location"]) == (303, "/customers"), "it is out of sight now"
    await make.session.refresh(customer)
    assert customer.pool_id == pool.id
    assert (await page.get(f"/customers/{customer.id}/release")).status_code == 404


@pytest.mark.parametrize("verb", ["assign", "move", "transfer"])
async def test_bulk_verbs_ask_first_and_then_tell(client: Client, make: Make, verb: str) -> None:
    boss, rep = await make.user("boss", "administrator"), await make.user("rep", "sales_rep", name="Lin")
    pool, other = await make.pool("North", administrators=(boss,)), await make.pool("South")
    where: dict[str, Any] = {"owner": boss} if verb == "transfer" else {"pool": pool}
    one, two = await make.customer("Acme", **where), await make.customer("Bolt", **where)
    picked = {"pick": [str(one.id), str(two.id)]}
    page = await client(boss)
    question = await page.submit(f"/customers/{verb}", picked)
    assert question.status_code == 200 and "Acme, Bolt" in question.text
    field, value = ("pool_id", other.id) if verb == "move" else ("user_id", rep.id)
    bad = await page.submit(f"/customers/{verb}", {**picked, field: ""})
    assert bad.status_code == 422
    answer = await page.submit(f"/customers/{verb}", {**picked, field: str(value)})
    assert answer.status_code == 200 and answer.text.count("Done") >= 2
    await make.session.refresh(one)
    assert value == (one.pool_id if verb == "move" else one.owner_id)


@pytest.mark.parametrize(("verb", "field"), [("assign", "user_id"), ("move", "pool_id"), ("transfer", "user_id")])
async def test_one_customer_has_a_form_for_each_verb(client: Client, make: Make, verb: str, field: str) -> None:
    boss = await make.user("boss", "administrator")
    rep = await make.user("rep", "sales_rep", name="Lin", holding_limit=0)
    pool, other = await make.pool("North", administrators=(boss,)), await make.pool("South")
    customer = await make.customer("Acme", **({"owner": boss} if verb == "transfer" else {"pool": pool}))
    page = await client(boss)
    url = f"/customers/{customer.id}/{verb}"
    assert "Acme" in (await page.get(url)).text
    assert (await page.submit(url, {field: "abc"})).status_code == 422
    if verb != "move":
        full = await page.submit(url, {field: str(rep.id)})
        assert full.status_code == 422 and "Lin holds 0 of 0 customers." in full.text
    value = other.id if verb == "move" else boss.id if verb == "assign" else (await make.user("x", "sales_rep")).id
    answer = await page.submit(url, {field: str(value)})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/customers/{customer.id}")
    assert (await (await client(rep)).get(url)).status_code in (403, 404)


async def test_the_pages_speak_chinese(client: Client, make: Make) -> None:
    rep = await make.user("rep", "sales_rep", language="zh", holding_limit=1)
    pool = await make.pool("华北公海", members=(rep,))
    customer = await make.customer("润和医疗", owner=rep, home_pool_id=pool.id)
    lying = await make.customer("蓝海贸易", pool=pool)
    page = await client(rep)
    assert "您持有 1/1 个客户" in (await page.get("/pools")).text
    assert "放入哪个公海" in (await page.get(f"/customers/{customer.id}/release")).text
    assert "您已持有 1/1 个客户，请先退回一个。" in (await page.submit(f"/customers/{lying.id}/claim")).text
