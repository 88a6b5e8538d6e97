"""The contacts of a customer go into the bin with it and come back with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, exists, null, select, update
from sqlalchemy.orm import aliased

from domain.contacts.models import Contact
from domain.core.work import Work
from domain.customers import search
from domain.customers.models import Customer


async def take_contacts(work: Work, customer: Customer) -> None:
    """Put the contacts into the bin at the same moment as their customer, which frees their numbers."""
    live = update(Contact).where(Contact.customer_id == customer.id, Contact.deleted_at.is_(None))
    await work.session.execute(live.values(deleted_at=work.now, updated_at=work.now, version=Contact.version + 1))


async def bring_contacts(work: Work, customer: Customer, since: datetime | None) -> None:
    """Take out of the bin the contacts that went in with the customer, not those removed before.

    One whose number somebody else has got meanwhile keeps it in writing only: a number belongs to one person.
    """
    other = aliased(Contact)
    taken = exists(select(other.id).where(other.mobile_key == Contact.mobile_key, other.deleted_at.is_(None)))
    await work.session.execute(
        update(Contact)
        .where(Contact.customer_id == customer.id, Contact.deleted_at == since)
        .values(
            deleted_at=None,
            mobile_key=case((taken, null()), else_=Contact.mobile_key),
            updated_at=work.now,
            version=Contact.version + 1,
        )
        .execution_options(synchronize_session=False)
    )
    await search.index_rows(work.session, [customer.id])
