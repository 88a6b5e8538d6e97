"""What a record refers to that the phone made too: found by the id that the phone gave it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from domain.contacts import queries as contacts
from domain.contacts.models import Contact
from domain.core.errors import Conflict, Invalid
from domain.core.text import _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.leads import scope as leads
from domain.leads.models import Lead

NOT_SENT = {
    "customer": _("Its customer has not been sent yet."),
    "lead": _("Its lead has not been sent yet."),
}


async def resolved(work: Work, fields: dict[str, Any], *, contact_later: bool) -> dict[str, Any]:
    """The fields with `customer_id`, `lead_id` and `contact_id` in the places of `customer_uuid`, `lead_uuid` and
    `contact_uuid`.

    Raises Conflict (`waits_for`) for what has not come yet; with `contact_later` an unknown contact stays as it is.
    """
    found = dict(fields)
    await _resolve(work, found, "customer", Customer, customers.visible(work.actor))
    await _resolve(work, found, "lead", Lead, leads.visible(work.actor))
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


async def _resolve(work: Work, found: dict[str, Any], noun: str, model: Any, seen: ColumnElement[bool]) -> None:
    """Put the number of a customer or lead in the place of the phone's own id."""
    uuid = _id_of(found, noun)
    if uuid is None:
        return
    statement = select(model.id).where(model.client_uuid == uuid, or_(model.created_by_id == work.actor.id, seen))
    record_id = (await work.session.execute(statement)).scalar_one_or_none()
    if record_id is None:
        raise Conflict(NOT_SENT[noun], code="waits_for")
    found[f"{noun}_id"] = str(record_id)
    found.pop(f"{noun}_uuid")


async def lock_contact(work: Work, uuid: UUID) -> None:
    """Let a contact and what refers to it come one after the other: whoever is second sees the first."""
    await work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"contact:{uuid}", 0))))


def _id_of(fields: dict[str, Any], noun: str) -> UUID | None:
    """The phone's own id of a customer, lead or contact, unless the record is known by its number."""
    given = fields.get(f"{noun}_uuid")
    if fields.get(f"{noun}_id") or not given:
        fields.pop(f"{noun}_uuid", None)
        return None
    try:
        return UUID(given)
    except (ValueError, TypeError, AttributeError):
        raise Invalid.of(f"{noun}_uuid", _("This is not an id.")) from None
