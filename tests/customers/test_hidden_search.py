"""What a pool hides cannot be found out by searching for it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.core.access import Grant, GrantLevel, GrantPost
from domain.core.lists import ListQuery, fetch_page
from domain.core.work import Work
from domain.customers import queries, search
from domain.pools import finding
from tests.conftest import WorkAs
from tests.make import Make

pytestmark = pytest.mark.anyio
NUMBER = "+8613800138000"
NAME = "上海润达贸易有限公司 5G"
DIGITS = ("138 0013 8000", "0138", "13", "8000", "shrd 0138", "润达 8000")
WORDS = ("润达", "shrd", "上海", "5g", "5", "g")


async def found(work: Work, q: str, scene: str | None = None) -> list[str]:
    page = await fetch_page(work, queries.LIST, ListQuery(q=q, scene=scene), counted=True)
    assert page.count is not None and page.count.number == len(page.rows)
    return [row.name for row in page.rows]


class Lake:
    """A pool that hides something, with one customer and two people."""

    def __init__(self, make: Make) -> None:
        self.make = make

    async def fill(self, hidden: list[str]) -> None:
        self.member = await self.make.user("member", "sales_rep")
        self.chief = await self.make.user("chief", "department_manager")
        self.pool = await self.make.pool(
            "Lake", members=(self.member,), administrators=(self.chief,), hidden_fields=hidden
        )
        self.customer: Any = await self.make.customer(NAME, pool=self.pool, phone=NUMBER)
        row = search.search_row(self.customer.id, NAME, [NUMBER, "+8613911112222"], ["Wang Fang"])
        await search.copy_rows(self.make.session, [row])


@pytest.fixture
async def lake(make: Make) -> Lake:
    return Lake(make)


@pytest.mark.parametrize("capped", [False, True])
async def test_a_hidden_number_is_not_found(
    lake: Lake, work_as: WorkAs, monkeypatch: pytest.MonkeyPatch, capped: bool
) -> None:
    monkeypatch.setattr(search.INDEX, "common", {})
    if capped:
        monkeypatch.setattr(finding, "CAP", 0)
    await lake.fill(["phone"])
    work = await work_as(lake.member)
    for scene in (None, "pool"):
        for q in DIGITS:
            assert await found(work, q, scene) == [], q
        for q in (*WORDS, "wang fang"):
            assert await found(work, q, scene) == [NAME], q


async def test_hidden_contacts_are_not_found(lake: Lake, work_as: WorkAs) -> None:
    await lake.fill(["contacts"])
    work = await work_as(lake.member)
    assert await found(work, "wang") == []
    assert await found(work, "润达 wang") == []
    assert await found(work, "1391111") == []
    for q in WORDS:
        assert await found(work, q) == [NAME], q


async def test_who_may_read_the_number_finds_by_it(lake: Lake, work_as: WorkAs, make: Make) -> None:
    await lake.fill(["phone", "contacts"])
    for user in (lake.chief, await make.user("boss", "administrator")):
        for q in (*DIGITS, *WORDS, "wang"):
            assert await found(await work_as(user), q) == [NAME], q


async def test_an_open_pool_is_searched_by_numbers(lake: Lake, work_as: WorkAs) -> None:
    await lake.fill(["address"])
    for q in DIGITS:
        assert await found(await work_as(lake.member), q) == [NAME], q


async def test_own_customers_are_searched_by_numbers(lake: Lake, work_as: WorkAs, make: Make) -> None:
    await lake.fill(["phone"])
    mine = await make.customer("Acme", owner=lake.member, phone=NUMBER)
    await search.copy_rows(make.session, [search.search_row(mine.id, "Acme", [NUMBER])])
    assert await found(await work_as(lake.member), "0138") == ["Acme"]


@pytest.mark.parametrize("party", ["user", "role"])
async def test_sharing_opens_what_the_pool_hides(lake: Lake, work_as: WorkAs, make: Make, party: str) -> None:
    await lake.fill(["phone"])
    whom = {"user_id": lake.member.id} if party == "user" else {"to_role_id": (await make.builtin("sales_rep")).id}
    make.session.add(
        Grant(
            kind="customers", record_id=lake.customer.id, level=GrantLevel.read.value, post=GrantPost.shared.value,
            **whom,
        )
    )  # fmt: skip
    await make.session.flush()
    work = await work_as(lake.member)
    assert await found(work, "0138") == [NAME]
    assert (await queries.detail(work, lake.customer.id)).hidden == frozenset(), "its page shows the number as well"
