"""A business day through the actions: from the public pool to money that finance has confirmed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.approvals import actions as approvals
from domain.approvals import queries as approval_queries
from domain.approvals.models import ApprovalFlowStep
from domain.calendar import queries as calendar
from domain.contacts import queries as contacts
from domain.core.errors import NotFound
from domain.core.lists import ListQuery, ListSpec, fetch_page
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import DealStatus
from domain.followups import actions as followups
from domain.followups import queries as followup_queries
from domain.followups.inputs import FollowUpInput
from domain.orders import actions as orders
from domain.orders import queries as order_queries
from domain.orders.inputs import LineInput, OrderInput
from domain.orders.models import Order, ShippingStatus
from domain.payments import actions as payments
from domain.payments import queries as payment_queries
from domain.payments.inputs import PaymentInput
from domain.payments.models import PaymentMethod
from domain.people.models import User
from domain.pools import actions as pools
from domain.pools.models import PoolKind
from domain.shipments import actions as shipments
from domain.shipments import queries as shipment_queries
from domain.shipments.inputs import ShipInput
from tests.conftest import WorkAs
from tests.make import Make

pytestmark = pytest.mark.anyio
Read = Callable[[Work, int], Awaitable[Any]]


@dataclass
class Cast:
    """Who does what, and somebody whom it is none of the business of."""

    rep: User
    stranger: User
    manager: User
    approver: User
    finance: User
    warehouse: User


@pytest.fixture
async def cast(make: Make) -> Cast:
    """Discount authority: the rep 5 %, the manager 15 % a line, the approver (a director) 30 %."""
    await make.limit("sales_rep", "5", "5")
    await make.limit("department_manager", "15", "10")
    await make.limit("sales_director", "30", "20")
    north, south = await make.department("North"), await make.department("South")
    manager = await make.user("manager", "department_manager", department=north)
    finance = await make.user("finance", "finance")
    role = await make.builtin("finance")
    await make.flow("payments", ApprovalFlowStep(rule="role", role_id=role.id))
    return Cast(
        rep=await make.user("rep", "sales_rep", department=north, manager=manager),
        stranger=await make.user("stranger", "sales_rep", department=south),
        manager=manager,
        approver=await make.user("approver", "sales_director"),
        finance=finance,
        warehouse=await make.user("warehouse", "warehouse"),
    )


async def waiting_step(work: Work) -> tuple[int, int]:
    """Id of the one step that waits for the actor, and the version of the record to decide on."""
    [(approval, step_id)] = (await work.session.execute(approval_queries.waiting(work.actor))).all()
    return step_id, approval.record_version


async def ids_on_list(work: Work, spec: ListSpec) -> list[int]:
    """What the actor's list of a feature holds."""
    page = await fetch_page(work, spec, ListQuery.of(spec, {"scene": "all"}), size=50)
    return [row.id for row in page.rows]


async def stored(work: Work, record: Any) -> None:
    """Write what the action left pending, and read the record as the database holds it."""
    await work.session.flush()
    await work.session.refresh(record)


async def refused_as_missing(work: Work, read: Read, record_id: int) -> bool:
    """Whether the record does not exist for the actor."""
    try:
        await read(work, record_id)
    except NotFound:
        return True
    return False


