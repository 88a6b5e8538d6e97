"""What is due returns at night, and who held it is told."""

from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.core.access import SYSTEM
from domain.core.events import EventRow
from domain.core.work import Work
from domain.notifications.models import Notification
from domain.pools import clock, sweep, warnings
from domain.pools.models import OwnershipChange, PoolKind, RecycleRule
from domain.visits.models import Visit

pytestmark = pytest.mark.anyio
KIND = PoolKind.customer


async def night(make: Any, work: Work) -> Work:
    """The clock's own work, in the same transaction."""
    await work.session.flush()
    return Work(work.session, SYSTEM, work.now)


async def notices(work: Work, user: Any) -> list[Notification]:
    """A person's inbox."""
    return list(await work.session.scalars(select(Notification).where(Notification.user_id == user.id)))


async def test_what_is_due_returns_with_ledger_event_and_one_digest(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep", name="Lin")
    pool, vip = await make.pool("North"), await make.pool("VIP")
    work = await work_as(rep)
    rule = RecycleRule(pool_id=pool.id, kind="no_follow_up", days=30, target_pool_id=vip.id)
    work.session.add(rule)
    old = [await make.customer(owner=rep, home_pool_id=pool.id) for _ in range(3)]
    fresh = await make.customer(owner=rep, home_pool_id=pool.id, last_follow_up_at=work.now)
    for customer in old:
        customer.owned_since = work.now - timedelta(days=40)
    clockwork = await night(make, work)

    assert await sweep.recycle_all(lambda: nullcontext(clockwork)) == 3

    for customer in (*old, fresh):
        await work.session.refresh(customer)
    assert [c.pool_id for c in old] == [vip.id] * 3
    assert {(c.owner_id, c.owned_since, c.recycle_due_at, c.recycle_rule_id) for c in old} == {(None,) * 4}
    assert {(c.home_pool_id, c.pooled_since, c.version, c.department_id) for c in old} == {(vip.id, work.now, 2, None)}
    assert (fresh.owner_id, fresh.version) == (rep.id, 1)
    lines = (await work.session.scalars(select(OwnershipChange))).all()
    assert [(x.verb, x.from_owner_id, x.to_pool_id, x.reason, x.actor_id) for x in lines] == [
        ("recycle", rep.id, vip.id, "no_follow_up:30", None)
    ] * 3
    events = (await work.session.scalars(select(EventRow).where(EventRow.name == "Recycled"))).all()
    assert {(e.kind, e.customer_id == e.record_id, e.data["pool"], e.data["owner"]) for e in events} == {
        ("customers", True, "VIP", "Lin")
    }
    assert [notice.kind for notice in await notices(work, rep)] == ["recycle"]
    assert await sweep.recycle_all(lambda: nullcontext(clockwork)) == 0


async def test_what_a_broken_off_night_returned_is_told_by_the_next_run(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North")
    work = await work_as(rep)
    work.session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=30))
    for _ in range(3):
        customer = await make.customer(owner=rep, home_pool_id=pool.id)
        customer.owned_since = work.now - timedelta(days=40)
    clockwork = await night(make, work)
    await clock.recompute(work.session, KIND)
    assert await sweep.recycle_due(clockwork, limit=2) == 2

    for went in (1, 0):
        assert await sweep.recycle_all(lambda: nullcontext(clockwork)) == went
        (notice,) = await notices(work, rep)
        assert str(notice.params["n"]) == "3"


async def test_reactions_follow_where_something_was_planned(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North")
    work = await work_as(rep)
    work.session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=30))
    old = [await make.customer(owner=rep, home_pool_id=pool.id) for _ in range(3)]
    for customer in old:
        customer.owned_since = work.now - timedelta(days=40)
    owned = {"owner_id": rep.id, "planned_on": date(2100, 1, 1)}
    work.session.add(Visit(customer_id=old[0].id, **owned))
    work.session.add(Visit(customer_id=old[1].id, status="cancelled", **owned))
    clockwork = await night(make, work)

    assert await sweep.recycle_all(lambda: nullcontext(clockwork)) == 3

    (event,) = [row for row in clockwork.recorded if row.name == "Recycled"]
    stored = await work.session.get_one(EventRow, event.id)
    assert (stored.name, stored.record_id) == ("Recycled", old[0].id)


