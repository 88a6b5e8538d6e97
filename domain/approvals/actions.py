"""Verbs of approvals. Lock order everywhere: the record first, then its approval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from domain.approvals import queries
from domain.approvals.approvers import barred_from, plan, stand_in
from domain.approvals.events import (
    ApprovalConfirmed,
    ApprovalRejected,
    ApprovalRequested,
    ApprovalStranded,
    ApprovalWithdrawn,
)
from domain.approvals.kinds import APPROVABLES, Approvable
from domain.approvals.models import Approval, ApprovalApprover, ApprovalStatus, ApprovalStep, StepStatus
from domain.core.errors import Conflict, Denied, Invalid
from domain.core.model import Record
from domain.core.sentences import stored
from domain.core.text import Text, _
from domain.core.work import Work

MOST_WORDS = 1000


async def submit(
    work: Work, kind: str, record: Record, picked_approver_id: int | None = None, why: Sequence[Text] = ()
) -> Approval:
    """Start a round of approval for a locked record and ask the first step's approvers.

    `why` are sentences that tell the approver what is special (over the discount authority by 3 points).
    """
    approvable = APPROVABLES[kind]
    earlier = await queries.last_round(work, kind, record.id)
    if earlier is not None and earlier.status == ApprovalStatus.awaiting:
        raise Conflict(_("This is waiting for approval already."), code="wrong_state")
    planned = await plan(work, approvable, record, picked_approver_id)
    approval = Approval(
        kind=kind,
        record_id=record.id,
        record_version=record.version,
        round=1 if earlier is None else earlier.round + 1,
        status=ApprovalStatus.awaiting,
        submitted_by_id=work.actor.id,
        created_by_id=work.actor.id,
        title=approvable.title(record),
        amount=approvable.amount(record),
        customer_id=approvable.customer_id(record),
        why=[stored(text) for text in why],
        steps=[
            ApprovalStep(
                position=number,
                rule=step.rule,
                approvers=[],
                status=StepStatus.awaiting if number == 1 else StepStatus.later,
            )
            for number, step in enumerate(planned, start=1)
        ],
    )
    work.session.add(approval)
    await work.session.flush()  # the approvers' rows need the ids of round and steps
    for step, found in zip(approval.steps, planned, strict=True):
        step.approvers = [ApprovalApprover(approval_id=approval.id, user_id=one) for one in found.user_ids]
        if found.stranded:
            work.record(ApprovalStranded(step_id=step.id, **_subject(approval)))
    await _open(work, approval, approval.steps[0], record)
    return approval


async def confirm(work: Work, step_id: int, record_version: int, comment: str | None = None) -> Approval:
    """Confirm a step: the next one opens, or the record is confirmed.

    Raises NotFound, Denied (not asked), Conflict: `decided` by somebody else, `withdrawn`, `changed` since it was
    shown. Doing it again is harmless.
    """
    return await _decide(work, step_id, record_version, StepStatus.confirmed, (comment or "").strip())


async def reject(work: Work, step_id: int, record_version: int, reason: str) -> Approval:
    """Reject a step: the record goes back to its owner. A reason is needed; otherwise like `confirm`."""
    if not reason.strip():
        raise Invalid.of("reason", _("Please say why."))
    return await _decide(work, step_id, record_version, StepStatus.rejected, reason.strip())


async def withdraw(work: Work, kind: str, record_id: int) -> None:
    """Close the open round of a record that the caller has locked. Nothing happens where none is open."""
    approval = await queries.lock_open(work, kind, record_id)
    if approval is None:
        return
    _end(work, approval, ApprovalStatus.withdrawn)
    work.record(ApprovalWithdrawn(**_subject(approval)))


async def _decide(work: Work, step_id: int, record_version: int, verdict: StepStatus, words: str) -> Approval:
    if len(words) > MOST_WORDS:
        raise Invalid.of("reason", _("At most %(n)s characters.", n=MOST_WORDS))
    seen = await queries.of_step(work, step_id)
    approvable = APPROVABLES[seen.kind]
    record = await approvable.load(work, seen.record_id)
    approval = await queries.lock(work, seen.id)
    step = next(one for one in approval.steps if one.id == step_id)
    _check_asked(work, approvable, approval, step, record)
    if step.status == verdict and step.decided_by_id == work.actor.id:
        return approval
    await _check_open(work, approval, step)
    if record.version != record_version:
        raise Conflict(
            _("This was changed since you looked. Please look again."),
            code="changed",
            current={"record_version": record.version},
        )
    step.status = verdict
    step.decided_by_id = work.actor.id
    step.decided_at = work.now
    step.comment = words or None
    if verdict == StepStatus.rejected:
        await _rejected(work, approvable, approval, step, record, words)
    else:
        await _confirmed(work, approvable, approval, step, record)
    await work.session.flush()  # whoever shows the outcome in this request reads it
    return approval


def _check_asked(work: Work, approvable: Approvable, approval: Approval, step: ApprovalStep, record: Record) -> None:
    if step.status == StepStatus.later or work.actor.id not in {one.user_id for one in step.approvers}:
        raise Denied(_("This approval does not wait for you."))
    if work.actor.id in barred_from(approvable, record, approval.submitted_by_id):
        raise Denied(_("Nobody approves their own."))


async def _check_open(work: Work, approval: Approval, step: ApprovalStep) -> None:
    if step.status in (StepStatus.confirmed, StepStatus.rejected):
        who = (await queries.names(work, [step.decided_by_id])).get(step.decided_by_id or 0, "")
        if step.decided_by_id == work.actor.id:
            told = _("You have decided this already: %(how)s.", how=StepStatus[step.status].label)
        elif step.status == StepStatus.confirmed:
            told = _("Already confirmed by %(who)s.", who=who)
        else:
            told = _("Already rejected by %(who)s.", who=who)
        raise Conflict(told, code="decided", current={"status": str(step.status), "decided_by": who})
    if approval.status != ApprovalStatus.awaiting:
        who = (await queries.names(work, [approval.submitted_by_id])).get(approval.submitted_by_id, "")
        raise Conflict(_("%(who)s has withdrawn this.", who=who), code="withdrawn")


async def _confirmed(
    work: Work, approvable: Approvable, approval: Approval, step: ApprovalStep, record: Record
) -> None:
    following = next((one for one in approval.steps if one.position > step.position), None)
    work.record(ApprovalConfirmed(step_id=step.id, completed=following is None, **_subject(approval)))
    if following is not None:
        work.touch(approval)
        await _open(work, approval, following, record)
        return
    _end(work, approval, ApprovalStatus.confirmed)
    for follow in approvable.on_confirmed:
        await follow(work, record)


async def _rejected(
    work: Work, approvable: Approvable, approval: Approval, step: ApprovalStep, record: Record, reason: str
) -> None:
    work.record(ApprovalRejected(step_id=step.id, reason=reason, **_subject(approval)))
    _end(work, approval, ApprovalStatus.rejected)
    for follow in approvable.on_rejected:
        await follow(work, record, reason)


def _end(work: Work, approval: Approval, status: ApprovalStatus) -> None:
    """Close the round. Steps that never opened stay `later`: nobody was asked."""
    work.touch(approval)
    approval.status = status
    approval.ended_at = work.now
    for step in approval.steps:
        if step.status == StepStatus.awaiting:
            step.status = StepStatus.closed


async def _open(work: Work, approval: Approval, step: ApprovalStep, record: Record) -> None:
    """Ask the approvers of a step; whoever left or went on leave meanwhile is replaced first."""
    step.status = StepStatus.awaiting
    await refill(work, approval, step, record)
    work.record(ApprovalRequested(step_id=step.id, **_subject(approval)))


async def refill(work: Work, approval: Approval, step: ApprovalStep, record: Record) -> bool:
    """Replace approvers who cannot decide now by their superiors, at last by the administrators. True if changed."""
    barred = barred_from(APPROVABLES[approval.kind], record, approval.submitted_by_id)
    asked = {one.user_id for one in step.approvers}
    stands = {one: await stand_in(work, one, barred) for one in sorted(asked)}
    able = {stand for stand in stands.values() if stand is not None}
    if not able:
        able = set(await queries.administrators(work)) - barred
        work.record(ApprovalStranded(step_id=step.id, **_subject(approval)))
    missing = able - asked
    step.approvers.extend(ApprovalApprover(approval_id=approval.id, user_id=one) for one in sorted(missing))
    return bool(missing)


async def find_stand_ins(work: Work) -> int:
    """Give waiting steps whose approvers have all left to somebody else; returns how many (run by the clock)."""
    moved = 0
    for step_id in await queries.orphaned_steps(work):
        seen = await queries.of_step(work, step_id)
        record = await APPROVABLES[seen.kind].load(work, seen.record_id)
        approval = await queries.lock(work, seen.id)
        step = next(one for one in approval.steps if one.id == step_id)
        if step.status == StepStatus.awaiting and await refill(work, approval, step, record):
            work.record(ApprovalRequested(step_id=step.id, **_subject(approval)))
            moved += 1
    return moved


class Subject(TypedDict):
    """What every event of a round says."""

    record_id: int
    about: str
    about_id: int
    title: str


def _subject(approval: Approval) -> Subject:
    return {
        "record_id": approval.id,
        "about": approval.kind,
        "about_id": approval.record_id,
        "title": approval.title,
    }
