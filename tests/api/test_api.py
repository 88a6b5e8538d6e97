"""The API: the main job from pool to payment, and how it says no."""

from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.work import clock
from domain.people.models import ApiToken
from tests.api.conftest import Api
from tests.make import Make

pytestmark = pytest.mark.anyio


async def test_from_pool_to_payment(api: Api, make: Make) -> None:
    department = await make.department()
    boss = await make.user("boss", "department_manager", department=department)
    rep = await make.user("rep", "sales_rep", department=department, manager=boss)
    other = await make.user("other", "sales_rep", department=await make.department("Far away"))
    warehouse, finance = await make.user("warehouse", "warehouse"), await make.user("finance", "finance")
    pool = await make.pool("North", members=(rep,))
    customer = await make.customer("Acme", pool=pool)
    product = await make.product("Tea", "10.00")
    seller = await api(rep)

    claimed = await seller.post(f"/customers/{customer.id}/claim")
    assert (claimed.status_code, claimed.json()["owner_id"]) == (200, rep.id)
    touch = await seller.post("/followups", json={"customer_id": customer.id, "way": "phone", "content": "wants tea"})
    assert touch.status_code == 201, touch.text
    written = await seller.post(
        "/orders",
        json={
            "customer_id": customer.id,
            "approver_id": boss.id,
            "submit": True,
            "lines": [{"product_id": product.id, "quantity": "3", "discount_percent": "0"}],
        },
    )
    assert written.status_code == 201, written.text
    order = written.json()
    assert (order["status"], order["net_total"]) == ("awaiting", "30.00")

    approver = await api(boss)
    waiting = (await approver.get("/approvals")).json()["items"]
    assert [item["record_id"] for item in waiting] == [order["id"]]
    decision = {"step_id": waiting[0]["steps"][0]["id"], "record_version": waiting[0]["record_version"]}
    decided = await approver.post(f"/approvals/{waiting[0]['id']}/confirm", json=decision)
    assert (decided.status_code, decided.json()["status"]) == (200, "confirmed"), decided.text

    store = await api(warehouse)
    shipment = (await store.get("/shipments")).json()["items"][0]
    shipped = await store.post(f"/shipments/{shipment['id']}/ship", json={"carrier": "SF", "tracking_number": "1"})
    assert (shipped.status_code, shipped.json()["status"]) == (200, "shipped"), shipped.text
    assert (await seller.get(f"/orders/{order['id']}")).json()["shipping_status"] == "full"

    paid = await seller.post(
        "/payments",
        json={
            "order_id": order["id"],
            "amount": "30.00",
            "method": "transfer",
            "received_on": "2026-03-03",
            "approver_id": finance.id,
        },
    )
    assert paid.status_code == 201, paid.text
    desk = await api(finance)
    waiting = (await desk.get("/approvals")).json()["items"]
    decision = {"step_id": waiting[0]["steps"][0]["id"], "record_version": waiting[0]["record_version"]}
    assert (await desk.post(f"/approvals/{waiting[0]['id']}/confirm", json=decision)).status_code == 200
    totals = (await seller.get(f"/customers/{customer.id}")).json()["totals"]
    assert {name: Decimal(value) for name, value in totals.items()} == {
        "orders": 30,
        "approved": 30,
        "payments": 30,
        "confirmed": 30,
        "outstanding": 0,
        "open_opportunities": 0,
        "won_opportunities": 0,
    }

    stranger = await api(other)
    for path in (
        f"/customers/{customer.id}",
        f"/orders/{order['id']}",
        f"/payments/{paid.json()['id']}",
        f"/shipments/{shipment['id']}",
        f"/approvals/{waiting[0]['id']}",
    ):
        assert (await stranger.get(path)).status_code == 404, path
        assert (await approver.get(path)).status_code == 200, path
    assert (await stranger.get("/customers")).json()["items"] == []


