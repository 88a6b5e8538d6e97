"""Returning, assigning, moving, transferring."""

from typing import Any

import pytest
from sqlalchemy import select

from domain.core.access import GrantLevel
from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.customers.models import Customer
from domain.notifications.models import Notification
from domain.pools import actions, ledger
from domain.pools.models import OwnershipChange, PoolKind, PoolMember

pytestmark = pytest.mark.anyio
KIND = PoolKind.customer


async def last_line(work: Any, customer: Customer) -> OwnershipChange:
    """The newest line of a customer's ledger."""
    statement = select(OwnershipChange).where(OwnershipChange.record_id == customer.id)
    line: OwnershipChange = (await work.session.scalars(statement.order_by(OwnershipChange.id.desc()))).first()
    return line


async def test_returning_puts_it_into_its_home_pool_with_the_reason(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    home = await make.pool("North", members=(rep,))
    customer = await make.customer(owner=rep, home_pool_id=home.id)
    work = await work_as(rep)

    await actions.release(work, KIND, customer.id, "  moved away ")

    assert (customer.owner_id, customer.pool_id, customer.pooled_since) == (None, home.id, work.now)
    assert (customer.owned_since, customer.recycle_due_at) == (None, None)
    line = await last_line(work, customer)
    assert (line.verb, line.from_owner_id, line.to_pool_id, line.reason) == (
        "release", rep.id, home.id, "moved away",
    )  # fmt: skip


async def test_returning_needs_a_reason_and_a_pool(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    other = await make.pool("South")
    customer = await make.customer(owner=rep)
    work = await work_as(rep)
    with pytest.raises(Invalid) as refusal:
        await actions.release(work, KIND, customer.id, "  ", other.id)
    assert "reason" in refusal.value.errors
    with pytest.raises(Invalid) as refusal:
        await actions.release(work, KIND, customer.id, "why")
    assert "pool_id" in refusal.value.errors
    with pytest.raises(NotFound):
        await actions.release(work, KIND, customer.id, "why", 2**62)
    leads = await make.pool("Leads", kind="lead")
    with pytest.raises(NotFound):
        await actions.release(work, KIND, customer.id, "why", leads.id)
    await work.session.refresh(customer)
    assert customer.owner_id == rep.id

    await actions.release(work, KIND, customer.id, "why", other.id)
    assert (customer.pool_id, customer.home_pool_id) == (other.id, other.id)


async def test_only_who_answers_for_it_returns_it(make: Any, work_as: Any) -> None:
    department = await make.department()
    rep, rival = await make.user("rep", "sales_rep", department=department), await make.user("rival", "sales_rep")
    boss = await make.user("boss", "department_manager", department=department)
    pool = await make.pool("North", members=(rep, rival, boss))
    customer = await make.customer(owner=rep, home_pool_id=pool.id)
    await make.grant("customers", customer.id, user=rival, level=GrantLevel.write)
    with pytest.raises(Denied):
        await actions.release(await work_as(rival), KIND, customer.id, "mine now")
    await actions.release(await work_as(boss), KIND, customer.id, "too many")
    with pytest.raises(Conflict, match="nobody holds it"):
        await actions.release(await work_as(boss), KIND, customer.id, "again")


async def test_assigning_holds_the_receivers_limit_row_by_row(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep", name="Lin", holding_limit=2)
    boss = await make.user("boss", "department_manager", name="Wang")
    pool = await make.pool("North", members=(rep,), administrators=(boss,), cooldown_days=30, daily_limit=0)
    other = await make.pool("South", members=(boss,))
    ids = [(await make.customer(f"C{n}", pool=pool)).id for n in range(3)]
    foreign = await make.customer("Foreign", pool=other)
    work = await work_as(boss)

    outcomes = await actions.assign(work, KIND, [*ids, foreign.id], rep.id)

    assert [outcome.done for outcome in outcomes] == [True, True, False, False]
    assert str(outcomes[2].reason) == "Lin holds 2 of 2 customers."
    assert str(outcomes[3].reason) == "You do not administer the pool it lies in."
    first = await work.session.get(Customer, ids[0])
    assert (first.owner_id, first.owned_since, first.home_pool_id) == (rep.id, work.now, pool.id)
    told = (await work.session.scalars(select(Notification).where(Notification.user_id == rep.id))).all()
    assert len(told) == 1


async def test_assigning_needs_the_right_and_a_person(make: Any, work_as: Any) -> None:
    rep, boss = await make.user("rep", "sales_rep"), await make.user("boss", "department_manager")
    gone = await make.user("gone", "sales_rep", name="Lin", active=False)
    pool = await make.pool("North", members=(rep,), administrators=(boss,))
    customer = await make.customer(pool=pool)
    with pytest.raises(Denied):
        await actions.assign(await work_as(rep), KIND, [customer.id], rep.id)
    work = await work_as(boss)
    with pytest.raises(Invalid):
        await actions.assign(work, KIND, [customer.id], 2**62)
    with pytest.raises(Invalid):
        await actions.assign(work, KIND, [], rep.id)
    outcomes = await actions.assign(work, KIND, [customer.id], gone.id)
    assert str(outcomes[0].reason) == "Lin no longer works here."
    await work.session.refresh(customer)
    assert customer.owner_id is None


async def test_moving_gives_it_another_home_and_starts_protection_anew(make: Any, work_as: Any) -> None:
    boss = await make.user("boss", "department_manager")
    north, south = await make.pool("North", administrators=(boss,)), await make.pool("South", members=(boss,))
    customer = await make.customer(pool=north)
    owned = await make.customer(owner=boss)
    work = await work_as(boss)
    outcomes = await actions.move(work, KIND, [customer.id, owned.id], south.id)
    assert [outcome.done for outcome in outcomes] == [True, False]
    await work.session.refresh(customer)
    assert (customer.pool_id, customer.home_pool_id, customer.pooled_since) == (south.id, south.id, work.now)
    back = await actions.move(work, KIND, [customer.id], north.id)
    assert str(back[0].reason) == "You do not administer the pool it lies in."


async def test_transfer_goes_from_owner_to_owner_and_counts_as_a_change(make: Any, work_as: Any) -> None:
    rep, heir = await make.user("rep", "sales_rep"), await make.user("heir", "sales_rep", name="Lin", holding_limit=1)
    customers = [await make.customer(owner=rep) for _ in range(2)]
    strange = await make.customer(owner=heir)
    work = await work_as(rep)
    full = await actions.transfer(work, KIND, [customers[0].id, strange.id], heir.id)
    assert str(full[0].reason) == "Lin holds 1 of 1 customers."
    assert str(full[1].reason) == "There is nothing here, or nothing that you may see."

    heir.holding_limit = None
    await work.session.flush()
    done = await actions.transfer(work, KIND, [customer.id for customer in customers], heir.id)
    assert all(outcome.done for outcome in done)
    assert customers[0].owner_id == heir.id
    assert (await last_line(work, customers[0])).verb == "transfer"
    assert await ledger.claim_count(work, KIND, customers[0].id) == 1


async def test_the_ledger_begins_with_creation_which_is_no_claim(make: Any, work_as: Any) -> None:
    department = await make.department()
    rep = await make.user("rep", "sales_rep", department=department)
    by_department = await make.pool("Department")
    work = await work_as(rep)
    work.session.add(PoolMember(pool_id=by_department.id, department_id=department.id))
    customer = await make.customer(owner=rep)
    await ledger.begin(work, KIND, customer)
    assert (customer.home_pool_id, customer.owned_since) == (by_department.id, work.now)
    personal = await make.pool("Personal", members=(rep,))
    second = await make.customer(owner=rep)
    await ledger.begin(work, KIND, second)
    assert second.home_pool_id == personal.id
    assert await ledger.claim_count(work, KIND, customer.id) == 0
    assert (await last_line(work, customer)).verb == "create"
