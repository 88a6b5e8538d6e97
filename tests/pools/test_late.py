"""What was recorded in time and comes after the sweep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.core.access import SYSTEM, GrantLevel
from domain.core.events import EventRow
from domain.core.work import Work
from domain.customers.models import Customer
from domain.notifications.models import Notification
from domain.people.models import User
from domain.people.queries import load_actor
from domain.pools import actions, clock, late, ledger, sweep
from domain.pools.late import Standing
from domain.pools.models import OwnershipChange, Pool, PoolKind, PoolMember, RecycleRule

pytestmark = pytest.mark.anyio
KIND = PoolKind.customer


@dataclass
class Night:
    """A customer that the clock took at `at` from `rep`."""

    work: Work
    rep: User
    other: User
    admin: User
    pool: Pool
    customer: Customer

    @property
    def at(self) -> datetime:
        return self.work.now

    async def as_(self, user: User, after: timedelta = timedelta(hours=8)) -> Work:
        await self.work.session.flush()
        actor = await load_actor(self.work.session, user.id)
        assert actor is not None
        return Work(self.work.session, actor, self.at + after)

    async def arrive(self, user: User | None = None, *, before: float = 3, after: float = 8) -> Standing:
        """Something that was recorded so many hours before the sweep comes so many hours after it."""
        work = await self.as_(user or self.rep, timedelta(hours=after))
        standing = await late.arrive(work, KIND, self.customer.id, self.at - timedelta(hours=before))
        await work.session.flush()
        await work.session.refresh(self.customer)
        return standing

    async def told(self, user: User) -> list[str]:
        found = await self.work.session.scalars(
            select(Notification.sentence).where(Notification.user_id == user.id, Notification.kind == "pool")
        )
        return list(found)

    async def verbs(self) -> list[str]:
        found = await self.work.session.scalars(select(OwnershipChange.verb).order_by(OwnershipChange.id))
        return list(found)


async def swept(work: Work) -> int:
    """The clock's own work, in the same transaction; how many went."""
    await clock.recompute(work.session, KIND)
    return await sweep.recycle_due(Work(work.session, SYSTEM, work.now))


@pytest.fixture
async def night(make: Any, work_as: Any) -> Night:
    """The sweep has just run."""
    rep, other = await make.user("rep", "sales_rep", name="Li Na"), await make.user("other", "sales_rep", name="Wang")
    admin = await make.user("admin", "department_manager", name="Boss")
    home = await make.pool("North", members=(rep, other), administrators=(admin,))
    vip = await make.pool("VIP", members=(rep, other), administrators=(admin,))
    work = await work_as(rep)
    rule = RecycleRule(pool_id=home.id, kind="no_follow_up", days=30, target_pool_id=vip.id)
    work.session.add(rule)
    customer = await make.customer("Tea House", owner=rep, home_pool_id=home.id)
    customer.owned_since = work.now - timedelta(days=40)
    await ledger.begin(Work(work.session, work.actor, work.now - timedelta(days=40)), KIND, customer)
    await work.session.flush()
    assert await swept(work) == 1
    await work.session.refresh(customer)
    assert (customer.owner_id, customer.pool_id) == (None, vip.id)
    return Night(work, rep, other, admin, home, customer)


async def test_it_comes_back_as_it_was(night: Night) -> None:
    assert await night.arrive() is Standing.brought_back
    customer = night.customer
    assert (customer.owner_id, customer.pool_id, customer.home_pool_id) == (night.rep.id, None, night.pool.id)
    assert (customer.owned_since, customer.pooled_since) == (night.at - timedelta(days=40), None)
    assert customer.recycle_due_at is not None
    assert await night.verbs() == ["create", "recycle", "bring_back"]
    event = (await night.work.session.execute(select(EventRow).where(EventRow.name == "BroughtBack"))).scalar_one()
    assert (event.customer_id, event.data["owner"], event.data["pool"]) == (customer.id, "Li Na", "VIP")
    assert await night.told(night.rep) == ["%(name)s is yours again: what you recorded in time has come."]
    assert await night.told(night.admin) == [
        "%(name)s went back from %(pool)s to %(owner)s, who had recorded a visit or follow-up in time."
    ]


async def test_coming_back_is_no_claim(night: Night) -> None:
    await night.arrive()
    assert await ledger.claim_count(night.work, KIND, night.customer.id) == 0


async def test_a_second_record_finds_it_at_home(night: Night) -> None:
    await night.arrive()
    assert await night.arrive(before=5) is Standing.usual
    assert await night.verbs() == ["create", "recycle", "bring_back"]


async def test_after_48_hours_it_stays_in_the_pool(night: Night) -> None:
    assert await night.arrive(after=48.1) is Standing.gone
    assert night.customer.owner_id is None
    assert await night.arrive(after=47.9) is Standing.brought_back


