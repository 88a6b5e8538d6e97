"""When a customer returns to its pool: the table of due dates, and the sentence."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.approvals.models import Approval
from domain.customers.models import Customer
from domain.pools import actions, clock, queries
from domain.pools.models import Pool, PoolKind, RecycleRule

pytestmark = pytest.mark.anyio
KIND = PoolKind.customer
SHANGHAI = 8


def shanghai(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment by the clock in Shanghai."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=SHANGHAI)


async def rule(work: Any, pool: Pool, days: int = 30, kind: str = "no_follow_up", **values: Any) -> RecycleRule:
    """A recycle rule of a pool."""
    made = RecycleRule(pool_id=pool.id, kind=kind, days=days, **values)
    work.session.add(made)
    await work.session.flush()
    return made


async def due(work: Any, customer: Customer) -> datetime | None:
    """The due date after setting the clock."""
    await clock.recompute(work.session, KIND, [customer.id])
    await work.session.refresh(customer)
    return customer.recycle_due_at


@pytest.mark.parametrize(
    ("owned_since", "last_follow_up_at", "days", "expected"),
    [
        (shanghai(2026, 2, 10, 9), None, 30, shanghai(2026, 3, 13)),
        (shanghai(2026, 2, 10, 0), None, 30, shanghai(2026, 3, 13)),
        (shanghai(2026, 2, 10, 23, 59), None, 30, shanghai(2026, 3, 13)),
        (shanghai(2026, 2, 11, 0), None, 30, shanghai(2026, 3, 14)),
        (shanghai(2026, 2, 10, 9), shanghai(2026, 2, 20, 9), 30, shanghai(2026, 3, 23)),
        (shanghai(2026, 2, 20, 9), shanghai(2026, 2, 10, 9), 30, shanghai(2026, 3, 23)),
        (shanghai(2026, 2, 28, 9), None, 1, shanghai(2026, 3, 2)),
    ],
)
async def test_so_many_whole_days_after_the_later_of_claim_and_follow_up(
    make: Any, work_as: Any, owned_since: datetime, last_follow_up_at: datetime | None, days: int, expected: datetime
) -> None:
    rep = await make.user("rep", "sales_rep", time_zone="Asia/Shanghai")
    pool = await make.pool("North")
    work = await work_as(rep)
    await rule(work, pool, days)
    customer = await make.customer(owner=rep, home_pool_id=pool.id, last_follow_up_at=last_follow_up_at)
    customer.owned_since = owned_since
    assert await due(work, customer) == expected


async def test_the_days_are_those_of_the_owners_zone(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep", time_zone="America/New_York")
    pool = await make.pool("North")
    work = await work_as(rep)
    await rule(work, pool, 30)
    customer = await make.customer(owner=rep, home_pool_id=pool.id)
    customer.owned_since = datetime(2026, 2, 11, 3, 0, tzinfo=UTC)  # still the 10th in New York
    # Summer time began on 8 March: midnight is at 04:00 UTC, not at 05:00.
    assert await due(work, customer) == datetime(2026, 3, 13, 4, 0, tzinfo=UTC)


async def test_the_earliest_rule_wins_then_the_higher_priority(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool, vip = await make.pool("North"), await make.pool("VIP")
    work = await work_as(rep)
    await rule(work, pool, 60, "no_deal")
    by_follow_up = await rule(work, pool, 30)
    customer = await make.customer(owner=rep, home_pool_id=pool.id)
    await due(work, customer)
    assert customer.recycle_rule_id == by_follow_up.id

    customer.last_follow_up_at = customer.owned_since + timedelta(days=40)
    await due(work, customer)
    assert customer.recycle_rule_id != by_follow_up.id, "a follow-up does not help against the deal rule"

    ahead = await rule(work, pool, 60, "no_deal", priority=5, target_pool_id=vip.id)
    await due(work, customer)
    assert customer.recycle_rule_id == ahead.id


@pytest.mark.parametrize(
    ("rule_values", "customer_values", "runs"),
    [
        ({}, {}, True),
        ({"active": False}, {}, False),
        ({"levels": ["a", "b"]}, {"level": "b"}, True),
        ({"levels": ["a", "b"]}, {"level": "c"}, False),
        ({"levels": ["a", "b"]}, {}, False),
        ({"exempt_deal": True}, {"deal_status": "deal"}, False),
        ({"exempt_deal": False}, {"deal_status": "deal"}, True),
        ({"exempt_deal": False, "kind": "no_deal"}, {"deal_status": "deal"}, False),
        ({"kind": "no_opportunity"}, {}, True),
    ],
)
async def test_what_a_rule_applies_to(
    make: Any, work_as: Any, rule_values: dict[str, Any], customer_values: dict[str, Any], runs: bool
) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North")
    work = await work_as(rep)
    await rule(work, pool, **rule_values)
    customer = await make.customer(owner=rep, home_pool_id=pool.id, **customer_values)
    assert (await due(work, customer) is not None) is runs


async def test_no_clock_runs_in_a_pool_in_the_bin_or_without_a_home(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool, off = await make.pool("North"), await make.pool("Off", active=False)
    work = await work_as(rep)
    await rule(work, pool)
    await rule(work, off)
    for values in (
        {"pool": pool, "home_pool_id": pool.id},
        {"owner": rep, "home_pool_id": pool.id, "deleted_at": work.now},
        {"owner": rep},
        {"owner": rep, "home_pool_id": off.id},
    ):
        assert await due(work, await make.customer(**values)) is None


async def test_the_clock_goes_on_after_an_approval_and_after_a_leave(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North")
    work = await work_as(rep)
    await rule(work, pool)
    customer = await make.customer(owner=rep, home_pool_id=pool.id)
    customer.owned_since = shanghai(2026, 1, 1, 9)
    assert await due(work, customer) == shanghai(2026, 2, 1)

    order = await make.order(customer, rep, status="rejected")
    work.session.add(
        Approval(kind="orders", record_id=order.id, record_version=1, round=1, status="rejected",
                 submitted_by_id=rep.id, title="x", ended_at=shanghai(2026, 1, 20, 9))
    )  # fmt: skip
    assert await due(work, customer) == shanghai(2026, 2, 20)

    rep.on_leave_until = date(2026, 1, 25)
    assert await due(work, customer) == shanghai(2026, 2, 26), "thirty days after the first day back"


async def test_a_new_due_date_is_warned_of_anew_and_nothing_else_is_written(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North")
    work = await work_as(rep)
    await rule(work, pool)
    customer = await make.customer(owner=rep, home_pool_id=pool.id, recycle_warned_days=7)
    assert await clock.recompute(work.session, KIND, [customer.id]) == 1
    assert await clock.recompute(work.session, KIND) == 0
    await work.session.refresh(customer)
    assert customer.recycle_warned_days is None


async def test_the_sentence_says_where_when_and_why(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep", name="Lin", time_zone="Asia/Shanghai")
    pool = await make.pool("North China")
    work = await work_as(rep)
    work.now = shanghai(2026, 3, 2, 9)
    free = await make.customer(owner=rep)
    assert await queries.due_sentence(work, KIND, free) is None

    await rule(work, pool)
    customer = await make.customer(owner=rep, home_pool_id=pool.id)
    customer.owned_since = shanghai(2026, 2, 9, 9)
    await due(work, customer)
    assert str(await queries.due_sentence(work, KIND, customer)) == (
        "Returns to North China on 12 March: no follow-up for 30 days."
    )
    work.now = shanghai(2026, 3, 12, 1)
    assert str(await queries.due_sentence(work, KIND, customer)) == (
        "Returns to North China tonight: no follow-up for 30 days."
    )
    rep.on_leave_until = date(2026, 3, 12)
    await work.session.flush()
    assert str(await queries.due_sentence(work, KIND, customer)) == (
        "Does not return to North China while Lin is on leave."
    )
    await make.order(customer, rep, status="awaiting")
    assert str(await queries.due_sentence(work, KIND, customer)) == (
        "Does not return to North China while an approval waits."
    )


async def test_a_claim_starts_the_clock_and_a_return_stops_it(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North", members=(rep,))
    work = await work_as(rep)
    await rule(work, pool, 3)
    customer = await make.customer(pool=pool, last_follow_up_at=shanghai(2025, 1, 1))
    claimed = await actions.claim(work, KIND, customer.id)
    assert claimed.recycle_due_at > work.now + timedelta(days=3), "an old follow-up does not count against who claims"
    await actions.release(work, KIND, customer.id, "no")
    assert (customer.recycle_due_at, customer.recycle_rule_id) == (None, None)


async def test_leaving_soon_lists_mine_in_order(make: Any, work_as: Any) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    pool = await make.pool("North")
    work = await work_as(rep)
    await rule(work, pool, 30)
    for name, owner, days in (("Later", rep, 26), ("First", rep, 29), ("Far", rep, 10), ("Theirs", other, 29)):
        customer = await make.customer(name, owner=owner, home_pool_id=pool.id)
        customer.owned_since = work.now - timedelta(days=days)
    await clock.recompute(work.session, KIND)
    assert [row.name for row in await queries.leaving(work, KIND)] == ["First", "Later"]
