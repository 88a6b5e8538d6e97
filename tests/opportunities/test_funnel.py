"""The funnel: what is counted, what a skipped stage is, and that each figure is the length of the list behind it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.core.errors import Invalid
from domain.core.lists import ListQuery, fetch_page
from domain.core.work import Work
from domain.customers.models import Customer
from domain.opportunities import queries
from domain.opportunities.funnel import Funnel, funnel
from domain.opportunities.models import Opportunity, Pipeline, StageKind, StageMove
from tests.conftest import WorkAs
from tests.make import FIXED, Make

pytestmark = pytest.mark.anyio
MARCH = (date(2026, 3, 1), date(2026, 3, 31))


async def travelled(
    make: Make, customer: Customer, pipeline: Pipeline, way: Sequence[tuple[str, float]], **values: Any
) -> Opportunity:
    """An opportunity that went a way: stages with the days (from the fixed one) on which it came there."""
    stages = [await make.stage(pipeline, name) for name, _day in way]
    made = await make.opportunity(customer, stage=stages[-1], **values)
    before: datetime | None = None
    for place, (stage, (_name, day)) in enumerate(zip(stages, way, strict=True)):
        at = FIXED + timedelta(days=day)
        make.session.add(
            StageMove(
                opportunity_id=made.id, from_stage_id=stages[place - 1].id if place else None, to_stage_id=stage.id,
                at=at, seconds=int((at - before).total_seconds()) if before else None, answers={},
            )
        )  # fmt: skip
        before = at
    if made.status != "open":
        made.ended_at = before
    await make.session.flush()
    return made


async def figures(work: Work, found: Funnel) -> dict[str, tuple[int, ...]]:
    """The rows as numbers, each of which must be the length of its list."""

    async def length(filters: Any) -> int:
        return len((await fetch_page(work, queries.LIST, ListQuery(filters=filters))).rows)

    shown = {}
    for row in found.rows:
        numbers = (row.reached, row.on, row.lost, row.invalid, row.open)
        shown[row.stage.name] = numbers
        assert await length(found.reached(row.stage.id)) == row.reached
        for outcome, number in zip(("on", "lost", "invalid", "open"), numbers[1:], strict=True):
            assert await length(found.reached(row.stage.id, outcome)) == number, (row.stage.name, outcome)
        if row.stage.kind is StageKind.open:
            assert row.reached == row.on + row.lost + row.invalid + row.open
    for kind, number in ((StageKind.won, found.won), (StageKind.lost, found.lost), (StageKind.invalid, found.invalid)):
        assert await length(found.ended(kind)) == number
    return shown


async def test_every_way_through_a_pipeline(make: Make, work_as: WorkAs) -> None:
    admin, pipeline = await make.user("admin", "administrator"), await make.pipeline(stages=(10, 30, 60))
    customer = await make.customer(owner=admin)
    ways = (
        (("Stage 1", 0), ("Stage 2", 2), ("Stage 3", 4), ("Won", 6)),
        (("Stage 1", 0), ("Won", 4)),  # skips two
        (("Stage 1", 0), ("Stage 3", 6), ("Lost", 8)),  # skips one
        (("Stage 1", 0), ("Lost", 1)),
        (("Stage 1", 0), ("Invalid", 1)),
        (("Stage 1", 0), ("Stage 2", 3), ("Stage 1", 5), ("Stage 2", 7)),  # back and forth counts once
        (("Stage 1", 0), ("Stage 2", 3), ("Stage 1", 5)),  # back: it did go on from the first
        (("Stage 1", 0),),
    )
    for way in ways:
        await travelled(make, customer, pipeline, way, amount=Decimal(100))
    work = await work_as(admin)
    found = await funnel(work, pipeline.id, *MARCH)
    assert await figures(work, found) == {
        "Stage 1": (8, 5, 1, 1, 1),
        "Stage 2": (5, 3, 0, 0, 2),
        "Stage 3": (3, 2, 1, 0, 0),
        "Won": (2, 0, 0, 0, 0),
    }
    by_name = {row.stage.name: row for row in found.rows}
    assert by_name["Stage 1"].conversion == Decimal("71.4"), "5 of 7: the invalid one never counted"
    assert by_name["Won"].conversion == Decimal("0.0")
    assert (found.won, found.lost, found.invalid, found.won_amount) == (2, 2, 1, Decimal(200))
    assert found.win_rate == Decimal("50.0")
    # Left the second after 2 (on), 2 (back) and 2 (back) days, the third after 2 and 2.
    assert (by_name["Stage 2"].days, by_name["Stage 3"].days, by_name["Won"].days) == (
        Decimal("2.0"),
        Decimal("2.0"),
        None,
    )
    assert by_name["Stage 1"].days == Decimal("2.5")  # of 1 1 2 2 3 3 4 6


async def test_only_what_happened_in_the_time(make: Make, work_as: WorkAs) -> None:
    admin, pipeline = await make.user("admin", "administrator", time_zone="Asia/Shanghai"), await make.pipeline()
    customer = await make.customer(owner=admin)
    await travelled(make, customer, pipeline, (("Stage 1", -10), ("Stage 2", 0), ("Won", 40)))
    # The last moment of March in Shanghai, and the first of April.
    last = (datetime(2026, 3, 31, 15, 59, tzinfo=FIXED.tzinfo) - FIXED) / timedelta(days=1)
    await travelled(make, customer, pipeline, (("Stage 1", last),))
    await travelled(make, customer, pipeline, (("Stage 1", last + 2 / 1440),))
    work = await work_as(admin)
    march = await funnel(work, None, *MARCH)
    assert await figures(work, march) == {
        "Stage 1": (1, 0, 0, 0, 1),
        "Stage 2": (1, 1, 0, 0, 0),
        "Won": (0, 0, 0, 0, 0),
    }
    assert (march.won, march.win_rate) == (0, None)
    april = await funnel(work, None, date(2026, 4, 1), date(2026, 4, 30))
    assert await figures(work, april) == {"Stage 1": (1, 0, 0, 0, 1), "Stage 2": (0,) * 5, "Won": (1, 0, 0, 0, 0)}
    assert april.won == 1


async def test_only_what_the_reader_sees_and_asks_for(make: Make, work_as: WorkAs) -> None:
    north = await make.department("North")
    below = await make.department("Below", north)
    boss = await make.user("boss", "sales_director", department=north)
    ann, bob = (
        await make.user("ann", "sales_rep", department=north),
        await make.user("bob", "sales_rep", department=below),
    )
    eve = await make.user("eve", "sales_rep")
    pipeline, other = await make.pipeline(), await make.pipeline("Other")
    for user in (ann, bob, eve):
        customer = await make.customer(owner=user)
        await travelled(make, customer, pipeline, (("Stage 1", 0), ("Stage 2", 1)))
        await travelled(make, customer, other, (("Stage 1", 0),))
    work = await work_as(boss)
    for wanted, number in ((({}), 2), ({"owner_id": bob.id}, 1), ({"department_id": below.id}, 1),
                           ({"department_id": north.id}, 2), ({"owner_id": eve.id}, 0)):  # fmt: skip
        found = await funnel(work, pipeline.id, *MARCH, **wanted)
        assert (await figures(work, found))["Stage 2"] == (number, 0, 0, 0, number), wanted
    assert (await figures(await work_as(ann), await funnel(await work_as(ann), pipeline.id, *MARCH)))["Stage 1"][0] == 1
    with pytest.raises(Invalid):
        await funnel(work, 4711, *MARCH)


async def test_a_closed_stage_still_counts_what_went_through_it(make: Make, work_as: WorkAs) -> None:
    admin, pipeline = await make.user("admin", "administrator"), await make.pipeline(stages=(10, 30, 60))
    customer = await make.customer(owner=admin)
    await travelled(make, customer, pipeline, (("Stage 1", 0), ("Stage 2", 1), ("Stage 3", 2)))
    for name in ("Stage 2", "Stage 3"):
        (await make.stage(pipeline, name)).active = False
    work = await work_as(admin)
    assert await figures(work, await funnel(work, None, *MARCH)) == {
        "Stage 1": (1, 1, 0, 0, 0), "Stage 2": (1, 1, 0, 0, 0), "Stage 3": (1, 0, 0, 0, 1), "Won": (0,) * 5,
    }  # fmt: skip
    later = await funnel(work, None, date(2026, 5, 1), date(2026, 5, 2))
    assert list(await figures(work, later)) == ["Stage 1", "Won"]
