"""Opportunities over the API: from entry to the win, and how it says no."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from domain.company.models import Reason
from domain.opportunities.models import StageMove
from tests.api.conftest import Api
from tests.make import Make

pytestmark = pytest.mark.anyio


async def reason(make: Make, kind: str) -> int:
    made = Reason(kind=kind, text_zh="价格", text_en="Price")
    make.session.add(made)
    await make.session.flush()
    return made.id


async def test_from_entry_through_the_stages_to_the_win(api: Api, make: Make) -> None:
    rep = await make.user("rep", "sales_rep")
    customer = await make.customer("Acme", owner=rep)
    tea = await make.product("Tea", "10.05", active=True)
    pipeline = await make.pipeline("Selling")
    question = await make.question(await make.stage(pipeline))
    price = await reason(make, "opportunity_won")
    seller = await api(rep)

    (known,) = (await seller.get("/pipelines")).json()["items"]
    first, second, *_rest = known["stages"]
    assert (first["kind"], first["questions"][0]["text"], first["reasons"]) == ("open", "Budget?", [])
    won = next(stage for stage in known["stages"] if stage["kind"] == "won")
    assert won["reasons"] == [{"id": price, "text": "Price"}]
    assert (await seller.get(f"/pipelines/{pipeline.id}")).json() == known
    assert (await seller.get("/pipelines/999999")).status_code == 404

    lines = [{"product_id": tea.id, "quantity": "2.5"}]
    made = await seller.post("/opportunities", json={"name": "Tea", "customer_id": customer.id, "lines": lines})
    assert made.status_code == 201, made.text
    entered = made.json()
    assert (entered["amount"], entered["status"], entered["stage_id"]) == ("25.13", "open", first["id"])
    assert [Decimal(line["price"]) for line in entered["lines"]] == [Decimal("10.05")]
    here = f"/opportunities/{entered['id']}"

    changed = await seller.patch(here, json={"next_step": "Send samples"})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["next_step"], changed.json()["amount"]) == ("Send samples", "25.13"), "the lines stay"

    unanswered = await seller.post(f"{here}/stage", json={"stage_id": second["id"]})
    assert unanswered.status_code == 422
    assert unanswered.json()["errors"][0]["field"] == f"answers.{question.id}"
    answers = {str(question.id): "Enough"}
    version = {"if-match": str(changed.json()["version"])}
    moved = await seller.post(f"{here}/stage", json={"stage_id": second["id"], "answers": answers}, headers=version)
    assert moved.status_code == 200, moved.text
    assert moved.json()["stage_id"] == second["id"]
    late = await seller.post(f"{here}/stage", json={"stage_id": first["id"]}, headers=version)
    assert (late.status_code, late.json()["code"]) == (409, "stale")

    without = await seller.post(f"{here}/stage", json={"stage_id": won["id"]})
    assert without.status_code == 422 and without.json()["errors"][0]["field"] == "reason_id"
    ended = (await seller.post(f"{here}/stage", json={"stage_id": won["id"], "reason_id": price})).json()
    assert (ended["status"], ended["probability"], ended["end_reason_id"]) == ("won", 100, price)
    assert (await seller.patch(here, json={"notes": "x"})).status_code == 403
    assert (await seller.post(f"{here}/reopen", json={"reason": "They wait"})).status_code == 403, "a manager's right"
    (row,) = (await seller.get("/opportunities?status=won")).json()["items"]
    assert (row["name"], row["customer"]) == ("Tea", "Acme")
    totals = (await seller.get(f"/customers/{customer.id}")).json()["totals"]
    assert (totals["won_opportunities"], totals["open_opportunities"]) == ("25.13", "0")
    kept = (await make.session.scalars(select(StageMove).order_by(StageMove.id))).all()
    assert [move.answers for move in kept] == [{}, answers, {}]


async def test_reopen_transfer_and_what_others_see(api: Api, make: Make) -> None:
    east = await make.department("East")
    boss = await make.user("boss", "department_manager", department=east)
    rep = await make.user("rep", "sales_rep", department=await make.department("East 1", east), manager=boss)
    other = await make.user("other", "sales_rep", manager=boss)
    customer = await make.customer("Acme", owner=rep)
    pipeline = await make.pipeline("Selling")
    lost = await make.opportunity(customer, stage=await make.stage(pipeline, "Lost"), name="Lost one")
    open_ = await make.opportunity(customer, stage=await make.stage(pipeline), name="Open one")
    chief, seller, stranger = await api(boss), await api(rep), await api(other)

    back = await chief.post(f"/opportunities/{lost.id}/reopen", json={"reason": "They called"})
    assert (back.status_code, back.json()["status"], back.json()["ended_at"]) == (200, "open", None), back.text
    again = await chief.post(f"/opportunities/{lost.id}/reopen", json={"reason": "They called"})
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")

    assert (await stranger.get(f"/opportunities/{open_.id}")).status_code == 404
    assert (await stranger.post(f"/opportunities/{open_.id}/transfer", json={"user_id": other.id})).status_code == 404
    given = await seller.post(f"/opportunities/{open_.id}/transfer", json={"user_id": other.id})
    assert given.json()["items"] == [{"id": open_.id, "done": True, "reason": None}], given.text
    assert (await stranger.get(f"/opportunities/{open_.id}")).json()["owner_id"] == other.id
    assert (await seller.get(f"/opportunities/{open_.id}")).status_code == 200, "of a customer of the rep's own"
    assert (await seller.patch(f"/opportunities/{open_.id}", json={"notes": "x"})).status_code == 403
    refused = await seller.post(f"/opportunities/{open_.id}/transfer", json={"user_id": rep.id})
    assert refused.json()["items"][0]["done"] is False, "no longer the rep's to give"


async def test_a_lead_becomes_a_customer_with_an_opportunity(api: Api, make: Make) -> None:
    rep, _pipeline = await make.user("rep", "sales_rep"), await make.pipeline("Selling")
    lead = await make.lead("Ms Guo", owner=rep, company="Kelp", source="referral", need="Tea")
    seller = await api(rep)
    wanted = {"customer_name": "Kelp Ltd", "opportunity": True, "opportunity_name": "Tea", "amount": "1200.00"}
    became = (await seller.post(f"/leads/{lead.id}/convert", json=wanted)).json()
    deal = (await seller.get(f"/opportunities/{became['opportunity_id']}")).json()
    assert (deal["name"], deal["amount"], deal["lead_id"], deal["source"]) == ("Tea", "1200.00", lead.id, "referral")
    assert (deal["customer_id"], deal["contact_id"]) == (became["customer_id"], became["contact_id"])
    noted = await seller.post("/followups", json={"opportunity_id": deal["id"], "content": "Called"})
    assert (noted.status_code, noted.json()["opportunity_id"]) == (201, deal["id"]), noted.text
    assert noted.json()["customer_id"] == became["customer_id"]


async def test_a_token_for_one_thing_does_no_other_and_a_key_makes_one(api: Api, make: Make) -> None:
    rep = await make.user("rep", "sales_rep")
    customer, _pipeline = await make.customer("Acme", owner=rep), await make.pipeline("Selling")
    reader = await api(rep, "opportunities.view")
    entered = {"name": "Tea", "customer_id": customer.id}
    assert (await reader.post("/opportunities", json=entered)).status_code == 403
    seller = await api(rep)
    twice = [await seller.post("/opportunities", json=entered, headers={"idempotency-key": "1"}) for _ in range(2)]
    assert twice[0].json()["id"] == twice[1].json()["id"]
    assert len((await reader.get("/opportunities")).json()["items"]) == 1
    foreign = await make.customer("Theirs", owner=await make.user("other", "sales_rep"))
    hidden = await seller.post("/opportunities", json={"name": "Tea", "customer_id": foreign.id})
    assert hidden.status_code == 422 and hidden.json()["errors"][0]["field"] == "customer_id"
