"""Many at once, on real connections with real commits."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.core.access import SYSTEM
from domain.core.errors import Conflict, Problem
from domain.customers.models import Customer
from domain.followups import actions as followups
from domain.followups.inputs import FollowUpInput
from domain.people.queries import load_actor
from domain.pools import actions, sweep
from domain.pools.models import OwnershipChange, PoolKind, RecycleRule
from tests.make import Make
from webapp.database import Database
from webapp.work import transaction

pytestmark = pytest.mark.anyio
KIND = PoolKind.customer


async def as_user(database: Database, user_id: int | None, act: Callable[[Any], Awaitable[Any]]) -> Any:
    """Do something in a transaction of its own as a user; returns what came out, refusals included."""
    async with database.reading() as session:
        actor = SYSTEM if user_id is None else await load_actor(session, user_id)
    assert actor is not None
    try:
        async with transaction(database, actor) as work:
            return await act(work)
    except Problem as refusal:
        return refusal


async def test_fifty_claims_of_one_customer_have_one_winner(own_database: Database) -> None:
    async with own_database.writing() as session:
        make = Make(session)
        reps = [await make.user(f"rep{n}", "sales_rep") for n in range(50)]
        pool = await make.pool("North", members=tuple(reps))
        customer = await make.customer("Acme", pool=pool)
        await session.commit()

    outcomes = await asyncio.gather(
        *(as_user(own_database, rep.id, lambda work: actions.claim(work, KIND, customer.id)) for rep in reps)
    )

    winners = [rep for rep, outcome in zip(reps, outcomes, strict=True) if not isinstance(outcome, Problem)]
    assert len(winners) == 1
    losers = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    assert {(type(x), str(x.message)) for x in losers} == {(Conflict, f"Taken by {winners[0].name}.")}
    async with own_database.reading() as session:
        assert (await session.get_one(Customer, customer.id)).owner_id == winners[0].id
        assert (await session.execute(select(func.count()).select_from(OwnershipChange))).scalar_one() == 1


async def test_fifty_claims_of_one_rep_stop_exactly_at_the_limit(own_database: Database) -> None:
    async with own_database.writing() as session:
        make = Make(session)
        rep = await make.user("rep", "sales_rep", holding_limit=10)
        pool = await make.pool("North", members=(rep,))
        ids = [(await make.customer(pool=pool)).id for _ in range(50)]
        await session.commit()

    outcomes = await asyncio.gather(
        *(as_user(own_database, rep.id, lambda work, i=i: actions.claim(work, KIND, i)) for i in ids)
    )

    refused = Counter(str(outcome.message) for outcome in outcomes if isinstance(outcome, Problem))
    assert refused == {"You hold 10 of 10 customers. Return one first.": 40}
    async with own_database.reading() as session:
        held = select(func.count()).where(Customer.owner_id == rep.id)
        assert (await session.execute(held)).scalar_one() == 10


async def test_claiming_and_being_assigned_share_the_limit(own_database: Database) -> None:
    async with own_database.writing() as session:
        make = Make(session)
        rep = await make.user("rep", "sales_rep", holding_limit=5)
        boss = await make.user("boss", "department_manager")
        pool = await make.pool("North", members=(rep,), administrators=(boss,))
        ids = [(await make.customer(pool=pool)).id for _ in range(20)]
        await session.commit()

    await asyncio.gather(
        *(as_user(own_database, rep.id, lambda work, i=i: actions.claim(work, KIND, i)) for i in ids[:10]),
        as_user(own_database, boss.id, lambda work: actions.assign(work, KIND, ids[5:], rep.id)),
        as_user(own_database, rep.id, lambda work: actions.claim_many(work, KIND, ids[::-1])),
    )

    async with own_database.reading() as session:
        held = select(func.count()).where(Customer.owner_id == rep.id)
        assert (await session.execute(held)).scalar_one() == 5
        assert (await session.execute(select(func.count()).select_from(OwnershipChange))).scalar_one() == 5


async def test_a_return_and_a_claim_at_once_lose_nothing(own_database: Database) -> None:
    async with own_database.writing() as session:
        make = Make(session)
        owner, rival = await make.user("owner", "sales_rep"), await make.user("rival", "sales_rep")
        pool = await make.pool("North", members=(owner, rival))
        customers = [await make.customer(owner=owner, home_pool_id=pool.id) for _ in range(20)]
        await session.commit()

    jobs = []
    for customer in customers:
        jobs.append(as_user(own_database, owner.id, lambda w, i=customer.id: actions.release(w, KIND, i, "enough")))
        jobs.append(as_user(own_database, rival.id, lambda w, i=customer.id: actions.claim(w, KIND, i)))
    outcomes = await asyncio.gather(*jobs)

    returned, claimed = outcomes[::2], outcomes[1::2]
    assert not any(isinstance(outcome, Problem) for outcome in returned)
    async with own_database.reading() as session:
        for customer, outcome in zip(customers, claimed, strict=True):
            now = await session.get_one(Customer, customer.id)
            verbs = select(OwnershipChange.verb).where(OwnershipChange.record_id == customer.id)
            lines = list(await session.scalars(verbs.order_by(OwnershipChange.id)))
            if isinstance(outcome, Problem):
                assert (now.owner_id, now.pool_id, lines) == (None, pool.id, ["release"])
            else:
                assert (now.owner_id, now.pool_id, lines) == (rival.id, None, ["release", "claim"])


async def test_a_follow_up_and_the_sweep_at_once_agree(own_database: Database) -> None:
    async with own_database.writing() as session:
        make = Make(session)
        rep = await make.user("rep", "sales_rep")
        pool = await make.pool("North", members=(rep,))
        session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=30))
        customers = [await make.customer(owner=rep, home_pool_id=pool.id) for _ in range(30)]
        for customer in customers:
            customer.owned_since = customer.created_at - timedelta(days=60)
        await session.commit()

    def note(customer_id: int) -> Any:
        data = FollowUpInput(customer_id=customer_id, content="called")
        return as_user(own_database, rep.id, lambda work: followups.create(work, data))

    jobs = [note(customer.id) for customer in customers]
    jobs.insert(10, sweep.recycle_all(partial(transaction, own_database, SYSTEM), lanes=2))
    jobs.insert(20, sweep.recycle_all(partial(transaction, own_database, SYSTEM)))
    outcomes = await asyncio.gather(*jobs)

    del outcomes[20], outcomes[10]
    async with own_database.reading() as session:
        for customer, outcome in zip(customers, outcomes, strict=True):
            now = await session.get_one(Customer, customer.id)
            if isinstance(outcome, Problem):
                assert (now.pool_id, str(outcome.message)) == (pool.id, "It lies in a public pool. Claim it first.")
            else:
                assert (now.owner_id, now.recycle_due_at > outcome.created_at) == (rep.id, True)


async def test_sweeps_at_once_return_everything_once(own_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async with own_database.writing() as session:
        make = Make(session)
        rep = await make.user("rep", "sales_rep")
        pool = await make.pool("North")
        session.add(RecycleRule(pool_id=pool.id, kind="no_follow_up", days=30))
        for _ in range(200):
            customer = await make.customer(owner=rep, home_pool_id=pool.id)
            customer.owned_since = customer.created_at - timedelta(days=60)
        await session.commit()

    monkeypatch.setattr(sweep, "CHUNK", 15)
    begin = partial(transaction, own_database, SYSTEM)
    gone = await asyncio.gather(*(sweep.recycle_all(begin, lanes=2) for _ in range(3)))

    assert sum(gone) == 200
    async with own_database.reading() as session:
        assert (await session.execute(select(func.count()).select_from(OwnershipChange))).scalar_one() == 200
