"""What the verbs of leads have in common."""

from __future__ import annotations

from domain.core.work import Work
from domain.leads import queries
from domain.leads.models import Lead
from domain.leads.workflow import WORKFLOW
from domain.pools import clock
from domain.pools.models import PoolKind


async def locked(work: Work, lead_id: int) -> Lead:
    """A lead that the actor may change, locked. Raises NotFound or Denied."""
    seen, may = queries.visible(work.actor), queries.writable(work.actor)
    return await work.load(Lead, lead_id, seen, may=may, lock=True)


def move(work: Work, lead: Lead, name: str, version: int | None) -> None:
    """Change the state of a locked lead. Raises Conflict for an older version or another state, and Denied."""
    work.touch(lead, version)
    WORKFLOW.move(work.actor, lead, name)


async def settle(work: Work, lead: Lead) -> None:
    """Set the clock of a lead whose state has changed."""
    await clock.recompute(work.session, PoolKind.lead, [lead.id])
    await work.session.refresh(lead)
