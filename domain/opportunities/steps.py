"""What the verbs of opportunities have in common. Locks are taken customer first: its clock looks at what is open."""

from __future__ import annotations

from sqlalchemy import select

from domain.core.errors import Denied, NotFound
from domain.core.text import _
from domain.core.work import Work
from domain.customers.models import Customer
from domain.opportunities import policy
from domain.opportunities.models import Opportunity
from domain.opportunities.queries import WHOLE
from domain.opportunities.scope import manageable, visible, writable
from domain.pools import clock
from domain.pools.models import PoolKind


async def locked(work: Work, opportunity_id: int, *, answering: bool = False) -> Opportunity:
    """An opportunity that the actor may change, or with `answering` answers for, locked after its customer. Raises
    NotFound or Denied."""
    actor = work.actor
    whose = select(Opportunity.customer_id).where(Opportunity.id == opportunity_id, visible(actor))
    customer_id = (await work.session.execute(whose)).scalar_one_or_none()
    if customer_id is None:
        raise NotFound
    await work.session.execute(select(Customer.id).where(Customer.id == customer_id).with_for_update())
    return await work.load(
        Opportunity, opportunity_id, visible(actor), lock=True, options=WHOLE,
        may=manageable(actor) if answering else writable(actor),
        denied=_("Only the owner and the owner's superiors may do this.") if answering else None,
    )  # fmt: skip


def require_open(opportunity: Opportunity) -> None:
    """Raise Denied for one that has ended."""
    reason = policy.closed(opportunity.status)
    if reason is not None:
        raise Denied(reason)


def changed(work: Work, opportunity: Opportunity, version: int | None) -> None:
    """Note a change of a locked opportunity; raise Conflict if it was asked for on an older version."""
    where = {"stage_id": opportunity.stage_id, "status": opportunity.status, "version": opportunity.version}
    work.touch(opportunity, version, current=where)


async def settle(work: Work, opportunity: Opportunity) -> None:
    """Store it, and set the clock of its locked customer, which looks at open opportunities."""
    await clock.recompute(work.session, PoolKind.customer, [opportunity.customer_id])
