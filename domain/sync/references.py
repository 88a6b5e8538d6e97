"""What a record refers to that the phone made too: found by the id that the phone gave it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from domain.contacts import queries as contacts
from domain.contacts.models import Contact
from domain.core.errors import Conflict, Invalid
from domain.core.text import _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer


async def resolved(work: Work, fields: dict[str, Any], *, contact_later: bool) -> dict[str, Any]:
    """The fields with `customer_id` and `contact_id` in the places of `customer_uuid` and `contact_uuid`.

    Raises Conflict (`waits_for`) for what has not come yet; with `contact_later` an unknown contact stays as it is.
    """
    found = dict(fields)
    if (customer := _id_of(found, "customer")) is not None:
        mine = or_(Customer.created_by_id == work.actor.id, customers.visible(work.actor))
        statement = select(Customer.id).where(Customer.client_uuid == customer, mine)
        record_id = (await work.session.execute(statement)).scalar_one_or_none()
        if record_id is None:
            raise Conflict(_("Its customer has not been sent yet."), code="waits_for")
        found["customer_id"] = str(record_id)
        found.pop("customer_uuid")
    if (contact := _id_of(found, "contact")) is not None:
        await lock_contact(work, contact)
        mine = or_(Contact.created_by_id == work.actor.id, contacts.visible(work.actor))
        record_id = (
            await work.session.execute(select(Contact.id).where(Contact.client_uuid == contact, mine))
        ).scalar_one_or_none()
        if record_id is not None:
            found["contact_id"] = str(record_id)
            found.pop("contact_uuid")
        elif not contact_later:
            raise Conflict(_("Its contact has not been sent yet."), code="waits_for")
    return found


async def lock_contact(work: Work, uuid: UUID) -> None:
    """Let a contact and what refers to it come one after the other: whoever is second sees the first."""
    await work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"contact:{uuid}", 0))))


def _id_of(fields: dict[str, Any], noun: str) -> UUID | None:
    """The phone's own id of a customer or contact, unless the record is known by its number."""
    given = fields.get(f"{noun}_uuid")
    if fields.get(f"{noun}_id") or not given:
        fields.pop(f"{noun}_uuid", None)
        return None
    try:
        return UUID(given)
    except (ValueError, TypeError, AttributeError):
        raise Invalid.of(f"{noun}_uuid", _("This is not an id.")) from None
