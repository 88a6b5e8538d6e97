"""The course of an approval in words: who decided, who is asked, who comes later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.approvals.models import Approval, ApprovalStatus, StepStatus
from domain.approvals.queries import names
from domain.core.text import Text, _
from domain.core.work import Work


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the course. `at` is None for what is still to come."""

    text: Text
    at: datetime | None
    icon: str
    tone: str = ""
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """All rounds, newest happening first; `mine` is the approval that waits for the reader."""

    moments: tuple[Moment, ...]
    waits_for: str | None
    since: datetime | None
    mine: int | None


async def course_of(work: Work, rounds: Sequence[Approval]) -> Course:
    """Make the course of a record's rounds (newest first, steps and approvers loaded)."""
    ids = [
        number
        for one in rounds
        for number in (
            one.submitted_by_id,
            *(step.decided_by_id for step in one.steps),
            *(who.user_id for step in one.steps for who in step.approvers),
        )
    ]
    people = await names(work, ids)
    moments = [moment for one in rounds for moment in _of_round(one, people, many=len(rounds) > 1)]
    waiting = [step for one in rounds for step in one.steps if step.status == StepStatus.awaiting]
    mine = [step for step in waiting if work.actor.id in {who.user_id for who in step.approvers}]
    asked = [people.get(who.user_id, "") for step in waiting for who in step.approvers]
    return Course(
        moments=tuple(moments),
        waits_for=", ".join(asked[:3]) + (" …" if len(asked) > 3 else "") if asked else None,
        since=_since(rounds),
        mine=mine[0].approval_id if mine else None,
    )


def _since(rounds: Sequence[Approval]) -> datetime | None:
    """Since when the open step has been waiting."""
    if not rounds or rounds[0].status != ApprovalStatus.awaiting:
        return None
    decided = [step.decided_at for step in rounds[0].steps if step.decided_at is not None]
    return max(decided, default=rounds[0].created_at)


def _of_round(one: Approval, people: dict[int, str], *, many: bool) -> list[Moment]:
    """Newest first: what is to come, what waits, what was decided, how it began."""
    found: list[Moment] = []
    for step in reversed(one.steps):
        asked = ", ".join(people.get(who.user_id, "") for who in step.approvers)
        decider = people.get(step.decided_by_id or 0, "")
        if step.status == StepStatus.later and one.status == ApprovalStatus.awaiting:
            found.append(Moment(_("Then %(who)s", who=asked), None, "circle"))
        elif step.status == StepStatus.awaiting:
            found.append(Moment(_("Waits for %(who)s", who=asked), None, "clock", "signal"))
        elif step.status == StepStatus.confirmed:
            found.append(Moment(_("%(who)s confirmed", who=decider), step.decided_at, "check", "good", step.comment))
        elif step.status == StepStatus.rejected:
            found.append(Moment(_("%(who)s rejected", who=decider), step.decided_at, "close", "bad", step.comment))
    sender = people.get(one.submitted_by_id, "")
    if one.status == ApprovalStatus.withdrawn:
        found.insert(0, Moment(_("%(who)s withdrew it", who=sender), one.ended_at, "undo"))
    began = _("%(who)s sent it, round %(n)s", who=sender, n=one.round) if many else _("%(who)s sent it", who=sender)
    return [*found, Moment(began, one.created_at, "send")]
