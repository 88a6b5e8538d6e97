"""What stands on which day, for readers in any zone: midnight, whole days, clocks that change, visits."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest

from domain.calendar import actions, items
from domain.calendar.inputs import EntryInput
from domain.core.errors import NotFound
from domain.core.inputs import parse
from domain.core.work import Work
from domain.followups import actions as followups
from domain.followups.inputs import FollowUpInput
from domain.visits import actions as visits
from domain.visits.inputs import PlanInput
from tests.conftest import Client
from tests.make import Make
from webapp.pages.calendar_views import View

pytestmark = pytest.mark.anyio


async def add(work: Work, title: str, starts_at: str, ends_at: str = "", **values: Any) -> None:
    """Put an entry into the actor's calendar."""
    raw = {"title": title, "starts_at": starts_at, "ends_at": ends_at, **values}
    await actions.add(work, parse(EntryInput, raw))


async def said(work: Work, user_id: int, first: date, days: int = 3) -> list[list[tuple[str, str]]]:
    """Titles and times of some days."""
    found = await items.items(work, user_id, first, days)
    return [[(one.title, one.hours(day)) for one in there] for day, there in items.by_day(found, first, days).items()]


async def test_over_midnight_stands_on_both_days_and_until_midnight_on_one(make: Make, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep", time_zone="Asia/Shanghai")
    work = await work_as(rep)
    await add(work, "Night", "2026-03-11T22:00", "2026-03-12T06:00")
    await add(work, "Evening", "2026-03-12T20:00", "2026-03-13T00:00")
    await add(work, "Journey", "2026-03-09T12:00", "2026-03-14T12:00")
    first, second, third = await said(work, rep.id, date(2026, 3, 11))
    assert first == [("Journey", ""), ("Night", "22:00–")]
    assert second == [("Journey", ""), ("Night", "–06:00"), ("Evening", "20:00–24:00")]
    assert third == [("Journey", "")]


async def test_whole_days_are_the_same_days_everywhere(make: Make, work_as: Any) -> None:
    boss = await make.user("boss", "department_manager", time_zone="America/Los_Angeles")
    rep = await make.user("rep", "sales_rep", manager=boss, time_zone="Pacific/Auckland")
    work = await work_as(rep)
    await add(work, "Fair", "2026-03-11T15:00", "2026-03-12T09:00", all_day="1")
    await add(work, "Lunch", "2026-03-12T12:00")
    for reader in (rep, boss):
        there = await said(await work_as(reader), rep.id, date(2026, 3, 10), 4)
        assert [[title for title, _hours in day if title == "Fair"] for day in there] == [[], ["Fair"], ["Fair"], []]
    far = await said(await work_as(boss), rep.id, date(2026, 3, 10), 4)
    assert far[1] == [("Fair", ""), ("Lunch", "16:00")], "noon in Auckland is the afternoon before in Los Angeles"


async def test_days_on_which_the_clocks_change(make: Make, work_as: Any) -> None:
    """29 March 2026 has 23 hours in Berlin, 25 October has 25."""
    rep = await make.user("rep", "sales_rep", time_zone="Europe/Berlin")
    work = await work_as(rep)
    await add(work, "Late", "2026-03-29T23:30", "2026-03-29T23:59")
    await add(work, "Early", "2026-03-29T00:10")
    await add(work, "Lost hour", "2026-03-29T02:30")
    await add(work, "Autumn", "2026-10-25T23:30")
    day = date(2026, 3, 29)
    before, there, after = await said(work, rep.id, day - timedelta(days=1))
    assert (before, after) == ([], [])
    assert [title for title, _hours in there] == ["Early", "Lost hour", "Late"]
    assert dict(there)["Lost hour"] == "03:30", "half past two does not exist on that day"
    assert await said(work, rep.id, date(2026, 10, 25), 1) == [[("Autumn", "23:30")]]


async def test_another_zone_of_the_same_person_moves_times_not_moments(make: Make, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep", time_zone="Asia/Shanghai")
    await add(await work_as(rep), "Call", "2026-03-12T06:00")
    rep.time_zone = "Europe/Berlin"
    await make.session.flush()
    assert await said(await work_as(rep), rep.id, date(2026, 3, 11), 2) == [[("Call", "23:00")], []]


async def test_visits_and_next_contacts_stand_there_too(make: Make, work_as: Any) -> None:
    home = await make.department()
    boss = await make.user("boss", "department_manager", department=home, time_zone="Europe/Berlin")
    rep = await make.user("rep", "sales_rep", department=home, manager=boss, time_zone="Asia/Shanghai")
    customer = await make.customer("Harbour Foods", owner=rep)
    work = await work_as(rep)
    tomorrow = work.today + timedelta(days=1)
    await visits.plan(work, PlanInput(customer_id=customer.id, planned_on=tomorrow, planned_at=time(2, 0)))
    await visits.plan(work, PlanInput(customer_id=customer.id, planned_on=tomorrow))
    data = FollowUpInput(customer_id=customer.id, content="Called", next_contact_at=work.now + timedelta(days=1))
    await followups.create(work, data)
    found = items.by_day(await items.items(work, rep.id, tomorrow, 1), tomorrow, 1)[tomorrow]
    assert sorted(one.kind for one in found) == ["contact", "visit", "visit"]
    assert found[0].kind == "visit" and found[0].start is None
    far = await items.items(await work_as(boss), rep.id, work.today, 1)
    early = [one for one in far if one.kind == "visit"]
    assert [one.hours(work.today)[:2] in ("19", "20") for one in early] == [True], (
        "two in the morning is the evening before"
    )
    mate = await work_as(await make.user("mate", "sales_rep"))
    with pytest.raises(NotFound):
        await items.items(mate, rep.id, tomorrow, 1)


@pytest.mark.parametrize(
    ("name", "first", "days", "before", "after"),
    [
        ("day", "2026-03-31", 1, "2026-03-30", "2026-04-01"),
        ("week", "2026-03-30", 7, "2026-03-24", "2026-04-07"),
        ("month", "2026-02-23", 42, "2026-02-01", "2026-04-01"),
        ("agenda", "2026-03-31", 28, "2026-03-03", "2026-04-28"),
    ],
)
def test_a_view_knows_its_neighbours(name: str, first: str, days: int, before: str, after: str) -> None:
    view = View.of(name, date(2026, 3, 31), None)
    assert (view.first.isoformat(), view.days) == (first, days)
    assert (view.before.isoformat(), view.after.isoformat()) == (before, after)


def test_a_month_has_as_many_weeks_as_it_needs() -> None:
    assert [View.of("month", date(2027, month, 5), None).days for month in (2, 3, 5)] == [28, 35, 42]


@pytest.mark.parametrize("view", ["day", "week", "month", "agenda", "nonsense"])
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_every_view_is_a_page(make: Make, client: Client, work_as: Any, view: str, language: str) -> None:
    rep = await make.user("rep", "sales_rep", language=language)
    await add(await work_as(rep), "Fair & <b>more</b>", "2026-03-12T15:00", "2026-03-12T16:00")
    page = await client(rep)
    for day in ("2026-03-12", "1970-01-01", "2200-12-31"):
        answer = await page.get(f"/calendar?view={view}&day={day}")
        assert answer.status_code == 200
        assert 'rel="prev"' in answer.text and 'rel="next"' in answer.text
        assert ("Fair &amp; &lt;b&gt;more&lt;/b&gt;" in answer.text) == (day == "2026-03-12")
