"""Many at once, on real connections with real commits."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from domain.core.errors import Conflict, Denied, Problem
from domain.core.inputs import parse
from domain.followups import actions as followups
from domain.followups.inputs import FollowUpInput
from domain.followups.models import FollowUp
from domain.leads import actions as leads
from domain.leads.inputs import ConvertInput
from domain.opportunities import actions
from domain.opportunities.inputs import OpportunityInput, StageInput
from domain.opportunities.models import Opportunity, StageMove
from domain.pools import actions as hands
from domain.pools.models import PoolKind, RecycleRule
from tests.make import Make
from tests.pools.test_races import as_user
from webapp.database import Database

pytestmark = pytest.mark.anyio


async def test_of_many_movers_with_the_same_page_one_moves(own_database: Database) -> None:
    async with own_database.writing() as session:
        make = Make(session)
        rep, pipeline = await make.user("rep", "sales_rep"), await make.pipeline()
        opportunity = await make.opportunity(await make.customer(owner=rep), stage=await make.stage(pipeline))
        ends = [await make.stage(pipeline, name) for name in ("Stage 2", "Won", "Lost", "Invalid")]
        await session.commit()

    def turn(n: int) -> Any:
        data = StageInput(stage_id=ends[n % 4].id, end_note=f"Mover {n}")
        return as_user(own_database, rep.id, lambda work: actions.move(work, opportunity.id, data, 1))

    outcomes = await asyncio.gather(*(turn(n) for n in range(20)))
    assert Counter(type(outcome) for outcome in outcomes) == {Conflict: 19, Opportunity: 1}
    assert {one.code for one in outcomes if isinstance(one, Conflict)} == {"stale"}
    (winner,) = [one for one in outcomes if isinstance(one, Opportunity)]
    async with own_database.reading() as session:
        (move,) = (await session.scalars(select(StageMove))).all()
        stored = await session.get_one(Opportunity, opportunity.id)
        assert (stored.stage_id, stored.version, move.to_stage_id) == (winner.stage_id, 2, winner.stage_id)


async def test_without_a_version_it_still_ends_once(own_database: Database) -> None:
    async with own_database.writing() as session:
        make = Make(session)
        rep, pipeline = await make.user("rep", "sales_rep"), await make.pipeline()
        opportunity = await make.opportunity(await make.customer(owner=rep), stage=await make.stage(pipeline))
        ends = [await make.stage(pipeline, name) for name in ("Won", "Lost")]
        await session.commit()

    def turn(n: int) -> Any:
        data = StageInput(stage_id=ends[n % 2].id, end_note="x")
        return as_user(own_database, rep.id, lambda work: actions.move(work, opportunity.id, data))

    outcomes = await asyncio.gather(*(turn(n) for n in range(20)))
    assert Counter(type(outcome) for outcome in outcomes) == {Denied: 19, Opportunity: 1}
    async with own_database.reading() as session:
        assert len((await session.scalars(select(StageMove.id))).all()) == 1


async def test_the_same_key_makes_one(own_database: Database) -> None:
    async with own_database.writing() as session:
        make = Make(session)
        rep, _pipeline = await make.user("rep", "sales_rep"), await make.pipeline()
        customer = await make.customer(owner=rep)
        await session.commit()
    data = OpportunityInput(name="Once", customer_id=customer.id, client_uuid=uuid4())
    made = await asyncio.gather(
        *(as_user(own_database, rep.id, lambda work: actions.create(work, data)) for _ in range(10))
    )
    assert len({one.id for one in made}) == 1
    async with own_database.reading() as session:
        assert (await session.scalar(select(func.count()).select_from(Opportunity))) == 1


async def test_everything_at_once_loses_nothing_and_never_waits_in_a_circle(own_database: Database) -> None:
    """Follow-ups, moves, edits, new ones and transfers of a customer with what is open: locks are taken customer
    first, so each act is done or refused with a reason."""
    async with own_database.writing() as session:
        make = Make(session)
        admin, other = await make.user("admin", "administrator"), await make.user("other", "administrator")
        pipeline, pool = await make.pipeline(), await make.pool()
        session.add(RecycleRule(pool_id=pool.id, days=30, kind="no_opportunity"))
        customer = await make.customer(owner=admin, home_pool_id=pool.id)
        stages = [await make.stage(pipeline, name) for name in ("Stage 1", "Stage 2")]
        first, second = [await make.opportunity(customer, stage=stages[0]) for _ in range(2)]
        await session.commit()

    def turn(n: int) -> Any:
        about = (first, second)[n // 6 % 2].id
        acts: tuple[Any, ...] = (
            lambda work: followups.create(work, FollowUpInput(opportunity_id=about, content=f"Call {n}")),
            lambda work: actions.move(work, about, StageInput(stage_id=stages[n // 12 % 2].id)),
            lambda work: actions.edit(work, about, OpportunityInput(name=f"Name {n}", customer_id=customer.id)),
            lambda work: actions.create(work, OpportunityInput(name=f"New {n}", customer_id=customer.id)),
            lambda work: hands.transfer(
                work, PoolKind.customer, [customer.id], (admin, other)[n // 6 % 2].id, along=True
            ),
            lambda work: actions.transfer_many(work, [second.id, first.id], (other, admin)[n // 6 % 2].id),
        )
        return as_user(own_database, admin.id, acts[n % 6])

    outcomes = await asyncio.gather(*(turn(n) for n in range(48)))
    broken = [one for one in outcomes if isinstance(one, BaseException) and not isinstance(one, Problem)]
    assert broken == []
    noted, made = [one for one in outcomes if isinstance(one, FollowUp)], outcomes[3::6]
    assert len(noted) == 8 and all(isinstance(one, Opportunity) for one in made)
    async with own_database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(FollowUp)) == 8
        last = select(FollowUp.opportunity_id, func.max(FollowUp.at)).group_by(FollowUp.opportunity_id)
        for number, at in await session.execute(last):
            assert number is not None
            assert (await session.get_one(Opportunity, number)).last_follow_up_at == at
        for opportunity in (first, second):
            stored = await session.get_one(Opportunity, opportunity.id)
            moves = select(StageMove.to_stage_id).where(StageMove.opportunity_id == opportunity.id)
            way = (await session.scalars(moves.order_by(StageMove.id))).all()
            assert way[-1:] in ([stored.stage_id], [])


async def test_conversions_at_once_make_one_opportunity(own_database: Database) -> None:
    async with own_database.writing() as session:
        make = Make(session)
        rep, _pipeline = await make.user("rep", "sales_rep"), await make.pipeline()
        lead = await make.lead("Wang", owner=rep, company="Runda")
        await session.commit()
    wanted = parse(ConvertInput, {"opportunity": True})
    outcomes = await asyncio.gather(
        *(as_user(own_database, rep.id, lambda work: leads.convert(work, lead.id, wanted)) for _ in range(10))
    )
    assert sum(isinstance(one, leads.Converted) for one in outcomes) == 1
    assert all(isinstance(one, (Problem, leads.Converted)) for one in outcomes)
    async with own_database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Opportunity)) == 1
