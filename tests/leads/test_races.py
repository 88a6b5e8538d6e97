"""Many at once, on real connections with real commits."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.core.errors import Conflict, Problem
from domain.core.inputs import parse
from domain.customers.models import Customer
from domain.followups import actions as followups
from domain.followups.inputs import FollowUpInput
from domain.followups.models import FollowUp
from domain.leads import actions
from domain.leads.duplicates import DuplicateLead
from domain.leads.inputs import ConvertInput, LeadInput
from domain.leads.models import Lead
from domain.pools import actions as hands
from domain.pools.models import OwnershipChange, PoolAssignee, PoolKind
from tests.make import Make
from tests.pools.test_races import as_user
from webapp.database import Database

pytestmark = pytest.mark.anyio
KIND = PoolKind.lead


async def test_thirty_claims_of_one_lead_have_one_winner(own_database: Database) -> None:
    async with own_database.writing() as session:
        make = Make(session)
        reps = [await make.user(f"rep{n}", "sales_rep") for n in range(30)]
        pool = await make.pool("Shanghai", kind="lead", members=tuple(reps))
        lead = await make.lead("Wang", pool=pool)
        await session.commit()
    outcomes = await asyncio.gather(
        *(as_user(own_database, rep.id, lambda work: hands.claim(work, KIND, lead.id)) for rep in reps)
    )
    assert Counter(type(outcome) for outcome in outcomes) == {Conflict: 29, Lead: 1}
    async with own_database.reading() as session:
        stored = await session.get_one(Lead, lead.id)
        assert stored.status == "pending" and stored.owner_id in {rep.id for rep in reps}


async def test_one_number_entered_by_many_stands_once(own_database: Database) -> None:
    async with own_database.writing() as session:
        make = Make(session)
        reps = [await make.user(f"rep{n}", "sales_rep") for n in range(20)]
        await session.commit()
    data = parse(LeadInput, {"name": "Wang", "mobile": "13800138000"})
    outcomes = await asyncio.gather(
        *(as_user(own_database, rep.id, lambda work: actions.create(work, data)) for rep in reps)
    )
    assert Counter(type(outcome) for outcome in outcomes) == {DuplicateLead: 19, Lead: 1}


async def test_default_assignment_is_even_and_keeps_limits_under_races(own_database: Database) -> None:
    async with own_database.writing() as session:
        make = Make(session)
        marketing = await make.user("mark", "marketing")
        ann, bob = await make.user("ann", "sales_rep"), await make.user("bob", "sales_rep")
        eve = await make.user("eve", "sales_rep", holding_limit=5)
        one, two = await make.pool("One", kind="lead"), await make.pool("Two", kind="lead")
        people = [ann, bob, eve]
        for pool, order in ((one, people), (two, people[::-1])):
            session.add_all(PoolAssignee(pool_id=pool.id, user_id=u.id, position=n) for n, u in enumerate(order))
        await session.commit()

    async def enter(n: int) -> Any:
        data = parse(LeadInput, {"name": f"Lead {n}", "pool_id": (one, two)[n % 2].id})
        return await as_user(own_database, marketing.id, lambda work: actions.create(work, data))

    outcomes = await asyncio.gather(*(enter(n) for n in range(40)))
    assert [outcome for outcome in outcomes if not isinstance(outcome, Lead)] == []
    async with own_database.reading() as session:
        held = select(Lead.owner_id, func.count()).group_by(Lead.owner_id)
        by_owner: dict[int | None, int] = {owner: number for owner, number in await session.execute(held)}
        assert by_owner.pop(eve.id) == 5
        assert sum(by_owner.values()) == 35 and None not in by_owner
        assert abs(by_owner[ann.id] - by_owner[bob.id]) <= 2
        lines = select(OwnershipChange.verb, func.count()).group_by(OwnershipChange.verb)
        assert {verb: number for verb, number in await session.execute(lines)} == {"create": 40, "assign": 40}


async def test_an_even_turn_without_limits(own_database: Database) -> None:
    async with own_database.writing() as session:
        make = Make(session)
        marketing = await make.user("mark", "marketing")
        people = [await make.user(f"rep{n}", "sales_rep") for n in range(4)]
        pool = await make.pool("One", kind="lead")
        session.add_all(PoolAssignee(pool_id=pool.id, user_id=u.id, position=n) for n, u in enumerate(people))
        await session.commit()

    async def enter(n: int) -> Any:
        data = parse(LeadInput, {"name": f"Lead {n}", "pool_id": pool.id})
        return await as_user(own_database, marketing.id, lambda work: actions.create(work, data))

    await asyncio.gather(*(enter(n) for n in range(40)))
    async with own_database.reading() as session:
        held = (await session.execute(select(func.count()).select_from(Lead).group_by(Lead.owner_id))).scalars().all()
        assert held == [10, 10, 10, 10]


async def test_conversions_and_touches_at_once_make_one_customer_and_lose_nothing(own_database: Database) -> None:
    async with own_database.writing() as session:
        make = Make(session)
        rep = await make.user("rep", "sales_rep")
        lead = await make.lead("Wang", owner=rep, company="Runda")
        await session.commit()
    entry = parse(FollowUpInput, {"lead_id": lead.id, "content": "Called"})

    def turn(n: int) -> Any:
        if n % 2 == 0:
            return as_user(own_database, rep.id, lambda work: followups.create(work, entry))
        return as_user(own_database, rep.id, lambda work: actions.convert(work, lead.id, ConvertInput()))

    outcomes = await asyncio.gather(*(turn(n) for n in range(20)))
    noted = [outcome for outcome in outcomes if isinstance(outcome, FollowUp)]
    made = [outcome for outcome in outcomes if isinstance(outcome, actions.Converted)]
    assert len(made) == 1
    assert all(isinstance(outcome, Problem) for outcome in outcomes if outcome not in noted and outcome not in made)
    async with own_database.reading() as session:
        assert (await session.scalars(select(Customer.id))).all() == [made[0].customer.id]
        touches = (await session.execute(select(FollowUp.customer_id, FollowUp.lead_id))).all()
        assert touches == [(made[0].customer.id, lead.id)] * len(noted)
