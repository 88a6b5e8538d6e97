"""The filter "leaves within days" counts days as the badge of the row does: on the calendar of who reads it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.core.lists import ListQuery, fetch_page
from domain.core.work import clock
from domain.customers import listing as customers
from domain.leads import listing as leads
from domain.pools.words import days_left
from tests.conftest import WorkAs
from tests.make import Make

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("time_zone", ["Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize("kind", ["customers", "leads"])
async def test_within_seven_days_is_what_the_badge_counts_as_seven_or_less(
    make: Make, work_as: WorkAs, kind: str, time_zone: str
) -> None:
    rep = await make.user("rep", "sales_rep", time_zone=time_zone)
    zone = ZoneInfo(time_zone)
    today = clock().astimezone(zone).date()
    spec = customers.LIST if kind == "customers" else leads.LIST
    ends = {
        days: datetime.combine(today + timedelta(days=days + 1), time(), zone) - timedelta(minutes=1)
        for days in (-1, 0, 1, 6, 7, 8)
    }
    made = {}
    for days, due in ends.items():
        record = await (make.customer if kind == "customers" else make.lead)(f"Due {days}", owner=rep)
        record.recycle_due_at = due
        made[record.id] = days
    work = await work_as(rep)
    for asked in (0, 1, 7):
        query = ListQuery.of(spec, {"due": str(asked)})
        found = {made[row.id] for row in (await fetch_page(work, spec, query)).rows}
        assert found == {days for days in ends if days <= asked}
        assert found == {days for days, due in ends.items() if days_left(due, today, zone) <= asked}
