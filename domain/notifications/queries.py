"""A person's inbox and the browsers that take pushes for them. Nobody sees anybody else's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from domain.approvals.models import Approval, ApprovalStep
from domain.core.access import Actor
from domain.core.errors import NotFound
from domain.core.work import Work
from domain.notifications.models import Notification, PushSubscription
from domain.people.models import UserSession

PAGE = 40


def visible(actor: Actor) -> ColumnElement[bool]:
    """My own items only, whatever my rights are."""
    return Notification.user_id == actor.id


async def inbox(work: Work, *, unread: bool = False, before_id: int | None = None) -> Sequence[Notification]:
    """Items newest first, one more than a page if there are more; `before_id` is the last one of the page before."""
    statement = select(Notification).where(visible(work.actor))
    if unread:
        statement = statement.where(Notification.read_at.is_(None))
    if before_id is not None:
        statement = statement.where(Notification.id < before_id)
    return (await work.session.scalars(statement.order_by(Notification.id.desc()).limit(PAGE + 1))).all()


async def get(work: Work, notification_id: int) -> Notification:
    """One of my items. Raises NotFound."""
    statement = select(Notification).where(Notification.id == notification_id, visible(work.actor))
    found = (await work.session.scalars(statement)).one_or_none()
    if found is None:
        raise NotFound
    return found


async def unread_count(work: Work) -> int:
    """How many items I have not opened."""
    statement = select(func.count()).where(visible(work.actor), Notification.read_at.is_(None))
    return (await work.session.execute(statement)).scalar_one()


async def versions(work: Work, step_ids: Sequence[int]) -> dict[int, int]:
    """For approval steps, the version of the record that was sent for approval."""
    statement = select(ApprovalStep.id, Approval.record_version).join(Approval, Approval.id == ApprovalStep.approval_id)
    rows = await work.session.execute(statement.where(ApprovalStep.id.in_(step_ids)))
    return {step_id: version for step_id, version in rows}


async def subscriptions(work: Work, user_id: int) -> Sequence[PushSubscription]:
    """The browsers that take a person's pushes: those still signed in."""
    return (await work.session.scalars(_alive(work.now).where(PushSubscription.user_id == user_id))).all()


async def subscription(work: Work, subscription_id: int) -> PushSubscription | None:
    """One of them, unless it was given up or signed out meanwhile."""
    statement = _alive(work.now).where(PushSubscription.id == subscription_id)
    return (await work.session.scalars(statement)).one_or_none()


def _alive(now: datetime) -> Select[PushSubscription]:
    return (
        select(PushSubscription)
        .outerjoin(UserSession, UserSession.id == PushSubscription.session_id)
        .where(or_(PushSubscription.session_id.is_(None), and_(UserSession.expires_at > now, ~UserSession.wipe)))
        .order_by(PushSubscription.id)
    )