async def test_what_was_recorded_after_the_sweep_counts_no_more(night: Night) -> None:
    assert await night.arrive(before=-1) is Standing.usual
    assert night.customer.owner_id is None


async def test_a_stranger_brings_nothing_back(night: Night) -> None:
    assert await night.arrive(night.other) is Standing.usual
    assert night.customer.owner_id is None


async def test_who_claimed_it_keeps_it_and_both_are_told(night: Night) -> None:
    claimer = await night.as_(night.other, timedelta(hours=1))
    await actions.claim(claimer, KIND, night.customer.id)
    assert await night.arrive() is Standing.claimed
    assert night.customer.owner_id == night.other.id
    assert await night.told(night.rep) == [
        "%(name)s left you by the clock and %(owner)s has it now. What you recorded is kept."
    ]
    assert await night.told(night.other) == [
        "%(former)s had recorded a visit or follow-up for %(name)s before it left them. It stays yours."
    ]


async def test_who_had_it_in_between_leaves_it_in_the_pool(night: Night) -> None:
    claimer = await night.as_(night.other, timedelta(hours=1))
    await actions.claim(claimer, KIND, night.customer.id)
    await actions.release(claimer, KIND, night.customer.id, "Wrong region", night.pool.id)
    assert await night.arrive() is Standing.gone
    assert night.customer.owner_id is None


async def test_a_move_from_pool_to_pool_does_not_keep_it(night: Night) -> None:
    admin = await night.as_(night.admin, timedelta(hours=1))
    outcomes = await actions.move(admin, KIND, [night.customer.id], night.pool.id)
    assert outcomes[0].done, outcomes[0].reason
    assert await night.arrive() is Standing.brought_back


async def test_the_former_owner_who_claimed_it_has_it_anyway(night: Night) -> None:
    claimer = await night.as_(night.rep, timedelta(hours=1))
    await actions.claim(claimer, KIND, night.customer.id)
    assert await night.arrive() is Standing.usual
    assert await night.verbs() == ["create", "recycle", "claim"]


async def test_a_rule_that_no_visit_would_have_stopped_stands(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North", members=(rep,))
    work = await work_as(rep)
    work.session.add(RecycleRule(pool_id=pool.id, kind="no_deal", days=30))
    customer = await make.customer(owner=rep, home_pool_id=pool.id)
    customer.owned_since = work.now - timedelta(days=40)
    await work.session.flush()
    assert await swept(work) == 1
    after = Work(work.session, work.actor, work.now + timedelta(hours=1))
    assert await late.arrive(after, KIND, customer.id, work.now - timedelta(hours=1)) is Standing.gone


async def test_what_was_given_away_is_gone_and_the_bin_is_the_bin(night: Night, make: Any) -> None:
    given = await make.customer("Given", owner=night.rep, home_pool_id=night.pool.id)
    manager = await make.user("chief", "administrator")
    chief = await night.as_(manager, timedelta(0))
    outcomes = await actions.transfer(chief, KIND, [given.id], night.other.id)
    assert outcomes[0].done, outcomes[0].reason
    work = await night.as_(night.rep)
    before = night.at - timedelta(hours=1)
    assert await late.arrive(work, KIND, given.id, before) is Standing.gone
    deleted = await make.customer("Deleted", owner=night.rep, deleted_at=night.at)
    assert await late.arrive(work, KIND, deleted.id, before) is Standing.deleted
    assert await late.arrive(work, KIND, 10**9, before) is Standing.usual


async def test_a_team_member_with_the_right_to_write_brings_it_back_to_its_owner(night: Night, make: Any) -> None:
    await make.grant("customers", night.customer.id, user=night.other, level=GrantLevel.write)
    assert await night.arrive(night.other) is Standing.brought_back
    assert night.customer.owner_id == night.rep.id


async def test_administrators_are_found_in_person_by_department_and_by_role(night: Night, make: Any) -> None:
    department = await make.department("Key accounts")
    role = await make.role("keeper")
    by_department = await make.user("dora", department=department)
    by_role = await make.user("rolf", role)
    gone = await make.user("gone", role, active=False)
    pool = await make.pool("East", administrators=(night.admin,), members=(night.rep,))
    make.session.add_all(
        [
            PoolMember(pool_id=pool.id, department_id=department.id, administrator=True),
            PoolMember(pool_id=pool.id, role_id=role.id, administrator=True),
        ]
    )
    await make.session.flush()
    found = await late.administrators(night.work, pool.id)
    assert sorted(found) == sorted([night.admin.id, by_department.id, by_role.id])
    assert gone.id not in found
