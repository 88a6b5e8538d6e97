"""Products: found in three ways, kept by right, never edited over somebody else's change."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from domain.core.errors import Conflict, Denied, Invalid
from domain.core.inputs import parse
from domain.products import actions, queries
from domain.products.inputs import ProductInput
from domain.products.models import Product
from domain.products.search import search_text
from tests.conftest import Client, WorkAs
from tests.make import Make

pytestmark = pytest.mark.anyio


def entered(**values: Any) -> ProductInput:
    """A valid product with changes."""
    valid = {"code": "LJ-250", "name": "西湖龙井", "unit": "盒", "list_price": "98.00", "active": True}
    return parse(ProductInput, valid | values)


@pytest.mark.parametrize("q", ["龙井", "西湖", "xhlj", "lj", "lj-250", "LJ250", "ＬＪ 250", "250"])
async def test_a_product_is_found_by_name_initials_and_code(make: Make, work_as: WorkAs, q: str) -> None:
    keeper = await make.user(None, "sales_director")
    work = await work_as(keeper)
    made = await actions.create(work, entered())
    await actions.create(work, entered(code="X-1", name="Green mug"))
    assert [one.id for one in await queries.orderable(work, q)] == [made.id]


async def test_wildcards_of_the_database_are_plain_letters(make: Make, work_as: WorkAs) -> None:
    work = await work_as(await make.user(None, "sales_director"))
    await actions.create(work, entered())
    assert search_text("100% cotton", "C_1") == "100 cotton c 1 c1"
    for q in ("%", "_", "\\"):
        assert len(await queries.orderable(work, q)) == 1, "nothing but marks looks for nothing in particular"
    assert await queries.orderable(work, "xh%zz") == []


async def test_what_is_no_longer_sold_is_not_offered(make: Make, work_as: WorkAs) -> None:
    work = await work_as(await make.user(None, "sales_director"))
    await actions.create(work, entered(active=False))
    assert await queries.orderable(work, "龙井") == []


async def test_a_code_belongs_to_one_product(make: Make, work_as: WorkAs) -> None:
    work = await work_as(await make.user(None, "sales_director"))
    first = await actions.create(work, entered())
    second = await actions.create(work, entered(code="OTHER"))
    for attempt in (actions.create(work, entered()), actions.edit(work, second.id, entered(), 1)):
        with pytest.raises(Invalid) as refusal:
            await attempt
        assert set(refusal.value.errors) == {"code"}
    await work.session.refresh(second)
    assert (first.code, second.code) == ("LJ-250", "OTHER")


async def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        parse(ProductInput, {"code": "", "name": "\x01", "list_price": "-1", "unit": "x" * 21})
    assert set(refusal.value.errors) == {"code", "name", "list_price", "unit"}


async def test_a_stale_change_is_refused(make: Make, work_as: WorkAs) -> None:
    work = await work_as(await make.user(None, "sales_director"))
    product = await actions.create(work, entered())
    await actions.edit(work, product.id, entered(list_price="99"), 1)
    with pytest.raises(Conflict) as refusal:
        await actions.edit(work, product.id, entered(list_price="97"), 1)
    assert refusal.value.current["list_price"] == product.list_price == 99


async def test_a_rep_reads_but_does_not_write(make: Make, work_as: WorkAs) -> None:
    product = await make.product()
    work = await work_as(await make.user(None, "sales_rep"))
    assert (await queries.get(work, product.id)).id == product.id
    with pytest.raises(Denied):
        await actions.create(work, entered())
    with pytest.raises(Denied):
        await actions.edit(work, product.id, entered(), 1)
    assert (await work.session.execute(select(func.count(Product.id)))).scalar_one() == 1


async def test_the_pages(client: Client, make: Make) -> None:
    keeper, rep = await make.user(None, "sales_director"), await make.user(None, "sales_rep", language="zh")
    office, phone = await client(keeper), await client(rep)
    data = {"code": "LJ-250", "name": "西湖龙井", "list_price": "98", "active": "1", "new_category": "茶叶"}
    refused = await office.submit("/products", {**data, "list_price": "ninety"})
    assert refused.status_code == 422 and "This must be a number." in refused.text and 'value="ninety"' in refused.text
    made = await office.submit("/products", data)
    assert made.status_code == 303
    shown = await phone.get(made.headers["location"])
    assert "茶叶" in shown.text and "在售" in shown.text
    assert "西湖龙井" in (await phone.get("/products?q=xhlj")).text
    found = await phone.get("/products?q=nothing", headers={"HX-Request": "true"})
    assert "西湖龙井" not in found.text and "<html" not in found.text
    where = made.headers["location"]
    assert (await phone.get(f"{where}/edit")).status_code == 403
    assert (await phone.submit(where, data)).status_code == 403
    assert (await phone.get("/products/new")).status_code == 403
    assert (await phone.get("/products/999999")).status_code == 404
    stale = await office.submit(where, {**data, "name": "龙井 2", "version": "0"})
    assert stale.status_code == 409 and "龙井 2" in stale.text
    saved = await office.submit(where, {**data, "active": "", "version": "1"})
    assert saved.status_code == 303
    assert "已停售" in (await phone.get(where)).text
