"""An order that waits for the manager, who was told so."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from domain.approvals import queries as approvals
from domain.approvals.models import Approval
from domain.approvals.reactions import ask_approvers
from domain.core.events import EventRow
from domain.core.inputs import parse
from domain.core.work import Work
from domain.notifications.models import Notification
from domain.orders import actions as orders
from domain.orders.inputs import OrderInput
from tests.conftest import WorkAs
from tests.make import Make, SalesTeam
from tests.push.conftest import push_service

__all__ = ["push_service"]


@dataclass
class Waiting:
    """Who is involved and what waits."""

    team: SalesTeam
    approval: Approval
    item: Notification


async def send_order(work: Work, make: Make, customer_name: str = "Harbour Foods") -> Approval:
    """An order of one box at 128.50, sent for approval by the actor."""
    from domain.people.models import User

    owner = await make.session.get_one(User, work.actor.id)
    customer = await make.customer(customer_name, owner=owner)
    product = await make.product(price="128.50")
    lines = [{"product_id": product.id, "quantity": "1"}]
    order = await orders.create(work, parse(OrderInput, {"customer_id": customer.id, "lines": lines}), send=True)
    [approval] = await approvals.rounds(work, "orders", order.id)
    return approval


@pytest.fixture
async def waiting(make: Make, work_as: WorkAs) -> Waiting:
    team = await make.sales_team()
    work = await work_as(team.rep)
    approval = await send_order(work, make)
    event = await make.session.scalar(select(EventRow).where(EventRow.name == "ApprovalRequested"))
    assert event is not None
    await ask_approvers(await work_as(None), event)
    item = (await make.session.scalars(select(Notification).where(Notification.user_id == team.manager.id))).one()
    return Waiting(team, approval, item)
