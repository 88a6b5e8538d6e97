"""Orders through the web, as a browser without JavaScript and with htmx."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from domain.core.inputs import parse
from domain.customers.models import Customer
from domain.customers.search import index_rows
from domain.orders import actions
from domain.orders.inputs import OrderInput
from domain.orders.models import Order, OrderLine
from domain.products.models import Product
from tests.conftest import Client, WorkAs
from tests.make import Make, SalesTeam

pytestmark = pytest.mark.anyio
HTMX = {"HX-Request": "true"}


@pytest.fixture
async def team(make: Make) -> SalesTeam:
    return await make.sales_team()


@pytest.fixture
async def customer(make: Make, team: SalesTeam) -> Customer:
    return await make.customer("Acme", owner=team.rep, address="1 Main Street")


@pytest.fixture
async def tea(make: Make) -> Product:
    return await make.product("Oolong tea", "10.00", code="TEA-1")


def fields(page: str) -> dict[str, str]:
    """What a browser would send of the order form: names and values of its inputs."""
    form = page[page.index('<form class="form"') :].split("</form>")[0]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and name[1] not in ("_csrf",):
            found[name[1]] = value[1] if value else ""
    return found


async def lines_in(make: Make) -> int:
    return (await make.session.execute(select(func.count(OrderLine.id)))).scalar_one()


async def test_an_order_is_written_and_sent_without_javascript(
    client: Client, make: Make, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    browser = await client(team.rep)
    empty = await browser.get(f"/orders/new?customer={customer.id}")
    assert empty.status_code == 200 and "Acme" in empty.text and "1 Main Street" in empty.text
    searched = await browser.submit("/orders", {**fields(empty.text), "q": "oolong", "do": "search"})
    assert f'name="add" value="{tea.id}"' in searched.text
    added = await browser.submit("/orders", {**fields(searched.text), "add": str(tea.id)})
    assert fields(added.text)["lines.0.quantity"] == "1"
    typed = {**fields(added.text), "lines.0.quantity": "3", "lines.0.discount_percent": "5"}
    priced = await browser.submit("/orders", {**typed, "do": "recalculate"})
    assert "28.50" in priced.text and "Within your discount authority." in priced.text
    assert (await make.session.execute(select(func.count(Order.id)))).scalar_one() == 0, "nothing kept so far"
    sent = await browser.submit("/orders", {**fields(priced.text), "do": "send"})
    assert sent.status_code == 303
    order = (await make.session.scalars(select(Order))).one()
    assert (order.status, str(order.net_total), order.ship_address) == ("awaiting", "28.50", "1 Main Street")
    shown = await browser.get(sent.headers["location"])
    assert "Waits for Manager" in shown.text and "Withdraw" in shown.text


async def test_a_line_is_removed_without_javascript(
    client: Client, make: Make, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    other = await make.product("Green tea")
    browser = await client(team.rep)
    data = {"customer_id": str(customer.id), "lines.0.product_id": str(tea.id), "lines.0.quantity": "1",
            "lines.1.product_id": str(other.id), "lines.1.quantity": "2"}  # fmt: skip
    after = await browser.submit("/orders", {**data, "remove": "0"})
    left = fields(after.text)
    assert left["lines.0.product_id"] == str(other.id) and "lines.1.product_id" not in left


async def test_the_quote_is_the_totals_and_the_authority_alone(
    client: Client, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    browser = await client(team.rep)
    data = {"lines.0.product_id": str(tea.id), "lines.0.quantity": "2", "lines.0.discount_percent": "8",
            "lines.7.product_id": str(tea.id), "lines.7.quantity": "x"}  # fmt: skip
    answer = await browser.submit("/orders/quote", data, headers=HTMX)
    assert answer.status_code == 200 and "<html" not in answer.text
    assert "18.40" in answer.text and "Line 1, 8%: 3 points over your limit of 5%." in answer.text
    assert "This must be a number." in answer.text, "at its line"
    assert len(answer.content) < 6000


async def test_adding_a_product_twice_raises_its_quantity(
    client: Client, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    browser = await client(team.rep)
    answer = await browser.submit("/orders/lines", {"add": str(tea.id)}, headers=HTMX)
    assert 'name="lines.0.quantity"' in answer.text and "Oolong tea" in answer.text
    data = {"lines.0.product_id": str(tea.id), "lines.0.quantity": "1", "add": str(tea.id)}
    again = await browser.submit("/orders/lines", data, headers=HTMX)
    assert 'value="2"' in again.text and "lines.1." not in again.text


async def test_bad_input_comes_back_with_every_fault_and_all_that_was_typed(
    client: Client, make: Make, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    gone = await make.product("Old tea", active=False)
    browser = await client(team.rep)
    data = {"customer_id": str(customer.id), "fixed": "1", "notes": "by Friday", "discount_percent": "101",
            "lines.0.product_id": str(tea.id), "lines.0.quantity": "-1", "lines.0.discount_percent": "x",
            "lines.1.product_id": str(gone.id), "lines.1.quantity": "1", "do": "send"}  # fmt: skip
    answer = await browser.submit("/orders", data)
    assert answer.status_code == 422
    for told in ("At most 100.", "More than 0.", "This must be a number.", "Old tea is no longer sold.", "by Friday"):
        assert told in answer.text
    typed = fields(answer.text)
    assert (typed["lines.0.quantity"], typed["lines.0.discount_percent"]) == ("-1", "x")
    assert await lines_in(make) == 0


async def test_a_double_tap_makes_one_order(
    client: Client, make: Make, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    browser = await client(team.rep)
    data = {"customer_id": str(customer.id), "client_uuid": str(uuid4()), "lines.0.product_id": str(tea.id),
            "lines.0.quantity": "1", "do": "send"}  # fmt: skip
    first, second = await browser.submit("/orders", data), await browser.submit("/orders", data)
    assert first.headers["location"] == second.headers["location"]
    assert await lines_in(make) == 1
    other = await browser.submit("/orders", {**data, "notes": "something else"})
    assert other.status_code == 422 and "This form was sent before." in other.text
    assert fields(other.text)["client_uuid"] != data["client_uuid"]


async def test_a_stale_form_shows_what_stands_now_and_keeps_what_was_typed(
    client: Client, make: Make, work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    order = await made(work_as, team, customer, tea, notes="from the office")
    browser = await client(team.rep)
    data = {"customer_id": str(customer.id), "version": "0", "notes": "from the phone", "do": "save",
            "lines.0.product_id": str(tea.id), "lines.0.quantity": "9"}  # fmt: skip
    answer = await browser.submit(f"/orders/{order.id}", data)
    assert answer.status_code == 409
    assert "from the office" in answer.text and "from the phone" in answer.text and 'value="9"' in answer.text
    saved = await browser.submit(f"/orders/{order.id}", {**data, "version": fields(answer.text)["version"]})
    assert saved.status_code == 303


async def made(work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product, **values: Any) -> Order:
    """An order of one tea as a draft."""
    send = values.pop("send", False)
    body = {"customer_id": customer.id, "lines": [{"product_id": tea.id, "quantity": "1"}], **values}
    work = await work_as(team.rep)
    order = await actions.create(work, parse(OrderInput, body), send=send)
    await work.session.commit()
    return order


async def test_the_moves_of_the_page(
    client: Client, work_as: WorkAs, make: Make, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    order = await made(work_as, team, customer, tea)
    rep, boss = await client(team.rep), await client(team.manager)
    assert (await rep.submit(f"/orders/{order.id}/submit", {"version": "1"})).status_code == 303
    assert (await rep.submit(f"/orders/{order.id}/withdraw")).status_code == 303
    assert (await rep.submit(f"/orders/{order.id}/withdraw")).status_code == 409
    assert (await boss.submit(f"/orders/{order.id}/void", {"reason": ""})).status_code == 303
    assert await status_of(make, order) == "draft", "no reason, no voiding"
    assert (await boss.submit(f"/orders/{order.id}/void", {"reason": "mistake"})).status_code == 303
    assert await status_of(make, order) == "void"


async def status_of(make: Make, order: Order) -> str:
    return (await make.session.execute(select(Order.status).where(Order.id == order.id))).scalar_one()


async def test_others_find_nothing_and_readers_may_not_change(
    client: Client, make: Make, work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    order = await made(work_as, team, customer, tea)
    stranger, service = await make.user(None, "sales_rep"), await make.user(None, "service")
    outside, reader = await client(stranger), await client(service)
    for path in ("", "/edit"):
        assert (await outside.get(f"/orders/{order.id}{path}")).status_code == 404
    for move in ("", "/submit", "/withdraw", "/void"):
        data = {"do": "save", "reason": "x", "customer_id": str(customer.id)}
        assert (await outside.submit(f"/orders/{order.id}{move}", data)).status_code == 404
    assert (await reader.get(f"/orders/{order.id}")).status_code == 200
    assert (await reader.submit(f"/orders/{order.id}/submit")).status_code == 403
    assert (await reader.get("/orders/new")).status_code == 403
    assert (await outside.get("/orders/999999")).status_code == 404
    assert (await outside.get(f"/orders/new?customer={customer.id}")).status_code == 404
    assert await status_of(make, order) == "draft"


async def test_the_list_searches_filters_and_pages(
    client: Client, make: Make, work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    other = await make.customer("上海润达", owner=team.rep)
    await index_rows(make.session, [customer.id, other.id])
    mine = await made(work_as, team, customer, tea)
    theirs = await make.order(other, team.rep, product=tea, status="approved")
    await make.session.commit()
    browser = await client(team.rep)
    whole = await browser.get("/orders")
    assert mine.number in whole.text and theirs.number in whole.text and "2 orders" in whole.text
    cases = (("q=Acme", mine, theirs), ("status=approved", theirs, mine), (f"q={theirs.number}", theirs, mine),
             ("q=shrd", theirs, mine), ("q=%E6%B6%A6", theirs, mine))  # fmt: skip
    for query, found, missing in cases:
        answer = await browser.get(f"/orders?{query}", headers=HTMX)
        assert found.number in answer.text and missing.number not in answer.text and "<html" not in answer.text
    assert (await browser.get("/orders?status=nonsense")).status_code == 422


async def test_the_screens_speak_chinese(
    client: Client, make: Make, work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    team.rep.language = "zh"
    order = await made(work_as, team, customer, tea, send=True)
    browser = await client(team.rep)
    form, shown, listed = [await browser.get(url) for url in ("/orders/new", f"/orders/{order.id}", "/orders")]
    assert "添加产品" in form.text and "折扣" in form.text
    assert "待审核" in shown.text and "撤回" in shown.text
    assert "新建订单" in listed.text


async def test_the_history_shows_each_changed_field_to_who_sees_the_order(
    client: Client, make: Make, work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    typed = {"customer_id": customer.id, "lines": [{"product_id": tea.id, "quantity": "1"}]}
    order = await actions.create(await work_as(team.rep), parse(OrderInput, typed))
    changed = parse(OrderInput, {**typed, "ship_address": "7 Quay Street", "notes": "Ring twice"})
    await actions.edit(await work_as(team.rep), order.id, changed, order.version)
    told = (await (await client(team.manager)).get(f"/orders/{order.id}/history")).text
    assert told.index("<ins>Ring twice</ins>") < told.index("Created the order")
    assert "<del>1 Main Street" in told
    assert "<ins>7 Quay Street</ins>" in told
    stranger = await client(await make.user("stranger", "sales_rep"))
    assert (await stranger.get(f"/orders/{order.id}/history")).status_code == 404


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("2 box at 98.00", "3.5 box at 98.00, 5% off", "1 box at 10.00")),
        ("zh", ("2 box，单价 98.00", "3.5 box，单价 98.00，折扣 5%", "1 box，单价 10.00")),
    ],
)
async def test_the_history_tells_lines_that_were_changed_added_and_removed(
    client: Client, make: Make, work_as: WorkAs, language: str, said: tuple[str, str, str]
) -> None:
    rep = await make.user("rep", "sales_rep", language=language)
    customer = await make.customer(owner=rep)
    tea, pot, cup = [await make.product(name, cost) for name, cost in (("Tea", "98"), ("Pot", "10"), ("Cup", "10"))]

    def typed(*lines: tuple[Product, str, str]) -> OrderInput:
        rows = [{"product_id": one.id, "quantity": quantity, "discount_percent": off} for one, quantity, off in lines]
        return parse(OrderInput, {"customer_id": customer.id, "lines": rows})

    async def an_hour_later() -> None:
        """Here all is one transaction; the history goes by the moment at which each began."""
        await make.session.flush()
        await make.session.execute(text("UPDATE audit_log SET at = at - interval '1 hour'"))

    order = await actions.create(await work_as(rep), typed((tea, "2", ""), (pot, "1", "")))
    await an_hour_later()
    await actions.edit(await work_as(rep), order.id, typed((tea, "3.5", "5"), (pot, "1", "")))
    await an_hour_later()
    # A pot for a cup of the same price: of the order itself nothing changes.
    await actions.edit(await work_as(rep), order.id, typed((tea, "3.5", "5"), (cup, "1", "")))
    await make.session.flush()
    page = (await (await client(rep)).get(f"/orders/{order.id}/history")).text
    told = [
        re.findall(r"<dt>(Tea|Pot|Cup)</dt><dd>(?:<del>([^<]*)</del> )?(?:<ins>([^<]*)</ins>)?</dd>", change)
        for change in page.split('<dl class="changes">')[1:]
    ]
    two, three, one = said
    assert told == [
        [("Pot", one, ""), ("Cup", "", one)],
        [("Tea", two, three)],
        [("Tea", "", two), ("Pot", "", one)],
    ]


async def test_the_list_stands_beside_an_order_without_its_frame(
    client: Client, work_as: WorkAs, team: SalesTeam, customer: Customer, tea: Product
) -> None:
    typed = {"customer_id": customer.id, "lines": [{"product_id": tea.id, "quantity": "1"}]}
    order = await actions.create(await work_as(team.rep), parse(OrderInput, typed))
    beside = (await (await client(team.rep)).get("/orders?side=1", headers=HTMX)).text
    assert beside.lstrip().startswith("<ul")
    assert f'href="/orders/{order.id}"' in beside
