"""Northwind loads whole, through the command's own path, and a second time makes nothing."""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.contacts.models import Contact
from domain.core.events import EventRow
from domain.customers.models import Customer
from domain.orders.models import Order, OrderLine
from domain.people.models import User
from domain.people.queries import load_actor
from domain.products.models import Product
from domain.seeds.reference import seed
from domain.shipments.models import Shipment
from webapp.database import Database
from webapp.northwind import import_northwind
from webapp.work import command_work

pytestmark = pytest.mark.anyio
FOLDER = Path(__file__).parents[1] / "data" / "northwind"


async def number(session: AsyncSession, *what: object) -> object:
    return (await session.execute(select(*what))).scalar_one()  # type: ignore[call-overload]


async def test_northwind_loads_whole(own_database: Database) -> None:
    async with command_work(own_database, None) as work:
        await seed(work, "northwind-test-password")
    dry = await import_northwind(own_database, "admin", FOLDER, dry_run=True)
    assert (dry["products"].made, dry["products"].refused) == (77, 0)
    found = await import_northwind(own_database, "admin", FOLDER)
    assert {name: (one.made, one.refused) for name, one in found.items()} == {
        "employees": (9, 0), "products": (77, 0), "customers": (91, 0), "orders": (830, 0),
    }  # fmt: skip
    assert found["orders"].read == 2155
    async with own_database.reading() as session:
        assert await number(session, func.sum(OrderLine.net)) == Decimal("1265793.29")
        assert await number(session, func.sum(Order.net_total)) == Decimal("1265793.29")
        assert await number(session, func.count(OrderLine.id)) == 2155
        assert await number(session, func.count(Order.id).filter(Order.status == "approved")) == 830
        assert await number(session, func.count(Shipment.id).filter(Shipment.status == "to_ship")) == 21
        assert await number(session, func.count(Product.id)) == 77
        assert await number(session, func.count(Contact.id).filter(Contact.main)) == 91
        assert await number(session, func.count(Customer.id).filter(Customer.map_x.is_(None))) == 0
        assert await number(session, func.count(Customer.id).filter(Customer.location_accuracy == "city")) >= 85
        assert await number(session, func.count(Customer.id).filter(Customer.deal_status == "deal")) == 89
        assert await number(session, func.count(EventRow.id).filter(EventRow.name == "OrderImported")) == 830
        await owners_and_managers(session)
        await prices_of_the_day(session)
    again = await import_northwind(own_database, "admin", FOLDER)
    assert [one.made for one in again.values()] == [0, 0, 0, 0]
    assert (again["orders"].there, again["customers"].there, again["products"].there) == (2155, 91, 77)


async def owners_and_managers(session: AsyncSession) -> None:
    """Anne reports to Steven, who reports to Andrew, who therefore sees what she sells."""
    people = {one.user_name: one for one in await session.scalars(select(User))}
    assert people["anne.dodsworth"].manager_id == people["steven.buchanan"].id
    assert people["steven.buchanan"].manager_id == people["andrew.fuller"].id
    andrew = await load_actor(session, people["andrew.fuller"].id)
    assert andrew is not None and people["anne.dodsworth"].id in andrew.subordinate_ids
    owned = select(Customer.owner_id).where(Customer.external_ref == "SAVEA")
    assert (await session.execute(owned)).scalar_one() in {one.id for one in people.values()}
    sold = select(func.count()).select_from(Order).where(Order.owner_id == people["margaret.peacock"].id)
    assert (await session.execute(sold)).scalar_one() == 156


async def prices_of_the_day(session: AsyncSession) -> None:
    """The price at the time holds, not the list price of today; the fraction came in as percent."""
    statement = select(OrderLine).join(Order).where(Order.external_ref == "10250").order_by(OrderLine.position)
    line = (await session.scalars(statement)).all()[1]
    assert (line.unit_price, line.list_price, line.discount_percent) == (
        Decimal("42.40"), Decimal("53.00"), Decimal("15.00"),
    )  # fmt: skip
    assert line.net == Decimal("1261.40")
