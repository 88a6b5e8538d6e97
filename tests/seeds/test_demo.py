"""The demo company: whole, the same again, and with something on every desk."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.approvals import queries as approvals
from domain.calendar import queries as calendar
from domain.calendar.models import CalendarEvent
from domain.core.lists import ListQuery, fetch_page
from domain.core.work import Work, clock
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.leads import queries as leads
from domain.leads.matching import matches
from domain.leads.models import Lead, LeadStatus
from domain.opportunities import queries as opportunities
from domain.opportunities.board import board
from domain.opportunities.forecast import forecast
from domain.opportunities.funnel import funnel
from domain.opportunities.models import Opportunity, StageMove
from domain.orders.models import Order
from domain.payments.models import Payment
from domain.people.actions.passwords import fits
from domain.people.models import User
from domain.people.queries import actor_by_name
from domain.pools.models import PoolKind
from domain.pools.queries import overview
from domain.seeds import demo
from domain.seeds.demo_customers import Sketcher
from domain.seeds.reference import seed
from domain.shipments.models import Shipment
from tests.conftest import copied
from webapp.database import Database
from webapp.work import command_work, transaction

pytestmark = pytest.mark.anyio
PASSWORD = "demo-of-the-tests"


@pytest.fixture(scope="module")
async def company(server_url: str, template: str) -> AsyncIterator[Database]:
    """The company, filled in once for all tests of this file."""
    async with copied(server_url, template) as url:
        database = Database(url, pool_size=3)
        async with command_work(database, None) as work:
            await seed(work, PASSWORD)
        await demo.fill(partial(transaction, database), PASSWORD)
        yield database
        await database.close()


@pytest.fixture
async def session(company: Database) -> AsyncIterator[AsyncSession]:
    async with company.reading() as session:
        yield session


async def count(session: AsyncSession, *conditions: Any, model: Any) -> int:
    return (await session.execute(select(func.count()).select_from(model).where(*conditions))).scalar_one()


async def as_(session: AsyncSession, name: str) -> Work:
    return Work(session, await actor_by_name(session, name), clock())


async def test_every_sign_in_works(session: AsyncSession) -> None:
    found = {one.user_name: one for one in await session.scalars(select(User))}
    assert set(demo.SIGN_INS) <= set(found)
    assert await fits(found["rep"].password_hash, PASSWORD)
    assert len({found[name].password_hash for name in demo.SIGN_INS if name != "admin"}) == 1


async def test_it_is_a_company_of_some_size(session: AsyncSession) -> None:
    assert await count(session, model=User) >= 38
    assert await count(session, model=Customer) >= 250
    assert {one for one in await session.scalars(select(Order.status).distinct())} == {
        "draft", "awaiting", "approved", "rejected", "void",
    }  # fmt: skip
    assert {one for one in await session.scalars(select(Payment.status).distinct())} >= {"awaiting", "confirmed"}
    assert {one for one in await session.scalars(select(Shipment.status).distinct())} >= {
        "to_ship", "picked", "shipped", "delivered",
    }  # fmt: skip


async def test_everybody_is_on_the_map(session: AsyncSession) -> None:
    assert await count(session, Customer.map_x.is_(None), model=Customer) == 0


async def test_nothing_lies_in_the_future_and_history_goes_back_months(session: AsyncSession) -> None:
    for table in ("customers", "orders", "events", "payments", "shipments", "approvals", "followups", "opportunities"):
        column = "at" if table == "events" else "created_at"
        first, last = (await session.execute(text(f"SELECT min({column}), max({column}) FROM {table}"))).one()
        assert last <= clock(), table
        if table in ("customers", "orders", "events"):
            assert clock() - first > timedelta(days=250), table


async def test_the_reps_first_screen_is_full_of_work(session: AsyncSession) -> None:
    work = await as_(session, "rep")
    tomorrow = calendar.day_starts(work.actor, work.today + timedelta(days=1))
    assert len(await calendar.open_until(work, tomorrow)) >= 6
    mine = Customer.owner_id == work.actor.id
    soon = Customer.recycle_due_at.between(work.now, work.now + timedelta(days=8))
    assert await count(session, mine, soon, model=Customer) >= 4
    assert await count(session, mine, model=Customer) >= 30
    assert await count(session, Customer.pool_id.in_(work.actor.pool_ids), model=Customer) >= 20


async def test_nothing_is_overdue_for_its_pool(session: AsyncSession) -> None:
    assert await count(session, Customer.recycle_due_at < clock(), model=Customer) == 0


async def test_approvals_payments_and_shipments_wait(session: AsyncSession) -> None:
    assert await approvals.count_waiting(await as_(session, "approver")) >= 4
    assert await approvals.count_waiting(await as_(session, "manager")) >= 1
    assert await approvals.count_waiting(await as_(session, "finance")) >= 4
    assert await count(session, Shipment.status.in_(("to_ship", "picked")), model=Shipment) >= 6


async def test_leads_are_in_every_state_and_some_became_customers(session: AsyncSession) -> None:
    assert await count(session, model=Lead) >= 55
    states = {status: number for status, number in await session.execute(
        select(Lead.status, func.count()).group_by(Lead.status))}  # fmt: skip
    assert set(states) == {status.value for status in LeadStatus}
    assert states["converted"] >= 12 and states["unassigned"] >= 10
    made = [rate.converted for rate in await leads.rates(await as_(session, "director"), "source") if rate.converted]
    assert sum(made) == states["converted"] and len(made) >= 4
    assert await count(session, Lead.recycle_due_at < clock(), model=Lead) == 0


async def test_leads_wait_for_the_rep_and_some_are_planned(session: AsyncSession) -> None:
    work = await as_(session, "rep")
    assert await leads.waiting(work) >= 2
    assert await count(session, Lead.owner_id == work.actor.id, Lead.recycle_due_at.is_not(None), model=Lead) >= 4
    planned = CalendarEvent.lead_id.is_not(None), CalendarEvent.user_id == work.actor.id
    assert await count(session, *planned, model=CalendarEvent) >= 3
    pools = await overview(work, PoolKind.lead)
    assert len(pools) == 3 and sum(pool.lying for pool in pools) >= 10
    alike = [lead for lead in await session.scalars(select(Lead).where(Lead.owner_id == work.actor.id))
             if lead.status == "following" and (await matches(work, lead)).seen]  # fmt: skip
    assert len(alike) == 1, "one comes from a company that the rep has as a customer"


async def test_opportunities_are_on_their_way_won_lost_and_forgotten(session: AsyncSession) -> None:
    director, rep = await as_(session, "director"), await as_(session, "rep")
    states = {status: number for status, number in await session.execute(
        select(Opportunity.status, func.count()).group_by(Opportunity.status))}  # fmt: skip
    assert states["open"] >= 45 and states["won"] >= 15 and states["lost"] >= 10 and states["invalid"] >= 4
    shown = await board(director)
    assert len(shown.columns) == 7 and all(column.number for column in shown.columns)
    for asked in ({"stale": "1"}, {"expected": "overdue"}, {"expected": "this_month"}):
        found = await fetch_page(rep, opportunities.LIST, ListQuery(scene="mine", filters=asked))
        assert found.rows, asked
    year = await funnel(director, None, director.today - timedelta(days=365), director.today)
    reached = [row.reached for row in year.rows]
    assert reached == sorted(reached, reverse=True) and reached[0] >= 80 and reached[-1] >= 15
    assert year.win_rate is not None and 45 <= year.win_rate <= 75
    assert all(row.days is None or row.days > 0 for row in year.rows)
    ahead = await forecast(director)
    assert ahead.total.weighted > 0 and sum(cell.won_number for cell in ahead.cells.values()) >= 1


async def test_what_was_won_was_ordered_and_stages_were_left_with_answers(session: AsyncSession) -> None:
    ordered = select(Order.opportunity_id).where(Order.opportunity_id.is_not(None))
    won = Opportunity.status == "won"
    assert await count(session, won, Opportunity.id.in_(ordered), model=Opportunity) >= 10
    assert await count(session, ~won, Opportunity.id.in_(ordered), model=Opportunity) == 0
    forward = StageMove.from_stage_id.is_not(None), StageMove.answers != {}
    assert await count(session, *forward, model=StageMove) >= 80
    assert await count(session, StageMove.at > clock(), model=StageMove) == 0
    again = select(func.count()).select_from(StageMove).group_by(StageMove.opportunity_id).order_by(func.count().desc())
    assert (await session.execute(again.limit(1))).scalar_one() >= 5, "one was reopened or went back"
    rep = await as_(session, "rep")
    helped = await fetch_page(rep, opportunities.LIST, ListQuery(scene="taking_part"))
    assert len(helped.rows) == 1


async def test_another_rep_sees_none_of_the_reps_customers_and_the_manager_all(session: AsyncSession) -> None:
    rep, rep2, manager = [await as_(session, name) for name in ("rep", "rep2", "manager")]
    hers = Customer.owner_id == rep.actor.id
    assert await count(session, hers, customers.visible(rep2.actor), model=Customer) == 0
    assert await count(session, hers, customers.visible(manager.actor), model=Customer) == await count(
        session, hers, model=Customer
    )


async def test_filling_in_again_changes_nothing(company: Database, session: AsyncSession) -> None:
    before = await count(session, model=Customer)
    await demo.fill(partial(transaction, company), PASSWORD)
    assert await count(session, model=Customer) == before


def test_customers_are_the_same_each_time() -> None:
    from random import Random

    first, second = [Sketcher(Random(5)) for _ in range(2)]
    assert [first.draw("east").values for _ in range(20)] == [second.draw("east").values for _ in range(20)]
