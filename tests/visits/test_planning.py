"""Visits to come: planned for oneself and for others, moved, missed, called off; beats; what the clock does."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from domain.contacts.models import Contact
from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.core.events import EventRow
from domain.customers.models import Customer
from domain.notifications.models import Notification
from domain.visits import actions, beats, queries
from domain.visits.inputs import BeatInput, MoveInput, PlanInput, ReasonInput
from domain.visits.models import Beat, Visit
from domain.visits.reactions import follow_owner, link_visits, tell_goer
from tests.conftest import WorkAs
from tests.make import Make, SalesTeam

pytestmark = pytest.mark.anyio


@pytest.fixture
async def team(make: Make) -> SalesTeam:
    return await make.sales_team()


@pytest.fixture
async def customer(make: Make, team: SalesTeam) -> Customer:
    return await make.customer("Blue Door Café", owner=team.rep)


async def every(session: Any) -> list[Visit]:
    return list((await session.scalars(select(Visit).order_by(Visit.planned_on))).all())


async def test_a_rep_plans_a_visit_and_finds_it_in_the_day(
    team: SalesTeam, customer: Customer, work_as: WorkAs
) -> None:
    work = await work_as(team.rep)
    visit = await actions.plan(work, PlanInput(customer_id=customer.id, planned_on=work.today, purpose="Stock"))
    rows = await queries.day(work, team.rep.id, work.today)
    assert [(row.Visit.id, row.customer, row.Visit.status) for row in rows] == [(visit.id, "Blue Door Café", "planned")]


async def test_the_same_form_twice_plans_one_visit(
    team: SalesTeam, customer: Customer, work_as: WorkAs, session: Any
) -> None:
    work = await work_as(team.rep)
    entered = PlanInput(customer_id=customer.id, planned_on=work.today, client_uuid=uuid4())
    assert (await actions.plan(work, entered)).id == (await actions.plan(work, entered)).id
    assert len(await every(session)) == 1


async def test_a_manager_sends_a_rep_who_is_told(
    team: SalesTeam, customer: Customer, work_as: WorkAs, session: Any
) -> None:
    work = await work_as(team.manager)
    await actions.plan(work, PlanInput(customer_id=customer.id, planned_on=work.today, owner_id=team.rep.id))
    (planned,) = work.recorded
    await session.flush()
    await tell_goer(await work_as(None), planned)
    item = (await session.scalars(select(Notification))).one()
    assert (item.user_id, item.kind) == (team.rep.id, "visit")
    assert "Blue Door Café" in str(item.text)


async def test_nobody_is_sent_to_a_customer_they_do_not_see(
    make: Make, team: SalesTeam, customer: Customer, work_as: WorkAs, session: Any
) -> None:
    beside = await make.user("beside", "sales_rep", manager=team.manager)
    beside.department_id = team.rep.department_id
    work = await work_as(team.manager)
    with pytest.raises(Invalid) as refused:
        await actions.plan(work, PlanInput(customer_id=customer.id, planned_on=work.today, owner_id=beside.id))
    assert "does not see this customer" in str(refused.value.errors["owner_id"][0])
    assert await every(session) == []


async def test_a_rep_sends_nobody_and_sees_no_foreign_customer(
    make: Make, team: SalesTeam, customer: Customer, work_as: WorkAs
) -> None:
    work = await work_as(team.rep)
    with pytest.raises(Invalid):
        await actions.plan(work, PlanInput(customer_id=customer.id, planned_on=work.today, owner_id=team.manager.id))
    foreign = await make.customer(owner=await make.user(None, "sales_rep"))
    with pytest.raises(NotFound):
        await actions.plan(work, PlanInput(customer_id=foreign.id, planned_on=work.today))


async def test_everything_wrong_is_said_at_once(
    make: Make, team: SalesTeam, customer: Customer, work_as: WorkAs
) -> None:
    work = await work_as(team.rep)
    with pytest.raises(Invalid) as refused:
        await actions.plan(
            work,
            PlanInput(customer_id=customer.id, planned_on=work.today - timedelta(days=1), contact_id=9, type_id=9),
        )
    assert set(refused.value.errors) == {"planned_on", "contact_id", "type_id"}


async def test_a_visit_is_moved_with_its_reason(
    make: Make, team: SalesTeam, customer: Customer, work_as: WorkAs
) -> None:
    work = await work_as(team.rep)
    visit = await make.visit(customer, team.rep, on=work.today, stop=3)
    old, later = visit.planned_on, work.today + timedelta(days=2)
    moved = await actions.move(work, visit.id, MoveInput(planned_on=later, reason="Rain"), visit.version)
    assert (moved.planned_on, moved.moved_from_on, moved.reason, moved.stop) == (later, old, "Rain", None)
    with pytest.raises(Conflict) as stale:
        await actions.cancel(work, visit.id, ReasonInput(reason="Late"), moved.version - 1)
    assert stale.value.code == "stale"


@pytest.mark.parametrize("verb", ["move", "cancel", "miss"])
async def test_a_done_visit_stays_as_it_is(
    make: Make, team: SalesTeam, customer: Customer, work_as: WorkAs, verb: str
) -> None:
    work = await work_as(team.rep)
    visit = await make.visit(customer, team.rep, status="done")
    data: Any = MoveInput(planned_on=work.today, reason="x") if verb == "move" else ReasonInput(reason="x")
    with pytest.raises(Conflict):
        await getattr(actions, verb)(work, visit.id, data)


async def test_whoever_only_reads_changes_nothing(
    make: Make, team: SalesTeam, customer: Customer, work_as: WorkAs
) -> None:
    visit = await make.visit(customer, team.rep)
    auditor = await work_as(await make.user(None, "auditor"))
    assert (await queries.get(auditor, visit.id)).id == visit.id
    with pytest.raises(Denied):
        await actions.cancel(auditor, visit.id, ReasonInput(reason="x"))
    stranger = await work_as(await make.user(None, "sales_rep"))
    with pytest.raises(NotFound):
        await actions.cancel(stranger, visit.id, ReasonInput(reason="x"))
    assert visit.status == "planned"


def test_a_beat_counts_weeks_from_monday() -> None:
    beat = Beat(weekdays=[2, 5], every_weeks=2, starts_on=date(2026, 3, 5), ends_on=date(2026, 4, 4))
    found = list(beats.days(beat, date(2026, 1, 1), date(2026, 12, 31)))
    assert found == [date(2026, 3, 6), date(2026, 3, 17), date(2026, 3, 20), date(2026, 3, 31), date(2026, 4, 3)]


async def test_a_beat_plans_two_weeks_ahead_and_no_day_twice(
    team: SalesTeam, customer: Customer, work_as: WorkAs, session: Any
) -> None:
    work = await work_as(team.rep)
    beat = await actions.plan_beat(
        work, BeatInput(customer_id=customer.id, weekdays=[1, 3], planned_on=work.today, planned_at="09:30")
    )
    await session.flush()
    planned = await every(session)
    assert [one.planned_on for one in planned] == list(
        beats.days(beat, work.today, work.today + timedelta(days=beats.AHEAD_DAYS))
    )
    clock = await work_as(None)
    await actions.extend_beats(clock)
    assert await actions.extend_beats(clock) == 0
    clock.now += timedelta(days=7)
    assert await actions.extend_beats(clock) == 2


async def test_changing_and_ending_a_beat_plans_anew(
    team: SalesTeam, customer: Customer, work_as: WorkAs, session: Any
) -> None:
    work = await work_as(team.rep)
    beat = await actions.plan_beat(
        work, BeatInput(customer_id=customer.id, weekdays=[1, 2, 3, 4, 5, 6, 7], planned_on=work.today)
    )
    await session.flush()
    assert len(await every(session)) == 15
    changed = BeatInput(customer_id=customer.id, weekdays=[(work.today + timedelta(days=3)).isoweekday()],
                        planned_on=work.today)  # fmt: skip
    await actions.change_beat(work, beat.id, changed, beat.version)
    await session.flush()
    days = {(one.planned_on - work.today).days for one in await every(session)}
    assert days == {0, 3, 10}, "today's stays, as the phone has it"
    await actions.end_beat(work, beat.id)
    assert [one.planned_on for one in await every(session)] == [work.today]


async def test_plans_of_who_was_switched_off_go_to_the_customers_owner_and_no_day_stays_with_nobody(
    make: Make, team: SalesTeam, customer: Customer, work_as: WorkAs, session: Any
) -> None:
    helper = await make.user(None, "sales_rep")
    pooled = await make.customer(pool=await make.pool())
    work, clock = await work_as(team.rep), await work_as(None)
    tomorrow = clock.today + timedelta(days=1)
    beat = Beat(customer_id=customer.id, owner_id=helper.id, weekdays=[1], every_weeks=1, starts_on=clock.today)
    session.add(beat)
    kept = await make.visit(customer, helper, on=clock.today)
    handed = await make.visit(customer, helper, on=tomorrow, stop=3)
    nobodys = await make.visit(pooled, helper, on=tomorrow)
    mine = await make.visit(await make.customer(owner=helper), helper, on=tomorrow)
    assert await actions.relieve(clock) == 0, "who still goes keeps all"
    helper.active = False
    await session.flush()
    assert await actions.relieve(clock) == 2
    assert await actions.relieve(clock) == 0
    left = {one.id: one.owner_id for one in await every(session)}
    assert left == {kept.id: helper.id, handed.id: work.actor.id, mine.id: helper.id}
    assert nobodys.id not in left
    await session.refresh(beat)
    assert beat.owner_id == work.actor.id


async def test_the_clock_marks_what_nobody_touched(
    make: Make, team: SalesTeam, customer: Customer, work_as: WorkAs, session: Any
) -> None:
    work = await work_as(None)
    today = work.now.astimezone((await work_as(team.rep)).actor.zone).date()
    old = await make.visit(customer, team.rep, on=today - timedelta(days=1))
    there = await make.visit(customer, team.rep, on=today - timedelta(days=1), status="open")
    now = await make.visit(customer, team.rep, on=today)
    assert await actions.mark_missed(work) == 1
    assert [one.status for one in (old, there, now)] == ["missed", "open", "planned"]
    await session.flush()
    told = await session.scalar(select(func.count()).select_from(EventRow).where(EventRow.name == "VisitMissed"))
    assert told == 1


async def test_old_positions_are_forgotten_and_what_was_said_of_them_stays(
    make: Make, team: SalesTeam, customer: Customer, work_as: WorkAs
) -> None:
    work = await work_as(None)
    place = {"arrived_lat": 31.2, "arrived_lng": 121.4, "left_lat": 31.2, "left_lng": 121.4, "arrived_place": "Bund",
             "verdict": "verified", "distance_m": 12.0, "status": "done"}  # fmt: skip
    old = await make.visit(customer, team.rep, arrived_at=work.now - timedelta(days=181), **place)
    new = await make.visit(customer, team.rep, arrived_at=work.now - timedelta(days=179), **place)
    assert await actions.forget_positions(work) == 1
    for visit in (old, new):
        await work.session.refresh(visit)
    assert (old.arrived_lat, old.left_lng, old.arrived_place, old.verdict) == (None, None, None, "verified")
    assert new.arrived_lat == 31.2


async def test_plans_follow_a_customer_to_its_new_owner(
    make: Make, team: SalesTeam, customer: Customer, work_as: WorkAs, session: Any
) -> None:
    from domain.pools import actions as pools
    from domain.pools.models import PoolKind

    other = await make.user(None, "sales_rep", manager=team.manager)
    work = await work_as(team.rep)
    tomorrow = await make.visit(customer, team.rep, on=work.today + timedelta(days=1))
    today = await make.visit(customer, team.rep, on=work.today)
    beat = Beat(customer_id=customer.id, owner_id=team.rep.id, weekdays=[1], starts_on=work.today)
    session.add(beat)
    director = await work_as(team.director)
    await pools.transfer(director, PoolKind.customer, [customer.id], other.id)
    await session.flush()
    (event,) = [row for row in director.recorded if row.name == "Transferred"]
    await follow_owner(await work_as(None), event)
    for one in (tomorrow, today, beat):
        await session.refresh(one)
    assert (tomorrow.owner_id, today.owner_id, beat.owner_id) == (other.id, team.rep.id, other.id)


async def test_a_contact_that_comes_is_linked(
    make: Make, team: SalesTeam, customer: Customer, work_as: WorkAs, session: Any
) -> None:
    uuid = uuid4()
    visit = await make.visit(customer, team.rep, status="done", contact_uuid=uuid)
    contact = Contact(
        customer_id=customer.id, name="Li Wei", name_sort="li wei", client_uuid=uuid, created_by_id=team.rep.id
    )
    session.add(contact)
    await session.flush()
    work = await work_as(None)
    event = EventRow(at=work.now, name="ContactCreated", kind="contacts", record_id=contact.id,
                     customer_id=customer.id, data={})  # fmt: skip
    await link_visits(work, event)
    await session.refresh(visit)
    assert (visit.contact_id, visit.contact_uuid) == (contact.id, None)


async def test_a_rep_sees_own_visits_and_those_of_own_customers(
    make: Make, team: SalesTeam, customer: Customer, work_as: WorkAs
) -> None:
    other = await make.user(None, "sales_rep")
    helped = await make.visit(customer, other, status="done")
    strange = await make.visit(await make.customer(owner=other), other)
    work = await work_as(team.rep)
    assert (await queries.get(work, helped.id)).id == helped.id
    with pytest.raises(NotFound):
        await queries.get(work, strange.id)
    assert [row.id for row in await queries.of_customer(work, customer.id)] == [helped.id]


async def test_the_list_filters_and_pages(make: Make, team: SalesTeam, customer: Customer, work_as: WorkAs) -> None:
    from domain.core.lists import ListQuery, fetch_page

    work = await work_as(team.rep)
    for day in range(5):
        await make.visit(customer, team.rep, on=work.today - timedelta(days=day), status="done" if day else "planned")
    first = await fetch_page(work, queries.LIST, ListQuery(scene="mine"), size=2, counted=True)
    assert [row.planned_on for row in first.rows] == [work.today, work.today - timedelta(days=1)]
    assert first.count is not None and first.count.number == 5 and first.next is not None
    rest = await fetch_page(work, queries.LIST, ListQuery(scene="mine", cursor=first.next), size=10)
    assert len(rest.rows) == 3
    planned = await fetch_page(work, queries.LIST, ListQuery(filters={"status": "planned"}))
    assert len(planned.rows) == 1
