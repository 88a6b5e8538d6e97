"""Records from phones: each done exactly once, by the same rules as its form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.contacts.models import Contact
from domain.core.audit import AuditEntry
from domain.core.events import EventRow
from domain.core.work import clock
from domain.customers.models import Customer
from domain.followups.models import FollowUp
from domain.orders.models import Order
from tests.conftest import Client
from tests.make import Make
from tests.sync.conftest import PhoneOf
from tests.sync.phone import record

pytestmark = pytest.mark.anyio


async def count(session: AsyncSession, model: Any) -> int:
    return int(await session.scalar(select(func.count()).select_from(model)) or 0)


async def test_hello_says_who_and_when_and_brings_a_fresh_token(make: Make, phone: PhoneOf) -> None:
    rep = await make.user("lina", "sales_rep", name="Li Na")
    said = await (await phone(rep)).hello()
    assert (said["user"], said["name"], said["wipe"], said["unsettled"]) == (rep.id, "Li Na", False, 0)
    assert said["formats"] == [0, 1]
    assert said["offline_until"] > said["at"]


async def test_who_is_not_signed_in_gets_json_and_no_redirect(client: Client) -> None:
    visitor = await client(None)
    for answer in (await visitor.get("/sync/hello"), await visitor.post("/sync/records", json={})):
        assert answer.status_code == 401
        assert answer.json()["code"] == "unauthorized"
        assert "location" not in answer.headers


async def test_a_stale_token_is_refused_in_json(make: Make, phone: PhoneOf) -> None:
    own = await phone(await make.user("rep", "sales_rep"))
    answer = await own.post(record("followups", {}), **{"x-csrf-token": "stale"})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert answer.headers["cache-control"] == "no-store"


async def test_a_follow_up_is_noted_at_the_time_of_the_phone(make: Make, phone: PhoneOf, session: AsyncSession) -> None:
    rep = await make.user("rep", "sales_rep")
    customer = await make.customer(owner=rep)
    at = clock() - timedelta(hours=5)
    body = record("followups", {"customer_id": str(customer.id), "way": "phone", "content": "Wants tea"}, at=at)
    answer = await (await phone(rep)).post(body)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["id"], said["kind"], said["replayed"]) == (body["id"], "followups", False)
    made = await session.get_one(FollowUp, said["record"]["id"])
    assert (made.at, str(made.client_uuid), made.created_by_id) == (at, body["id"], rep.id)
    assert said["record"]["url"] == f"/followups/{made.id}"


async def test_the_same_record_again_gives_the_same_answer_and_changes_nothing(
    make: Make, phone: PhoneOf, session: AsyncSession
) -> None:
    rep = await make.user("rep", "sales_rep")
    customer = await make.customer(owner=rep)
    own = await phone(rep)
    body = record("followups", {"customer_id": str(customer.id), "content": "Once"})
    first = (await own.post(body)).json()
    before = [await count(session, model) for model in (FollowUp, EventRow, AuditEntry)]
    again = (await own.post({**body, "clock_offset_s": 7})).json()
    assert again == {**first, "replayed": True}
    assert [await count(session, model) for model in (FollowUp, EventRow, AuditEntry)] == before


async def test_other_content_under_the_same_id_is_refused(make: Make, phone: PhoneOf, session: AsyncSession) -> None:
    rep = await make.user("rep", "sales_rep")
    customer = await make.customer(owner=rep)
    own = await phone(rep)
    body = record("followups", {"customer_id": str(customer.id), "content": "First"})
    assert (await own.post(body)).status_code == 200
    other = await own.post({**body, "fields": {**body["fields"], "content": "Second"}})
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert await count(session, FollowUp) == 1


async def test_field_errors_come_by_field_and_the_corrected_record_is_taken(
    make: Make, phone: PhoneOf, session: AsyncSession
) -> None:
    rep = await make.user("rep", "sales_rep")
    customer = await make.customer(owner=rep)
    own = await phone(rep)
    body = record("contacts", {"customer_id": str(customer.id), "name": "", "email": "nonsense"})
    refused = await own.post(body)
    assert refused.status_code == 422
    assert set(refused.json()["errors"]) == {"name", "email"}
    assert isinstance(refused.json()["errors"]["email"][0], str)
    assert await count(session, Contact) == 0
    fixed = await own.post({**body, "fields": {**body["fields"], "name": "Wang", "email": "wang@example.com"}})
    assert fixed.status_code == 200


async def test_customer_contact_and_order_made_offline_hang_together(
    make: Make, phone: PhoneOf, session: AsyncSession
) -> None:
    rep = await make.user("rep", "sales_rep")
    tea = await make.product("Tea", "10.00")
    own = await phone(rep)
    customer = record("customers", {"name": "New Tea House", "kind": "company"})
    contact = record("contacts", {"customer_uuid": customer["id"], "name": "Wang"})
    order = record(
        "orders",
        {
            "customer_uuid": customer["id"], "contact_uuid": contact["id"],
            "lines.0.product_id": str(tea.id), "lines.0.quantity": "3",
        },
        at=clock() - timedelta(days=2),
    )  # fmt: skip
    for body in (contact, order):
        early = await own.post(body)
        assert (early.status_code, early.json()["code"]) == (409, "waits_for")
        assert "retry-after" in early.headers
    for body in (customer, contact, order):
        answer = await own.post(body)
        assert answer.status_code == 200, answer.text
    made = (await session.execute(select(Order))).scalar_one()
    found = (await session.execute(select(Customer))).scalar_one()
    assert str(found.client_uuid) == customer["id"]
    assert (made.customer_id, str(made.status), str(made.client_uuid)) == (found.id, "draft", order["id"])
    assert made.contact_id == await session.scalar(select(Contact.id))
    assert made.ordered_on < clock().date()


async def test_an_order_gets_the_prices_of_today_and_says_where_the_phone_had_shown_others(
    make: Make, phone: PhoneOf, session: AsyncSession
) -> None:
    rep = await make.user("rep", "sales_rep")
    customer = await make.customer(owner=rep)
    tea, pot = await make.product("Tea", "1012.50"), await make.product("Pot", "20.00")
    fields = {"customer_id": str(customer.id)}
    for n, (product, shown) in enumerate(((tea, "998"), (pot, "20"))):
        fields |= {
            f"lines.{n}.product_id": str(product.id),
            f"lines.{n}.quantity": "2",
            f"lines.{n}.shown_price": shown,
        }
    own, body = await phone(rep), record("orders", fields)
    for _again in range(2):
        answer = await own.post(body)
        assert answer.json()["notes"] == [
            "Tea costs 1,012.50 now; this phone had shown 998.00. Look at the order before you submit it."
        ]
    made = (await session.execute(select(Order))).scalar_one()
    assert str(made.net_total) == "2065.00"
    page = (await own.client.get(f"/orders/{made.id}")).text
    assert "Tea costs 1,012.50; the phone had shown 998.00" in page


async def test_what_was_saved_by_the_form_is_not_made_again_by_the_outbox(
    make: Make, phone: PhoneOf, session: AsyncSession
) -> None:
    rep = await make.user("rep", "sales_rep")
    own = await phone(rep)
    uuid = str(uuid4())
    await own.client.submit("/customers", {"name": "Tea House", "kind": "company", "client_uuid": uuid})
    answer = await own.send("customers", {"name": "Tea House", "kind": "company"}, id=uuid)
    assert (answer.status_code, answer.json()["replayed"]) == (200, True)
    assert await count(session, Customer) == 1


async def test_a_duplicate_is_parked_until_it_is_confirmed(make: Make, phone: PhoneOf, session: AsyncSession) -> None:
    rep = await make.user("rep", "sales_rep")
    own = await phone(rep)
    fields = {"name": "Wang Fang", "kind": "person"}
    assert (await own.send("customers", fields)).status_code == 200
    body = record("customers", fields)
    twice = await own.post(body)
    assert (twice.status_code, twice.json()["code"]) == (422, "duplicate")
    sure = await own.post({**body, "fields": {**fields, "confirmed_duplicate": "true"}})
    assert sure.status_code == 200
    assert await count(session, Customer) == 2


async def test_somebody_elses_customer_is_not_there(make: Make, phone: PhoneOf, session: AsyncSession) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    theirs = await make.customer(owner=other)
    own = await phone(rep)
    for kind, fields in (
        ("followups", {"customer_id": str(theirs.id), "content": "Hello"}),
        ("contacts", {"customer_id": str(theirs.id), "name": "Wang"}),
    ):
        assert (await own.send(kind, fields)).status_code == 404
    edit = await own.send("customers.edit", {"city": "Xi'an"}, record_id=theirs.id, base={"city": ""})
    assert edit.status_code == 404
    assert await count(session, FollowUp) == await count(session, Contact) == 0


@pytest.mark.parametrize("kind", ["followups", "customers", "contacts", "orders"])
async def test_an_id_of_somebody_elses_record_is_refused_without_a_word_about_it(
    make: Make, phone: PhoneOf, session: AsyncSession, kind: str
) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    tea = await make.product("Tea", "10.00")
    uuid = str(uuid4())

    async def send(user: Any, name: str) -> Any:
        customer = await make.customer(owner=user)
        fields = {
            "customer_id": str(customer.id), "name": name, "content": name, "kind": "company",
            "lines.0.product_id": str(tea.id), "lines.0.quantity": "1",
        }  # fmt: skip
        return await (await phone(user)).send(kind, fields, id=uuid)

    assert (await send(other, "Secret Tea")).status_code == 200
    answer = await send(rep, "Mine")
    assert (answer.status_code, answer.json()["code"]) == (409, "id_taken")
    assert "Secret" not in answer.text


async def test_both_clocks_are_kept_and_one_that_is_far_off_is_shown(
    make: Make, phone: PhoneOf, session: AsyncSession
) -> None:
    rep = await make.user("rep", "sales_rep")
    customer = await make.customer(owner=rep)
    now = clock()
    ahead = now + timedelta(hours=3)
    answer = await (await phone(rep)).send(
        "followups", {"customer_id": str(customer.id), "content": "Fast clock"}, at=ahead, clock_offset_s=10_800
    )
    made = await session.get_one(FollowUp, answer.json()["record"]["id"])
    assert abs(made.at - now) < timedelta(seconds=2)
    assert answer.json()["notes"] == ["The phone's clock was 180 minutes fast; the times were put right."]
    kept = (await session.execute(select(EventRow).where(EventRow.name == "Synced"))).scalar_one()
    assert (kept.data["device_at"], kept.data["clock_offset_s"]) == (ahead.isoformat(), 10_800)
    assert kept.data["recorded_at"] == now.isoformat()
    shown = (await session.execute(select(EventRow).where(EventRow.name == "ClockWasOff"))).scalar_one()
    assert (shown.customer_id, shown.data["minutes"]) == (customer.id, 180)


async def test_a_time_ahead_of_ours_is_taken_as_the_time_it_came(
    make: Make, phone: PhoneOf, session: AsyncSession
) -> None:
    rep = await make.user("rep", "sales_rep")
    customer = await make.customer(owner=rep)
    own = await phone(rep)
    ahead = clock() + timedelta(days=2)
    for more in ({"at": ahead}, {"at": ahead, "clock_offset_s": None}):
        body = record("followups", {"customer_id": str(customer.id), "content": "Tomorrow"}, **more)
        answer = await own.post(body)
        assert answer.status_code == 200, answer.text
        made = await session.get_one(FollowUp, answer.json()["record"]["id"])
        assert made.at <= clock()


async def test_next_contact_is_counted_from_the_day_it_was_recorded(
    make: Make, phone: PhoneOf, session: AsyncSession
) -> None:
    rep = await make.user("rep", "sales_rep", time_zone="UTC")
    customer = await make.customer(owner=rep)
    at = clock() - timedelta(days=2)
    fields = {"customer_id": str(customer.id), "content": "Call tomorrow", "next_pick": "tomorrow"}
    answer = await (await phone(rep)).send("followups", fields, at=at)
    assert answer.status_code == 200, answer.text
    made = await session.get_one(FollowUp, answer.json()["record"]["id"])
    assert made.next_contact_at is not None
    assert made.next_contact_at.date() == at.date() + timedelta(days=1)


async def test_a_record_of_the_format_before_is_taken(make: Make, phone: PhoneOf, session: AsyncSession) -> None:
    rep = await make.user("rep", "sales_rep")
    customer = await make.customer(owner=rep)
    body = record("followups", {"customer_id": str(customer.id), "content": "From an old page"})
    del body["clock_offset_s"]
    answer = await (await phone(rep)).post({**body, "format": 0})
    assert answer.status_code == 200, answer.text
    assert await count(session, FollowUp) == 1


async def test_a_record_of_a_newer_format_is_parked(make: Make, phone: PhoneOf, session: AsyncSession) -> None:
    own = await phone(await make.user("rep", "sales_rep"))
    answer = await own.post({**record("followups", {}), "format": 2})
    assert (answer.status_code, answer.json()["code"]) == (409, "format")


async def test_without_the_right_nothing_is_made(make: Make, phone: PhoneOf, session: AsyncSession) -> None:
    role = await make.role("looks", ("customers.view",), {})
    own = await phone(await make.user("looker", role))
    answer = await own.send("customers", {"name": "Tea", "kind": "company"})
    assert (answer.status_code, answer.json()["code"]) == (403, "denied")
    assert await count(session, Customer) == 0
