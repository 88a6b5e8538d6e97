"""Claiming: who may, what changes, and that a refusal changes nothing."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.core.access import Scope
from domain.core.errors import Conflict, Denied, NotFound
from domain.core.events import EventRow
from domain.customers.models import Customer
from domain.pools import actions, ledger, queries
from domain.pools.models import OwnershipChange, PoolKind

pytestmark = pytest.mark.anyio
KIND = PoolKind.customer


async def lines(work: Any, customer: Customer) -> list[str]:
    """The verbs in a customer's ledger."""
    statement = select(OwnershipChange.verb).where(OwnershipChange.record_id == customer.id)
    return list(await work.session.scalars(statement.order_by(OwnershipChange.id)))


async def test_claiming_makes_me_the_owner_with_ledger_and_event(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North", members=(rep,))
    customer = await make.customer("Acme", pool=pool)
    work = await work_as(rep)

    await actions.claim(work, KIND, customer.id)

    await work.session.refresh(customer)
    assert (customer.owner_id, customer.pool_id, customer.home_pool_id) == (rep.id, None, pool.id)
    assert (customer.owned_since, customer.pooled_since, customer.version) == (work.now, None, 2)
    assert await lines(work, customer) == ["claim"]
    event = (await work.session.execute(select(EventRow))).scalar_one()
    assert (event.name, event.kind, event.customer_id, event.data["pool"]) == (
        "Claimed", "customers", customer.id, "North",
    )  # fmt: skip
    assert await ledger.claim_count(work, KIND, customer.id) == 1


async def test_a_customer_of_a_pool_that_is_not_mine_does_not_exist(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North")
    customer = await make.customer("Acme", pool=pool)
    work = await work_as(rep)
    with pytest.raises(NotFound):
        await actions.claim(work, KIND, customer.id)
    with pytest.raises(NotFound):
        await actions.claim(work, KIND, 2**62)
    assert await lines(work, customer) == []


async def test_claiming_needs_the_right(make: Any, work_as: Any) -> None:
    finance = await make.user("finance", "finance")
    pool = await make.pool("North", members=(finance,))
    customer = await make.customer("Acme", pool=pool)
    work = await work_as(finance)
    with pytest.raises(Denied):
        await actions.claim(work, KIND, customer.id)
    await work.session.refresh(customer)
    assert customer.owner_id is None


async def test_the_slower_one_hears_who_took_it(make: Any, work_as: Any) -> None:
    rep, rival = await make.user("rep", "sales_rep"), await make.user("rival", "sales_rep", name="Lin")
    pool = await make.pool("North", members=(rep, rival))
    customer = await make.customer("Acme", pool=pool)
    await actions.claim(await work_as(rival), KIND, customer.id)

    with pytest.raises(Conflict, match="Taken by Lin") as refusal:
        await actions.claim(await work_as(rep), KIND, customer.id)
    assert refusal.value.code == "taken"
    with pytest.raises(Conflict, match="You hold it already"):
        await actions.claim(await work_as(rival), KIND, customer.id)


async def test_the_smallest_limit_of_person_role_and_pool_wins(make: Any, work_as: Any) -> None:
    small = await make.role("small", holding_limit=3)
    rep = await make.user("rep", "sales_rep", small, holding_limit=4)
    wide, narrow = await make.pool("Wide", members=(rep,)), await make.pool("Narrow", members=(rep,), holding_limit=2)
    await make.customer(owner=rep)
    await make.customer(owner=rep)
    work = await work_as(rep)
    standings = await queries.standings(work, KIND)
    assert {s.pool: (s.held, s.holding_limit) for s in standings.values()} == {"Wide": (2, 3), "Narrow": (2, 2)}

    refused = await make.customer(pool=narrow)
    with pytest.raises(Denied, match=r"You hold 2 of 2 customers\. Return one first\."):
        await actions.claim(work, KIND, refused.id)
    await actions.claim(work, KIND, (await make.customer(pool=wide)).id)
    with pytest.raises(Denied, match="You hold 3 of 3 customers"):
        await actions.claim(work, KIND, (await make.customer(pool=wide)).id)
    await work.session.refresh(refused)
    assert refused.owner_id is None


async def test_what_i_give_back_still_counts_for_the_day(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North", members=(rep,), daily_limit=2)
    customers = [await make.customer(pool=pool) for _ in range(4)]
    work = await work_as(rep)
    await actions.claim(work, KIND, customers[0].id)
    await actions.claim(work, KIND, customers[1].id)
    await actions.release(work, KIND, customers[0].id, "wrong trade")
    with pytest.raises(Denied, match="2 of 2 for today from North"):
        await actions.claim(work, KIND, customers[2].id)

    work.now += timedelta(days=1)
    await actions.claim(work, KIND, customers[2].id)


async def test_the_day_of_the_daily_limit_begins_at_my_midnight(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep", time_zone="Asia/Shanghai")
    pool = await make.pool("North", members=(rep,), daily_limit=1)
    customers = [await make.customer(pool=pool) for _ in range(3)]
    work = await work_as(rep)
    work.now = work.now.replace(hour=15, minute=59, second=59)  # 23:59:59 in Shanghai
    await actions.claim(work, KIND, customers[0].id)
    with pytest.raises(Denied):
        await actions.claim(work, KIND, customers[1].id)
    work.now += timedelta(seconds=1)
    await actions.claim(work, KIND, customers[1].id)


async def test_who_gave_it_up_waits_out_the_cool_down(make: Any, work_as: Any) -> None:
    rep, rival = await make.user("rep", "sales_rep"), await make.user("rival", "sales_rep")
    pool = await make.pool("North", members=(rep, rival), cooldown_days=7)
    customer = await make.customer(owner=rep, home_pool_id=pool.id)
    work = await work_as(rep)
    work.now = work.now.replace(hour=15, minute=59)  # one minute to midnight for the rep
    await actions.release(work, KIND, customer.id, "no time")

    theirs = await work_as(rival)
    theirs.now = work.now
    await actions.claim(theirs, KIND, customer.id)  # the cool-down is not the rival's
    await actions.release(theirs, KIND, customer.id, "not mine")

    work.now += timedelta(days=6)
    with pytest.raises(Denied, match="You held this until"):
        await actions.claim(work, KIND, customer.id)  # though the rival held it in between
    work.now += timedelta(minutes=1)  # the seventh midnight
    await actions.claim(work, KIND, customer.id)


async def test_new_in_the_pool_is_protected_and_an_edit_does_not_prolong_it(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North", members=(rep,), protect_days=2)
    work = await work_as(rep)
    work.now = work.now.replace(hour=15, minute=59)
    customer = await make.customer(pool=pool)
    customer.pooled_since, customer.updated_at = work.now, work.now + timedelta(days=1)
    work.now += timedelta(days=1)
    with pytest.raises(Denied, match="New in North: free from"):
        await actions.claim(work, KIND, customer.id)
    work.now += timedelta(minutes=1)
    await actions.claim(work, KIND, customer.id)


async def test_a_switched_off_pool_gives_nothing(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North", members=(rep,), claiming=False)
    customer = await make.customer(pool=pool)
    with pytest.raises(Denied, match="switched off"):
        await actions.claim(await work_as(rep), KIND, customer.id)


async def test_who_sees_a_pool_without_belonging_to_it_cannot_claim(make: Any, work_as: Any) -> None:
    director = await make.user("director", await make.role(permissions=("customers.view", "customers.claim"), scopes={
        "customers": Scope.all
    }))  # fmt: skip
    pool = await make.pool("North")
    customer = await make.customer(pool=pool)
    with pytest.raises(Denied, match="not a member of North"):
        await actions.claim(await work_as(director), KIND, customer.id)


async def test_bulk_claim_gives_each_row_its_outcome(make: Any, work_as: Any) -> None:
    rep, rival = await make.user("rep", "sales_rep", holding_limit=2), await make.user("rival", "sales_rep", name="Lin")
    north, hidden = await make.pool("North", members=(rep, rival)), await make.pool("Hidden")
    a, b, c, d = [await make.customer(name, pool=north) for name in ("A", "B", "C", "D")]
    secret = await make.customer("Secret", pool=hidden)
    await actions.claim(await work_as(rival), KIND, b.id)
    work = await work_as(rep)

    outcomes = await actions.claim_many(work, KIND, [d.id, secret.id, c.id, b.id, a.id, a.id])

    told = {outcome.record_id: (outcome.done, str(outcome.reason or "")) for outcome in outcomes}
    assert told == {
        a.id: (True, ""),
        b.id: (False, "Taken by Lin."),
        c.id: (True, ""),
        d.id: (False, "You hold 2 of 2 customers. Return one first."),
        secret.id: (False, "There is nothing here, or nothing that you may see."),
    }
    assert [o.name for o in outcomes if o.record_id == secret.id] == [f"#{secret.id}"]
    held = select(func.count()).where(Customer.owner_id == rep.id)
    assert (await work.session.execute(held)).scalar_one() == 2


async def test_the_batch_limit_holds_a_pool(make: Any, work_as: Any) -> None:
    rep = await make.user("rep", "sales_rep")
    pool = await make.pool("North", members=(rep,), batch_limit=2)
    ids = [(await make.customer(pool=pool)).id for _ in range(3)]
    outcomes = await actions.claim_many(await work_as(rep), KIND, ids)
    assert [outcome.done for outcome in outcomes] == [True, True, False]
    assert str(outcomes[2].reason) == "At most 2 at once from North."
