"""Two people at the same moment, on real connections with real commits: one wins, the other is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from domain.approvals import actions, queries
from domain.approvals.models import Approval, ApprovalFlowStep
from domain.core.errors import Conflict, Problem
from domain.core.events import EventRow
from domain.core.inputs import parse
from domain.core.work import Work
from domain.orders import actions as orders
from domain.orders import queries as order_queries
from domain.orders.inputs import OrderInput
from domain.orders.models import Order
from domain.people.models import User
from domain.people.queries import load_actor
from domain.shipments.models import Shipment
from tests.make import Make
from webapp.database import Database
from webapp.work import transaction

pytestmark = pytest.mark.anyio
ROUNDS = 6
Act = Callable[[Work], Awaitable[Any]]


@dataclass
class Scene:
    """A committed company: a rep with a customer, two order administrators who may both decide."""

    database: Database
    rep: User
    one: User
    two: User
    body: dict[str, Any]

    async def run(self, user: User, act: Act) -> Any:
        """Act as a user in a transaction of their own; gives back the outcome or the refusal."""
        async with self.database.reading() as session:
            actor = await load_actor(session, user.id)
        assert actor is not None
        try:
            async with transaction(self.database, actor) as work:
                return await act(work)
        except Problem as problem:
            return problem

    async def sent(self) -> tuple[int, int, int]:
        """A new order that waits: its id, version and step."""

        async def act(work: Work) -> tuple[int, int, int]:
            order = await orders.create(work, parse(OrderInput, self.body), send=True)
            approval = (await queries.rounds(work, "orders", order.id))[0]
            return order.id, order.version, approval.steps[0].id

        found: tuple[int, int, int] = await self.run(self.rep, act)
        return found

    async def state(self, order_id: int) -> tuple[str, str, int, int]:
        """State of order and newest round, number of shipments, number of decisions recorded."""
        async with self.database.reading() as session:
            order = (await session.execute(select(Order.status).where(Order.id == order_id))).scalar_one()
            newest = select(Approval.status).where(Approval.record_id == order_id).order_by(Approval.round.desc())
            approval = (await session.execute(newest.limit(1))).scalar_one()
            ships = select(func.count()).where(Shipment.order_id == order_id)
            decided = select(func.count()).where(
                EventRow.name.in_(("OrderApproved", "OrderRejected")), EventRow.record_id == order_id
            )
            return (order, approval, (await session.execute(ships)).scalar_one(),
                    (await session.execute(decided)).scalar_one())  # fmt: skip


@pytest.fixture
async def scene(own_database: Database) -> Scene:
    async with own_database.writing() as session:
        make = Make(session)
        rep = await make.user("rep", "sales_rep")
        one = await make.user("one", "order_administrator", name="One")
        two = await make.user("two", "order_administrator", name="Two")
        role = await make.builtin("order_administrator")
        await make.flow("orders", ApprovalFlowStep(rule="role", role_id=role.id))
        customer = await make.customer(owner=rep)
        product = await make.product()
        await session.commit()
        body = {"customer_id": customer.id, "lines": [{"product_id": product.id, "quantity": "1"}]}
        return Scene(own_database, rep, one, two, body)


async def test_of_two_approvers_the_first_wins_and_the_second_is_told(scene: Scene) -> None:
    for _round in range(ROUNDS):
        order_id, version, step = await scene.sent()
        outcomes = await asyncio.gather(
            scene.run(scene.one, lambda work, s=step, v=version: actions.confirm(work, s, v)),
            scene.run(scene.two, lambda work, s=step, v=version: actions.reject(work, s, v, "No")),
        )
        refused = [one for one in outcomes if isinstance(one, Problem)]
        assert len(refused) == 1 and isinstance(refused[0], Conflict) and refused[0].code == "decided"
        order, approval, shipments, decisions = await scene.state(order_id)
        expected = ("approved", "confirmed", 1) if outcomes[0] not in refused else ("rejected", "rejected", 0)
        assert (order, approval, shipments) == expected
        assert decisions == 1


async def test_the_same_approver_tapping_ten_times_decides_once(scene: Scene) -> None:
    order_id, version, step = await scene.sent()
    outcomes = await asyncio.gather(
        *(scene.run(scene.one, lambda work: actions.confirm(work, step, version)) for _tap in range(10))
    )
    assert not any(isinstance(one, Problem) for one in outcomes)
    assert await scene.state(order_id) == ("approved", "confirmed", 1, 1)


async def test_withdraw_against_confirm_has_one_winner(scene: Scene) -> None:
    for _round in range(ROUNDS):
        order_id, version, step = await scene.sent()
        withdrawn, confirmed = await asyncio.gather(
            scene.run(scene.rep, lambda work, o=order_id: orders.withdraw(work, o)),
            scene.run(scene.one, lambda work, s=step, v=version: actions.confirm(work, s, v)),
        )
        assert isinstance(withdrawn, Problem) != isinstance(confirmed, Problem)
        state = await scene.state(order_id)
        if isinstance(withdrawn, Problem):
            assert withdrawn.code == "wrong_state" and state == ("approved", "confirmed", 1, 1)
        else:
            assert confirmed.code == "withdrawn" and state == ("draft", "withdrawn", 0, 0)


async def test_withdrawing_and_changing_against_confirming_never_approves_the_unseen(scene: Scene) -> None:
    """Whatever the order of events, what was approved is what the approver saw."""

    async def change(work: Work, order_id: int) -> None:
        await orders.withdraw(work, order_id)
        lines = [{**scene.body["lines"][0], "quantity": "100"}]
        await orders.edit(work, order_id, parse(OrderInput, {**scene.body, "lines": lines}), send=True)

    for _round in range(ROUNDS):
        order_id, version, step = await scene.sent()
        await asyncio.gather(
            scene.run(scene.rep, lambda work, o=order_id: change(work, o)),
            scene.run(scene.one, lambda work, s=step, v=version: actions.confirm(work, s, v)),
        )
        async with scene.database.reading() as session:
            statement = select(Order.status, Order.net_total).where(Order.id == order_id)
            status, net = (await session.execute(statement)).one()
        assert (status, str(net)) in {("approved", "10.00"), ("awaiting", "1000.00")}


async def test_a_double_tap_on_send_makes_one_order(scene: Scene) -> None:
    body = {**scene.body, "client_uuid": str(uuid4())}
    data = parse(OrderInput, body)
    outcomes = await asyncio.gather(
        *(scene.run(scene.rep, lambda work: orders.create(work, data, send=True)) for _tap in range(10))
    )
    assert len({order.id for order in outcomes}) == 1
    async with scene.database.reading() as session:
        assert (await session.execute(select(func.count(Order.id)))).scalar_one() == 1
        assert (await session.execute(select(func.count(Approval.id)))).scalar_one() == 1


async def test_two_sends_of_one_draft_make_one_round(scene: Scene) -> None:
    order = await scene.run(scene.rep, lambda work: orders.create(work, parse(OrderInput, scene.body)))
    outcomes = await asyncio.gather(
        *(scene.run(scene.rep, lambda work: orders.submit(work, order.id)) for _tap in range(5))
    )
    refused = [one for one in outcomes if isinstance(one, Problem)]
    assert len(refused) == 4 and {one.code for one in refused} == {"wrong_state"}
    async with scene.database.reading() as session:
        assert (await session.execute(select(func.count(Approval.id)))).scalar_one() == 1


async def test_ten_orders_at_once_have_ten_numbers(scene: Scene) -> None:
    made = await asyncio.gather(
        *(scene.run(scene.rep, lambda work: orders.create(work, parse(OrderInput, scene.body))) for _one in range(10))
    )
    assert len({order.number for order in made}) == 10
    async with scene.database.reading() as session:
        found = await session.execute(select(func.count(Order.id)).where(order_queries.Order.number.like("SO-%")))
        assert found.scalar_one() == 10
