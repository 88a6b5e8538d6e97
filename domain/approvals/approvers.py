"""Finding who has to approve: flow or pick, rules, stand-ins, and the administrators when nobody is left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.approvals import queries
from domain.approvals.kinds import Approvable
from domain.approvals.models import ApprovalFlowStep, ApproverRule
from domain.core.errors import Conflict, Invalid
from domain.core.text import Text, _
from domain.core.work import Work
from domain.people.models import Department


@dataclass(frozen=True, slots=True)
class Wanted:
    """A step to be filled. `over` marks the step for what goes beyond the submitter's discount authority."""

    rule: ApproverRule
    role_id: int | None = None
    user_id: int | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """A step with the people found. `stranded`: nobody by the rule, so the administrators."""

    rule: ApproverRule
    user_ids: tuple[int, ...]
    stranded: bool = False


async def plan(work: Work, approvable: Approvable, record: Any, picked_id: int | None) -> Sequence[Planned]:
    """The steps that a record has to go through, at least one, each with at least one approver.

    Nobody approves their own: submitter and owner are left out. Raises Invalid for a pick who may not approve, Conflict
    (code `no_approver`) if not even an administrator can be asked.
    """
    barred = barred_from(approvable, record, work.actor.id)
    if picked_id is not None and (fault := await pick_fault(work, approvable, picked_id, barred)):
        raise Invalid.of("approver_id", fault)
    entitled = await approvable.entitled(work, record) if approvable.entitled else None
    planned: list[Planned] = []
    for wanted in await _wanted(work, approvable, approvable.amount(record), picked_id, entitled is not None):
        step = await _fill(work, approvable, wanted, barred, entitled if wanted.over else None)
        if not planned or planned[-1].user_ids != step.user_ids:  # nobody is asked twice in a row
            planned.append(step)
    if entitled is not None and not any(set(step.user_ids) <= set(entitled) for step in planned):
        planned.append(await _fill(work, approvable, Wanted(ApproverRule.manager, over=True), barred, entitled))
    return planned


def barred_from(approvable: Approvable, record: Any, submitter_id: int | None) -> frozenset[int]:
    """Who may not decide on a record: who sent it and whose it is."""
    return frozenset(one for one in (submitter_id, approvable.owner_id(record)) if one is not None)


async def pick_fault(work: Work, approvable: Approvable, picked_id: int, barred: Collection[int]) -> Text | None:
    """Why somebody cannot be picked as approver; None if they can."""
    if picked_id in barred:
        return _("Nobody approves their own.")
    if picked_id not in await queries.holders_of(work, approvable.permission):
        return _("This person may not approve it. Choose somebody else.")
    return None


async def _wanted(
    work: Work, approvable: Approvable, amount: Decimal | None, picked_id: int | None, over: bool
) -> Sequence[Wanted]:
    """The steps that apply. A pick stands in for the unconditional steps of a flow, never for its conditional ones."""
    unnamed = Wanted(ApproverRule.role) if approvable.ask_holders else Wanted(ApproverRule.manager)
    pick = Wanted(ApproverRule.picked, user_id=picked_id) if picked_id else unnamed
    flow = await queries.active_flow(work, approvable.kind)
    if not flow:
        return [pick]
    applying = [step for step in flow if _applies(step, amount, over)]
    asks_pick = any(step.rule == ApproverRule.picked for step in applying)
    found: list[Wanted] = [pick] if picked_id and not asks_pick else []
    for step in applying:
        conditional = step.over_discount or step.least_amount is not None
        if step.rule == ApproverRule.picked:
            found.append(pick)
        elif conditional or not picked_id or asks_pick:
            found.append(Wanted(ApproverRule[step.rule], step.role_id, step.user_id, step.over_discount))
    return found or [pick]


def _applies(step: ApprovalFlowStep, amount: Decimal | None, over: bool) -> bool:
    if step.over_discount and not over:
        return False
    return step.least_amount is None or (amount is not None and amount >= step.least_amount)