async def test_the_same_key_is_done_once_and_another_body_is_refused(api: Api, make: Make) -> None:
    seller = await api(await make.user("rep", "sales_rep"))
    headers = {"idempotency-key": "k1"}
    first = await seller.post("/customers", json={"name": "Acme Ltd"}, headers=headers)
    again = await seller.post("/customers", json={"name": "Acme Ltd"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    other = await seller.post("/customers", json={"name": "Bolt Ltd"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


async def test_a_stale_change_is_refused_with_what_stands_now(api: Api, make: Make) -> None:
    rep = await make.user("rep", "sales_rep")
    seller = await api(rep)
    made = (await seller.post("/customers", json={"name": "Acme", "city": "上海"})).json()
    changed = await seller.patch(
        f"/customers/{made['id']}", json={"city": "北京"}, headers={"if-match": str(made["version"])}
    )
    assert (changed.status_code, changed.json()["city"], changed.json()["name"]) == (200, "北京", "Acme"), changed.text
    stale = await seller.patch(
        f"/customers/{made['id']}", json={"city": "广州"}, headers={"if-match": str(made["version"])}
    )
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert (await seller.get(f"/customers/{made['id']}")).json()["city"] == "北京"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": 7}, "name"),
        ({"name": "x", "kind": "ghost"}, "kind"),
        ({"name": "x", "email": "no"}, "email"),
        ({"name": "x", "credit_limit": "1.234"}, "credit_limit"),
        ({"name": "nul\x00"}, "name"),
    ],
)
async def test_every_fault_is_named(body: dict[str, object], field: str, api: Api, make: Make) -> None:
    answer = await (await api(await make.user("rep", "sales_rep"))).post("/customers", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in {error["field"] for error in answer.json()["errors"]}


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'{"name": NaN}', b"[" * 100_000])
async def test_what_is_not_an_object_of_json_is_refused(body: bytes, api: Api, make: Make) -> None:
    answer = await (await api(await make.user("rep", "sales_rep"))).post("/customers", content=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("path", ["/customers/0", "/customers/-1", "/customers/x", "/customers/99999999999999999999"])
async def test_an_id_that_cannot_be_is_not_there(path: str, api: Api, make: Make) -> None:
    assert (await (await api(await make.user("rep", "sales_rep"))).get(path)).status_code == 404


async def test_a_token_can_do_no_more_than_it_was_made_for(api: Api, make: Make) -> None:
    rep = await make.user("rep", "sales_rep")
    await make.customer("Acme", owner=rep)
    reader = await api(rep, "customers.view")
    assert len((await reader.get("/customers")).json()["items"]) == 1
    assert (await reader.post("/customers", json={"name": "Bolt"})).status_code == 403
    assert (await reader.get("/orders")).status_code == 403


async def test_no_token_an_ended_one_and_a_revoked_one_are_refused(api: Api, make: Make, session: AsyncSession) -> None:
    program = await api(await make.user("rep", "sales_rep"))
    assert (await program.get("/customers", headers={"authorization": ""})).status_code == 401
    token = (await session.scalars(ApiToken.__table__.select().with_only_columns(ApiToken.id))).one()
    row = await session.get_one(ApiToken, token)
    row.revoked_at = clock()
    await session.commit()
    refused = await program.get("/customers")
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthorized")


async def test_a_list_is_read_to_its_end_by_its_links(api: Api, make: Make) -> None:
    rep = await make.user("rep", "sales_rep")
    for number in range(7):
        await make.customer(f"Customer {number}", owner=rep)
    reader = await api(rep)
    seen, url = [], "http://testserver/api/v1/customers?limit=3&sort=name"
    while url:
        answer = (await reader.get(url)).json()
        seen += [item["name"] for item in answer["items"]]
        url = answer["next"] and f"http://testserver{answer['next']}"
    assert seen == [f"Customer {number}" for number in range(7)]


async def test_what_a_pool_hides_is_hidden_here_too(api: Api, make: Make) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North", members=(rep,), hidden_fields=["phone"])
    customer = await make.customer("Acme", pool=pool, phone="+8613800138000")
    seller = await api(rep)
    assert (await seller.get(f"/customers/{customer.id}")).json()["phone"] is None
    assert (await seller.post(f"/customers/{customer.id}/claim")).json()["phone"] == "+8613800138000"


async def test_the_document_and_its_page_need_no_token(api: Api, make: Make) -> None:
    program = await api(await make.user("rep", "sales_rep"))
    document = (await program.get("/openapi.json", headers={"authorization": ""})).json()
    assert document["openapi"] == "3.1.0"
    assert "/api/v1/customers/{id}/claim" in document["paths"]
    assert (await program.get("/docs", headers={"authorization": "", "accept": "text/html"})).status_code == 200
