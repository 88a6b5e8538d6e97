"""Leads over the API: from the web form of a partner to a customer, and how it says no."""

import pytest

from domain.pools.models import PoolAssignee
from tests.api.conftest import Api
from tests.make import Make

pytestmark = pytest.mark.anyio


async def test_from_entry_to_customer(api: Api, make: Make) -> None:
    rep, marketing = await make.user("rep", "sales_rep"), await make.user("mia", "marketing")
    pool = await make.pool("Web", kind="lead", members=(rep, marketing))
    entered = {"name": "Ms Guo", "company": "Kelp", "mobile": "13800138000", "source": "campaign", "pool_id": pool.id}
    partner, seller = await api(marketing), await api(rep)
    made = await partner.post("/leads", json=entered)
    assert (made.status_code, made.json()["status"], made.json()["pool_id"]) == (201, "unassigned", pool.id), made.text
    lead_id = made.json()["id"]
    again = await partner.post("/leads", json={**entered, "name": "Ms Guo again"})
    assert again.status_code == 422 and again.json()["errors"][0]["field"] == "mobile"
    claimed = await seller.post(f"/leads/{lead_id}/claim")
    assert (claimed.json()["status"], claimed.json()["owner_id"]) == ("pending", rep.id)
    touch = await seller.post("/followups", json={"lead_id": lead_id, "content": "Wants samples"})
    assert (touch.status_code, touch.json()["lead_id"], touch.json()["customer_id"]) == (201, lead_id, None), touch.text
    assert (await seller.get(f"/leads/{lead_id}")).json()["status"] == "following"
    changed = await seller.patch(f"/followups/{touch.json()['id']}", json={"content": "Wants samples soon"})
    assert (changed.status_code, changed.json()["content"]) == (200, "Wants samples soon"), changed.text
    became = await seller.post(f"/leads/{lead_id}/convert", json={"customer_name": "Kelp Ltd"})
    assert became.status_code == 200, became.text
    customer = (await seller.get(f"/customers/{became.json()['customer_id']}")).json()
    assert (customer["name"], customer["owner_id"]) == ("Kelp Ltd", rep.id)
    assert became.json()["contact_id"] is not None
    listed = (await seller.get("/leads?status=converted")).json()["items"]
    assert [row["name"] for row in listed] == ["Ms Guo"]
    assert (await seller.post(f"/leads/{lead_id}/convert", json={})).status_code == 409
    moved = (await seller.get("/followups")).json()["items"]
    assert len(moved) == 1
    kept = (await seller.get(f"/followups/{touch.json()['id']}")).json()
    assert (kept["lead_id"], kept["customer_id"]) == (lead_id, customer["id"])


async def test_states_and_stale_versions(api: Api, make: Make) -> None:
    rep, admin = await make.user("rep", "sales_rep"), await make.user("root", "administrator")
    lead = await make.lead("Ms Guo", owner=rep)
    seller, office = await api(rep), await api(admin)
    version = (await seller.get(f"/leads/{lead.id}")).json()["version"]
    away = await seller.post(
        f"/leads/{lead.id}/invalid", json={"reason": "No answer"}, headers={"if-match": f"{version}"}
    )
    assert (away.status_code, away.json()["status"], away.json()["reason"]) == (200, "invalid", "No answer"), away.text
    stale = await seller.post(f"/leads/{lead.id}/wake", headers={"if-match": f'"{version}"'})
    assert stale.status_code == 409
    assert (await seller.post(f"/leads/{lead.id}/wake")).json()["status"] == "pending"
    assert (await seller.post(f"/leads/{lead.id}/void", json={"reason": "Spam"})).status_code == 403
    assert (await office.post(f"/leads/{lead.id}/void", json={"reason": "Spam"})).json()["status"] == "void"
    assert (await seller.patch(f"/leads/{lead.id}", json={"city": "Ningbo"})).status_code == 403
    assert (await office.post(f"/leads/{lead.id}/restore")).json()["status"] == "pending"
    changed = await seller.patch(f"/leads/{lead.id}", json={"city": "Ningbo"})
    assert (changed.json()["city"], changed.json()["name"]) == ("Ningbo", "Ms Guo")


async def test_a_pool_hides_numbers_and_hands_out_in_turn(api: Api, make: Make) -> None:
    rep, second, admin = [await make.user(name, "sales_rep") for name in ("rep", "second", "third")]
    hiding = await make.pool("Web", kind="lead", members=(rep,), hidden_fields=["phone"])
    lead = await make.lead("Ms Guo", pool=hiding, mobile="13800138000")
    seller = await api(rep)
    assert (await seller.get(f"/leads/{lead.id}")).json()["mobile"] is None
    assert (await seller.post(f"/leads/{lead.id}/claim")).json()["mobile"] == "13800138000"
    given = await seller.post(f"/leads/{lead.id}/release", json={"reason": "No need"})
    assert (given.status_code, given.json()["mobile"], given.json()["status"]) == (200, None, "unassigned"), given.text
    pushing = await make.pool("Fairs", kind="lead", members=(rep, second))
    make.session.add_all(PoolAssignee(pool_id=pushing.id, user_id=one.id) for one in (rep, second))
    await make.session.flush()
    owners = []
    for name in ("One", "Two", "Three"):
        made = await seller.post("/leads", json={"name": name, "pool_id": pushing.id})
        owners.append(made.json()["owner_id"])
    assert owners == [rep.id, second.id, rep.id], admin


async def test_one_key_makes_one_lead(api: Api, make: Make) -> None:
    seller = await api(await make.user("rep", "sales_rep"))
    headers = {"idempotency-key": "4711"}
    first, second = [await seller.post("/leads", json={"name": "Ms Guo"}, headers=headers) for _ in range(2)]
    assert first.json()["id"] == second.json()["id"]
    assert len((await seller.get("/leads")).json()["items"]) == 1
