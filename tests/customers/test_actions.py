"""Verbs of customers: what they store, record and refuse."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.company.queries import DealTrigger
from domain.core.access import Grant, GrantLevel, Scope
from domain.core.errors import Denied, Invalid, NotFound
from domain.core.events import EventRow
from domain.core.inputs import parse
from domain.core.work import Work
from domain.customers import actions, queries
from domain.customers.duplicates import Duplicate
from domain.customers.inputs import CustomerInput
from domain.customers.models import Customer, DealStatus
from domain.orders.models import OrderStatus
from domain.payments.models import Payment
from domain.people.queries import load_actor
from domain.pools.models import OwnershipChange, RecycleRule
from domain.sharing import actions as sharing
from domain.sharing.inputs import TeamInput
from tests.conftest import WorkAs
from tests.make import Make
from webapp.database import Database
from webapp.work import transaction

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rep(make: Make) -> Any:
    return await make.user("rep", "sales_rep", department=await make.department("North"))


@pytest.fixture
async def work(work_as: WorkAs, rep: Any) -> Work:
    return await work_as(rep)


async def events(work: Work, customer_id: int) -> list[str]:
    found = await work.session.scalars(
        select(EventRow.name).where(EventRow.customer_id == customer_id).order_by(EventRow.id)
    )
    return list(found)


async def test_a_new_customer_is_mine_with_ledger_clock_and_event(work: Work, rep: Any, make: Make) -> None:
    pool = await make.pool("Home", members=(rep,))
    make.session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=30))
    customer = await actions.create(work, CustomerInput(name=" Acme ", level="a", phone="138 0013 8000", city="Köln"))
    assert (customer.name, customer.owner_id, customer.department_id) == ("Acme", rep.id, rep.department_id)
    assert customer.phone == "+8613800138000"
    assert customer.home_pool_id == pool.id
    assert customer.recycle_due_at is not None
    assert timedelta(days=29) < customer.recycle_due_at - work.now <= timedelta(days=31)
    assert customer.completeness == 27
    assert await events(work, customer.id) == ["CustomerCreated"]
    ledger = (await work.session.execute(select(OwnershipChange))).scalar_one()
    assert (ledger.verb, ledger.to_owner_id, ledger.actor_id) == ("create", rep.id, rep.id)


async def test_it_can_be_put_into_a_pool_of_mine_but_no_other(rep: Any, make: Make, work_as: WorkAs) -> None:
    pool, other = await make.pool("Mine", members=(rep,)), await make.pool("Other")
    work = await work_as(rep)
    customer = await actions.create(work, CustomerInput(name="Acme", pool_id=pool.id))
    assert (customer.owner_id, customer.pool_id) == (None, pool.id)
    with pytest.raises(Invalid) as refusal:
        await actions.create(work, CustomerInput(name="Bcme", pool_id=other.id))
    assert set(refusal.value.errors) == {"pool_id"}


async def test_an_edit_records_what_changed_and_nothing_records_nothing(work: Work) -> None:
    customer = await actions.create(work, CustomerInput(name="Acme"))
    await actions.edit(work, customer.id, CustomerInput(name="Acme", city="Bonn", level="b"), 1)
    row = (await work.session.execute(select(EventRow).where(EventRow.name == "CustomerEdited"))).scalar_one()
    assert sorted(row.data["fields"]) == ["city", "level"]
    await actions.edit(work, customer.id, CustomerInput(name="Acme", city="Bonn", level="b"), customer.version)
    assert await events(work, customer.id) == ["CustomerCreated", "CustomerEdited"]


async def test_a_new_address_forgets_the_old_position(work: Work) -> None:
    customer = await actions.create(work, CustomerInput(name="Acme", city="Bonn"))
    customer.latitude, customer.longitude, customer.map_x, customer.map_y = 50.7, 7.1, 1, 1
    await actions.edit(work, customer.id, CustomerInput(name="Acme", city="Bonn", level="a"))
    assert customer.latitude == 50.7
    await actions.edit(work, customer.id, CustomerInput(name="Acme", city="Köln", level="a"))
    assert (customer.latitude, customer.map_x, customer.located_at) == (None, None, None)


async def test_a_company_keeps_its_name_on_edit_but_takes_no_other_ones(work: Work) -> None:
    await actions.create(work, CustomerInput(name="Acme Ltd"))
    second = await actions.create(work, CustomerInput(name="Beta Ltd"))
    await actions.edit(work, second.id, CustomerInput(name="BETA Limited"))
    assert second.name == "BETA Limited"
    with pytest.raises(Duplicate):
        await actions.edit(work, second.id, CustomerInput(name="ACME"))
    assert second.name == "BETA Limited"


async def test_a_person_of_the_same_name_is_asked_about_once(work: Work) -> None:
    await actions.create(work, CustomerInput(name="王芳", kind="person"))
    with pytest.raises(Duplicate) as refusal:
        await actions.create(work, CustomerInput(name="王 芳", kind="person"))
    assert refusal.value.confirmable
    second = await actions.create(work, CustomerInput(name="王芳", kind="person"), confirmed_duplicate=True)
    await actions.edit(work, second.id, CustomerInput(name="王芳", kind="person", city="杭州"))
    await actions.create(work, CustomerInput(name="王芳"))
    with pytest.raises(Duplicate):
        await actions.create(work, CustomerInput(name="王芳"), confirmed_duplicate=True)


async def test_two_who_enter_one_company_at_once_get_one_company(own_database: Database) -> None:
    async with own_database.writing() as session:
        make = Make(session)
        reps = [await make.user(f"rep{number}", "sales_rep") for number in range(8)]
        await session.commit()
    actors = []
    async with own_database.reading() as session:
        actors = [await load_actor(session, rep.id) for rep in reps]

    async def enter(actor: Any) -> Any:
        try:
            async with transaction(own_database, actor) as work:
                return await actions.create(work, CustomerInput(name="Acme Trading Co., Ltd."))
        except Duplicate as refusal:
            return refusal

    results = await asyncio.gather(*(enter(actor) for actor in actors))
    assert sum(isinstance(result, Customer) for result in results) == 1
    for refusal in results:
        if isinstance(refusal, Duplicate):
            assert refusal.seen == []
            assert "Ask your manager" in str(refusal.message)
    async with own_database.reading() as session:
        assert (await session.execute(select(func.count()).select_from(Customer))).scalar_one() == 1


async def test_the_bin_frees_the_name_and_restoring_asks_for_it_again(work: Work, make: Make, work_as: WorkAs) -> None:
    customer = await actions.create(work, CustomerInput(name="Acme"))
    with pytest.raises(Denied):
        await actions.delete(work, customer.id)
    boss = await work_as(await make.user("boss", "administrator"))
    await actions.delete(boss, customer.id)
    with pytest.raises(NotFound):
        await queries.get(boss, customer.id)
    first, again = customer.id, await actions.create(work, CustomerInput(name="ACME Ltd"))
    with pytest.raises(Duplicate):
        await actions.restore(boss, first)
    await actions.delete(boss, again.id)
    await actions.restore(boss, first)
    assert (await queries.get(work, first)).name == "Acme"
    assert await events(work, first) == ["CustomerCreated", "CustomerDeleted", "CustomerRestored"]


async def test_a_customer_with_live_orders_stays(work: Work, rep: Any, make: Make, work_as: WorkAs) -> None:
    customer = await make.customer("Acme", owner=rep)
    order = await make.order(customer, rep, status=OrderStatus.approved.value)
    boss = await work_as(await make.user("boss", "administrator"))
    with pytest.raises(Denied) as refusal:
        await actions.delete(boss, customer.id)
    assert str(refusal.value.message) == "It has 1 live order."
    order.status = OrderStatus.void.value
    await actions.delete(boss, customer.id)


async def test_totals_count_live_orders_and_payments(work: Work, rep: Any, make: Make) -> None:
    customer = await make.customer("Acme", owner=rep)
    product = await make.product("Tea", "100.00")
    orders = {
        status: await make.order(customer, rep, product=product, quantity=quantity, status=status)
        for status, quantity in zip(OrderStatus, ("1", "2", "4", "8", "16"), strict=True)
    }
    await make.order(await make.customer("Else", owner=rep), rep, product=product, status="approved")
    for status, amount in (("draft", 1), ("awaiting", 20), ("confirmed", 300), ("rejected", 4000)):
        make.session.add(
            Payment(
                number=f"P{status}",
                order_id=orders["approved"].id,
                customer_id=customer.id,
                amount=Decimal(amount),
                method="cash",
                received_on=work.today,
                status=status,
                owner_id=rep.id,
            )
        )
    await make.session.flush()
    totals = await queries.totals(work, customer.id)
    assert (totals.orders, totals.approved, totals.order_count) == (Decimal(600), Decimal(400), 2)
    assert (totals.payments, totals.confirmed, totals.outstanding) == (Decimal(320), Decimal(300), Decimal(280))


async def test_a_deal_is_marked_once(work: Work) -> None:
    customer = await actions.create(work, CustomerInput(name="Acme"))
    await actions.mark_deal(work, customer.id, DealTrigger.order_approved)
    await actions.mark_deal(work, customer.id, DealTrigger.order_approved)
    assert (customer.deal_status, customer.follow_stage) == (DealStatus.deal.value, "customer")
    assert await events(work, customer.id) == ["CustomerCreated", "CustomerDealt"]


async def test_a_member_is_added_once_and_may_leave(work: Work, make: Make, work_as: WorkAs) -> None:
    customer = await actions.create(work, CustomerInput(name="Acme"))
    mate = await make.user("mate", "sales_rep")
    for level in (GrantLevel.read, GrantLevel.write):
        grant = await sharing.add_member(work, "customers", customer.id, TeamInput(user_id=mate.id, level=level))
    assert (await work.session.execute(select(func.count()).select_from(Grant))).scalar_one() == 1
    assert grant.level == GrantLevel.write
    other = await work_as(mate)
    with pytest.raises(Denied):
        await sharing.add_member(other, "customers", customer.id, TeamInput(user_id=work.actor.id))
    await sharing.remove_member(other, "customers", customer.id, grant.id)
    with pytest.raises(NotFound):
        await queries.get(other, customer.id)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"user_id": 10**9},
        {"user_id": "me"},
        {"user_id": "mate", "to_role_id": 1},
        {"until_on": "2001-01-01", "user_id": "mate"},
    ],
)
async def test_nobody_or_the_owner_cannot_be_added(work: Work, make: Make, values: dict[str, Any]) -> None:
    customer = await actions.create(work, CustomerInput(name="Acme"))
    known = {"me": work.actor.id, "mate": (await make.user("mate", "sales_rep")).id}
    data = parse(TeamInput, {name: known.get(value, value) for name, value in values.items()})
    with pytest.raises(Invalid):
        await sharing.add_member(work, "customers", customer.id, data)
    assert await events(work, customer.id) == ["CustomerCreated"]


async def test_without_the_right_nothing_is_entered(make: Make, work_as: WorkAs) -> None:
    role = await make.role("viewer", ("customers.view",), {"customers": Scope.all})
    work = await work_as(await make.user("viewer", role))
    with pytest.raises(Denied):
        await actions.create(work, CustomerInput(name="Acme"))
    assert (await work.session.execute(select(func.count()).select_from(Customer))).scalar_one() == 0


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("email", "A.B@Example.COM", "a.b@example.com"),
        ("website", "www.example.com/x?y=1", "www.example.com/x?y=1"),
        ("website", "https://例子.中国", "https://例子.中国"),
        ("credit_limit", "１,234.50", Decimal("1234.50")),
        ("phone", "021-58881234", "+862158881234"),
    ],
)
def test_what_is_typed_is_kept_in_one_spelling(field: str, value: str, kept: Any) -> None:
    assert getattr(parse(CustomerInput, {"name": "x", field: value}), field) == kept


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "a@b"), ("email", "a b@c.de"), ("email", "a@@c.de"), ("website", "javascript:alert(1)"),
        ("website", "data:text/html,x"), ("website", "//x"), ("website", "file:///etc/passwd"), ("credit_limit", "-1"),
        ("credit_limit", "NaN"), ("credit_limit", "1e99"), ("level", "A"), ("kind", ""), ("name", "\u200b\x00"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_at_its_field(field: str, value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse(CustomerInput, {"name": "x", field: value})
    assert set(refusal.value.errors) == {field}
