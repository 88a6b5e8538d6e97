"""The life cycle of an order: every move allowed is made, every other is refused and changes nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from domain.approvals import actions as approvals
from domain.approvals import queries as approval_queries
from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.core.events import EventRow
from domain.core.inputs import parse
from domain.core.work import Work
from domain.customers.models import Customer
from domain.orders import actions, queries
from domain.orders.inputs import OrderInput
from domain.orders.models import Order, OrderStatus
from domain.orders.workflow import EDITABLE, WORKFLOW
from domain.products.models import Product
from domain.shipments.models import Shipment
from tests.conftest import WorkAs
from tests.make import Make, SalesTeam

pytestmark = pytest.mark.anyio


def entered(customer: Customer, product: Product, *, off: str = "0", **values: Any) -> OrderInput:
    """An order of two of a product."""
    lines = [{"product_id": product.id, "quantity": "2", "discount_percent": off}]
    return parse(OrderInput, {"customer_id": customer.id, "lines": lines, **values})


@pytest.fixture
async def team(make: Make) -> SalesTeam:
    return await make.sales_team()


@pytest.fixture
async def customer(make: Make, team: SalesTeam) -> Customer:
    return await make.customer("Acme", owner=team.rep, address="1 Main Street", city="Springfield")


@pytest.fixture
async def tea(make: Make) -> Product:
    return await make.product("Tea", "10.00")


async def number_of_events(work: Work) -> int:
    return (await work.session.execute(select(func.count(EventRow.id)))).scalar_one()


async def confirm_all(work_as: WorkAs, order: Order, *deciders: Any) -> None:
    """Each confirms the step that waits for them."""
    for decider in deciders:
        work = await work_as(decider)
        approval, step_id = (await work.session.execute(approval_queries.waiting(work.actor))).one()
        assert approval.record_id == order.id
        await approvals.confirm(work, step_id, order.version)


async def test_an_order_is_written_priced_and_numbered(
    work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    work = await work_as(team.rep)
    order = await actions.create(work, entered(customer, tea, off="5", discount_percent="5"))
    assert order.number.startswith(f"SO-{work.now:%Y}-") and len(order.number) == 14
    assert (order.list_total, order.goods_total, order.net_total) == (Decimal("20"), Decimal("19"), Decimal("18.05"))
    assert (order.status, order.owner_id, order.version) == ("draft", team.rep.id, 1)
    assert (order.ship_name, order.ship_address) == ("Acme", "1 Main Street, Springfield")
    assert [(line.product_name, line.unit, line.net) for line in order.lines] == [("Tea", "box", Decimal("19.00"))]


async def test_sent_at_once_it_waits_for_the_manager(
    work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    order = await actions.create(await work_as(team.rep), entered(customer, tea), send=True)
    assert (order.status, order.round) == ("awaiting", 1)
    waiting = await approval_queries.count_waiting(await work_as(team.manager))
    assert waiting == 1


async def test_approved_it_counts_and_a_shipment_is_made(
    work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    order = await actions.create(await work_as(team.rep), entered(customer, tea), send=True)
    await confirm_all(work_as, order, team.manager)
    assert order.status == "approved" and order.approved_at is not None
    work = await work_as(team.rep)
    shipments = (await work.session.scalars(select(Shipment).where(Shipment.order_id == order.id))).all()
    assert [one.status for one in shipments] == ["to_ship"]
    assert (await queries.totals_of_customer(work, customer.id)).approved == Decimal("20.00")


async def test_rejected_it_can_be_changed_and_sent_again_as_a_new_round(
    work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    order = await actions.create(await work_as(team.rep), entered(customer, tea, off="20"), send=True)
    boss = await work_as(team.manager)
    _approval, step = (await boss.session.execute(approval_queries.waiting(boss.actor))).one()
    await approvals.reject(boss, step, order.version, "Too cheap")
    assert order.status == "rejected"
    order = await actions.edit(await work_as(team.rep), order.id, entered(customer, tea), order.version, send=True)
    assert (order.status, order.round, order.net_total) == ("awaiting", 2, Decimal("20.00"))
    rounds = await approval_queries.rounds(boss, "orders", order.id)
    assert [(one.round, one.status) for one in rounds] == [(2, "awaiting"), (1, "rejected")]


async def test_withdrawn_it_is_a_draft_again(
    work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    order = await actions.create(await work_as(team.rep), entered(customer, tea), send=True)
    await actions.withdraw(await work_as(team.rep), order.id)
    assert order.status == "draft"
    assert await approval_queries.count_waiting(await work_as(team.manager)) == 0


async def test_only_the_owner_withdraws(work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product) -> None:
    order = await actions.create(await work_as(team.rep), entered(customer, tea), send=True)
    with pytest.raises(Denied, match="Only the owner"):
        await actions.withdraw(await work_as(team.manager), order.id)
    assert order.status == "awaiting"


async def test_voiding_takes_a_right_a_reason_and_closes_what_is_open(
    work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    order = await actions.create(await work_as(team.rep), entered(customer, tea), send=True)
    await confirm_all(work_as, order, team.manager)
    with pytest.raises(Denied):
        await actions.void(await work_as(team.rep), order.id, "mistake")
    boss = await work_as(team.manager)
    with pytest.raises(Invalid):
        await actions.void(boss, order.id, "  ")
    await actions.void(boss, order.id, "Customer went bankrupt")
    assert order.status == "void"
    statuses = (await boss.session.scalars(select(Shipment.status).where(Shipment.order_id == order.id))).all()
    assert statuses == ["closed"]


ACTS = {
    "edit": lambda work, order, data: actions.edit(work, order.id, data),
    "submit": lambda work, order, data: actions.submit(work, order.id),
    "withdraw": lambda work, order, data: actions.withdraw(work, order.id),
    "void": lambda work, order, data: actions.void(work, order.id, "reason"),
}
SOURCES = {name: WORKFLOW.get(name).sources for name in ("submit", "withdraw", "void")} | {"edit": EDITABLE}


@pytest.mark.parametrize("status", list(OrderStatus))
@pytest.mark.parametrize("act", ACTS)
async def test_every_state_allows_its_moves_and_refuses_the_others(
    act: str, status: OrderStatus, make: Make, work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    """On refusal neither the order nor the timeline changes."""
    boss_customer = await make.customer("Boss's own", owner=team.manager)
    order = await make.order(boss_customer, team.manager, product=tea, status=status.value)
    await make.session.refresh(order)
    work = await work_as(team.manager)
    before = (order.status, order.version, order.net_total, await number_of_events(work))
    if status in SOURCES[act]:
        await ACTS[act](work, order, entered(boss_customer, tea))
        assert (order.status, order.version) != before[:2]
        return
    with pytest.raises(Conflict) as refusal:
        await ACTS[act](work, order, entered(boss_customer, tea))
    assert refusal.value.code == "wrong_state"
    await work.session.refresh(order)
    assert (order.status, order.version, order.net_total, await number_of_events(work)) == before


async def test_a_form_made_from_an_older_version_is_refused_with_both_values(
    work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    work = await work_as(team.rep)
    order = await actions.create(work, entered(customer, tea, notes="first"))
    await actions.edit(work, order.id, entered(customer, tea, notes="second"), 1)
    with pytest.raises(Conflict) as refusal:
        await actions.edit(work, order.id, entered(customer, tea, notes="third"), 1)
    assert refusal.value.code == "stale" and refusal.value.current["notes"] == "second"
    assert order.notes == "second"


async def test_the_same_key_gives_the_first_order_and_another_body_is_refused(
    work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    key = UUID("00000000-0000-4000-8000-000000000001")
    work = await work_as(team.rep)
    first = await actions.create(work, entered(customer, tea, client_uuid=key), send=True)
    again = await actions.create(work, entered(customer, tea, client_uuid=key), send=True)
    assert first.id == again.id
    with pytest.raises(Invalid) as refusal:
        await actions.create(work, entered(customer, tea, client_uuid=key, notes="other"), send=True)
    assert refusal.value.code == "key_reused"
    assert (await work.session.execute(select(func.count(Order.id)))).scalar_one() == 1


async def test_all_faults_are_told_at_once_each_at_its_line(
    make: Make, work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    gone = await make.product("Old tea", active=False)
    lines = [
        {"product_id": 999_999, "quantity": "1"},
        {"product_id": gone.id, "quantity": "1"},
        {"product_id": tea.id, "quantity": "1"},
    ]
    data = parse(OrderInput, {"customer_id": customer.id, "lines": lines})
    with pytest.raises(Invalid) as refusal:
        await actions.create(await work_as(team.rep), data)
    assert {name: str(texts[0]) for name, texts in refusal.value.errors.items()} == {
        "lines.0.product_id": "There is no such product.",
        "lines.1.product_id": "Old tea is no longer sold.",
    }


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("quantity", "0", "More than 0."),
        ("quantity", "-1", "More than 0."),
        ("quantity", "", "This is needed."),
        ("quantity", "NaN", "This must be a number."),
        ("quantity", "1e30", "This number is too large."),
        ("quantity", "1.0001", "At most 3 decimal places."),
        ("discount_percent", "-0.01", "At least 0."),
        ("discount_percent", "100.01", "At most 100."),
        ("discount_percent", "5.001", "At most 2 decimal places."),
        ("product_id", "0", "At least 1."),
        ("product_id", "x", "This must be a whole number."),
    ],
)
def test_bad_values_of_a_line_are_told_at_their_place(field: str, value: str, told: str) -> None:
    line = {"product_id": "1", "quantity": "1", "discount_percent": "0", field: value}
    with pytest.raises(Invalid) as refusal:
        parse(OrderInput, {"customer_id": "1", "lines": [line]})
    assert {name: str(texts[0]) for name, texts in refusal.value.errors.items()} == {f"lines.0.{field}": told}


def test_an_order_has_one_to_five_hundred_lines() -> None:
    line = {"product_id": "1", "quantity": "1"}
    assert len(parse(OrderInput, {"customer_id": "1", "lines": [line] * 500}).lines) == 500
    for lines, told in (([], "Add at least one product."), ([line] * 501, "At most 500 lines.")):
        with pytest.raises(Invalid) as refusal:
            parse(OrderInput, {"customer_id": "1", "lines": lines})
        assert str(refusal.value.errors["lines"][0]) == told


async def test_an_amount_that_cannot_be_kept_exactly_is_refused(
    make: Make, work_as: WorkAs, team: SalesTeam, customer: Customer
) -> None:
    gold = await make.product("Gold", "9999999999999999.99")
    data = parse(OrderInput, {"customer_id": customer.id, "lines": [{"product_id": gold.id, "quantity": "999999999"}]})
    with pytest.raises(Invalid) as refusal:
        await actions.create(await work_as(team.rep), data)
    assert str(refusal.value.errors["lines.0.quantity"][0]) == "This amount is too large."


async def test_nobody_orders_for_a_customer_they_do_not_see_or_that_lies_in_a_pool(
    make: Make, work_as: WorkAs, team: SalesTeam, tea: Product
) -> None:
    stranger = await make.user(None, "sales_rep")
    theirs = await make.customer("Theirs", owner=stranger)
    pool = await make.pool("East", members=(team.rep,))
    pooled = await make.customer("Pooled", pool=pool)
    for customer, told in ((theirs, "There is no such customer"), (pooled, "Pooled lies in a public pool.")):
        with pytest.raises(Invalid) as refusal:
            await actions.create(await work_as(team.rep), entered(customer, tea))
        assert str(refusal.value.errors["customer_id"][0]).startswith(told)


async def test_a_product_taken_off_sale_stops_a_draft_from_being_sent(
    work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    work = await work_as(team.rep)
    order = await actions.create(work, entered(customer, tea))
    tea.active = False
    with pytest.raises(Invalid) as refusal:
        await actions.submit(work, order.id)
    assert "lines.0.product_id" in refusal.value.errors


async def test_who_sees_an_order(
    make: Make, work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    order = await actions.create(await work_as(team.rep), entered(customer, tea), send=True)
    other = await make.user(None, "sales_rep")
    warehouse = await make.user(None, "warehouse")
    finance = await make.user(None, "finance")

    async def sees(user: Any) -> bool:
        try:
            await queries.get(await work_as(user), order.id)
        except NotFound:
            return False
        return True

    assert [await sees(user) for user in (team.rep, team.manager, team.director, team.admin)] == [True] * 4
    assert [await sees(user) for user in (other, warehouse, finance)] == [False] * 3
    await confirm_all(work_as, order, team.manager)
    assert await sees(warehouse), "once there is a shipment"
    await make.grant("orders", order.id, user=other)
    assert await sees(other), "once it is shared"


async def test_an_approver_of_another_department_sees_it_and_goes_on_seeing_it(
    make: Make, work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    approver = await make.user(None, "department_manager", name="Other boss")
    data = entered(customer, tea, approver_id=approver.id)
    order = await actions.create(await work_as(team.rep), data, send=True)
    work = await work_as(approver)
    assert (await queries.get(work, order.id)).id == order.id
    await confirm_all(work_as, order, approver)
    assert (await queries.get(work, order.id)).status == "approved"
