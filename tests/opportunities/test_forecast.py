"""The forecast: months, weights, what is past or undated, and each figure the length of its list."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain.core.lists import ListQuery, fetch_page
from domain.opportunities import queries
from domain.opportunities.forecast import forecast, months_from
from tests.conftest import WorkAs
from tests.make import Make

pytestmark = pytest.mark.anyio


def test_months_run_over_the_year() -> None:
    assert months_from(date(2026, 11, 30), 4) == [
        date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)
    ]  # fmt: skip


async def test_months_weights_and_lists(make: Make, work_as: WorkAs) -> None:
    rep, pipeline = await make.user("rep", "sales_rep"), await make.pipeline()
    customer, stage = await make.customer(owner=rep), await make.stage(pipeline)
    work = await work_as(rep)
    this, following, third, *_rest = months_from(work.today, 6)
    rows = (
        (this, "100.00", 33), (this + timedelta(days=27), "0.05", 50),  # 0.025 → 0.03
        (following, None, 90), (this - timedelta(days=1), "7.00", 10), (None, "8.00", 50),
        (third + timedelta(days=40), "1000.00", 1),
    )  # fmt: skip
    for day, amount, chance in rows:
        await make.opportunity(
            customer, stage=stage, expected_on=day, amount=amount and Decimal(amount), probability=chance
        )
    won, lost = await make.stage(pipeline, "Won"), await make.stage(pipeline, "Lost")
    await make.opportunity(customer, stage=won, amount=Decimal(50), ended_at=work.now)
    await make.opportunity(customer, stage=won, amount=Decimal(1), ended_at=work.now - timedelta(days=40))
    await make.opportunity(customer, stage=lost, amount=Decimal(99), expected_on=this, ended_at=work.now)

    found = await forecast(work, 2)
    assert list(found.months) == [this, following]
    assert list(found.columns) == ["past", f"{this:%Y-%m}", f"{following:%Y-%m}", f"{third:%Y-%m}+", "none"]
    told = {name: (cell.number, cell.amount, cell.weighted) for name, cell in found.cells.items()}
    assert told == {
        "past": (1, Decimal("7.00"), Decimal("0.70")),
        f"{this:%Y-%m}": (2, Decimal("100.05"), Decimal("33.03")),
        f"{following:%Y-%m}": (1, Decimal(0), Decimal(0)),
        f"{third:%Y-%m}+": (1, Decimal(1000), Decimal(10)),
        "none": (1, Decimal(8), Decimal(4)),
    }
    now = found.cells[f"{this:%Y-%m}"]
    assert (now.won_number, now.won) == (1, Decimal(50))
    assert (found.total.number, found.total.amount, found.total.won) == (6, Decimal("1115.05"), Decimal(50))
    for name, cell in found.cells.items():
        behind = await fetch_page(work, queries.LIST, ListQuery(filters={"status": "open", "expected": name}))
        assert len(behind.rows) == cell.number, name
    ended = await fetch_page(work, queries.LIST, ListQuery(filters={"status": "won", "ended": f"{this:%Y-%m}"}))
    assert len(ended.rows) == 1


async def test_by_owner_and_department_over_what_is_seen(make: Make, work_as: WorkAs) -> None:
    north, south = await make.department("North"), await make.department("South")
    boss = await make.user("boss", "department_manager", department=north)
    ann, bob = [await make.user(name, "sales_rep", department=north) for name in ("ann", "bob")]
    eve = await make.user("eve", "sales_rep", department=south)
    stage = await make.stage(await make.pipeline())
    for user, amount in ((ann, 10), (bob, 30), (eve, 99)):
        await make.opportunity(await make.customer(owner=user), stage=stage, amount=Decimal(amount), probability=50)
    work = await work_as(boss)
    owners = await forecast(work, by="owner")
    assert [(row.key, row.label, row.total.weighted) for row in owners.rows] == [
        (bob.id, "Bob", Decimal(15)), (ann.id, "Ann", Decimal(5)),
    ]  # fmt: skip
    assert owners.total.amount == sum(row.total.amount for row in owners.rows) == Decimal(40)
    assert set(owners.rows[0].cells) == set(owners.columns)
    departments = await forecast(work, by="department")
    assert [(row.label, row.total.number) for row in departments.rows] == [("North", 2)]
    everything = await forecast(await work_as(await make.user("admin", "administrator")), by="department")
    assert [(row.label, row.total.amount) for row in everything.rows] == [
        ("South", Decimal(99)),
        ("North", Decimal(40)),
    ]
    assert (await forecast(work)).rows == []


async def test_the_month_of_a_win_is_the_readers(make: Make, work_as: WorkAs) -> None:
    rep = await make.user("rep", "sales_rep", time_zone="Asia/Shanghai")
    customer, won = await make.customer(owner=rep), await make.stage(await make.pipeline(), "Won")
    work = await work_as(rep)
    midnight = work.now.replace(year=2026, month=3, day=31, hour=16, minute=0)  # April has begun in Shanghai
    await make.opportunity(customer, stage=won, amount=Decimal(5), ended_at=midnight)
    found = await forecast(replace(work, now=midnight), 1)
    assert (list(found.months), found.cells["2026-04"].won) == ([date(2026, 4, 1)], Decimal(5))