async def test_it_stays_while_an_approval_waits_or_its_owner_is_away(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    away = await make.user("away", "sales_rep", on_leave_until=date(2100, 1, 1))
    pool = await make.pool("North")
    work = await work_as(rep)
    rule = RecycleRule(pool_id=pool.id, kind="no_follow_up", days=30)
    work.session.add(rule)
    waiting = await make.customer(owner=rep, home_pool_id=pool.id)
    absent = await make.customer(owner=away, home_pool_id=pool.id)
    order = await make.order(waiting, rep, status="awaiting")
    await work.session.flush()
    for customer in (waiting, absent):
        customer.owned_since = work.now - timedelta(days=40)
        customer.recycle_due_at, customer.recycle_rule_id = work.now - timedelta(days=9), rule.id
    clockwork = await night(make, work)

    assert await sweep.recycle_due(clockwork) == 0

    order.status = "rejected"  # and no approval says when it ended: nothing prolongs the clock
    clockwork = await night(make, work)
    assert await sweep.recycle_due(clockwork) == 1
    await work.session.refresh(waiting)
    assert waiting.pool_id == pool.id


async def test_a_stale_due_date_is_set_again_before_anything_goes(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North")
    work = await work_as(rep)
    rule = RecycleRule(pool_id=pool.id, kind="no_follow_up", days=30)
    work.session.add(rule)
    customer = await make.customer(owner=rep, home_pool_id=pool.id)
    customer.owned_since = work.now - timedelta(days=10)
    await work.session.flush()
    customer.recycle_due_at, customer.recycle_rule_id = work.now - timedelta(days=1), rule.id
    clockwork = await night(make, work)
    assert await sweep.recycle_due(clockwork) == 0
    await work.session.refresh(customer)
    assert (customer.owner_id, customer.recycle_due_at > work.now) == (rep.id, True)


async def test_a_limit_takes_the_longest_due_first(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North")
    work = await work_as(rep)
    work.session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=30))
    late = await make.customer(owner=rep, home_pool_id=pool.id)
    later = await make.customer(owner=rep, home_pool_id=pool.id)
    late.owned_since, later.owned_since = work.now - timedelta(days=50), work.now - timedelta(days=60)
    await clock.recompute(work.session, KIND)
    clockwork = await night(make, work)
    assert await sweep.recycle_due(clockwork, limit=1) == 1
    await work.session.refresh(late)
    await work.session.refresh(later)
    assert (late.owner_id, later.owner_id) == (rep.id, None)


async def test_warnings_come_at_seven_three_and_one_days_once_each(make: Any, work_as: Any) -> None:
    rep, other = await make.user("rep", "sales_rep"), await make.user("other", "sales_rep")
    pool = await make.pool("North")
    work = await work_as(rep)
    work.session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=30))
    for name, owner, since in (("Acme", rep, 0), ("Bolt", rep, 1), ("Zeta", other, 20)):
        customer = await make.customer(name, owner=owner, home_pool_id=pool.id)
        customer.owned_since = work.now + timedelta(days=since)
    await clock.recompute(work.session, KIND)
    told = {}
    for day in range(20, 31):
        clockwork = Work(work.session, SYSTEM, work.now + timedelta(days=day))
        before = len(await notices(work, rep))
        await warnings.warn_owners(clockwork)
        assert await warnings.warn_owners(clockwork) == 0, "nobody is told twice"
        if new := (await notices(work, rep))[before:]:
            assert len(new) == 1
            told[day] = new[0].params.get("n", 1)
    # Acme is due on day 31 and Bolt on day 32, so Acme is 7, 3 and 1 days away on days 24, 28 and 30.
    assert list(told) == [24, 25, 28, 29, 30]
    assert len(await notices(work, other)) == 0


async def test_near_together_makes_one_digest(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North")
    work = await work_as(rep)
    work.session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=30))
    for number in range(4):
        customer = await make.customer(f"C{number}", owner=rep, home_pool_id=pool.id)
        customer.owned_since = work.now - timedelta(days=28)
    await clock.recompute(work.session, KIND)
    assert await warnings.warn_owners(Work(work.session, SYSTEM, work.now)) == 1
    (notice,) = await notices(work, rep)
    assert (notice.kind, str(notice.params["n"])) == ("recycle", "4")
