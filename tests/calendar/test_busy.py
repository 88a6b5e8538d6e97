"""Colleagues in scope whose entries may not be read: only when they are busy."""

from __future__ import annotations

from datetime import UTC, date, time, timedelta
from typing import Any

import pytest

from domain.calendar import actions, items, queries, tasks
from domain.calendar.inputs import EntryInput, TaskInput
from domain.core.errors import NotFound
from domain.core.inputs import parse
from domain.visits import actions as visits
from domain.visits.inputs import PlanInput
from tests.conftest import Client
from tests.make import Make

pytestmark = pytest.mark.anyio


async def test_only_the_times_of_a_colleague_in_scope(make: Make, work_as: Any, client: Client) -> None:
    home, away = await make.department("Home"), await make.department("Away")
    lead = await make.user("lead", "department_manager", department=home, time_zone="Europe/Berlin")
    mate = await make.user("mate", "sales_rep", department=home, time_zone="Asia/Shanghai")
    rep = await make.user("rep", "sales_rep", department=home)
    stranger = await make.user("stranger", "department_manager", department=away)
    work = await work_as(mate)
    day = work.today + timedelta(days=2)

    async def add(title: str, at: str, **values: Any) -> None:
        await actions.add(work, parse(EntryInput, {"title": title, "starts_at": f"{day}T{at}", **values}))

    await add("Dentist", "15:00", ends_at=f"{day}T16:00", note="Tooth")
    await add("Birthday", "00:00", all_day="1")
    await tasks.create(work, TaskInput(title="Report", due_on=day, due_at=time(12)))
    customer = await make.customer("Harbour Foods", owner=mate)
    await visits.plan(work, PlanInput(customer_id=customer.id, planned_on=day, planned_at=time(18)))

    reader = await work_as(lead)
    assert not queries.may_look(reader.actor, mate.id)
    assert {name for _id, name in await queries.people(reader)} == {"Mate", "Rep"}
    found = await items.items(reader, mate.id, day, 1)
    assert [(one.kind, one.title, one.about, one.note) for one in found] == [("busy", "", None, None)] * 2
    assert [one.start and one.start.astimezone(UTC).strftime("%H:%M") for one in found] == ["07:00", "10:00"]
    assert found[0].hours(day) in ("08:00–09:00", "09:00–10:00"), "on the reader's clock"
    for other in (rep, stranger):
        with pytest.raises(NotFound):
            await items.items(await work_as(other), mate.id, day, 1)
    page = await client(lead)
    for view in ("day", "week", "month", "agenda"):
        text = (await page.get(f"/calendar?view={view}&day={day}&person={mate.id}")).text
        assert "Busy" in text and "what it is about is not for you" in text
        for secret in ("Dentist", "Tooth", "Birthday", "Report", "Harbour"):
            assert secret not in text, (view, secret)
    assert (await (await client(rep)).get(f"/calendar?person={mate.id}")).status_code == 404


async def test_nobody_who_is_gone_and_nobody_at_all(make: Make, work_as: Any) -> None:
    home = await make.department()
    lead = await make.user("lead", "department_manager", department=home)
    gone = await make.user("gone", "sales_rep", department=home, active=False)
    for user_id in (gone.id, 10**12):
        with pytest.raises(NotFound):
            await items.items(await work_as(lead), user_id, date(2026, 3, 12), 1)
