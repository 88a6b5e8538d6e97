"""Who has to approve: picks, flows, rules, stand-ins, authority, and the administrators when nobody is left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.approvals import queries
from domain.approvals.models import Approval, ApprovalFlowStep
from domain.core.errors import Conflict, Invalid
from domain.core.events import EventRow
from domain.core.inputs import parse
from domain.orders import actions as orders
from domain.orders.inputs import OrderInput
from domain.people.models import User
from tests.conftest import WorkAs
from tests.make import Make, SalesTeam

pytestmark = pytest.mark.anyio


@pytest.fixture
async def team(make: Make) -> SalesTeam:
    return await make.sales_team()


async def sent(
    make: Make, work_as: WorkAs, by: User, *, off: str = "0", price: str = "10.00", **values: Any
) -> Approval:
    """The approval of a freshly sent order."""
    customer = await make.customer(owner=by)
    product = await make.product(price=price)
    line = {"product_id": product.id, "quantity": "1", "discount_percent": off}
    data = parse(OrderInput, {"customer_id": customer.id, "lines": [line], **values})
    work = await work_as(by)
    order = await orders.create(work, data, send=True)
    return (await queries.rounds(work, "orders", order.id))[0]


def asked(approval: Approval) -> list[set[int]]:
    """Who was asked, step by step."""
    return [{one.user_id for one in step.approvers} for step in approval.steps]


async def test_without_flow_and_pick_the_manager_is_asked(make: Make, work_as: WorkAs, team: SalesTeam) -> None:
    approval = await sent(make, work_as, team.rep)
    assert asked(approval) == [{team.manager.id}]
    assert (approval.steps[0].status, approval.why) == ("awaiting", [])


async def test_the_picked_approver_is_asked(make: Make, work_as: WorkAs, team: SalesTeam) -> None:
    assert asked(await sent(make, work_as, team.rep, approver_id=team.director.id)) == [{team.director.id}]


@pytest.mark.parametrize("pick", ["self", "peer", "nobody"])
async def test_a_pick_who_may_not_approve_is_refused(make: Make, work_as: WorkAs, team: SalesTeam, pick: str) -> None:
    peer = await make.user(None, "sales_rep")
    number = {"self": team.rep.id, "peer": peer.id, "nobody": 999_999}[pick]
    with pytest.raises(Invalid) as refusal:
        await sent(make, work_as, team.rep, approver_id=number)
    assert set(refusal.value.errors) == {"approver_id"}


async def test_somebody_on_leave_is_replaced_by_their_manager(make: Make, work_as: WorkAs, team: SalesTeam) -> None:
    work = await work_as(team.rep)
    team.manager.on_leave_until = work.today
    assert asked(await sent(make, work_as, team.rep)) == [{team.director.id}], "the last day of leave counts"
    team.manager.on_leave_until = work.today - timedelta(days=1)
    assert asked(await sent(make, work_as, team.rep)) == [{team.manager.id}], "back from leave"


async def test_somebody_switched_off_is_replaced_by_the_next_superior(
    make: Make, work_as: WorkAs, team: SalesTeam
) -> None:
    team.manager.active = False
    assert asked(await sent(make, work_as, team.rep)) == [{team.director.id}]


async def test_nobody_left_goes_to_the_administrators_with_an_alarm(
    make: Make, work_as: WorkAs, team: SalesTeam
) -> None:
    loner = await make.user(None, "sales_rep")
    approval = await sent(make, work_as, loner)
    assert asked(approval) == [{team.admin.id}] and approval.status == "awaiting"
    names = (await make.session.scalars(select(EventRow.name).where(EventRow.record_id == approval.id))).all()
    assert "ApprovalStranded" in names


async def test_not_even_an_administrator_is_no_silent_pass(make: Make, work_as: WorkAs) -> None:
    loner = await make.user(None, "sales_rep")
    with pytest.raises(Conflict) as refusal:
        await sent(make, work_as, loner)
    assert refusal.value.code == "no_approver"


async def test_nobody_approves_their_own(make: Make, work_as: WorkAs, team: SalesTeam) -> None:
    await make.flow("orders", ApprovalFlowStep(rule="person", user_id=team.manager.id))
    assert asked(await sent(make, work_as, team.manager)) == [{team.director.id}], "the superior instead"
    assert asked(await sent(make, work_as, team.admin)) == [{team.manager.id}]


async def test_the_head_rule_climbs_the_departments(make: Make, work_as: WorkAs, team: SalesTeam) -> None:
    await make.flow("orders", ApprovalFlowStep(rule="head"))
    assert asked(await sent(make, work_as, team.rep)) == [{team.manager.id}]
    assert asked(await sent(make, work_as, team.manager)) == [{team.director.id}], "the head's own goes one higher"


async def test_all_present_holders_of_a_role_are_asked(make: Make, work_as: WorkAs, team: SalesTeam) -> None:
    first = await make.user(None, "order_administrator")
    second = await make.user(None, "order_administrator")
    role = await make.builtin("order_administrator")
    await make.flow("orders", ApprovalFlowStep(rule="role", role_id=role.id))
    assert asked(await sent(make, work_as, team.rep)) == [{first.id, second.id}]
    second.on_leave_until = (await work_as(team.rep)).today
    assert asked(await sent(make, work_as, team.rep)) == [{first.id}]


async def test_a_large_amount_takes_the_further_step(make: Make, work_as: WorkAs, team: SalesTeam) -> None:
    await make.flow(
        "orders",
        ApprovalFlowStep(rule="manager"),
        ApprovalFlowStep(rule="person", user_id=team.director.id, least_amount=1000),
    )
    assert asked(await sent(make, work_as, team.rep, price="999.99")) == [{team.manager.id}]
    large = await sent(make, work_as, team.rep, price="1000.00")
    assert asked(large) == [{team.manager.id}, {team.director.id}]
    assert [step.status for step in large.steps] == ["awaiting", "later"]


async def test_a_pick_takes_the_place_of_the_plain_steps_only(make: Make, work_as: WorkAs, team: SalesTeam) -> None:
    picked = await make.user(None, "department_manager")
    await make.flow(
        "orders",
        ApprovalFlowStep(rule="manager"),
        ApprovalFlowStep(rule="person", user_id=team.director.id, least_amount=1000),
    )
    approval = await sent(make, work_as, team.rep, price="1000.00", approver_id=picked.id)
    assert asked(approval) == [{picked.id}, {team.director.id}]


async def test_nobody_is_asked_twice_in_a_row(make: Make, work_as: WorkAs, team: SalesTeam) -> None:
    await make.flow("orders", ApprovalFlowStep(rule="manager"), ApprovalFlowStep(rule="head"))
    assert asked(await sent(make, work_as, team.rep)) == [{team.manager.id}]


async def test_a_flow_whose_steps_do_not_apply_is_no_silent_pass(make: Make, work_as: WorkAs, team: SalesTeam) -> None:
    await make.flow("orders", ApprovalFlowStep(rule="person", user_id=team.director.id, least_amount=1000))
    assert asked(await sent(make, work_as, team.rep)) == [{team.manager.id}]


async def test_a_discount_beyond_the_rep_goes_to_who_has_the_right(
    make: Make, work_as: WorkAs, team: SalesTeam
) -> None:
    """Rep 5 %, manager 15 %, director 30 %."""
    assert asked(await sent(make, work_as, team.rep, off="15")) == [{team.manager.id}]
    beyond = await sent(make, work_as, team.rep, off="18")
    assert asked(beyond) == [{team.manager.id}, {team.director.id}]
    assert beyond.why[0]["params"]["points"] == "13"
    assert asked(await sent(make, work_as, team.rep, off="31")) == [{team.manager.id}, {team.admin.id}]


async def test_a_picked_peer_without_the_right_does_not_decide_alone(
    make: Make, work_as: WorkAs, team: SalesTeam
) -> None:
    picked = await make.user(None, "department_manager", manager=team.director)
    approval = await sent(make, work_as, team.rep, off="18", approver_id=picked.id)
    assert asked(approval)[0] == {picked.id} and len(approval.steps) == 2
    assert asked(approval)[1] <= {team.director.id}


async def test_the_discount_step_of_a_flow_is_filled_by_right(make: Make, work_as: WorkAs, team: SalesTeam) -> None:
    await make.flow("orders", ApprovalFlowStep(rule="manager"), ApprovalFlowStep(rule="manager", over_discount=True))
    assert asked(await sent(make, work_as, team.rep, off="5")) == [{team.manager.id}]
    assert asked(await sent(make, work_as, team.rep, off="30")) == [{team.manager.id}, {team.director.id}]
