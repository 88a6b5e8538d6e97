"""Calendar pages without JavaScript."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from domain.calendar.models import CalendarEvent
from tests.conftest import Client
from tests.make import Make

pytestmark = pytest.mark.anyio
FAIR = {"title": "Fair", "starts_at": "2026-03-12T15:00", "ends_at": "", "remind_minutes": "30", "customer_id": ""}


async def test_an_entry_from_new_to_deleted(client: Client, make: Make) -> None:
    rep = await make.user("rep", "sales_rep", time_zone="Asia/Shanghai")
    page = await client(rep)
    assert (await page.get("/calendar/new?day=2026-03-12")).text.count('value="2026-03-12T09:00"') == 1
    answer = await page.submit("/calendar", FAIR)
    assert (answer.status_code, answer.headers["location"]) == (303, "/calendar?day=2026-03-12")
    shown = (await page.get("/calendar?day=2026-03-12")).text
    assert "Fair" in shown and "15:00" in shown
    entry = (await make.session.scalars(select(CalendarEvent))).one()
    form = (await page.get(f"/calendar/{entry.id}")).text
    assert 'value="2026-03-12T15:00"' in form and re.search(r'<option value="30" selected', form)
    moved = await page.submit(f"/calendar/{entry.id}", {**FAIR, "starts_at": "2026-03-13T10:00", "version": "1"})
    assert moved.headers["location"] == "/calendar?day=2026-03-13"
    assert (await page.submit(f"/calendar/{entry.id}", {**FAIR, "version": "1"})).status_code == 409
    assert (await page.submit(f"/calendar/{entry.id}/finish")).status_code == 303
    row = await page.submit(f"/calendar/{entry.id}/reopen", headers={"hx-request": "true"})
    assert row.status_code == 200 and row.text.strip().startswith("<li")
    assert (await page.submit(f"/calendar/{entry.id}/delete")).status_code == 303
    assert (await page.get(f"/calendar/{entry.id}")).status_code == 404


async def test_errors_keep_what_was_typed(client: Client, make: Make) -> None:
    page = await client(await make.user("rep", "sales_rep"))
    answer = await page.submit("/calendar", {**FAIR, "title": "", "ends_at": "2026-03-12T14:00"})
    assert answer.status_code == 422
    assert "This is needed." in answer.text and "It must not end before it starts." in answer.text
    assert 'value="2026-03-12T14:00"' in answer.text


@pytest.mark.parametrize("day", ["nonsense", "2026-13-45", "0001-01-01", "9999-12-31", ""])
async def test_a_day_that_is_none_shows_today(client: Client, make: Make, day: str) -> None:
    page = await client(await make.user("rep", "sales_rep"))
    assert (await page.get(f"/calendar?day={day}")).status_code == 200


async def test_superiors_read_and_others_find_nothing(client: Client, make: Make) -> None:
    department = await make.department()
    boss = await make.user("boss", "department_manager", department=department)
    department.head_id = boss.id
    rep, mate = [await make.user(name, "sales_rep", department=department) for name in ("rep", "mate")]
    entry = CalendarEvent(user_id=rep.id, title="Fair", starts_at=datetime(2026, 3, 12, 7, 0, tzinfo=UTC))
    make.session.add(entry)
    await make.session.flush()
    lead, other = await client(boss), await client(mate)
    assert "Fair" in (await lead.get(f"/calendar?day=2026-03-12&person={rep.id}")).text
    assert "Fair" in (await lead.get(f"/calendar/{entry.id}")).text
    assert (await lead.submit(f"/calendar/{entry.id}", FAIR)).status_code == 403
    assert (await lead.submit(f"/calendar/{entry.id}/finish")).status_code == 403
    assert (await other.get(f"/calendar?day=2026-03-12&person={rep.id}")).status_code == 404
    for call in (other.get(f"/calendar/{entry.id}"), other.submit(f"/calendar/{entry.id}/delete")):
        assert (await call).status_code == 404
