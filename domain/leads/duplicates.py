"""The duplicate check (S-051): a mobile number stands with one live lead only."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from sqlalchemy import select

from domain.core.errors import Invalid
from domain.core.text import Text, _
from domain.core.unique import unless_taken
from domain.core.work import Work
from domain.leads.models import Lead
from domain.leads.scope import LIVE, visible

UNIQUE_MOBILE = "uq_leads_mobile_key"


class DuplicateLead(Invalid):
    """There is a lead of that mobile number. `seen` is it, if the actor may open it."""

    code = "duplicate"

    def __init__(self, text: Text, seen: tuple[int, str] | None) -> None:
        super().__init__({"mobile": (text,)}, text)
        self.seen = seen


async def refuse_duplicates(work: Work, mobile_key: str | None, *, but: int | None = None) -> None:
    """Raise DuplicateLead if another live lead has the number."""
    if mobile_key is not None and await _found(work, mobile_key, but) is not None:
        raise await _duplicate(work, mobile_key, but)


def number_free(work: Work, mobile_key: str | None, *, but: int | None = None) -> AbstractAsyncContextManager[None]:
    """Changes in this block that take a number which somebody else has just taken raise DuplicateLead."""
    return unless_taken(work, UNIQUE_MOBILE, lambda: _duplicate(work, mobile_key or "", but))


async def _found(work: Work, mobile_key: str, but: int | None) -> tuple[int, str, bool] | None:
    """The lead of the number: id, name, and whether the actor sees it (looks past the scope)."""
    statement = select(Lead.id, Lead.name, visible(work.actor)).where(Lead.mobile_key == mobile_key, LIVE)
    for lead_id, name, seen in await work.session.execute(statement):
        if lead_id != but:
            return lead_id, name, bool(seen)
    return None


async def _duplicate(work: Work, mobile_key: str, but: int | None) -> DuplicateLead:
    found = await _found(work, mobile_key, but)
    if found is None or not found[2]:
        return DuplicateLead(
            _("A lead with this number exists already, but you may not see it. Ask your manager."), None
        )
    return DuplicateLead(_("This is the number of %(name)s already.", name=found[1]), found[:2])
