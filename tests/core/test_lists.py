"""Lists: every way of fetching gives the same rows, in the same order, each once, page after page."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.core import lists, rows
from domain.core.access import Scope
from domain.core.errors import Invalid
from domain.core.lists import ListQuery, count, fetch_page
from domain.core.work import Work
from domain.customers import queries
from domain.customers.models import Customer
from tests.conftest import WorkAs
from tests.make import FIXED, Make

pytestmark = pytest.mark.anyio
SPEC = queries.LIST


@pytest.fixture
async def chief(make: Make, work_as: WorkAs) -> Work:
    """The head of three departments with 120 customers, many with the same moment, two pools, some grants."""
    dice = random.Random(7)
    root = await make.department("Root")
    departments = [await make.department(f"D{number}", root) for number in range(3)]
    role = await make.role("chief", ("customers.view",), {"customers": Scope.department_tree})
    chief = await make.user("chief", role, department=root)
    reps = [await make.user(f"r{number}", department=departments[number % 3], manager=chief) for number in range(6)]
    stranger = await make.user("stranger", department=await make.department("Elsewhere"))
    pools = [await make.pool(f"P{number}", members=(chief,)) for number in range(2)]
    for number in range(120):
        owner = dice.choice([*reps, chief, stranger])
        where = {"pool": dice.choice(pools)} if dice.random() < 0.2 else {"owner": owner}
        made = await make.customer(
            f"c{number}",
            activity_at=FIXED - timedelta(days=dice.randrange(5)),
            level=dice.choice("abcd"),
            city=dice.choice(["上海", "上海市", "Köln", None]),
            recycle_due_at=dice.choice([None, FIXED, FIXED + timedelta(days=3)]),
            **where,
        )
        if dice.random() < 0.2:
            await make.grant("customers", made.id, user=chief)
    return await work_as(chief)


async def walk(work: Work, query: ListQuery, size: int) -> list[str]:
    """All names of a list, fetched page by page."""
    names: list[str] = []
    for _page in range(100):
        page = await fetch_page(work, SPEC, query, size=size)
        names += [row.name for row in page.rows]
        if page.next is None:
            return names
        query = query.at(page.next)
    raise AssertionError("the list has no end")


async def expected(work: Work, query: ListQuery) -> list[str]:
    """The plain way: all conditions, one order."""
    sort = SPEC.sort(query.sort)
    order = (sort.column.desc(), Customer.id.desc()) if sort.descending else (sort.column, Customer.id)
    wheres = lists.conditions(SPEC, query, work.actor)
    return list(await work.session.scalars(SPEC.source(select(Customer.name)).where(*wheres).order_by(*order)))


@pytest.mark.parametrize("sort", [sort.name for sort in SPEC.sorts])
@pytest.mark.parametrize("scene", [None, "mine", "part", "subordinates", "pool"])
async def test_pages_together_are_the_list(chief: Work, sort: str, scene: str | None) -> None:
    query = ListQuery(scene=scene, sort=sort)
    wanted = await expected(chief, query)
    assert wanted, "a scene without rows proves nothing"
    assert await walk(chief, query, 7) == wanted
    assert (await count(chief, SPEC, query)).number == len(wanted)


@pytest.mark.parametrize(
    "filters",
    [{"level": "a"}, {"city": "上海"}, {"level": "b", "city": "Köln"}, {"due": "1"}, {"unplaced": "1", "level": "c"}],
)
async def test_filters_are_the_same_by_branches_and_by_one_walk(
    chief: Work, filters: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    query = ListQuery(filters=filters)
    wanted = await expected(chief, query)
    assert wanted
    assert await walk(chief, query, 5) == wanted
    monkeypatch.setattr(lists, "BRANCH_VALUES", 0)
    assert await walk(chief, query, 5) == wanted


async def test_walks_are_merged_whatever_the_server_reckons(chief: Work) -> None:
    # A server that expects few rows would gather all of them in a hash table before it gives the first.
    statement = lists._built(chief.actor, SPEC, None, None, (), False, 50, 1000, None, False)
    driver, dialect = await rows._driver(chief.session)
    compiled = rows.Compiled(statement, dialect, {})
    plan = "\n".join(row[0] for row in await driver.fetch(f"EXPLAIN {compiled.sql}", *compiled.values({})))
    assert "CTE found" in plan
    assert "HashAggregate" not in plan


async def test_a_row_that_moves_up_while_one_reads_is_neither_doubled_nor_are_others_lost(chief: Work) -> None:
    wanted = await expected(chief, ListQuery())
    page = await fetch_page(chief, SPEC, ListQuery(), size=10)
    assert page.next is not None
    last = await chief.session.get_one(Customer, (await fetch_page(chief, SPEC, ListQuery(), size=500)).rows[-1].id)
    last.activity_at = FIXED + timedelta(days=1)
    await chief.session.flush()
    rest = await walk(chief, ListQuery(cursor=page.next), 10)
    assert [row.name for row in page.rows] + rest == [name for name in wanted if name != last.name]


async def test_counts_stop_at_the_cap(chief: Work) -> None:
    number = await count(chief, SPEC, ListQuery(), cap=10)
    assert (number.number, number.more) == (10, True)


@pytest.mark.parametrize(
    "cursor",
    ["x", "AAAA", "W10", "WyJ4IiwxXQ", "WzEsMl0", "WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwxXQ", "\x00", "é", "W251bGwsMV0",
     "WyIyMDI2LTAxLTAxVDAwOjAwOjAwKzAwOjAwIix0cnVlXQ"],
)  # fmt: skip
async def test_a_place_that_is_not_ours_is_refused(chief: Work, cursor: str) -> None:
    with pytest.raises(Invalid):
        await fetch_page(chief, SPEC, ListQuery(cursor=cursor))


@pytest.mark.parametrize(
    "filters", [{"level": "z"}, {"owner": "x"}, {"owner": "-1"}, {"owner": str(2**70)}, {"due": "99999999999"}]
)
async def test_a_filter_that_cannot_be_read_is_named(chief: Work, filters: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refusal:
        await fetch_page(chief, SPEC, ListQuery(filters=filters))
    assert set(refusal.value.errors) == set(filters)


def test_an_address_gives_the_query_back() -> None:
    asked = {"scene": "mine", "q": " 上海 ", "sort": "name", "level": "a", "nonsense": "1", "city": "  "}
    query = ListQuery.of(SPEC, asked)
    assert query == ListQuery(scene="mine", q="上海", sort="name", filters={"level": "a"})
    assert ListQuery.of(SPEC, dict(pair.split("=") for pair in query.params().split("&"))).scene == "mine"
    assert "cursor" not in query.at("x").params()
