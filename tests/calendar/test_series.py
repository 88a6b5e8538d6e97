"""What repeats: its days, the clocks that change, one occurrence or all that follow, reminders once each."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from domain.calendar import actions, importing, series, tasks
from domain.calendar.events import TaskGiven
from domain.calendar.inputs import EntryInput, TaskInput
from domain.calendar.models import CalendarEvent, CalendarSeries
from domain.core.access import SYSTEM
from domain.core.errors import Invalid
from domain.core.inputs import parse
from domain.core.work import Work
from domain.notifications.models import Notification
from tests.conftest import Client
from tests.make import Make
from webapp.icalendar_file import read

pytestmark = pytest.mark.anyio


def entry(title: str = "Round", **values: Any) -> EntryInput:
    """What a person enters."""
    return parse(EntryInput, {"title": title, "starts_at": "2026-03-12T15:00", **values})


async def rows(work: Work) -> list[CalendarEvent]:
    """All entries, in order."""
    await work.session.flush()
    found = await work.session.scalars(
        select(CalendarEvent).order_by(CalendarEvent.starts_at).execution_options(populate_existing=True)
    )
    return list(found)


async def dates(work: Work, zone: str = "UTC") -> list[str]:
    """Days of all entries, as month-day."""
    return [one.starts_at.astimezone(ZoneInfo(zone)).strftime("%m-%d") for one in await rows(work)]


@pytest.fixture
async def work(make: Make, work_as: Any) -> Work:
    """A rep at work on 10 March 2026."""
    rep = await make.user("rep", "sales_rep", time_zone="UTC")
    mine: Work = await work_as(rep)
    mine.now = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
    return mine


@pytest.mark.parametrize(
    ("values", "days"),
    [
        ({"repeat": "daily", "times": "3"}, ["03-12", "03-13", "03-14"]),
        ({"repeat": "daily", "every": "2", "until": "2026-03-16"}, ["03-12", "03-14", "03-16"]),
        ({"repeat": "weekly", "times": "2"}, ["03-12", "03-19"]),
        ({"repeat": "weekly", "weekdays": ["1", "5"], "until": "2026-03-20"}, ["03-13", "03-16", "03-20"]),
        ({"repeat": "weekly", "every": "2", "weekdays": "4", "times": "2"}, ["03-12", "03-26"]),
        ({"repeat": "monthly", "times": "3"}, ["03-12", "04-12", "05-12"]),
        ({"repeat": "monthly", "starts_at": "2026-03-31T09:00", "times": "3"}, ["03-31", "05-31", "07-31"]),
    ],
)
async def test_the_days_of_a_rule(work: Work, values: dict[str, Any], days: list[str]) -> None:
    first = await actions.add(work, entry(**values))
    assert await dates(work) == days
    assert first.starts_at.strftime("%m-%d") == days[0]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"repeat": "daily", "times": "3", "until": "2026-04-01"}, "times"),
        ({"repeat": "daily", "until": "2026-03-11"}, "until"),
        ({"repeat": "weekly", "weekdays": "1", "until": "2026-03-14"}, "repeat"),
    ],
)
async def test_what_cannot_repeat_so_is_refused(work: Work, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await actions.add(work, entry(**values))
    assert set(refusal.value.errors) == {field}


@pytest.mark.parametrize("wrong", [{"every": "0"}, {"every": "53"}, {"weekdays": "8"}, {"times": "0"}, {"repeat": "x"}])
def test_bad_fields_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        entry(**{"repeat": "weekly", **wrong})


async def test_three_in_the_afternoon_stays_when_the_clocks_change(make: Make, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep", time_zone="Europe/Berlin")
    work = await work_as(rep)
    work.now = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
    await actions.add(work, entry(starts_at="2026-03-28T15:00", ends_at="2026-03-28T16:00", repeat="daily", times="2"))
    before, after = await rows(work)
    assert (before.starts_at.hour, after.starts_at.hour) == (14, 13)
    assert after.ends_at is not None and after.ends_at - after.starts_at == timedelta(hours=1)


async def test_what_has_no_end_is_made_a_year_ahead_and_goes_on(work: Work) -> None:
    await actions.add(work, entry(repeat="weekly"))
    made = await dates(work)
    assert len(made) == 53
    later = Work(work.session, SYSTEM, work.now + timedelta(days=30))
    assert await series.extend_all(later) == 4
    assert await series.extend_all(later) == 0
    found = await dates(work)
    assert len(found) == len(set(one.starts_at for one in await rows(work))) == 57


async def test_one_that_was_moved_or_deleted_is_not_made_again(work: Work) -> None:
    await actions.add(work, entry(repeat="daily", times="3"))
    first, second, third = await rows(work)
    await actions.edit(work, first.id, entry("Moved", starts_at="2026-03-20T10:00"))
    await actions.delete(work, second.id)
    await work.session.execute(update(CalendarSeries).values(planned_until=date(2026, 3, 13)))
    work.session.expire_all()
    await series.extend_all(Work(work.session, SYSTEM, work.now))
    assert [(one.title, one.starts_at.day) for one in await rows(work)] == [("Round", 14), ("Moved", 20)]
    assert third.series_on == date(2026, 3, 14)


async def test_all_that_follow_change_and_what_was_before_stays(work: Work) -> None:
    await actions.add(work, entry(repeat="daily", times="5"))
    third = (await rows(work))[2]
    data = entry("Later", starts_at="2026-03-14T18:00", repeat="daily", times="2")
    made = await actions.edit(work, third.id, data, following=True)
    assert made.title == "Later"
    assert [(one.title, one.starts_at.day, one.starts_at.hour) for one in await rows(work)] == [
        ("Round", 12, 15), ("Round", 13, 15), ("Later", 14, 18), ("Later", 15, 18),
    ]  # fmt: skip
    assert await series.extend_all(Work(work.session, SYSTEM, work.now + timedelta(days=400))) == 0
    assert len(await rows(work)) == 4


async def test_all_that_follow_are_deleted_but_what_is_done_stays(work: Work) -> None:
    await actions.add(work, entry(repeat="daily", times="5"))
    first, second, third, fourth, _fifth = await rows(work)
    await actions.finish(work, fourth.id)
    await actions.delete(work, second.id, following=True)
    assert [one.id for one in await rows(work)] == [first.id, fourth.id]
    await series.extend_all(Work(work.session, SYSTEM, work.now + timedelta(days=400)))
    assert len(await rows(work)) == 2
    assert third.id


async def test_from_the_first_on_nothing_of_the_old_rule_is_left(work: Work) -> None:
    first = await actions.add(work, entry(repeat="daily", times="3"))
    alone = await actions.edit(work, first.id, entry("Once"), following=True)
    assert [(one.id, one.title, one.series_id) for one in await rows(work)] == [(alone.id, "Once", None)]


async def test_each_occurrence_is_reminded_of_once(work: Work) -> None:
    await actions.add(work, entry(repeat="daily", times="3", remind_minutes="10"))
    told = []
    for hours in range(0, 24 * 6, 3):
        clockwork = Work(work.session, SYSTEM, work.now + timedelta(hours=hours))
        told.append(await actions.remind_due(clockwork))
        await series.extend_all(clockwork)
    assert sum(told) == 3 and max(told) == 1
    notices = await work.session.scalars(select(Notification).where(Notification.kind == "system"))
    assert len(set(notice.url for notice in notices)) == 3


async def test_what_is_over_is_not_reminded_of(work: Work) -> None:
    await actions.add(work, entry(starts_at="2026-03-01T09:00", repeat="daily", times="12", remind_minutes="0"))
    assert await actions.remind_due(Work(work.session, SYSTEM, datetime(2026, 3, 12, 10, 0, tzinfo=UTC))) == 3


async def test_an_entry_begins_to_repeat_and_a_task_too(work: Work) -> None:
    alone = await actions.add(work, entry())
    await actions.edit(work, alone.id, entry(repeat="daily", times="2"))
    assert await dates(work) == ["03-12", "03-13"]
    data = parse(TaskInput, {"title": "Report", "due_on": "2026-03-13", "repeat": "weekly", "times": "2"})
    task = await tasks.create(work, data)
    assert task.kind == "task" and task.day == date(2026, 3, 13)
    await tasks.finish(work, task.id)
    assert [one.done_at is not None for one in await rows(work) if one.kind == "task"] == [True, False]


async def test_a_repeated_task_is_given_once(make: Make, work_as: Any) -> None:
    home = await make.department()
    boss = await make.user("boss", "department_manager", department=home)
    rep = await make.user("rep", "sales_rep", department=home, manager=boss)
    work = await work_as(boss)
    day = work.today.isoformat()
    data = parse(TaskInput, {"title": "Report", "due_on": day, "repeat": "daily", "times": "3", "user_id": rep.id})
    await tasks.create(work, data)
    assert [row.name for row in work.recorded] == [TaskGiven.__name__]
    assert {one.user_id for one in await rows(work)} == {rep.id}


async def test_a_file_brings_what_repeats_in_its_own_zone(make: Make, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep", time_zone="Asia/Shanghai")
    work = await work_as(rep)
    work.now = datetime(2026, 3, 1, tzinfo=UTC)
    lines = (
        "BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:a", "SUMMARY:Call", "DTSTART;TZID=Europe/Berlin:20260323T200000",
        "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4", "EXDATE;TZID=Europe/Berlin:20260413T200000", "END:VEVENT",
        "END:VCALENDAR",
    )  # fmt: skip
    found = read("\r\n".join(lines).encode(), ZoneInfo("Asia/Shanghai"))
    await importing.take_over(work, found)
    assert [one.starts_at.isoformat()[5:16] for one in await rows(work)] == [
        "03-23T19:00",
        "03-30T18:00",
        "04-06T18:00",
    ]
    assert [one.outcome.value for one in await importing.take_over(work, found)] == ["known"]


async def test_the_form_repeats_without_javascript(make: Make, client: Client) -> None:
    page = await client(await make.user("rep", "sales_rep", time_zone="UTC"))
    typed = {"title": "Round", "starts_at": "2030-03-12T15:00", "ends_at": "", "remind_minutes": "", "repeat": "weekly",
             "every": "1", "weekdays": ["2", "4"], "until": "2030-03-31", "times": ""}  # fmt: skip
    assert (await page.submit("/calendar", typed)).status_code == 303
    found = (await make.session.scalars(select(CalendarEvent).order_by(CalendarEvent.starts_at))).all()
    assert [one.starts_at.day for one in found] == [12, 14, 19, 21, 26, 28]
    form = (await page.get(f"/calendar/{found[2].id}")).text
    assert "This and all that follow" in form and 'value="2030-03-31"' in form
    assert form.count('name="weekdays"') == 7 and form.count("checked") >= 2
    gone = await page.submit(f"/calendar/{found[2].id}/delete", {"following": "1"})
    assert gone.status_code == 303
    assert len((await make.session.scalars(select(CalendarEvent.id))).all()) == 2
    wrong = await page.submit("/calendar", {**typed, "times": "3"})
    assert wrong.status_code == 422 and "not both" in wrong.text