async def test_from_pool_to_payment(cast: Cast, make: Make, work_as: WorkAs) -> None:
    pool = await make.pool("North China", members=(cast.rep,))
    customer = await make.customer("Harbour Foods", pool=pool)
    tea, cups = await make.product("Tea", "19.99"), await make.product("Cups", "100.00")

    # The rep claims, follows up and plans the next contact.
    rep = await work_as(cast.rep)
    assert (await pools.claim(rep, PoolKind.customer, customer.id)).owner_id == cast.rep.id
    in_two_days = rep.now + timedelta(days=2)
    touch = await followups.create(
        rep, FollowUpInput(customer_id=customer.id, content="Wants tea and cups", next_contact_at=in_two_days)
    )
    [entry] = await calendar.open_until(rep, rep.now + timedelta(days=3))
    assert (entry.followup_id, entry.customer_id, entry.starts_at) == (touch.id, customer.id, in_two_days)

    # The order: 3 × 19.99 at 10 % off is 53.97 and 2 × 100.00 is 200.00; 2 % off it all leaves 248.89.
    order = await orders.create(
        rep,
        OrderInput(
            customer_id=customer.id,
            discount_percent=Decimal(2),
            approver_id=cast.approver.id,
            lines=[
                LineInput(product_id=tea.id, quantity=Decimal(3), discount_percent=Decimal(10)),
                LineInput(product_id=cups.id, quantity=Decimal(2)),
            ],
        ),
        send=True,
    )
    assert (order.status, order.list_total, order.net_total) == ("awaiting", Decimal("259.97"), Decimal("248.89"))
    assert sum(line.net for line in order.lines) == order.goods_total == Decimal("253.97")
    await stored(rep, order)
    assert (await customers.totals(rep, customer.id)).approved == 0

    approver = await work_as(cast.approver)
    approval = await approvals.confirm(approver, *await waiting_step(approver))
    assert approval.status == "confirmed"
    await stored(rep, order)
    assert (order.status, order.shipping_status) == ("approved", ShippingStatus.none)

    # The shipment was made by the approval; the warehouse sends it off.
    warehouse = await work_as(cast.warehouse)
    [shipment] = await shipment_queries.of_order(warehouse, order.id)
    assert [line.quantity for line in shipment.lines] == [3, 2]
    await shipments.ship(warehouse, shipment.id, ShipInput(carrier="SF", tracking_number="SF-1"))
    await stored(rep, order)
    assert order.shipping_status == ShippingStatus.full

    # The rep records the money, finance confirms it.
    rep = await work_as(cast.rep)
    payment = await payments.create(
        rep,
        PaymentInput(order_id=order.id, amount=Decimal("248.89"), method=PaymentMethod.transfer, received_on=rep.today),
    )
    assert payment.status == "awaiting"
    finance = await work_as(cast.finance)
    await approvals.confirm(finance, *await waiting_step(finance))
    await stored(finance, payment)
    assert payment.status == "confirmed"

    totals = await customers.totals(await work_as(cast.rep), customer.id)
    assert (totals.orders, totals.approved, totals.order_count) == (Decimal("248.89"), Decimal("248.89"), 1)
    assert (totals.payments, totals.confirmed, totals.outstanding) == (Decimal("248.89"), Decimal("248.89"), 0)
    of_order = await payment_queries.order_totals(await work_as(cast.rep), order.id)
    assert (of_order.confirmed, of_order.awaiting, of_order.outstanding) == (Decimal("248.89"), 0, 0)
    await stored(rep, customer)
    assert (customer.deal_status, customer.owner_id) == (DealStatus.deal, cast.rep.id)

    records: list[tuple[Read, int]] = [
        (customers.get, customer.id),
        (customers.detail, customer.id),
        (followup_queries.get, touch.id),
        (calendar.get, entry.id),
        (order_queries.get, order.id),
        (approval_queries.get, approval.id),
        (shipment_queries.get, shipment.id),
        (payment_queries.get, payment.id),
    ]
    lists = (customers.LIST, followup_queries.LIST, order_queries.LIST, shipment_queries.LIST, payment_queries.LIST)
    stranger, manager = await work_as(cast.stranger), await work_as(cast.manager)
    for read, record_id in records:
        assert await refused_as_missing(stranger, read, record_id), read
        assert not await refused_as_missing(manager, read, record_id), read
    assert [await ids_on_list(stranger, spec) for spec in (*lists, contacts.LIST)] == [[]] * 6
    assert [await ids_on_list(manager, spec) for spec in lists] == [
        [customer.id], [touch.id], [order.id], [shipment.id], [payment.id]
    ]  # fmt: skip


async def test_no_verb_works_on_what_is_not_seen(cast: Cast, make: Make, work_as: WorkAs) -> None:
    """Every verb of the job by somebody who sees none of it: not found, and nothing changed."""
    customer = await make.customer("Harbour Foods", owner=cast.rep)
    order = await make.order(customer, cast.rep)
    rep = await work_as(cast.rep)
    sent: Order = await orders.submit(rep, order.id)
    step_id = (await approval_queries.rounds(rep, "orders", order.id))[0].steps[0].id
    stranger = await work_as(cast.stranger)
    line = LineInput(product_id=order.lines[0].product_id, quantity=Decimal(1))
    attempts: dict[str, Callable[[], Awaitable[Any]]] = {
        "claim": lambda: pools.claim(stranger, PoolKind.customer, customer.id),
        "release": lambda: pools.release(stranger, PoolKind.customer, customer.id, "enough"),
        "follow up": lambda: followups.create(stranger, FollowUpInput(customer_id=customer.id, content="Hello")),
        "edit": lambda: orders.edit(stranger, order.id, OrderInput(customer_id=customer.id, lines=[line])),
        "submit": lambda: orders.submit(stranger, order.id),
        "withdraw": lambda: orders.withdraw(stranger, order.id),
        "void": lambda: orders.void(stranger, order.id, "mine"),
        "confirm": lambda: approvals.confirm(stranger, step_id, sent.version),
        "reject": lambda: approvals.reject(stranger, step_id, sent.version, "No"),
        "pay": lambda: payments.create(
            stranger,
            PaymentInput(order_id=order.id, amount=Decimal(1), method=PaymentMethod.cash, received_on=stranger.today),
        ),
    }
    for name, attempt in attempts.items():
        with pytest.raises(NotFound):
            await attempt()
            pytest.fail(name)
    await stored(rep, order)
    await stored(rep, customer)
    assert (order.status, order.version, customer.owner_id) == ("awaiting", sent.version, cast.rep.id)
