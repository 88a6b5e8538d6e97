"""Whom one met, when the visit came before its contact."""

from __future__ import annotations

from sqlalchemy import update

from domain.contacts.models import Contact
from domain.core.work import Work
from domain.followups.models import FollowUp
from domain.visits.models import Visit


async def link_contact(work: Work, contact: Contact) -> None:
    """Give a contact to its author's visits, and their follow-ups, that named it by the phone's own id before it came.

    Doing it again changes nothing.
    """
    if contact.client_uuid is None:
        return
    waiting = update(Visit).where(
        Visit.contact_uuid == contact.client_uuid,
        Visit.customer_id == contact.customer_id,
        Visit.owner_id == contact.created_by_id,
    )
    linked = waiting.values(contact_id=contact.id, contact_uuid=None).returning(Visit.followup_id)
    noted = [row for row in (await work.session.execute(linked)).scalars() if row is not None]
    met = update(FollowUp).where(FollowUp.id.in_(noted), FollowUp.contact_id.is_(None))
    await work.session.execute(met.values(contact_id=contact.id))
