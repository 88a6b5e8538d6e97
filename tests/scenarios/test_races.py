"""Many at once through HTTP, on real connections with real commits: exactly one wins, the others are told."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select

from domain.approvals.models import Approval, ApprovalFlowStep
from domain.core.once import IdempotencyKey
from domain.core.work import clock
from domain.customers.models import Customer
from domain.orders.models import Order
from domain.people.models import ApiToken, User
from domain.pools.models import OwnershipChange
from domain.shipments.models import Shipment
from tests.conftest import PageClient, sign_in
from tests.make import Make
from webapp.app import build
from webapp.auth import Front, token_hash
from webapp.database import Database
from webapp.settings import Settings

pytestmark = pytest.mark.anyio


@dataclass
class House:
    """The application on a database with real commits, and ways into it."""

    front: Front
    database: Database
    doors: AsyncExitStack

    @asynccontextmanager
    async def building(self) -> AsyncIterator[Make]:
        """Builders whose records are committed at the end."""
        async with self.database.writing() as session:
            yield Make(session)
            await session.commit()

    async def program(self, user: User) -> httpx.AsyncClient:
        """A program that acts as a user."""
        token = secrets.token_urlsafe(16)
        async with self.database.writing() as session:
            session.add(
                ApiToken(token_hash=token_hash(token), user_id=user.id, name="race", scopes=[], created_at=clock())
            )
            await session.commit()
        return await self.doors.enter_async_context(
            httpx.AsyncClient(
                transport=httpx.ASGITransport(self.front), base_url="http://testserver/api/v1", timeout=60,
                headers={"authorization": f"Bearer {token}"},
            )
        )  # fmt: skip

    async def browser(self, user: User) -> PageClient:
        """A browser in which a user is signed in."""
        async with self.database.writing() as session:
            token = await sign_in(session, user)
        client = PageClient(
            transport=httpx.ASGITransport(self.front), base_url="http://testserver", timeout=60,
            headers={"accept": "text/html", "accept-language": "en"},
        )  # fmt: skip
        client.cookies.set("offing", token, domain="testserver.local")
        return await self.doors.enter_async_context(client)

    async def count(self, *conditions: Any, of: Any) -> int:
        """How many rows there are."""
        async with self.database.reading() as session:
            return int(await session.scalar(select(func.count()).select_from(of).where(*conditions)) or 0)


@pytest.fixture
async def house(settings: Settings, own_database: Database) -> AsyncIterator[House]:
    async with AsyncExitStack() as doors:
        yield House(build(settings, own_database), own_database, doors)


async def test_fifty_claims_of_one_customer_have_one_winner(house: House) -> None:
    async with house.building() as make:
        reps = [await make.user(f"rep{n}", "sales_rep") for n in range(50)]
        pool = await make.pool("North", members=tuple(reps))
        customer = await make.customer("Acme", pool=pool)
    programs = [await house.program(rep) for rep in reps]

    answers = await asyncio.gather(*(program.post(f"/customers/{customer.id}/claim") for program in programs))

    won = [answer for answer in answers if answer.status_code == 200]
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 49}
    winner = next(rep for rep in reps if rep.id == won[0].json()["owner_id"])
    told = {answer.json()["detail"] for answer in answers if answer.status_code == 409}
    assert told == {f"Taken by {winner.name}."}
    assert await house.count(Customer.id == customer.id, Customer.owner_id == winner.id, of=Customer) == 1
    assert await house.count(of=OwnershipChange) == 1


async def test_of_two_approvers_on_their_pages_one_decides_and_the_other_reads_by_whom(house: House) -> None:
    async with house.building() as make:
        rep = await make.user("rep", "sales_rep")
        deciders = [await make.user(name, "order_administrator", name=name.title()) for name in ("one", "two")]
        role = await make.builtin("order_administrator")
        await make.flow("orders", ApprovalFlowStep(rule="role", role_id=role.id))
        order = await make.order(await make.customer(owner=rep), rep)
    seller = await house.program(rep)
    assert (await seller.post(f"/orders/{order.id}/submit")).status_code == 200
    async with house.database.reading() as session:
        approval = (await session.scalars(select(Approval))).one()
    waiting = (await (await house.program(deciders[0])).get(f"/approvals/{approval.id}")).json()
    form = {"step": waiting["steps"][0]["id"], "record_version": waiting["record_version"]}
    browsers = [await house.browser(user) for user in deciders]
    for browser in browsers:
        assert (await browser.get(f"/approvals/{approval.id}")).status_code == 200

    answers = await asyncio.gather(
        browsers[0].submit(f"/approvals/{approval.id}/confirm", form),
        browsers[1].submit(f"/approvals/{approval.id}/confirm", form),
    )

    assert sorted(answer.status_code for answer in answers) == [303, 409]
    loser = next(answer for answer in answers if answer.status_code == 409)
    assert f"Already confirmed by {deciders[1 - answers.index(loser)].name}." in loser.text
    assert await house.count(of=Shipment) == 1


async def test_an_order_form_sent_ten_times_at_once_makes_one_order(house: House) -> None:
    async with house.building() as make:
        team = await make.sales_team()
        customer = await make.customer(owner=team.rep)
        product = await make.product()
    browser = await house.browser(team.rep)
    await browser.get("/orders/new")
    form = {
        "customer_id": customer.id, "client_uuid": str(uuid4()), "do": "send",
        "lines.0.product_id": product.id, "lines.0.quantity": "2",
    }  # fmt: skip

    answers = await asyncio.gather(*(browser.submit("/orders", form) for _tap in range(10)))

    assert {(answer.status_code, answer.headers.get("location")) for answer in answers} == {(303, "/orders/1")}
    assert (await house.count(of=Order), await house.count(of=Approval)) == (1, 1)


async def test_the_same_key_twenty_times_at_once_is_done_once(house: House) -> None:
    async with house.building() as make:
        rep = await make.user("rep", "sales_rep")
    program = await house.program(rep)

    async def send() -> httpx.Response:
        return await program.post("/customers", json={"name": "Acme"}, headers={"idempotency-key": "k"})

    answers = await asyncio.gather(*(send() for _one in range(20)))

    done = [answer.json() for answer in answers if answer.status_code == 201]
    rest = [answer for answer in answers if answer.status_code != 201]
    assert done and all(answer == done[0] for answer in done)
    assert {(answer.status_code, answer.json()["code"]) for answer in rest} <= {(409, "in_progress")}
    assert all(answer.headers["retry-after"] == "1" for answer in rest)
    assert (await house.count(of=Customer), await house.count(of=IdempotencyKey)) == (1, 1)
    assert (await send()).json() == done[0]


async def test_one_name_from_ten_programs_at_once_makes_one_customer(house: House) -> None:
    async with house.building() as make:
        rep = await make.user("rep", "sales_rep")
    program = await house.program(rep)
    answers = await asyncio.gather(
        *(program.post("/customers", json={"name": "Acme"}, headers={"idempotency-key": f"k{n}"}) for n in range(10))
    )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: 9}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 422} == {"duplicate"}
    assert await house.count(of=Customer) == 1
