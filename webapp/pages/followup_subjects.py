"""Whom a follow-up is about: a customer or a lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.contacts import queries as contacts
from domain.core.errors import NotFound
from domain.core.text import Text
from domain.core.work import Work
from domain.customers import queries as customers
from domain.leads import queries as leads
from domain.pools import queries as pools
from domain.pools.models import PoolKind
from webapp.forms import whole_number


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a follow-up is about, a customer or a lead."""

    noun: str
    record: Any
    contacts: Sequence[tuple[int, str]]
    sentence: Text | None

    @property
    def url(self) -> str:
        """The page of the record."""
        return f"/{self.noun}s/{self.record.id}"


async def subject_of(work: Work, named: Mapping[str, int | None]) -> Subject:
    """The customer, else the lead, of `customer_id` and `lead_id`. Raises NotFound."""
    customer_id, lead_id = named["customer_id"], named["lead_id"]
    if customer_id is not None:
        found = await customers.detail(work, customer_id)
        customer, hidden = found.customer, "contacts" in found.hidden
        people = [] if hidden else [(one.id, one.name) for one in await contacts.of_customer(work, customer_id)]
        return Subject("customer", customer, people, await pools.due_sentence(work, PoolKind.customer, customer))
    if lead_id is None:
        raise NotFound
    lead = await leads.get(work, lead_id)
    return Subject("lead", lead, (), await pools.due_sentence(work, PoolKind.lead, lead))


def home_of(record: Any) -> str:
    """The page that a follow-up stands on."""
    return f"/leads/{record.lead_id}" if record.customer_id is None else f"/customers/{record.customer_id}"


def named_in(record: Any) -> dict[str, int | None]:
    """Whom a follow-up that there is names."""
    return {"customer_id": record.customer_id, "lead_id": record.lead_id}


def asked(values: Mapping[str, Any], customer: str, lead: str) -> dict[str, int | None]:
    """Whom an address or a form names."""
    return {"customer_id": whole_number(values.get(customer)), "lead_id": whole_number(values.get(lead))}
