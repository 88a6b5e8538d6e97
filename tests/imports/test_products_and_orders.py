"""Products by their code; orders with lines as approved history."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from domain.approvals.models import Approval
from domain.core.events import EventRow
from domain.customers.models import Customer
from domain.orders.models import Order
from domain.products.models import Product, ProductCategory
from domain.shipments.models import Shipment
from tests.imports.conftest import Bring
from tests.make import Make

pytestmark = pytest.mark.anyio
ORDERS = "order,customer,order date,shipped date,product,quantity,price,discount\n"


async def products(session: AsyncSession) -> dict[str, Product]:
    return {one.code: one for one in await session.scalars(select(Product).execution_options(populate_existing=True))}


async def test_products_are_made_with_their_category(bring: Bring, make: Make, session: AsyncSession) -> None:
    director = await make.user("boss", "sales_director")
    text = "编码,产品名称,单价,单位,类别,停售\nT1,龙井,¥368.00,罐,茶叶,否\nT2,碧螺春,298,罐,茶叶,是\n"
    result = await bring(director, "products", text)
    assert (result.made, result.problems) == (2, [])
    found = await products(session)
    assert (found["T1"].list_price, found["T1"].active, found["T2"].active) == (Decimal("368.00"), True, False)
    assert "lj" in found["T1"].txt
    assert (await session.execute(select(func.count()).select_from(ProductCategory))).scalar_one() == 1


async def test_a_second_file_brings_prices_up_to_date_and_leaves_the_rest(
    bring: Bring, make: Make, session: AsyncSession
) -> None:
    director = await make.user("boss", "sales_director")
    await bring(director, "products", "code,name,price,unit,category\nA,Tea,10,box,Tea\nB,Coffee,20,bag,Beans\n")
    dry = await bring(director, "products", "code,name,price\nA,Tea,12.50\nB,Coffee,20\nC,Milk,5\n", dry=True)
    assert (dry.made, dry.changed, dry.there) == (1, 1, 1)
    assert (await products(session))["A"].list_price == Decimal("10.00")
    result = await bring(director, "products", "code,name,price\nA,Tea,12.50\nB,Coffee,20\nC,Milk,5\n")
    assert (result.made, result.changed, result.there) == (1, 1, 1)
    tea = (await products(session))["A"]
    assert (tea.list_price, tea.unit) == (Decimal("12.50"), "box") and tea.category_id is not None


async def test_wrong_products_say_why(bring: Bring, make: Make) -> None:
    director = await make.user("boss", "sales_director")
    result = await bring(director, "products", "code,name,price\n,Tea,1\nB,Coffee,x\nC,Milk,-1\nD,Oat,1\nD,Oat,1\n")
    assert (result.made, result.refused, result.there) == (1, 3, 1)
    assert [one.line for one in result.problems] == [2, 3, 4, 6]


async def test_an_order_comes_in_as_approved_history(bring: Bring, make: Make, session: AsyncSession) -> None:
    team = await make.sales_team()
    customer = await make.customer("Acme", owner=team.rep, name_key="acme")
    await make.product("Tea", "10.00", code="T")
    await make.product("Cup", "3.00", code="C", active=False)
    text = ORDERS + "1001,Acme,2025-07-04,2025-07-16,T,3,9.99,0.15\n,,,,C,7,1.005,0\n1002,Acme,7/5/2025,,T,1,10,0\n"
    result = await bring(team.director, "orders", text)
    assert (result.read, result.made, result.refused) == (3, 1, 2), "half a cent is no price"
    result = await bring(team.director, "orders", text.replace("1.005", "1.01"))
    assert (result.read, result.made, result.refused) == (3, 1, 0)
    statement = select(Order).options(selectinload(Order.lines)).order_by(Order.ordered_on)
    first, second = (await session.scalars(statement)).all()
    assert (first.status, first.external_ref, first.owner_id, first.round) == ("approved", "1001", team.rep.id, 0)
    assert [line.net for line in first.lines] == [Decimal("25.47"), Decimal("7.07")]
    assert first.net_total == Decimal("32.54") and first.list_total == Decimal("51.00")
    assert (first.ordered_on, second.ordered_on) == (date(2025, 7, 4), date(2025, 7, 5))
    assert (first.shipping_status, second.shipping_status) == ("full", "none")
    sent = {one.order_id: one.status for one in await session.scalars(select(Shipment))}
    assert sent == {first.id: "shipped", second.id: "to_ship"}
    assert (await session.execute(select(func.count()).select_from(Approval))).scalar_one() == 0
    await session.refresh(customer)
    assert customer.deal_status == "deal"
    events = (await session.scalars(select(EventRow.name).where(EventRow.customer_id == customer.id))).all()
    assert sorted(events) == ["CustomerDealt", "OrderImported", "OrderImported"]


async def test_orders_that_are_there_are_left_alone(bring: Bring, make: Make, session: AsyncSession) -> None:
    team = await make.sales_team()
    await make.customer("Acme", owner=team.rep, name_key="acme")
    await make.product("Tea", code="T")
    text = ORDERS + "1001,Acme,2025-07-04,,T,3,,\n"
    assert (await bring(team.director, "orders", text)).made == 1
    again = await bring(team.director, "orders", text)
    assert (again.made, again.there) == (0, 1) and "is there already" in again.problems[0].text
    assert (await session.execute(select(func.count()).select_from(Order))).scalar_one() == 1


async def test_one_wrong_line_keeps_the_whole_order_out(bring: Bring, make: Make, session: AsyncSession) -> None:
    team = await make.sales_team()
    await make.customer("Acme", owner=team.rep, name_key="acme")
    await make.product("Tea", code="T")
    text = ORDERS + "1,Acme,2025-07-04,,T,3,,\n1,,,,NONE,1,,\n2,Acme,,,T,0,,\n3,Nobody,soon,,T,1,,\n4,Acme,,,T,2,,\n"
    result = await bring(team.director, "orders", text)
    assert (result.made, result.refused) == (1, 4)
    said = {(one.line, one.text) for one in result.problems}
    assert (2, "Another line of this order cannot be taken.") in said
    assert (3, "There is no product NONE.") in said and (4, "More than 0.") in said
    assert (5, "There is no customer Nobody, or you may not see it.") in said and (5, "This is not a date.") in said
    assert (await session.execute(select(func.count()).select_from(Order))).scalar_one() == 1


async def test_a_customer_out_of_sight_takes_no_orders(bring: Bring, make: Make) -> None:
    team = await make.sales_team()
    other = await make.user("other", "sales_rep", department=await make.department("Elsewhere"))
    await make.customer("Hidden", owner=other, name_key="hidden")
    await make.product("Tea", code="T")
    result = await bring(team.director, "orders", ORDERS + "1,Hidden,,,T,1,,\n")
    assert result.made == 0 and "you may not see it" in result.problems[0].text


async def test_a_dry_run_of_orders_stores_nothing(bring: Bring, make: Make, session: AsyncSession) -> None:
    team = await make.sales_team()
    buyer = await make.customer("Acme", owner=team.rep, name_key="acme")
    await make.product("Tea", code="T")
    result = await bring(team.director, "orders", ORDERS + "1,Acme,,,T,1,,\n1,Acme,,,T,2,,\n", dry=True)
    assert (result.made, result.refused) == (2, 0)
    assert (await session.execute(select(func.count()).select_from(Order))).scalar_one() == 0
    found = (await session.scalars(select(Customer).where(Customer.id == buyer.id))).one()
    assert found.deal_status == "none"