async def _fill(
    work: Work, approvable: Approvable, wanted: Wanted, barred: Collection[int], entitled: Collection[int] | None
) -> Planned:
    """People for one step; for a step over authority only those whose own authority covers the document."""
    found = await _by_rule(work, approvable, wanted, barred)
    if entitled is not None:
        fit = [one for one in found if one in entitled]
        if not fit and (superior := await _entitled_superior(work, found, barred, entitled)):
            fit = [superior]
        found = fit or [one for one in sorted(entitled) if await stand_in(work, one, barred) == one]
    if found:
        return Planned(wanted.rule, tuple(sorted(set(found))))
    admins = tuple(sorted(set(await queries.administrators(work)) - set(barred)))
    if not admins:
        raise Conflict(
            _("Nobody can be found who may approve this. Ask an administrator to set up the approval flow."),
            code="no_approver",
        )
    return Planned(wanted.rule, admins, stranded=True)


async def _by_rule(work: Work, approvable: Approvable, wanted: Wanted, barred: Collection[int]) -> list[int]:
    if wanted.rule in (ApproverRule.picked, ApproverRule.person):
        starts = [] if wanted.user_id is None else [wanted.user_id]
    elif wanted.rule == ApproverRule.role:
        named = wanted.role_id is not None
        holders = await (
            queries.role_holders(work, wanted.role_id) if named else queries.holders_of(work, approvable.permission)
        )
        # A role has others to take over, so its absent holders are passed over first.
        starts = [one for one in holders if await stand_in(work, one, barred) == one] or list(holders)
    elif wanted.rule == ApproverRule.manager:
        me = await queries.person(work, work.actor.id)
        starts = [] if me is None or me.manager_id is None else [me.manager_id]
    else:
        starts = []
        for head in await _heads(work):
            if one := await stand_in(work, head, barred):
                return [one]
    stands = [await stand_in(work, one, barred) for one in starts]
    return [one for one in stands if one is not None]


async def _heads(work: Work) -> list[int]:
    """Heads of the actor's department and of those above it, nearest first."""
    heads: list[int] = []
    seen: set[int] = set()
    number = work.actor.department_id
    while number is not None and number not in seen:
        seen.add(number)
        department = await work.session.get(Department, number)
        if department is None:
            break
        if department.head_id is not None:
            heads.append(department.head_id)
        number = department.parent_id
    return heads


async def stand_in(work: Work, user_id: int, barred: Collection[int]) -> int | None:
    """The person, or, if they left, are on leave or may not decide this one, the next superior who can."""
    seen: set[int] = set()
    number: int | None = user_id
    while number is not None and number not in seen:
        seen.add(number)
        user = await queries.person(work, number)
        if user is None:
            return None
        away = user.on_leave_until is not None and user.on_leave_until >= work.today
        if user.active and not away and number not in barred:
            return number
        number = user.manager_id
    return None


async def _entitled_superior(
    work: Work, found: Sequence[int], barred: Collection[int], entitled: Collection[int]
) -> int | None:
    """The first superior of those found whose authority covers the document."""
    seen: set[int] = set()
    number: int | None = found[0] if found else None
    while number is not None and number not in seen:
        seen.add(number)
        if number in entitled and await stand_in(work, number, barred) == number:
            return number
        user = await queries.person(work, number)
        number = user.manager_id if user else None
    return None


STRANDED: Text = _("Nobody was found by the rules, so it came to the administrators.")
RULES: dict[ApproverRule, Text] = {
    ApproverRule.picked: _("%(who)s picked you as approver."),
    ApproverRule.manager: _("You are the superior of %(who)s."),
    ApproverRule.head: _("You head the department of %(who)s."),
    ApproverRule.role: _("Your role approves this step."),
    ApproverRule.person: _("The approval flow names you for this step."),
}
"""Why a step came to somebody, in words; `who` is the submitter."""
