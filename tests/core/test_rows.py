"""Rows past the session: the same values in the same transaction, and no statement remembered wrongly."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import BigInteger, bindparam, func, insert, select, text
from sqlalchemy.types import TypeDecorator

from domain import wiring  # noqa: F401 - all tables
from domain.core.access import SYSTEM
from domain.core.events import EventRow
from domain.core.model import Base
from domain.core.rows import columns, fetch
from domain.core.work import Work, clock
from domain.customers.models import Customer
from domain.people.models import Department
from domain.pools.models import Pool
from tests.conftest import WorkAs
from tests.make import Make
from webapp.database import Database
from webapp.work import transaction

pytestmark = pytest.mark.anyio
THIS = bindparam("this", type_=BigInteger())
BY_ID = (
    select(*columns(Customer), Pool.name.label("pool"))
    .outerjoin(Pool, Pool.id == Customer.pool_id)
    .where(Customer.id == THIS)
)
NAMES = select(Department.name).where(Department.id == THIS)
EVENT = (
    insert(EventRow)
    .values(
        at=bindparam("now", type_=EventRow.at.type), data=bindparam("data", type_=EventRow.data.type),
        name="Tried", kind="tests", record_id=1,
    )
    .returning(EventRow.at, EventRow.data)
)  # fmt: skip
SOME = select(Department.id).where(Department.name.in_(["North", "South"])).order_by(Department.name)


async def test_a_row_has_the_values_of_the_record(make: Make, work_as: WorkAs) -> None:
    customer = await make.customer(owner=await make.user("rep", "sales_rep"), name="Blue Harbour")
    work = await work_as(None)
    (row,) = await work.rows(BY_ID, {"this": customer.id})
    (same,) = (await work.session.execute(BY_ID, {"this": customer.id})).all()
    assert tuple(row) == tuple(same)
    assert (row.name, row.pool, row.activity_at) == ("Blue Harbour", None, customer.activity_at)


def test_no_type_of_ours_changes_what_is_read() -> None:
    # `fetch` gives what the driver reads; a type with a say in it would give other values in a record.
    changing = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, TypeDecorator)
        and type(column.type).process_result_value is not TypeDecorator.process_result_value
    ]
    assert changing == []


async def test_what_was_changed_a_moment_ago_is_seen(make: Make, work_as: WorkAs) -> None:
    work = await work_as(None)
    department = await make.department("North")
    assert [row.name for row in await work.rows(NAMES, {"this": department.id})] == ["North"]
    department.name = "South"  # not flushed yet
    assert [row.name for row in await work.rows(NAMES, {"this": department.id})] == ["South"]
    assert await work.rows(NAMES, {"this": 0}) == []


async def test_lists_of_the_statement_itself_are_sent_and_given_ones_refused(make: Make, work_as: WorkAs) -> None:
    work = await work_as(None)
    north, south = await make.department("North"), await make.department("South")
    for _time in range(2):
        assert [row.id for row in await work.rows(SOME)] == [north.id, south.id]
    given = select(Department.id).where(Department.id.in_(bindparam("ids", expanding=True)))
    with pytest.raises(TypeError, match="array"):
        await work.rows(given, {"ids": [north.id]})


async def test_values_are_checked_and_packed_as_their_types_want(work_as: WorkAs) -> None:
    work = await work_as(None)
    event = {"now": work.now, "data": {"why": "北京", "lines": [1]}}
    for _time in range(2):
        (row,) = await work.rows(EVENT, event)
        assert (row.at, row.data) == (event["now"], event["data"])
    with pytest.raises(TypeError, match="time zone"):
        await work.rows(EVENT, {**event, "now": work.now.replace(tzinfo=None)})


async def test_columns_of_one_name_are_found_by_their_place(work_as: WorkAs) -> None:
    work = await work_as(None)
    (row,) = await work.rows(select(func.coalesce(1).label("n"), func.coalesce(2), func.coalesce(3)))
    assert (row.n, tuple(row)) == (1, (1, 2, 3))


async def test_it_is_part_of_the_transaction(own_database: Database) -> None:
    driver_in_transaction = select(func.pg_current_xact_id().label("number"))
    async with own_database.writing() as session:
        work = Work(session, SYSTEM, clock())
        (first,) = await work.rows(driver_in_transaction)  # the first statement of all
        same = (await session.execute(driver_in_transaction)).scalar_one()
        await session.commit()
        (after,) = await work.rows(driver_in_transaction)
    assert first.number == same != after.number


async def test_nothing_of_it_stays_when_the_work_fails(own_database: Database) -> None:
    gone = select(Department.id).where(Department.name == "Gone")
    with pytest.raises(RuntimeError):
        async with transaction(own_database, SYSTEM) as work:
            work.session.add(Department(name="Gone"))
            assert len(await work.rows(gone)) == 1
            raise RuntimeError
    async with own_database.reading() as session:
        assert await fetch(session, gone, {}) == []


async def test_a_connection_that_the_server_closed_is_replaced(own_database: Database) -> None:
    pid = select(func.pg_backend_pid().label("pid"))
    async with own_database.reading() as other, own_database.reading() as session:
        (before,) = await fetch(other, pid, {})
        driver: Any = (await (await other.connection()).get_raw_connection()).driver_connection
        closed = asyncio.Event()
        driver.add_termination_listener(lambda _connection: closed.set())
        await session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": before.pid})
        async with asyncio.timeout(10):
            await closed.wait()
    async with own_database.reading() as one, own_database.reading() as two:
        now = [(await fetch(session, pid, {}))[0].pid for session in (one, two)]
    assert before.pid not in now
