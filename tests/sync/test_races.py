"""Records that come at the same moment, on real connections with real commits."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from domain.core.access import SYSTEM
from domain.core.work import clock
from domain.customers.models import Customer
from domain.files.models import File
from domain.followups.models import FollowUp
from domain.people.models import User
from domain.pools import clock as pool_clock
from domain.pools import sweep
from domain.pools.models import OwnershipChange, PoolKind, RecycleRule
from domain.visits.models import Visit
from tests.conftest import PageClient, sign_in
from tests.files.test_uploads import JPEG, Sender
from tests.make import Make
from tests.sync.phone import Phone, record
from webapp.app import build
from webapp.database import Database
from webapp.settings import Settings
from webapp.work import transaction

pytestmark = pytest.mark.anyio


@dataclass
class Field:
    """The application with real commits, and phones that reach it."""

    front: Any
    database: Database
    doors: AsyncExitStack

    async def phone(self, user: User) -> Phone:
        async with self.database.writing() as session:
            token = await sign_in(session, user)
        client = PageClient(
            transport=httpx.ASGITransport(self.front), base_url="http://testserver", timeout=60,
            headers={"accept": "application/json", "accept-language": "en"},
        )  # fmt: skip
        client.cookies.set("offing", token, domain="testserver.local")
        phone = Phone(await self.doors.enter_async_context(client))
        await phone.hello()
        return phone

    async def count(self, model: Any, *conditions: Any) -> int:
        async with self.database.reading() as session:
            return int(await session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0)


@pytest.fixture
async def field(own_database: Database, settings: Settings) -> AsyncIterator[Field]:
    async with AsyncExitStack() as doors:
        yield Field(build(settings, own_database), own_database, doors)


async def test_twenty_sends_of_one_record_make_one(field: Field) -> None:
    async with field.database.writing() as session:
        make = Make(session)
        rep = await make.user("rep", "sales_rep")
        customer = await make.customer(owner=rep)
        await session.commit()
    phones = [await field.phone(rep) for _ in range(4)]
    body = record("visits", {"customer_id": str(customer.id), "result": "Sold tea"})
    answers = await asyncio.gather(*(phones[n % 4].post(body) for n in range(20)))
    found = Counter(answer.status_code for answer in answers)
    assert set(found) <= {200, 409}, [answer.text for answer in answers]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"in_progress"}
    assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 409)
    said = [answer.json() for answer in answers if answer.status_code == 200]
    assert [answer["replayed"] for answer in said].count(False) == 1
    assert len({answer["record"]["id"] for answer in said}) == 1
    assert await field.count(Visit) == await field.count(FollowUp) == 1


async def test_one_id_with_two_bodies_at_once_makes_one(field: Field) -> None:
    async with field.database.writing() as session:
        make = Make(session)
        rep = await make.user("rep", "sales_rep")
        customer = await make.customer(owner=rep)
        await session.commit()
    own = await field.phone(rep)
    first = record("followups", {"customer_id": str(customer.id), "content": "A"})
    second = {**first, "fields": {**first["fields"], "content": "B"}}
    answers = await asyncio.gather(*(own.post(body) for body in (first, second) * 5))
    assert {answer.status_code for answer in answers} <= {200, 409, 422}
    assert await field.count(FollowUp) == 1
    kept = {(await own.post(body)).status_code for body in (first, second)}
    assert kept == {200, 422}


async def test_of_claims_and_late_records_at_once_one_gets_the_customer(field: Field) -> None:
    async with field.database.writing() as session:
        make = Make(session)
        rep, *others = [await make.user(f"rep{n}", "sales_rep") for n in range(9)]
        pool = await make.pool("North", members=(rep, *others))
        session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=30))
        taken = [await make.customer(f"C{n}", owner=rep, home_pool_id=pool.id) for n in range(6)]
        for customer in taken:
            customer.owned_since = clock() - timedelta(days=40)
        await session.commit()
    recorded_at = clock()
    async with transaction(field.database, SYSTEM) as work:
        await pool_clock.recompute(work.session, PoolKind.customer)
        assert await sweep.recycle_due(work) == 6
    own = [await field.phone(rep) for _ in range(3)]
    theirs = [await field.phone(other) for other in others]
    for customer in taken:
        fields = {"customer_id": str(customer.id), "content": "Was there in time"}
        late = [phone.send("followups", fields, at=recorded_at) for phone in own]
        claims = [phone.client.post(f"/customers/{customer.id}/claim", headers={"x-csrf-token": phone.csrf})
                  for phone in theirs]  # fmt: skip
        mixed = [*late, *claims]
        secrets.SystemRandom().shuffle(mixed)
        answers = await asyncio.gather(*mixed)
        assert not [answer.text for answer in answers if answer.status_code >= 500]
        lines = (
            OwnershipChange.record_id == customer.id,
            OwnershipChange.verb.in_(["claim", "bring_back"]),
        )
        assert await field.count(OwnershipChange, *lines) == 1
        assert await field.count(FollowUp, FollowUp.customer_id == customer.id) == 3
        async with field.database.reading() as session:
            line = (await session.execute(select(OwnershipChange).where(*lines))).scalar_one()
            stands = await session.get_one(Customer, customer.id)
            assert stands.owner_id == line.to_owner_id
            assert (stands.owner_id == rep.id) == (line.verb == "bring_back")


async def test_a_contact_and_the_visit_that_names_it_find_each_other_in_any_order(field: Field) -> None:
    async with field.database.writing() as session:
        make = Make(session)
        rep = await make.user("rep", "sales_rep")
        customers = [await make.customer(owner=rep) for _ in range(8)]
        await session.commit()
    phones = [await field.phone(rep) for _ in range(2)]
    for customer in customers:
        contact = record("contacts", {"customer_id": str(customer.id), "name": "Wang"})
        visit = record("visits", {"customer_id": str(customer.id), "contact_uuid": contact["id"], "result": "Met Wang"})
        answers = await asyncio.gather(phones[0].post(visit), phones[1].post(contact))
        assert [answer.status_code for answer in answers] == [200, 200], [answer.text for answer in answers]
    assert await field.count(Visit, Visit.contact_id.is_(None)) == 0
    assert await field.count(FollowUp, FollowUp.contact_id.is_(None)) == 0


async def test_two_tabs_that_send_one_file_make_one_whole_file(field: Field, settings: Settings) -> None:
    async with field.database.writing() as session:
        rep = await Make(session).user("rep", "sales_rep")
        await session.commit()
    data = JPEG + secrets.token_bytes(40_000)
    tabs = [Sender(phone.client, phone.csrf) for phone in [await field.phone(rep) for _ in range(4)]]
    same = {"id": record("visits", {})["id"], "subject_id": record("visits", {})["id"]}

    async def send(tab: Sender) -> None:
        said = (await tab.announce(data, **same)).json()
        while not said["complete"]:
            at = said["received"]
            answer = await tab.piece(same["id"], at, data[at : at + 3000])
            assert answer.status_code in (200, 409), answer.text
            said = answer.json()

    await asyncio.gather(*(send(tab) for tab in tabs))
    async with field.database.reading() as session:
        file = (await session.execute(select(File))).scalar_one()
    assert (file.received, file.complete_at is not None) == (len(data), True)
    stored = Path(settings.files) / str(same["id"])[:2] / same["id"]
    assert stored.read_bytes() == data
