"""What follow-ups do to the opportunity they are about: it is not forgotten (S-126)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from domain.core.work import Work
from domain.followups.models import FollowUp
from domain.opportunities.models import Opportunity, StageMove


def touched(opportunity: Opportunity, at: datetime) -> None:
    """Somebody was in touch about a locked opportunity: move its last follow-up (never back) and its place in the
    list."""
    if opportunity.last_follow_up_at is None or at > opportunity.last_follow_up_at:
        opportunity.last_follow_up_at = at
    opportunity.activity_at = max(opportunity.activity_at, at)


async def read_touches(work: Work, opportunity: Opportunity) -> None:
    """A follow-up was corrected or deleted: read both anew."""
    last = select(func.max(FollowUp.at)).where(FollowUp.opportunity_id == opportunity.id)
    opportunity.last_follow_up_at = await work.session.scalar(last)
    moved = select(func.max(StageMove.at)).where(StageMove.opportunity_id == opportunity.id)
    moments = (opportunity.created_at, opportunity.last_follow_up_at, await work.session.scalar(moved))
    opportunity.activity_at = max(moment for moment in moments if moment is not None)
