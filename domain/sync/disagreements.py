"""Choosing between two values of a field: the one from the phone and the one that stands."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from domain.contacts import actions as contacts
from domain.contacts import queries as contact_queries
from domain.core.errors import Conflict
from domain.core.text import _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.people.models import User
from domain.pools import actions as pools
from domain.pools.models import PoolKind
from domain.sync import queries
from domain.sync.edits import apply_to_customer, contact_input, standing
from domain.sync.models import Disagreement, Settled


async def choose(work: Work, disagreement_id: int, choice: Settled, version: int | None = None) -> Disagreement:
    """Settle a field: let what stands stand, or save the phone's value with the actor's own rights.

    Choosing the same again changes nothing. Raises NotFound, Denied, Invalid, Conflict (`settled` for the other choice
    afterwards, `stale` if the record is newer than the one that was shown).
    """
    found = await queries.get(work, disagreement_id, lock=True)
    if found.settled is not None:
        if found.settled != choice:
            raise Conflict(_("This was settled already."), code="settled")
        return found
    if choice is Settled.mine:
        await _save(work, found, version)
    work.touch(found)
    found.settled, found.settled_at, found.settled_by_id = choice.value, work.now, work.actor.id
    return found


async def _save(work: Work, found: Disagreement, version: int | None) -> None:
    customer = await customers.get(work, found.customer_id, lock=True)
    value = _revived(found)
    if found.kind == "contacts":
        contact = await contact_queries.get(work, found.record_id, lock=True)
        data = contact_input(contact.customer_id, standing(contact), {found.field: value})
        await contacts.edit(work, contact.id, data, version)
    elif found.field == "owner_id":
        await _give(work, customer, value)
    elif found.field == "pool_id":
        author = await work.session.get(User, found.recorded_by_id)
        await pools.release(work, PoolKind.customer, customer.id, author.name if author else "-", value)
    else:
        await apply_to_customer(work, customer, {found.field: value}, version)


async def _give(work: Work, customer: Customer, user_id: int) -> None:
    outcomes = await pools.transfer(work, PoolKind.customer, [customer.id], user_id)
    if (reason := outcomes[0].reason) is not None:
        raise Conflict(reason)


def _revived(found: Disagreement) -> Any:
    """The value as the record keeps it."""
    return Decimal(found.mine) if found.field == "credit_limit" and found.mine is not None else found.mine
