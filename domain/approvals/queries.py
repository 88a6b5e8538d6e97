"""Who sees which approvals, what waits for whom, and who may be picked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, func, or_, select
from sqlalchemy.orm import selectinload

from domain.approvals.kinds import APPROVABLES
from domain.approvals.models import (
    Approval,
    ApprovalApprover,
    ApprovalFlow,
    ApprovalFlowStep,
    ApprovalStatus,
    ApprovalStep,
    StepStatus,
)
from domain.core.access import Actor
from domain.core.errors import NotFound
from domain.core.work import Work
from domain.people.models import Role, RolePermission, User, UserRole


def _asked(actor: Actor) -> Select[int]:
    """Ids of approvals with a step that has come to the actor. A step still to come shows nothing yet."""
    return (
        select(ApprovalApprover.approval_id)
        .join(ApprovalStep, ApprovalStep.id == ApprovalApprover.step_id)
        .where(ApprovalApprover.user_id == actor.id, ApprovalStep.status != StepStatus.later)
    )


def visible_records(actor: Actor, kind: str) -> Select[int]:
    """Ids of the records of a kind whose approval waits or waited for the actor (domain.md section 1)."""
    return select(Approval.record_id).where(Approval.kind == kind, Approval.id.in_(_asked(actor)))


def visible(actor: Actor) -> ColumnElement[bool]:
    """Approvals that I sent, that came to me, or whose record I see."""
    by_record = [
        and_(Approval.kind == kind, Approval.record_id.in_(approvable.visible_ids(actor)))
        for kind, approvable in APPROVABLES.items()
    ]
    return or_(Approval.submitted_by_id == actor.id, Approval.id.in_(_asked(actor)), *by_record)


WHOLE = (selectinload(Approval.steps).selectinload(ApprovalStep.approvers),)


async def get(work: Work, approval_id: int) -> Approval:
    """One round with its steps and approvers. Raises NotFound."""
    return await work.load(Approval, approval_id, visible(work.actor), options=WHOLE)


async def of_step(work: Work, step_id: int) -> Approval:
    """The round that a step belongs to, with its steps and approvers. Raises NotFound."""
    found = await work.session.scalar(select(ApprovalStep.approval_id).where(ApprovalStep.id == step_id))
    if found is None:
        raise NotFound
    return await get(work, found)


async def lock_open(work: Work, kind: str, record_id: int) -> Approval | None:
    """The open round of a record, locked; the caller has locked the record and asked for its rights."""
    statement = (
        select(Approval)
        .where(Approval.kind == kind, Approval.record_id == record_id, Approval.status == ApprovalStatus.awaiting)
        .options(*WHOLE)
        .with_for_update(of=Approval)
        .execution_options(populate_existing=True)
    )
    return await work.session.scalar(statement)


async def lock(work: Work, approval_id: int) -> Approval:
    """A round, locked and read anew; the caller has asked for its rights."""
    statement = (
        select(Approval)
        .where(Approval.id == approval_id)
        .options(*WHOLE)
        .with_for_update(of=Approval)
        .execution_options(populate_existing=True)
    )
    return (await work.session.scalars(statement)).one()


async def rounds(work: Work, kind: str, record_id: int) -> Sequence[Approval]:
    """All rounds of a record, newest first; the caller has seen to it that the actor sees the record."""
    statement = select(Approval).where(Approval.kind == kind, Approval.record_id == record_id).options(*WHOLE)
    return (await work.session.scalars(statement.order_by(Approval.round.desc()))).all()


def waiting(actor: Actor) -> Select[Approval, int]:
    """Rounds with the step that waits for the actor, the longest waiting first: (approval, step id)."""
    return (
        select(Approval, ApprovalStep.id)
        .join(ApprovalStep, ApprovalStep.approval_id == Approval.id)
        .join(ApprovalApprover, ApprovalApprover.step_id == ApprovalStep.id)
        .where(
            Approval.status == ApprovalStatus.awaiting,
            ApprovalStep.status == StepStatus.awaiting,
            ApprovalApprover.user_id == actor.id,
        )
        .order_by(Approval.created_at, Approval.id)
    )


async def count_waiting(work: Work) -> int:
    """How many approvals wait for the actor."""
    return (await work.session.execute(select(func.count()).select_from(waiting(work.actor).subquery()))).scalar_one()


def decided(actor: Actor) -> Select[Approval]:
    """Rounds in which the actor decided a step, newest first."""
    mine = exists().where(ApprovalStep.approval_id == Approval.id, ApprovalStep.decided_by_id == actor.id)
    return select(Approval).where(mine).order_by(Approval.updated_at.desc(), Approval.id.desc())


def submitted(actor: Actor) -> Select[Approval]:
    """Rounds that the actor sent, newest first."""
    statement = select(Approval).where(Approval.submitted_by_id == actor.id)
    return statement.order_by(Approval.created_at.desc(), Approval.id.desc())


async def holders_of(work: Work, permission: str) -> Sequence[int]:
    """Ids of active users with a right."""
    return (await work.session.execute(_holders(permission))).scalars().all()


def _holders(permission: str) -> Select[int]:
    given = exists().where(RolePermission.role_id == Role.id, RolePermission.permission == permission)
    return (
        select(UserRole.user_id)
        .join(Role, Role.id == UserRole.role_id)
        .join(User, User.id == UserRole.user_id)
        .where(User.active, or_(Role.everything, given))
        .distinct()
    )


async def administrators(work: Work) -> Sequence[int]:
    """Ids of active users who may do everything."""
    statement = select(UserRole.user_id).join(Role, Role.id == UserRole.role_id).join(User, User.id == UserRole.user_id)
    return (await work.session.scalars(statement.where(Role.everything, User.active).distinct())).all()


async def role_holders(work: Work, role_id: int | None) -> Sequence[int]:
    """Ids of active users with a role, in a stable order."""
    if role_id is None:
        return ()
    statement = select(UserRole.user_id).join(User, User.id == UserRole.user_id)
    statement = statement.where(UserRole.role_id == role_id, User.active).order_by(User.id)
    return (await work.session.scalars(statement)).all()


async def candidates(work: Work, kind: str) -> Sequence[User]:
    """Who may be picked as approver of a kind: holders of its right except the actor, own superiors first."""
    allowed = _holders(APPROVABLES[kind].permission) if kind in APPROVABLES else select(User.id).where(false())
    me = await work.session.get(User, work.actor.id) if work.actor.id else None
    mine = User.id == (me.manager_id if me and me.manager_id else 0)
    statement = select(User).where(User.active, User.id.in_(allowed), User.id != (work.actor.id or 0))
    return (await work.session.scalars(statement.order_by(mine.desc(), User.name, User.id).limit(200))).all()


async def orphaned_steps(work: Work) -> Sequence[int]:
    """Waiting steps of which no approver works here any more."""
    left = exists().where(ApprovalApprover.step_id == ApprovalStep.id, User.id == ApprovalApprover.user_id, User.active)
    statement = select(ApprovalStep.id).where(ApprovalStep.status == StepStatus.awaiting, ~left)
    return (await work.session.execute(statement)).scalars().all()


async def person(work: Work, user_id: int | None) -> Any:
    """Whom somebody answers to and whether they can decide: manager_id, active, on_leave_until. None for nobody."""
    rows = await work.rows(_PERSON, {"user_id": user_id}) if user_id is not None else ()
    return rows[0] if rows else None


_PERSON = select(User.manager_id, User.active, User.on_leave_until).where(User.id == bindparam("user_id"))


async def last_round(work: Work, kind: str, record_id: int) -> Any:
    """Number and status of a record's newest round; None before the first. The caller has asked for its rights."""
    rows = await work.rows(_LAST_ROUND, {"kind": kind, "record_id": record_id})
    return rows[0] if rows else None


_LAST_ROUND = (
    select(Approval.round, Approval.status)
    .where(Approval.kind == bindparam("kind"), Approval.record_id == bindparam("record_id"))
    .order_by(Approval.round.desc())
    .limit(1)
)


async def active_flow(work: Work, kind: str) -> Sequence[ApprovalFlowStep] | None:
    """Steps of the flow in force for a kind, in order; None where none is set up."""
    flow = await work.session.scalar(select(ApprovalFlow.id).where(ApprovalFlow.kind == kind, ApprovalFlow.active))
    if flow is None:
        return None
    statement = select(ApprovalFlowStep).where(ApprovalFlowStep.flow_id == flow).order_by(ApprovalFlowStep.position)
    return (await work.session.scalars(statement)).all()


async def names(work: Work, ids: Sequence[int | None]) -> dict[int, str]:
    """Names of users by id, for showing who was asked and who decided."""
    wanted = {number for number in ids if number is not None}
    if not wanted:
        return {}
    found: Any = await work.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {number: name for number, name in found}
