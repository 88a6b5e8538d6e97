"""How leads plug into the pools."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false

from domain.core.text import Text
from domain.leads import policy
from domain.leads.models import Lead, LeadStatus
from domain.leads.scope import manageable, visible
from domain.leads.workflow import OPEN
from domain.people.models import User
from domain.pools.clock import midnight
from domain.pools.kinds import Pooled
from domain.pools.models import RecycleKind


def _looked_at_again() -> ColumnElement[Any]:
    """An invalid lead's clock begins on the day on which somebody shall look at it again (D-13)."""
    return midnight(Lead.look_again_on, User.time_zone)


def _open() -> ColumnElement[bool]:
    return Lead.status.in_([status.value for status in OPEN])


def _closed(lead: Lead) -> Text | None:
    return policy.closed(lead.status)


POOLED = Pooled(
    model=Lead,
    feature="leads",
    visible=visible,
    manageable=manageable,
    deal=false,
    frozen=false,
    thawed_at=_looked_at_again,
    planned=false,
    rules=(RecycleKind.no_follow_up,),
    owned={"status": LeadStatus.pending.value, "reason": None, "look_again_on": None},
    pooled={"status": LeadStatus.unassigned.value, "reason": None, "look_again_on": None},
    open=_open,
    closed=_closed,
)
