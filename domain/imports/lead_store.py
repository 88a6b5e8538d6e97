"""Storing many leads at once: leads, ledger, events and search rows, a statement for each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ARRAY, Text, any_, literal, select, text

from domain.core.text import Text as Sentence
from domain.core.text import _
from domain.core.work import Work
from domain.imports.bulk import copy_into, copy_rows, ids_of
from domain.imports.leads import TEXTS, Candidate, named
from domain.leads.models import Lead, LeadSearch, LeadStatus
from domain.leads.scope import visible
from domain.leads.search import search_text
from domain.pools import assignees, clock, ledger
from domain.pools.models import PoolKind
from domain.search.grams import index_grams

LEAD = (
    "id", *TEXTS, "name_sort", "mobile_key", "source", "status", "activity_at", "owner_id", "pool_id", "home_pool_id",
    "owned_since", "pooled_since", "recycle_due_at", "recycle_rule_id", "created_at", "updated_at", "created_by_id",
    "version",
)  # fmt: skip
LEDGER = """
INSERT INTO ownership_changes (at, kind, record_id, verb, to_owner_id, to_pool_id, actor_id)
SELECT created_at, 'lead', id, 'create', owner_id, pool_id, CAST(:actor AS bigint) FROM import_leads
WHERE id = ANY(CAST(:ids AS bigint[])) ORDER BY id
"""
EVENTS = """
INSERT INTO events (at, name, actor_id, kind, record_id, data)
SELECT created_at, 'LeadCreated', CAST(:actor AS bigint), 'leads', id,
       jsonb_build_object('name', name, 'pool_id', pool_id)
FROM import_leads WHERE id = ANY(CAST(:ids AS bigint[])) ORDER BY id
"""
Known = tuple[int, str, bool]
"""Id, name, and whether the actor may see it."""


async def already_there(work: Work, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Leave out what the database has: by mobile number, without one by name, company and mail address."""
    numbers = [one.values["mobile_key"] for one in candidates if one.values["mobile_key"]]
    by_number = await _with_numbers(work, numbers) if numbers else {}
    names = [one.values["name_sort"] for one in candidates if not one.values["mobile_key"]]
    by_name = await _without_numbers(work, names) if names else {}
    fresh = []
    for one in candidates:
        number = one.values["mobile_key"]
        found = by_number.get(number) if number else by_name.get(named(one.values))
        if found is None:
            fresh.append(one)
            continue
        lead_id, name, seen = found
        one.row.record_id = lead_id if seen else None
        one.row.refuse(_taken(name if seen else None), "mobile" if number else "name", "duplicate")
    return fresh


def _taken(name: str | None) -> Sentence:
    if name is None:
        return _("This lead exists already, but you may not see it. Ask your manager.")
    return _("This lead exists already: %(name)s.", name=name)


async def _with_numbers(work: Work, numbers: Collection[str]) -> Mapping[str, Known]:
    among = Lead.mobile_key == any_(literal(list(numbers), ARRAY(Text)))
    statement = select(Lead.mobile_key, Lead.id, Lead.name, visible(work.actor).label("seen"))
    rows = await work.session.execute(statement.where(among, Lead.mobile_key.is_not(None), Lead.deleted_at.is_(None)))
    return {key: (number, name, seen) for key, number, name, seen in rows if key}


async def _without_numbers(work: Work, names: Collection[str]) -> Mapping[tuple[str, str, str], Known]:
    among = Lead.name_sort == any_(literal(list(names), ARRAY(Text)))
    statement = select(
        Lead.name_sort, Lead.company, Lead.email, Lead.id, Lead.name, visible(work.actor).label("seen")
    ).where(among, Lead.mobile_key.is_(None), Lead.deleted_at.is_(None))
    return {
        named({"name_sort": key, "company": company, "email": email}): (number, name, seen)
        for key, company, email, number, name, seen in await work.session.execute(statement.order_by(Lead.id.desc()))
    }


async def store(work: Work, candidates: Sequence[Candidate]) -> None:
    """Store candidates that were checked. One that somebody else entered this very moment becomes a duplicate."""
    for one, number in zip(candidates, await ids_of(work.session, "leads", len(candidates)), strict=True):
        one.id = number  # in the order of the file
    owners = {one.owner_id for one in candidates if one.owner_id is not None}
    homes = await ledger.home_pool_ids(work, PoolKind.lead, owners)
    for one in candidates:
        if one.owner_id is None:
            one.extra["home_pool_id"] = one.pool_id
        else:
            one.extra.setdefault("home_pool_id", homes.get(one.owner_id))
    await _set_clocks(work, candidates)
    made = await copy_into(work.session, "leads", LEAD, [_record(work, one) for one in candidates])
    for one in candidates:
        if one.id in made:
            one.row.outcome, one.row.record_id = "created", one.id
        else:
            one.row.refuse(_taken(None), "mobile", "duplicate")
    for statement in (LEDGER, EVENTS):
        await work.session.execute(text(statement), {"actor": work.actor.id, "ids": sorted(made)})
    await _make_findable(work, [one for one in candidates if one.id in made])
    await _hand_out(work, [one.id for one in candidates if one.id in made and one.owner_id is None])


async def _hand_out(work: Work, lead_ids: Sequence[int]) -> None:
    """What has come into a pool goes to the pool's default assignees in turn, if it has any."""
    lying = select(Lead).where(Lead.id == clock.id_list(lead_ids)).order_by(Lead.pool_id, Lead.id)
    leads = (await work.session.scalars(lying)).all() if lead_ids else ()
    for _pool_id, some in groupby(leads, lambda lead: lead.pool_id):
        await assignees.hand_out(work, PoolKind.lead, list(some))


async def _set_clocks(work: Work, candidates: Sequence[Candidate]) -> None:
    """Due date and rule, before they are stored; all that the clock asks of a new lead is the same for many."""
    asked = list({_held(work, one): None for one in candidates if one.owner_id is not None})
    answers = dict(zip(asked, await clock.of_new(work.session, PoolKind.lead, asked), strict=True))
    for one in candidates:
        if one.owner_id is not None:
            one.extra["recycle_due_at"], one.extra["recycle_rule_id"] = answers[_held(work, one)]


def _held(work: Work, one: Candidate) -> clock.NewHeld:
    return one.owner_id, one.extra["home_pool_id"], None, one.at or work.now


def _record(work: Work, one: Candidate) -> tuple[Any, ...]:
    at, owned = one.at or work.now, one.owner_id is not None
    values = {
        **one.values, **one.extra, "id": one.id, "activity_at": at, "owner_id": one.owner_id,
        "status": (LeadStatus.pending if owned else LeadStatus.unassigned).value,
        "pool_id": None if owned else one.pool_id, "owned_since": at if owned else None,
        "pooled_since": None if owned else at, "created_at": at, "updated_at": at, "created_by_id": work.actor.id,
        "version": 1,
    }  # fmt: skip
    return tuple(values.get(column) for column in LEAD)


async def _make_findable(work: Work, leads: Sequence[Candidate]) -> None:
    rows = []
    for one in leads:
        txt = search_text(*(one.values[column] for column in ("name", "company", "mobile", "phone")))
        rows.append((one.id, txt, index_grams(txt)))
    await copy_rows(work.session, LeadSearch.__tablename__, ("lead_id", "txt", "grams"), rows)
