"""Visits by the key that a form or a phone gave them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from domain.core.errors import Conflict
from domain.core.text import _
from domain.core.work import Work
from domain.visits.models import Visit


async def by_key(work: Work, key: UUID | None) -> Visit | None:
    """The visit of this key. Two sends of one key wait for each other; the lock goes with the transaction."""
    if key is None:
        return None
    await work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"visit:{key}", 0))))
    found = select(Visit).where(Visit.client_uuid == key)
    return (await work.session.execute(found)).scalar_one_or_none()  # unscoped: the caller asks whose it is


def key_reused() -> Conflict:
    """The refusal of a key that another visit has."""
    return Conflict(_("This key was used for another visit."), code="key_reused")
