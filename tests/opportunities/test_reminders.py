"""The daily word about opportunities that wait."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.notifications.models import Notification
from domain.opportunities.reminders import remind_owners
from tests.conftest import WorkAs
from tests.make import FIXED, Make

pytestmark = pytest.mark.anyio


async def test_each_owner_is_told_once_a_day(make: Make, session: AsyncSession, work_as: WorkAs) -> None:
    pipeline = await make.pipeline()
    first, second = await make.stage(pipeline, "Stage 1"), await make.stage(pipeline, "Stage 2")
    first.stale_days = 14
    work = replace(await work_as(None), now=FIXED + timedelta(days=20))
    day = work.now.date()

    async def owner(name: str, *waiting: dict[str, Any], **values: Any) -> Any:
        made = await make.user(name, "sales_rep", **values)
        customer = await make.customer(owner=made)
        for place, one in enumerate(waiting):
            await make.opportunity(customer, **({"name": f"{name} {place}", "stage": first} | one))
        return made

    overdue = {"expected_on": day - timedelta(days=1), "stage": second}
    lost = await make.stage(pipeline, "Lost")
    stale = await owner("stale", {})
    late = await owner("late", overdue)
    both = await owner("both", {}, overdue, {"activity_at": work.now})
    await owner("fine", {"activity_at": work.now - timedelta(days=13)}, {"stage": second}, {"stage": lost},
                {"deleted_at": FIXED}, {"expected_on": day, "activity_at": work.now})  # fmt: skip
    await owner("away", {}, on_leave_until=day + timedelta(days=1))
    await owner("gone", {}, active=False)

    assert await remind_owners(work) == 3
    rows = {row.user_id: row for row in await session.scalars(select(Notification))}
    assert set(rows) == {stale.id, late.id, both.id}
    assert str(rows[stale.id].text) == "Nothing has happened with the opportunity stale 0 for a long time."
    assert str(rows[late.id].text) == "The opportunity late 0 was to be closed by now."
    assert str(rows[both.id].text) == "2 opportunities wait for you, both 1 first."
    assert rows[both.id].url == "/today" and rows[late.id].url.startswith("/opportunities/")
    assert await remind_owners(work) == 0
    tomorrow = replace(work, now=work.now + timedelta(days=1))
    assert await remind_owners(tomorrow) == 4, "one of the fifth was expected yesterday"


async def test_the_day_is_that_of_the_owner(make: Make, work_as: WorkAs) -> None:
    """At 23:00 UTC it is the next day in Shanghai already."""
    now = FIXED.replace(hour=23)
    for zone in ("Asia/Shanghai", "UTC"):
        rep = await make.user(f"rep-{zone[:3]}", "sales_rep", time_zone=zone)
        customer = await make.customer(owner=rep)
        await make.opportunity(customer, name=zone, expected_on=now.date(), activity_at=now)
    assert await remind_owners(replace(await work_as(None), now=now)) == 1
