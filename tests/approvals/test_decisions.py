"""Deciding: once, by who was asked, on what was shown."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from domain.approvals import actions, queries
from domain.approvals.events import ApprovalRequested
from domain.approvals.models import Approval, ApprovalFlowStep
from domain.approvals.reactions import tell_owner
from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.core.events import EventRow
from domain.core.inputs import parse
from domain.notifications.models import Notification
from domain.orders import actions as orders
from domain.orders.inputs import OrderInput
from domain.orders.models import Order
from domain.people.models import User
from tests.conftest import WorkAs
from tests.make import Make, SalesTeam

pytestmark = pytest.mark.anyio


@pytest.fixture
async def team(make: Make) -> SalesTeam:
    return await make.sales_team()


@pytest.fixture
async def order(make: Make, work_as: WorkAs, team: SalesTeam) -> Order:
    """An order that waits for the manager."""
    customer = await make.customer(owner=team.rep)
    product = await make.product()
    data = parse(OrderInput, {"customer_id": customer.id, "lines": [{"product_id": product.id, "quantity": "1"}]})
    return await orders.create(await work_as(team.rep), data, send=True)


async def round_of(work_as: WorkAs, user: User, order: Order) -> Approval:
    return (await queries.rounds(await work_as(user), "orders", order.id))[0]


async def events_of(make: Make, name: str) -> int:
    return (await make.session.execute(select(func.count()).where(EventRow.name == name))).scalar_one()


async def test_confirming_the_last_step_approves(make: Make, work_as: WorkAs, team: SalesTeam, order: Order) -> None:
    approval = await round_of(work_as, team.manager, order)
    await actions.confirm(await work_as(team.manager), approval.steps[0].id, order.version, "Well done")
    assert (approval.status, order.status) == ("confirmed", "approved")
    assert (approval.steps[0].decided_by_id, approval.steps[0].comment) == (team.manager.id, "Well done")
    assert approval.ended_at is not None


async def test_steps_come_one_after_the_other(make: Make, work_as: WorkAs, team: SalesTeam) -> None:
    further = ApprovalFlowStep(rule="person", user_id=team.director.id)
    await make.flow("orders", ApprovalFlowStep(rule="manager"), further)
    customer = await make.customer(owner=team.rep)
    product = await make.product()
    data = parse(OrderInput, {"customer_id": customer.id, "lines": [{"product_id": product.id, "quantity": "1"}]})
    order = await orders.create(await work_as(team.rep), data, send=True)
    approval = await round_of(work_as, team.director, order)
    first, second = approval.steps
    director = await work_as(team.director)
    assert await queries.count_waiting(director) == 0
    with pytest.raises(Denied):
        await actions.confirm(director, second.id, order.version)
    await actions.confirm(await work_as(team.manager), first.id, order.version)
    assert (order.status, approval.status, second.status) == ("awaiting", "awaiting", "awaiting")
    assert await queries.count_waiting(director) == 1
    await actions.confirm(director, second.id, order.version)
    assert order.status == "approved"
    assert await events_of(make, ApprovalRequested.__name__) == 2


async def test_rejecting_needs_a_reason_and_goes_back_to_the_owner(
    make: Make, work_as: WorkAs, team: SalesTeam, order: Order
) -> None:
    approval = await round_of(work_as, team.manager, order)
    boss = await work_as(team.manager)
    with pytest.raises(Invalid) as refusal:
        await actions.reject(boss, approval.steps[0].id, order.version, " \n ")
    assert "reason" in refusal.value.errors and order.status == "awaiting"
    await actions.reject(boss, approval.steps[0].id, order.version, "Too cheap")
    assert (approval.status, order.status, approval.steps[0].comment) == ("rejected", "rejected", "Too cheap")


async def test_deciding_twice_is_harmless(make: Make, work_as: WorkAs, team: SalesTeam, order: Order) -> None:
    approval = await round_of(work_as, team.manager, order)
    boss = await work_as(team.manager)
    version = order.version
    await actions.confirm(boss, approval.steps[0].id, version)
    decided_at, number = approval.steps[0].decided_at, await events_of(make, "ApprovalConfirmed")
    again = await actions.confirm(boss, approval.steps[0].id, version)
    assert (again.status, again.steps[0].decided_at) == ("confirmed", decided_at)
    assert await events_of(make, "ApprovalConfirmed") == number == 1
    with pytest.raises(Conflict) as refusal:
        await actions.reject(boss, approval.steps[0].id, version, "Changed my mind")
    assert refusal.value.code == "decided" and order.status == "approved"


async def test_the_second_approver_learns_who_was_first(make: Make, work_as: WorkAs, team: SalesTeam) -> None:
    one, two = await make.user(None, "order_administrator", name="One"), await make.user(None, "order_administrator")
    role = await make.builtin("order_administrator")
    await make.flow("orders", ApprovalFlowStep(rule="role", role_id=role.id))
    customer = await make.customer(owner=team.rep)
    product = await make.product()
    data = parse(OrderInput, {"customer_id": customer.id, "lines": [{"product_id": product.id, "quantity": "1"}]})
    order = await orders.create(await work_as(team.rep), data, send=True)
    step = (await round_of(work_as, one, order)).steps[0]
    version = order.version
    await actions.confirm(await work_as(one), step.id, version)
    for attempt in (actions.confirm(await work_as(two), step.id, version),
                    actions.reject(await work_as(two), step.id, version, "No")):  # fmt: skip
        with pytest.raises(Conflict, match="Already confirmed by One") as refusal:
            await attempt
        assert refusal.value.code == "decided"
    assert order.status == "approved"


async def test_a_decision_on_something_else_than_was_shown_is_refused(
    make: Make, work_as: WorkAs, team: SalesTeam, order: Order
) -> None:
    approval = await round_of(work_as, team.manager, order)
    boss = await work_as(team.manager)
    for version in (order.version - 1, order.version + 1, 0):
        with pytest.raises(Conflict) as refusal:
            await actions.confirm(boss, approval.steps[0].id, version)
        assert refusal.value.code == "changed"
    assert (order.status, approval.steps[0].status) == ("awaiting", "awaiting")


async def test_withdrawn_changed_and_sent_again_the_old_decision_is_refused(
    make: Make, work_as: WorkAs, team: SalesTeam, order: Order
) -> None:
    seen = order.version
    old = (await round_of(work_as, team.manager, order)).steps[0].id
    rep = await work_as(team.rep)
    await orders.withdraw(rep, order.id)
    boss = await work_as(team.manager)
    with pytest.raises(Conflict) as refusal:
        await actions.confirm(boss, old, seen)
    assert refusal.value.code == "withdrawn" and str(refusal.value.message) == "Rep has withdrawn this."
    await orders.submit(rep, order.id)
    with pytest.raises(Conflict):
        await actions.confirm(boss, old, order.version)
    assert order.status == "awaiting"


async def test_whoever_was_not_asked_is_denied_or_sees_nothing(
    make: Make, work_as: WorkAs, team: SalesTeam, order: Order
) -> None:
    step = (await round_of(work_as, team.manager, order)).steps[0]
    stranger = await make.user(None, "sales_rep")
    for user, refusal in ((team.director, Denied), (team.admin, Denied), (team.rep, Denied), (stranger, NotFound)):
        with pytest.raises(refusal):
            await actions.confirm(await work_as(user), step.id, order.version)
    with pytest.raises(NotFound):
        await actions.confirm(await work_as(team.admin), 999_999, 1)
    assert order.status == "awaiting"


async def test_an_order_given_to_its_approver_is_not_approved_by_them(
    make: Make, work_as: WorkAs, team: SalesTeam, order: Order
) -> None:
    step = (await round_of(work_as, team.manager, order)).steps[0]
    order.owner_id = team.manager.id
    with pytest.raises(Denied, match="their own"):
        await actions.confirm(await work_as(team.manager), step.id, order.version)


async def test_when_all_approvers_have_left_the_next_is_asked(
    make: Make, work_as: WorkAs, team: SalesTeam, order: Order
) -> None:
    team.manager.active = False
    system = await work_as(None)
    assert await actions.find_stand_ins(system) == 1
    director = await work_as(team.director)
    assert await queries.count_waiting(director) == 1
    assert await actions.find_stand_ins(system) == 0, "once is enough"


async def test_the_lists_show_what_waits_what_i_decided_and_what_i_sent(
    make: Make, work_as: WorkAs, team: SalesTeam, order: Order
) -> None:
    boss, rep = await work_as(team.manager), await work_as(team.rep)

    async def titles(statement: Any) -> list[str]:
        return [row[0].title for row in (await boss.session.execute(statement)).all()]

    assert await titles(queries.waiting(boss.actor)) == [order.number]
    assert await titles(queries.submitted(rep.actor)) == [order.number]
    assert await titles(queries.decided(boss.actor)) == []
    step = (await round_of(work_as, team.manager, order)).steps[0]
    await actions.confirm(boss, step.id, order.version)
    assert await titles(queries.waiting(boss.actor)) == []
    assert await titles(queries.decided(boss.actor)) == [order.number]


async def test_who_sent_it_and_whose_it_is_hear_how_it_ended(make: Make, work_as: WorkAs, team: SalesTeam) -> None:
    customer = await make.customer(owner=team.rep)
    product = await make.product()
    data = parse(OrderInput, {"customer_id": customer.id, "lines": [{"product_id": product.id, "quantity": "1"}]})
    order = await orders.create(await work_as(team.rep), data)
    await orders.submit(await work_as(team.manager), order.id, order.version)
    approval = await round_of(work_as, team.manager, order)
    decider = await make.session.get_one(User, approval.steps[0].approvers[0].user_id)
    work = await work_as(decider)
    await actions.reject(work, approval.steps[0].id, order.version, "Too little")
    said = select(EventRow).where(EventRow.name == "ApprovalRejected")
    await tell_owner(work, (await make.session.execute(said)).scalar_one())
    told = select(Notification.user_id).where(Notification.kind == "decided")
    assert set((await make.session.execute(told)).scalars()) == {team.rep.id, team.manager.id}
