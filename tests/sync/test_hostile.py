"""What a broken or hostile phone may send: refused at its field, never a fault of ours, and nothing is made."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.events import EventRow
from domain.core.once import IdempotencyKey
from domain.followups.models import FollowUp
from tests.make import Make
from tests.sync.conftest import PhoneOf
from tests.sync.phone import record
from webapp.pace import Pace, TooFast
from webapp.pages import sync

pytestmark = pytest.mark.anyio
V1 = "c232ab00-9414-11ec-b3c8-9f6bdeced846"


async def made(session: AsyncSession) -> int:
    """Everything that a taken record leaves."""
    counts = [await session.scalar(select(func.count()).select_from(m)) for m in (FollowUp, EventRow, IdempotencyKey)]
    return sum(count or 0 for count in counts)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": "1"}, "id"),
        ({"id": 17}, "id"),
        ({"id": None}, "id"),
        ({"id": ["x"]}, "id"),
        ({"id": V1}, "id"),
        ({"id": "00000000-0000-0000-0000-000000000000"}, "id"),
        ({"id": "'; DROP TABLE users; --"}, "id"),
        ({"kind": "users"}, "kind"),
        ({"kind": 5}, "kind"),
        ({"kind": "x" * 100}, "kind"),
        ({"format": "1"}, "format"),
        ({"format": -1}, "format"),
        ({"format": True}, "format"),
        ({"format": 10**40}, "format"),
        ({"recorded_at": "yesterday"}, "recorded_at"),
        ({"recorded_at": 1_700_000_000}, "recorded_at"),
        ({"recorded_at": "2026-11-22T06:00:00"}, "recorded_at"),
        ({"recorded_at": None}, "recorded_at"),
        ({"clock_offset_s": "5"}, "clock_offset_s"),
        ({"clock_offset_s": 1e300}, "clock_offset_s"),
        ({"clock_offset_s": {}}, "clock_offset_s"),
        ({"fields": []}, "fields"),
        ({"fields": None}, "fields"),
        ({"fields": {"content": 5}}, "fields"),
        ({"fields": {"content": None}}, "fields"),
        ({"fields": {"content": {"a": "b"}}}, "fields"),
        ({"fields": {"content": ["a", 5]}}, "fields"),
        ({"fields": {"content": "a\u0000b"}}, "fields"),
        ({"fields": {"con\u0000tent": "b"}}, "fields"),
        ({"fields": {"content": "\ud800"}}, "fields"),
        ({"fields": {f"f{n}": "" for n in range(4001)}}, "fields"),
        ({"record_id": "7", "kind": "customers.edit"}, "record_id"),
        ({"record_id": -7, "kind": "customers.edit"}, "record_id"),
        ({"record_id": 2**63, "kind": "customers.edit"}, "record_id"),
        ({"base": "none", "kind": "customers.edit"}, "base"),
    ],
)
async def test_a_wrong_envelope_is_refused_at_its_field(
    make: Make, phone: PhoneOf, session: AsyncSession, change: dict[str, Any], field: str
) -> None:
    own = await phone(await make.user("rep", "sales_rep"))
    body = {**record("followups", {"content": "x"}), **change}
    text = json.dumps(body)
    answer = await own.client.post(
        "/sync/records", content=text, headers={"x-csrf-token": own.csrf or (await own.hello())["csrf"]}
    )
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field]), answer.text
    assert await made(session) == 0


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("followups", {"customer_id": "x", "content": "y"}, "customer_id"),
        ("followups", {"customer_id": ["1", "2"], "content": "y"}, "customer_id"),
        ("followups", {"customer_id": str(2**70), "content": "y"}, "customer_id"),
        ("followups", {"customer_uuid": "x", "content": "y"}, "customer_uuid"),
        ("followups", {"customer_uuid": ["x"], "content": "y"}, "customer_uuid"),
        ("followups", {"customer_id": "1", "contact_uuid": "x", "content": "y"}, "contact_uuid"),
        ("customers", {"name": ["a", "b"]}, "name"),
        ("customers", {"name": "x" * 300}, "name"),
        ("orders", {"customer_id": "1", "lines": "all"}, "lines"),
        ("visits", {"customer_id": "nowhere", "result": "x"}, "customer_id"),
    ],
)
async def test_wrong_fields_are_refused_like_in_the_form(
    make: Make, phone: PhoneOf, session: AsyncSession, kind: str, fields: dict[str, Any], field: str
) -> None:
    own = await phone(await make.user("rep", "sales_rep"))
    answer = await own.send(kind, fields)
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["errors"]
    assert await made(session) == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b'"text"', 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'{"id": ' + b"9" * 10_000 + b"}", 400),
        (b'{"clock_offset_s": NaN}', 422),
        (b'{"pad": "' + b"x" * (512 * 1024) + b'"}', 413),
    ],
    ids=["empty", "list", "text", "cut", "binary", "deep", "long number", "not a number", "huge"],
)
async def test_a_body_that_is_none_is_refused(make: Make, phone: PhoneOf, body: bytes, status: int) -> None:
    own = await phone(await make.user("rep", "sales_rep"))
    headers = {"x-csrf-token": (await own.hello())["csrf"], "content-type": "application/json"}
    answer = await own.client.post("/sync/records", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["code"]


async def test_the_key_in_the_header_is_the_id(make: Make, phone: PhoneOf, session: AsyncSession) -> None:
    own = await phone(await make.user("rep", "sales_rep"))
    answer = await own.post(record("customers", {"name": "Tea"}), **{"idempotency-key": str(uuid4())})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["id"])
    assert await made(session) == 0


async def test_extreme_clocks_do_no_harm(make: Make, phone: PhoneOf, session: AsyncSession) -> None:
    rep = await make.user("rep", "sales_rep")
    customer = await make.customer(owner=rep)
    own = await phone(rep)
    fields = {"customer_id": str(customer.id), "content": "x"}
    for at, offset in (
        ("0001-01-01T00:00:00+14:00", 0),
        ("0001-01-01T00:00:00Z", 1e10),
        ("9999-12-31T23:59:59-14:00", -1e10),
        ("1970-01-01T00:00:00Z", None),
        ("2026-11-22T06:00:00.123456789Z", 0.4),
    ):
        body = {**record("followups", fields), "recorded_at": at, "clock_offset_s": offset}
        answer = await own.post(body)
        assert answer.status_code == 200, (at, answer.text)
    at = {row.at.year for row in await session.scalars(select(FollowUp))}
    assert at == {customer.created_at.year}


async def test_the_methods_and_addresses_that_are_not_there_say_so_in_json(make: Make, phone: PhoneOf) -> None:
    own = await phone(await make.user("rep", "sales_rep"))
    await own.hello()
    headers = {"accept": "application/json", "x-csrf-token": own.csrf}
    for method, address, status in (
        ("GET", "/sync/records", 405),
        ("DELETE", "/sync/hello", 405),
        ("GET", "/sync/nothing", 404),
        ("PUT", "/sync/files/not-an-id", 404),
    ):
        answer = await own.client.request(method, address, headers=headers)
        assert answer.status_code == status, (address, answer.text)
        assert "json" in answer.headers["content-type"]


async def test_a_script_that_runs_wild_is_told_to_wait_and_others_are_not(
    make: Make, phone: PhoneOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    wild, calm = await phone(await make.user("wild", "sales_rep")), await phone(await make.user("calm", "sales_rep"))
    monkeypatch.setattr(sync, "RECORDS", Pace(burst=3, per_minute=6))
    answers = [await wild.send("customers", {"name": f"C{n}"}) for n in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].json()["code"] == "too_many"
    assert 1 <= int(answers[3].headers["retry-after"]) <= 11
    assert (await calm.send("customers", {"name": "Calm"})).status_code == 200


def test_the_pace_recovers_by_itself() -> None:
    pace = Pace(burst=2, per_minute=60)
    pace.take(1, now=0.0)
    pace.take(1, now=0.0)
    with pytest.raises(TooFast) as refused:
        pace.take(1, now=0.0)
    assert refused.value.retry_after_s is not None
    pace.take(1, now=float(refused.value.retry_after_s))
    with pytest.raises(TooFast):
        pace.take(1, now=float(refused.value.retry_after_s))
