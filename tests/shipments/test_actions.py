"""Shipments: made with the approval, sent whole or in part, closed with a void."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

import domain.wiring  # noqa: F401  the kinds are registered there
from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.core.inputs import parse
from domain.orders import actions as orders
from domain.orders.models import Order, OrderStatus, ShippingStatus
from domain.people.models import User
from domain.shipments import actions, queries
from domain.shipments.inputs import ShipInput
from domain.shipments.models import Shipment, ShipmentStatus
from tests.conftest import WorkAs
from tests.make import Make

pytestmark = pytest.mark.anyio


@dataclass
class Scene:
    """An approved order of 10 boxes with its shipment, its rep, and the warehouse."""

    rep: User
    warehouse: User
    order: Order
    shipment: Shipment


@pytest.fixture
async def scene(make: Make, work_as: WorkAs, session: AsyncSession) -> Scene:
    rep = await make.user("rep", "sales_rep", department=await make.department())
    warehouse = await make.user("warehouse", "warehouse")
    order = await make.order(
        await make.customer("Acme", owner=rep), rep, quantity="10", status="approved", ship_address="Harbour Road 1"
    )
    await session.refresh(order, ["lines"])
    await actions.open_for_order(await work_as(None), order)
    shipment = (await session.scalars(select(Shipment))).one()
    return Scene(rep, warehouse, order, shipment)


def shipping(**values: object) -> ShipInput:
    """Goods leave by SF Express."""
    return parse(ShipInput, {"carrier": "SF Express", "tracking_number": "SF123", **values})


async def test_the_warehouse_ships_and_the_order_says_so(scene: Scene, work_as: WorkAs) -> None:
    work = await work_as(scene.warehouse)
    await actions.pick(work, scene.shipment.id)
    await actions.ship(work, scene.shipment.id, shipping())
    assert (scene.shipment.status, scene.shipment.tracking_number) == (ShipmentStatus.shipped, "SF123")
    assert scene.order.shipping_status == ShippingStatus.full
    await actions.deliver(work, scene.shipment.id)
    assert scene.shipment.status == ShipmentStatus.delivered


async def test_a_part_leaves_and_the_rest_becomes_a_new_shipment(
    scene: Scene, work_as: WorkAs, session: AsyncSession
) -> None:
    work = await work_as(scene.warehouse)
    line = (await queries.goods(work, scene.shipment))[0]
    await actions.ship(work, scene.shipment.id, shipping(lines=[{"line_id": line.line_id, "quantity": "4"}]))
    rest = (await session.scalars(select(Shipment).where(Shipment.id != scene.shipment.id))).one()
    assert (await queries.goods(work, rest))[0].quantity == Decimal(6)
    assert (rest.promised_on, rest.status) == (scene.shipment.promised_on, ShipmentStatus.to_ship)
    assert scene.order.shipping_status == ShippingStatus.part
    await actions.ship(work, rest.id, shipping())
    assert scene.order.shipping_status == ShippingStatus.full


@pytest.mark.parametrize("quantity", ["10.001", "0"])
async def test_not_more_than_there_is_and_not_nothing(quantity: str, scene: Scene, work_as: WorkAs) -> None:
    work = await work_as(scene.warehouse)
    line = (await queries.goods(work, scene.shipment))[0]
    with pytest.raises(Invalid):
        await actions.ship(work, scene.shipment.id, shipping(lines=[{"line_id": line.line_id, "quantity": quantity}]))
    assert (scene.shipment.status, scene.order.shipping_status) == (ShipmentStatus.to_ship, ShippingStatus.none)


async def test_what_has_left_cannot_leave_again(scene: Scene, work_as: WorkAs) -> None:
    work = await work_as(scene.warehouse)
    await actions.ship(work, scene.shipment.id, shipping())
    with pytest.raises(Conflict) as refused:
        await actions.ship(work, scene.shipment.id, shipping())
    assert refused.value.code == "wrong_state"


async def test_opening_twice_makes_no_second_shipment(scene: Scene, work_as: WorkAs, session: AsyncSession) -> None:
    await actions.open_for_order(await work_as(None), scene.order)
    assert len((await session.scalars(select(Shipment))).all()) == 1


async def test_voiding_the_order_closes_what_is_open(scene: Scene, make: Make, work_as: WorkAs) -> None:
    boss = await make.user("boss", "administrator")
    await orders.void(await work_as(boss), scene.order.id, "the customer is gone")
    assert (scene.order.status, scene.shipment.status) == (OrderStatus.void, ShipmentStatus.closed)


async def test_the_rep_sees_the_shipment_but_does_not_ship(scene: Scene, work_as: WorkAs) -> None:
    work = await work_as(scene.rep)
    assert (await queries.get(work, scene.shipment.id)).id == scene.shipment.id
    with pytest.raises(Denied):
        await actions.ship(work, scene.shipment.id, shipping())
    assert scene.shipment.status == ShipmentStatus.to_ship


async def test_another_rep_does_not_see_it(scene: Scene, make: Make, work_as: WorkAs) -> None:
    with pytest.raises(NotFound):
        await queries.get(await work_as(await make.user("other", "sales_rep")), scene.shipment.id)
