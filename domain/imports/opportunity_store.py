"""Storing opportunities that come from a file: each stands in its stage from the day it was made, or ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import select

from domain.company.queries import DealTrigger
from domain.core.access import among
from domain.core.text import _
from domain.core.work import Work
from domain.customers import actions as customers
from domain.customers.models import Customer
from domain.imports.opportunities import Candidate
from domain.opportunities import search
from domain.opportunities.events import OpportunityCreated, about
from domain.opportunities.models import Opportunity, StageKind, StageMove
from domain.opportunities.scope import LIVE, visible
from domain.pools import clock
from domain.pools.models import PoolKind
from domain.search.fold import fold

NOON = time(12, 0)


async def already_there(work: Work, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Leave out those whose customer has one of that name."""
    ids = [one.customer.id for one in candidates]
    found = select(Opportunity.customer_id, Opportunity.name, Opportunity.id, visible(work.actor))
    rows = await work.session.execute(found.where(among(Opportunity.customer_id, ids), LIVE))
    known = {(customer_id, fold(name)): (number, seen) for customer_id, name, number, seen in rows}
    fresh = []
    for one in candidates:
        if one.key not in known:
            fresh.append(one)
            continue
        number, seen = known[one.key]
        one.row.record_id = number if seen else None
        one.row.refuse(_("The customer has this opportunity already."), "name", "duplicate")
    return fresh


async def store(work: Work, candidates: Sequence[Candidate]) -> None:
    """Store checked opportunities with their first move, their event and what they are found by."""
    buyers = sorted({one.customer.id for one in candidates})
    lock = select(Customer.id).where(among(Customer.id, buyers)).order_by(Customer.id).with_for_update()
    await work.session.execute(lock)
    made = [(one, _opportunity(work, one)) for one in candidates]
    work.session.add_all(opportunity for _one, opportunity in made)
    await work.session.flush()  # moves, events and search rows name them by id
    for one, opportunity in made:
        work.session.add(
            StageMove(
                opportunity_id=opportunity.id, to_stage_id=one.stage.id, at=opportunity.stage_since,
                by_id=work.actor.id, amount=opportunity.amount, answers={},
            )
        )  # fmt: skip
        told = OpportunityCreated(**about(opportunity))
        work.session.add(told.row(opportunity.created_at, work.actor.id))  # history: nobody is told of it any more
        one.row.outcome, one.row.record_id = "created", opportunity.id
    await search.index_rows(work.session, {opportunity.id: opportunity.name for _one, opportunity in made})
    for customer_id in sorted({one.customer.id for one in candidates if one.stage.kind is StageKind.won}):
        await customers.mark_deal(work, customer_id, DealTrigger.opportunity_won)
    await clock.recompute(work.session, PoolKind.customer, buyers)


def _opportunity(work: Work, one: Candidate) -> Opportunity:
    entered, ended = one.entered, None
    if one.stage.ends:
        past = entered.expected_on is not None and entered.expected_on < work.today
        ended = _noon(work, entered.expected_on) if past and entered.expected_on else work.now
    created = _noon(work, one.created_on) if one.created_on else ended or work.now
    created = min(created, ended or work.now)
    return Opportunity(
        name=entered.name, customer_id=one.customer.id, pipeline_id=one.stage.pipeline_id, stage_id=one.stage.id,
        status=one.stage.kind.value, amount=entered.amount, expected_on=entered.expected_on,
        probability=one.stage.probability if entered.probability is None or ended else entered.probability,
        next_step=entered.next_step, competitors=entered.competitors, need=entered.need, notes=entered.notes,
        source=entered.source and entered.source.value, owner_id=one.owner_id, created_by_id=work.actor.id,
        created_at=created, updated_at=work.now, stage_since=ended or created, activity_at=ended or work.now,
        ended_at=ended, end_reason_id=one.reason_id, end_note=one.end_note, lines=[],
    )  # fmt: skip


def _noon(work: Work, on: date) -> datetime:
    return min(datetime.combine(on, NOON, tzinfo=work.actor.zone), work.now)
