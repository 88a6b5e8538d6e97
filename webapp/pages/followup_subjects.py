"""Whom a follow-up is about: a customer, perhaps one of its opportunities, or a lead."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.contacts import queries as contacts
from domain.core.errors import NotFound
from domain.core.text import Text
from domain.core.work import Work
from domain.customers import queries as customers
from domain.leads import queries as leads
from domain.opportunities import queries as opportunities
from domain.opportunities.models import Opportunity, StageKind
from domain.pools import queries as pools
from domain.pools.models import PoolKind
from webapp.forms import whole_number

NAMES = ("customer_id", "lead_id", "opportunity_id")
Named = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a follow-up is about, a customer or a lead."""

    noun: str
    record: Any
    contacts: Sequence[tuple[int, str]]
    sentence: Text | None
    opportunities: Sequence[tuple[int, str]] = ()
    """Those of the customer that are open, and the one that was asked for."""

    @property
    def url(self) -> str:
        """The page of the record."""
        return f"/{self.noun}s/{self.record.id}"


async def subject_of(work: Work, named: Named) -> Subject:
    """The customer, else the lead, of what is named; an opportunity names its customer. Raises NotFound."""
    customer_id, lead_id, opportunity_id = named["customer_id"], named["lead_id"], named["opportunity_id"]
    asked_for = await _asked_for(work, opportunity_id, needed=customer_id is None)
    customer_id = asked_for.customer_id if asked_for is not None else customer_id
    if customer_id is not None:
        found = await customers.detail(work, customer_id)
        customer, hidden = found.customer, "contacts" in found.hidden
        people = [] if hidden else [(one.id, one.name) for one in await contacts.of_customer(work, customer_id)]
        sentence = await pools.due_sentence(work, PoolKind.customer, customer)
        return Subject("customer", customer, people, sentence, await _open(work, customer_id, asked_for))
    if lead_id is None:
        raise NotFound
    lead = await leads.get(work, lead_id)
    return Subject("lead", lead, (), await pools.due_sentence(work, PoolKind.lead, lead))


async def newest(work: Work, found: Any, fetch: Callable[[], Awaitable[Sequence[Any]]]) -> Sequence[Any] | None:
    """The newest follow-ups of a record, unless the pool keeps them back or they are older than the reader may read."""
    if not work.actor.may("followups.view") or "followups" in found.hidden:
        return None
    since = found.history_from
    return [row for row in await fetch() if since is None or row.at >= since]


async def _asked_for(work: Work, opportunity_id: int | None, *, needed: bool) -> Opportunity | None:
    """The opportunity that is named; of a customer who is named too, one that the actor may not see is left out."""
    try:
        return None if opportunity_id is None else await opportunities.get(work, opportunity_id)
    except NotFound:
        if needed:
            raise
        return None


async def _open(work: Work, customer_id: int, besides: Opportunity | None) -> list[tuple[int, str]]:
    """The open opportunities of a customer that the actor sees, and one that is shown though it has ended."""
    if not work.actor.may("opportunities.view"):
        return []
    found = await opportunities.of_customer(work, customer_id)
    known = {row.id: row.name for row in found if row.status == StageKind.open}
    if besides is not None:
        known[besides.id] = besides.name
    return list(known.items())


def home_of(record: Any) -> str:
    """The page that a follow-up stands on."""
    return f"/leads/{record.lead_id}" if record.customer_id is None else f"/customers/{record.customer_id}"


def named_in(record: Any) -> dict[str, int | None]:
    """Whom a follow-up that there is names."""
    return {name: getattr(record, name) for name in NAMES}


def asked(values: Mapping[str, Any], ending: str = "") -> dict[str, int | None]:
    """Whom an address names, or with the ending `_id` a form."""
    return {name: whole_number(values.get(name.removesuffix("_id") + ending)) for name in NAMES}
