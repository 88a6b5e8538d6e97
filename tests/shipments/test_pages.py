"""Shipment pages as the warehouse uses them, without JavaScript."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.people.models import User
from domain.shipments import actions
from domain.shipments.models import Shipment
from tests.conftest import Client, WorkAs
from tests.make import Make

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shipment(make: Make, work_as: WorkAs, session: AsyncSession) -> Shipment:
    rep = await make.user("rep", "sales_rep", department=await make.department())
    order = await make.order(
        await make.customer("Acme", owner=rep), rep, quantity="10", status="approved", ship_address="Harbour Road 1"
    )
    await session.refresh(order, ["lines"])
    await actions.open_for_order(await work_as(None), order)
    return (await session.scalars(select(Shipment))).one()


@pytest.fixture
async def warehouse(make: Make) -> User:
    return await make.user("warehouse", "warehouse")


async def test_the_warehouse_ships_from_its_list(client: Client, warehouse: User, shipment: Shipment) -> None:
    phone = await client(warehouse)
    listed = await phone.get("/shipments")
    assert "Acme" in listed.text and f"/shipments/{shipment.id}" in listed.text
    assert "Harbour Road 1" in (await phone.get(f"/shipments/{shipment.id}")).text
    answer = await phone.submit(f"/shipments/{shipment.id}/ship", {"carrier": "SF", "tracking_number": "SF1"})
    assert answer.status_code == 303
    assert "is on its way" in (await phone.get("/shipments")).text
    assert "SF1" in (await phone.get(f"/shipments/{shipment.id}")).text


async def test_a_missing_carrier_is_said_and_what_was_typed_stays(
    client: Client, warehouse: User, shipment: Shipment
) -> None:
    phone = await client(warehouse)
    answer = await phone.submit(f"/shipments/{shipment.id}/ship", {"carrier": " ", "tracking_number": "SF<1>"})
    assert answer.status_code == 422
    assert "This is needed." in answer.text and "SF&lt;1&gt;" in answer.text


async def test_an_old_page_does_not_ship(client: Client, warehouse: User, shipment: Shipment) -> None:
    phone = await client(warehouse)
    await phone.submit(f"/shipments/{shipment.id}/pick", {"version": str(shipment.version)})
    answer = await phone.submit(f"/shipments/{shipment.id}/ship", {"carrier": "SF", "version": "1"})
    assert answer.status_code == 409


async def test_the_rep_reads_and_a_stranger_finds_nothing(
    client: Client, make: Make, shipment: Shipment, session: AsyncSession
) -> None:
    rep = (await session.scalars(select(User).where(User.user_name == "rep"))).one()
    phone = await client(rep)
    assert (await phone.get(f"/shipments/{shipment.id}")).status_code == 200
    assert (await phone.submit(f"/shipments/{shipment.id}/ship", {"carrier": "SF"})).status_code == 403
    other = await client(await make.user("other", "sales_rep"))
    assert (await other.get(f"/shipments/{shipment.id}")).status_code == 404
    assert (await other.submit(f"/shipments/{shipment.id}/fly", {})).status_code == 404
