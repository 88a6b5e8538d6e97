"""What customers are found by (stack.md section 5)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from domain.contacts import actions as contacts
from domain.contacts.inputs import ContactInput
from domain.core.lists import ListQuery, fetch_page
from domain.core.work import Work
from domain.customers import actions, queries, search
from domain.customers.inputs import CustomerInput
from domain.customers.models import CustomerSearch
from domain.pools import finding
from tests.conftest import WorkAs
from tests.make import Make

pytestmark = pytest.mark.anyio

NAMES = {
    "上海润达贸易（中国）有限公司": "021-58881234",
    "重庆单雄信物流有限公司": "13800138000",
    "成都书父文化传媒有限公司": None,
    "Acme Trading Co., Ltd.": "+49 30 12345678",
    "Droege Gruppe AG": None,
    "Café Müller GmbH": None,
    "ＡＢＣ全角科技有限公司": None,
    "100% _Natural_ \\ Foods": None,
}
RUNDA, CHONGQING, SHUFU, ACME, DROEGE, CAFE, WIDE, NATURAL = NAMES


async def found(work: Work, q: str) -> set[str]:
    """Names of the customers found."""
    page = await fetch_page(work, queries.LIST, ListQuery(q=q))
    return {row.name for row in page.rows}


@pytest.fixture
async def work(make: Make, work_as: WorkAs) -> Work:
    """A rep who owns the customers above."""
    rep = await make.user("rep", "sales_rep")
    work = await work_as(rep)
    for name, phone in NAMES.items():
        await actions.create(work, CustomerInput(name=name, phone=phone))
    return work


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("润", {RUNDA}),
        ("上海", {RUNDA}),
        ("润达贸易", {RUNDA}),
        ("贸易中国", {RUNDA}),
        ("贸易（中国）", {RUNDA}),
        ("上海 中国", {RUNDA}),
        ("有限公司", {RUNDA, CHONGQING, SHUFU, WIDE}),
        ("书父", {SHUFU}),
        ("成都书父", {SHUFU}),
        ("成都润达", set()),
        ("shrd", {RUNDA}),
        ("SHRD", {RUNDA}),
        ("cqdxx", {CHONGQING}),
        ("dr", {DROEGE}),
        ("dro", {DROEGE}),
        ("acme", {ACME}),
        ("ACME trad", {ACME}),
        ("acme xyl", set()),
        ("cafe mull", {CAFE}),
        ("CAFÉ", {CAFE}),
        ("abc", {WIDE}),
        ("ａｂｃ", {WIDE}),
        ("13800", {CHONGQING}),
        ("138 0013 8000", {CHONGQING}),
        ("+86 138-0013-8000", {CHONGQING}),
        ("0138", {CHONGQING}),
        ("58881234", {RUNDA}),
        ("021-5888", {RUNDA}),
        ("+86 21 5888", {RUNDA}),
        ("030 1234", {ACME}),
        ("888", {RUNDA}),
        ("natural", {NATURAL}),
        ("%", set()),
        ("_", set()),
        ("\\", set()),
        ("%%%%", set()),
        ("' OR 1=1 --", set()),
        ("a", {ACME, DROEGE, CAFE, WIDE, NATURAL}),
    ],
)
async def test_finds_by_any_part(work: Work, q: str, names: set[str]) -> None:
    assert await found(work, q) == names


async def test_a_term_with_more_hits_than_the_cap_walks_the_list(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "CAP", 2)
    hits = await search.probe(work, "有限公司")
    assert hits.ids is None
    assert await found(work, "有限公司") == {RUNDA, CHONGQING, SHUFU, WIDE}


async def test_is_found_by_its_contacts_and_no_longer_when_they_are_gone(work: Work) -> None:
    page = await fetch_page(work, queries.LIST, ListQuery(q="书父"))
    contact = await contacts.create(
        work, ContactInput(customer_id=page.rows[0].id, name="欧阳娜娜", mobile="139 1234 5678")
    )
    assert await found(work, "oynn") == await found(work, "欧阳") == await found(work, "1391234") == {SHUFU}
    await contacts.delete(work, contact.id)
    assert await found(work, "oynn") == await found(work, "1391234") == set()


async def test_a_new_name_is_found_and_the_old_one_is_not(work: Work) -> None:
    page = await fetch_page(work, queries.LIST, ListQuery(q="acme"))
    await actions.edit(work, page.rows[0].id, CustomerInput(name="北京新名字有限公司"))
    assert await found(work, "acme") == set()
    assert await found(work, "bjxmz") == {"北京新名字有限公司"}


async def test_finds_nothing_that_the_actor_may_not_see(work: Work, make: Make, work_as: WorkAs) -> None:
    other = await work_as(await make.user("other", "sales_rep"))
    assert await found(other, "润达") == set()
    assert await found(other, "有限公司") == set()


async def test_rows_of_an_import_are_as_those_of_the_actions(work: Work, make: Make) -> None:
    page = await fetch_page(work, queries.LIST, ListQuery(q="润达"))
    stored = (
        await work.session.execute(select(CustomerSearch).where(CustomerSearch.customer_id == page.rows[0].id))
    ).scalar_one()
    made = await make.customer("x", owner=await make.user("importer", "sales_rep"))
    await search.copy_rows(work.session, [search.search_row(made.id, RUNDA, ["+862158881234"])])
    copied = (
        await work.session.execute(select(CustomerSearch).where(CustomerSearch.customer_id == made.id))
    ).scalar_one()
    assert (copied.txt, copied.grams) == (stored.txt, stored.grams)
