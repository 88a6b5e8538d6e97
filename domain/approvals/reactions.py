"""What people are told about approvals; run by the worker after the commit."""

from __future__ import annotations

from domain.approvals import queries
from domain.approvals.kinds import APPROVABLES
from domain.approvals.models import Approval, ApprovalStep, StepStatus
from domain.core.events import EventRow
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers.models import Customer
from domain.notifications.actions import notify
from domain.notifications.models import NotificationKind

ASKING = {"payments": NotificationKind.payment}
"""What approvers are told; finance confirms payments rather than approving them."""


async def ask_approvers(work: Work, event: EventRow) -> None:
    """Tell the approvers of a step that it waits for them, unless it has been decided meanwhile."""
    approval = await queries.of_step(work, event.data["step_id"])
    step = _step(approval, event.data["step_id"])
    if step.status != StepStatus.awaiting:
        return
    names = await queries.names(work, [approval.submitted_by_id])
    customer = await work.session.get(Customer, approval.customer_id) if approval.customer_id else None
    sentence = _(
        "%(who)s: %(title)s, %(customer)s, %(amount)s",
        who=names.get(approval.submitted_by_id, ""),
        title=approval.title,
        customer=customer.name if customer else "",
        amount=_amount(approval),
    )
    await notify(
        work,
        [one.user_id for one in step.approvers],
        ASKING.get(approval.kind, NotificationKind.approval),
        sentence,
        url=f"/approvals/{approval.id}",
        tag=f"approval-{approval.id}",
        decides_step_id=step.id,
    )


async def alarm_administrators(work: Work, event: EventRow) -> None:
    """Nobody was found by the rules: the administrators hear of it at once."""
    await notify(
        work,
        list(await queries.administrators(work)),
        NotificationKind.system,
        _("Nobody was found who may approve %(title)s. Look at the approval flow.", title=event.data["title"]),
        url=f"/approvals/{event.record_id}",
        tag=f"approval-alarm-{event.record_id}",
    )


async def tell_owner(work: Work, event: EventRow) -> None:
    """Tell who sent it, and whose it is, how it ended."""
    if event.name == "ApprovalConfirmed" and not event.data["completed"]:
        return
    approval = await queries.get(work, event.record_id)
    names = await queries.names(work, [event.actor_id])
    who = names.get(event.actor_id or 0, "")
    if event.name == "ApprovalConfirmed":
        sentence: Text = _("%(who)s confirmed %(title)s, %(amount)s", who=who, title=approval.title,
                           amount=_amount(approval))  # fmt: skip
    else:
        sentence = _("%(who)s rejected %(title)s: %(reason)s", who=who, title=approval.title,
                     reason=event.data["reason"])  # fmt: skip
    approvable = APPROVABLES[approval.kind]
    owner_id = approvable.owner_id(await approvable.load(work, approval.record_id))
    concerned = {approval.submitted_by_id, owner_id or approval.submitted_by_id}
    await notify(
        work,
        sorted(concerned),
        NotificationKind.decided,
        sentence,
        url=f"/{approval.kind}/{approval.record_id}",
        tag=f"approval-{approval.id}",
    )


def _step(approval: Approval, step_id: int) -> ApprovalStep:
    return next(step for step in approval.steps if step.id == step_id)


def _amount(approval: Approval) -> str:
    return "" if approval.amount is None else f"{approval.amount:,.2f}"
