"""Taking a list out: what the screen shows, nothing more, and nothing that a spreadsheet would carry out."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from domain.contacts import actions as contacts
from domain.contacts.inputs import ContactInput
from domain.core import exports
from domain.core.events import EventRow
from domain.core.lists import ListQuery
from domain.core.work import Work, clock
from domain.customers import search
from domain.customers.models import Customer
from domain.people.queries import load_actor
from tests.conftest import Client, PageClient, WorkAs
from tests.make import FIXED, Make, days_ago
from webapp import sheets
from webapp.database import Database
from webapp.exporting import LISTS

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sales(make: Make) -> Any:
    return await make.department("Sales")


@pytest.fixture
async def chief(make: Make, sales: Any) -> Any:
    return await make.user("chief", "department_manager", department=sales, name="Chief", time_zone="Asia/Shanghai")


@pytest.fixture
async def browser(client: Client, chief: Any) -> PageClient:
    return await client(chief)  # type: ignore[return-value]


def read_csv(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf"), "spreadsheets know UTF-8 by this mark"
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


async def lines(browser: PageClient, url: str) -> list[dict[str, str]]:
    answer = await browser.get(url)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "no-store"
    return read_csv(answer.content)


async def names(browser: PageClient, asked: str) -> list[str]:
    return [row["Name"] for row in await lines(browser, f"/exports/customers.csv?{asked}")]


async def test_the_file_is_the_list(browser: PageClient, make: Make, chief: Any, sales: Any) -> None:
    rep = await make.user("rep", "sales_rep", department=sales)
    acme = await make.customer("Acme", owner=chief, level="a", city="Berlin", phone="+8613800138000")
    bolt = await make.customer("Bolt", owner=rep, level="b", last_follow_up_at=FIXED)
    await make.customer("Cork", owner=await make.user("other", "sales_rep"))
    await search.index_rows(make.session, [acme.id, bolt.id])
    rows = {row["Name"]: row for row in await lines(browser, "/exports/customers.csv")}
    assert set(rows) == {"Acme", "Bolt"}, "what one may not see is not taken out"
    words = ("Kind", "City", "Level", "Stage", "Phone", "Owner", "Industry")
    assert [rows["Acme"][word] for word in words] == [
        "Company", "Berlin", "A · key", "Not contacted", "138 0013 8000", "Chief", "",
    ]  # fmt: skip
    assert rows["Bolt"]["Last follow-up"] == f"{FIXED.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}"
    assert await names(browser, "scene=mine") == ["Acme"]
    assert await names(browser, "level=b") == ["Bolt"]
    assert await names(browser, "sort=name&cursor=nonsense") == ["Acme", "Bolt"], "always from the first row"
    assert await names(browser, "q=bol") == ["Bolt"]
    assert await names(browser, "q=zzzz") == []
    assert (await browser.get("/exports/customers.csv?owner=abc")).status_code == 422


async def test_many_rows_come_once_each_in_order(
    browser: PageClient, make: Make, chief: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "PART", 3)
    wanted = [f"Customer {number:02}" for number in range(10)]
    for name in reversed(wanted):
        await make.customer(name, owner=chief)
    assert await names(browser, "sort=name") == wanted


async def test_the_right_is_asked_for(client: Client, make: Make) -> None:
    rep: Any = await client(await make.user("rep", "sales_rep"))
    for kind in LISTS:
        assert (await rep.get(f"/exports/{kind}.csv")).status_code == 403, kind
    assert "/exports/" not in (await rep.get("/customers")).text
    assert (await rep.get("/exports/users.csv")).status_code == 404
    visitor: Any = await client(None)
    assert (await visitor.get("/exports/customers.csv")).status_code in (302, 303)


@pytest.mark.parametrize("url", ["/exports/customers", "/exports/customers.pdf", "/exports/.csv", "/exports/users.csv"])
async def test_there_is_no_other_file(browser: PageClient, url: str) -> None:
    assert (await browser.get(url)).status_code == 404


@pytest.mark.parametrize("kind", sorted(LISTS))
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_list_can_be_taken_out(client: Client, make: Make, kind: str, language: str) -> None:
    boss = await make.user("boss", "administrator", language=language)
    customer = await make.customer("Acme", owner=boss)
    await make.order(customer, boss)
    browser: Any = await client(boss, language)
    for ending in sheets.SHEETS:
        answer = await browser.get(f"/exports/{kind}.{ending}")
        assert answer.status_code == 200
        assert f"offing-{kind}-" in answer.headers["content-disposition"]
    if kind in ("customers", "contacts", "orders", "payments", "followups"):
        assert f'href="/exports/{kind}.xlsx' in (await browser.get(f"/{kind}")).text


FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=cmd|" /C calc"!A0')


@pytest.mark.parametrize("text", FORMULAS)
async def test_no_cell_is_a_formula(browser: PageClient, make: Make, chief: Any, text: str) -> None:
    await make.customer(text, owner=chief, city=text)
    (row,) = await lines(browser, "/exports/customers.csv")
    assert (row["Name"], row["City"]) == (f"'{text}", f"'{text}")
    book = CalamineWorkbook.from_filelike(io.BytesIO((await browser.get("/exports/customers.xlsx")).content))
    sheet = book.get_sheet_by_index(0).to_python()
    assert sheet[1][0] == text.replace("\r", "\n") or sheet[1][0] == text
    raw = zipfile.ZipFile(io.BytesIO((await browser.get("/exports/customers.xlsx")).content))
    assert b"<f>" not in raw.read("xl/worksheets/sheet1.xml")


async def test_xlsx_holds_figures_and_days(client: Client, make: Make) -> None:
    boss = await make.user("boss", "administrator", time_zone="Asia/Shanghai")
    order = await make.order(await make.customer("上海润达", owner=boss), boss)
    browser: Any = await client(boss)
    content = (await browser.get("/exports/orders.xlsx")).content
    headings, row = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    shown = dict(zip(headings, row, strict=True))
    assert (shown["Customer"], shown["Order date"]) == ("上海润达", date(2026, 3, 2))
    assert shown["Amount"] == float(order.net_total)


async def test_too_much_for_a_sheet_is_said_not_cut(
    browser: PageClient, make: Make, chief: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        await make.customer(f"Customer {number}", owner=chief)
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    refused = await browser.get("/exports/customers.xlsx")
    assert refused.status_code == 422
    assert "Take CSV." in refused.text
    assert len(await lines(browser, "/exports/customers.csv")) == 3


async def test_what_a_pool_hides_stays_hidden(client: Client, make: Make, work_as: WorkAs) -> None:
    chief = await make.user("chief", "department_manager")
    boss = await make.user("boss", "administrator")
    pool = await make.pool("Lake", members=(chief,), hidden_fields=["phone", "contacts"])
    customer = await make.customer("Pooled", pool=pool, phone="+8613800138000")
    person = ContactInput(customer_id=customer.id, name="Anna", mobile="13911112222")
    await contacts.create(await work_as(boss), person)
    browser: Any = await client(chief)
    (row,) = await lines(browser, "/exports/customers.csv")
    assert (row["Name"], row["Phone"]) == ("Pooled", "")
    assert await lines(browser, "/exports/contacts.csv") == []


async def test_it_is_noted_who_took_what(browser: PageClient, make: Make, chief: Any) -> None:
    await make.customer("Acme", owner=chief)
    await lines(browser, "/exports/customers.csv?scene=mine")
    event = (await make.session.execute(select(EventRow).where(EventRow.name == "Exported"))).scalar_one()
    assert (event.kind, event.record_id, event.actor_id) == ("exports", chief.id, chief.id)
    assert event.data == {"asked": "/customers?scene=mine", "ending": "csv", "rows": 1}


async def test_one_moment_is_taken_out(own_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "PART", 2)
    async with own_database.writing() as session:
        make = Make(session)
        owner = await make.user("owner", "administrator")
        for number in range(4):
            await make.customer(f"Customer {number}", owner=owner, activity_at=days_ago(number))
        await session.commit()
        actor = await load_actor(session, owner.id)
    assert actor is not None
    seen: list[str] = []
    async with own_database.snapshot() as session:
        async for rows in exports.every(Work(session, actor, clock()), LISTS["customers"], ListQuery()):
            seen += [row.name for row in rows]
            async with own_database.writing() as other:
                last = update(Customer).where(Customer.name == "Customer 3").values(activity_at=clock())
                await other.execute(last)
                await other.commit()
    assert seen == [f"Customer {number}" for number in range(4)], "the last one was not lost by going to the top"
