"""The import pages, as a browser without JavaScript uses them."""

import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.customers.models import Customer
from domain.imports import actions
from domain.imports.models import ImportBatch
from domain.people.models import User
from tests.conftest import Client, PageClient
from tests.make import Make

pytestmark = pytest.mark.anyio
TEXT = """客户名称,城市,Mail
润达贸易,上海市,a@example.com
听雨轩,杭州市,wrong
<script>alert(1)</script>,Berlin,
=1+1,Bonn,bad
"""


@pytest.fixture
async def boss(make: Make) -> User:
    return await make.user("boss", "department_manager")


async def upload(page: PageClient, text: str = TEXT, kind: str = "customers", name: str = "kunden.csv") -> str:
    await page.get("/imports")
    answer = await page.submit("/imports", {"kind": kind}, files={"file": (name, text.encode(), "text/csv")})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def columns(html: str) -> dict[str, str]:
    """What the form of columns would send."""
    selects = re.findall(r'<select[^>]* name="(map_\w+)".*?</select>', html, re.DOTALL)
    found = {}
    for name in selects:
        body = html.split(f'name="{name}"', 1)[1].split("</select>", 1)[0]
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    return found


async def count(session: AsyncSession) -> int:
    return (await session.execute(select(func.count()).select_from(Customer))).scalar_one()


async def test_from_the_file_to_the_result(client: Client, boss: User, session: AsyncSession) -> None:
    page = await client(boss)
    url = await upload(page)
    shown = await page.get(url)
    assert shown.status_code == 200 and "kunden.csv" in shown.text
    chosen = columns(shown.text)
    assert chosen["map_name"] == "客户名称" and chosen["map_city"] == "城市" and chosen["map_email"] == "Mail"
    assert await count(session) == 0
    answer = await page.submit(f"{url}/check", chosen)
    assert (answer.status_code, answer.headers["location"]) == (303, url)
    checked = await page.get(url)
    assert "Import now" in checked.text and "Line 3" in checked.text and "not an e-mail address" in checked.text
    assert await count(session) == 0
    assert (await page.submit(f"{url}/run", {})).headers["location"] == url
    done = await page.get(url)
    assert "Made" in done.text and await count(session) == 2
    rows = await page.get(f"{url}/rows")
    assert "&lt;script&gt;" in rows.text and "<script>alert" not in rows.text
    assert (await page.get(f"{url}/rows?outcome=refused")).text.count('class="list-row"') == 2
    assert "kunden.csv" in (await page.get("/imports")).text


async def test_what_was_left_out_comes_back_as_a_file_that_can_be_corrected_and_sent_again(
    client: Client, boss: User, session: AsyncSession
) -> None:
    page = await client(boss)
    url = await upload(page)
    await page.submit(f"{url}/check", columns((await page.get(url)).text))
    await page.submit(f"{url}/run", {})
    file = await page.get(f"{url}/failures.csv")
    assert file.headers["content-type"].startswith("text/csv") and "attachment" in file.headers["content-disposition"]
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "客户名称,城市,Mail,Reason" and len(lines) == 3
    assert lines[2].startswith("'=1+1,Bonn,bad,")
    again = await upload(page, file.content.decode("utf-8-sig").replace("wrong", "w@example.com").replace("bad", ""))
    await page.submit(f"{again}/check", columns((await page.get(again)).text))
    await page.submit(f"{again}/run", {})
    names = (await session.scalars(select(Customer.name).order_by(Customer.id))).all()
    assert list(names) == ["润达贸易", "<script>alert(1)</script>", "听雨轩", "=1+1"]


async def test_in_chinese(client: Client, boss: User) -> None:
    boss.language = "zh"
    page = await client(boss, "zh")
    url = await upload(page)
    await page.submit(f"{url}/check", columns((await page.get(url)).text))
    shown = await page.get(url)
    assert "立即导入" in shown.text and "第 3 行" in shown.text and "Import now" not in shown.text


async def test_a_column_that_is_needed_must_be_named(client: Client, boss: User) -> None:
    page = await client(boss)
    url = await upload(page, "Foo,Bar\n1,2\n")
    answer = await page.submit(f"{url}/check", {"map_name": "", "map_city": "Nonsense"})
    assert answer.status_code == 422
    assert "Say which column this is." in answer.text and "Please choose one of the list." in answer.text


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "empty"), (b"name\n", "no rows"), (b"\x00\x01\x02\x03", "not a table"), (b"PK\x03\x04xx", "not a table")],
)
async def test_a_file_that_cannot_be_used_is_refused_beside_its_field(
    client: Client, boss: User, content: bytes, says: str
) -> None:
    page = await client(boss)
    await page.get("/imports")
    answer = await page.submit("/imports", {"kind": "customers"}, files={"file": ("x.csv", content, "text/csv")})
    assert answer.status_code == 422 and says in answer.text
    answer = await page.submit("/imports", {"kind": "customers"})
    assert answer.status_code == 422 and "choose a file" in answer.text


async def test_who_may_not_import_gets_403(client: Client, make: Make) -> None:
    rep = await client(await make.user("rep", "sales_rep"))
    assert (await rep.get("/imports")).status_code == 403
    answer = await rep.submit("/imports", {"kind": "customers"}, files={"file": ("x.csv", b"name\nA\n", "text/csv")})
    assert answer.status_code == 403
    marketing = await client(await make.user("mark", "marketing"))
    await marketing.get("/imports")
    answer = await marketing.submit("/imports", {"kind": "orders"}, files={"file": ("x.csv", b"a\n1\n", "text/csv")})
    assert answer.status_code == 403


async def test_imports_of_others_do_not_exist(client: Client, make: Make, boss: User) -> None:
    url = await upload(await client(boss))
    other = await client(await make.user("other", "department_manager"))
    for address in (url, f"{url}/rows", f"{url}/failures.csv"):
        assert (await other.get(address)).status_code == 404
    for verb in ("check", "run"):
        assert (await other.submit(f"{url}/{verb}", {"map_name": "客户名称"})).status_code == 404
    assert "kunden.csv" not in (await other.get("/imports")).text


async def test_a_done_import_is_not_run_again(client: Client, boss: User, session: AsyncSession) -> None:
    page = await client(boss)
    url = await upload(page)
    await page.submit(f"{url}/run", {})
    before = await count(session)
    assert (await page.submit(f"{url}/run", {})).status_code == 409
    assert await count(session) == before


async def test_a_long_file_is_left_to_the_worker_and_shows_how_far_it_is(
    client: Client, boss: User, session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "DIRECT_ROWS", 3)
    page = await client(boss)
    url = await upload(page)
    await page.submit(f"{url}/run", {})
    shown = await page.get(url)
    assert "<progress" in shown.text and "You may leave this page" in shown.text
    assert await count(session) == 0
    poll = {"hx-request": "true", "hx-target": "div#progress"}
    assert "<html" not in (await page.get(url, headers=poll)).text
    batch = (await session.scalars(select(ImportBatch))).one()
    batch.status, batch.totals = "done", {"created": 4, "records": 4}
    await session.commit()
    assert (await page.get(url, headers=poll)).headers["hx-refresh"] == "true"
