"""Giving open opportunities to another owner."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from domain.core.access import among
from domain.core.errors import Conflict, Denied, Invalid, Problem
from domain.core.text import Text, _
from domain.core.work import Work
from domain.notifications.actions import notify
from domain.notifications.models import NotificationKind
from domain.opportunities.events import OpportunityTransferred, about
from domain.opportunities.models import Opportunity, StageKind
from domain.opportunities.scope import LIVE, visible
from domain.opportunities.steps import changed, locked, require_open
from domain.people.models import User
from domain.pools.actions import MOST_AT_ONCE, Outcome


async def transfer(work: Work, opportunity_id: int, user_id: int, version: int | None = None) -> Opportunity:
    """Give an open opportunity that I answer for to another user, who is told (S-018)."""
    work.actor.require("opportunities.transfer")
    user = await _receiver(work, user_id)
    opportunity = await _give(work, opportunity_id, user, version)
    await _tell_receiver(work, user, [Outcome(opportunity.id, opportunity.name)])
    return opportunity


async def transfer_many(work: Work, opportunity_ids: Sequence[int], user_id: int) -> Sequence[Outcome]:
    """Give several; each has its own outcome, and the receiver one notice."""
    work.actor.require("opportunities.transfer")
    ids = sorted(set(opportunity_ids))
    if not ids:
        raise Invalid.of("", _("Nothing is selected."))
    if len(ids) > MOST_AT_ONCE:
        raise Invalid.of("", _("At most %(n)s at once.", n=MOST_AT_ONCE))
    user = await _receiver(work, user_id)
    found = select(Opportunity.id, Opportunity.name).where(among(Opportunity.id, ids), visible(work.actor))
    names = {number: name for number, name in await work.session.execute(found)}
    outcomes = []
    for number in ids:
        refused: Text | None = None
        try:
            await _give(work, number, user)
        except Problem as refusal:  # it has changed nothing
            refused = refusal.message
        outcomes.append(Outcome(number, names.get(number, f"#{number}"), refused))
    await _tell_receiver(work, user, [outcome for outcome in outcomes if outcome.done])
    return outcomes


async def go_along(work: Work, customer_id: int, former: int, user_id: int) -> None:
    """The customer went to another owner, and the open opportunities that its owner before had with it go along."""
    user = await work.session.get_one(User, user_id)
    found = select(Opportunity).where(
        Opportunity.customer_id == customer_id, Opportunity.owner_id == former, LIVE,
        Opportunity.status == StageKind.open.value,
    )  # fmt: skip
    # unscoped: who may transfer the customer takes its opportunities along
    for opportunity in await work.session.scalars(
        found.order_by(Opportunity.id).with_for_update().execution_options(populate_existing=True)
    ):
        changed(work, opportunity, None)
        _into_hands(work, opportunity, user)


async def _give(work: Work, opportunity_id: int, user: User, version: int | None = None) -> Opportunity:
    opportunity = await locked(work, opportunity_id, answering=True)
    require_open(opportunity)
    if opportunity.owner_id == user.id:
        raise Conflict(_("%(name)s holds it already.", name=user.name))
    changed(work, opportunity, version)
    _into_hands(work, opportunity, user)
    await work.session.flush()  # the trigger gives it the department of its new owner
    await work.session.refresh(opportunity, ["department_id"])
    return opportunity


def _into_hands(work: Work, opportunity: Opportunity, user: User) -> None:
    opportunity.owner_id = user.id
    work.record(
        OpportunityTransferred(
            **about(opportunity), owner=user.name, owner_id=user.id
        )
    )  # fmt: skip


async def _receiver(work: Work, user_id: int) -> User:
    """Who is to receive. Raises Invalid for nobody, Denied for somebody who was switched off."""
    user = await work.session.get(User, user_id)
    if user is None:
        raise Invalid.of("user_id", _("Please choose a person."))
    if not user.active:
        raise Denied(_("%(name)s has been switched off.", name=user.name))
    return user


async def _tell_receiver(work: Work, user: User, given: Sequence[Outcome]) -> None:
    """One notice to somebody who was given opportunities by somebody else."""
    if not given or user.id == work.actor.id:
        return
    one, who = given[0], work.actor.name
    if len(given) == 1:
        sentence = _("%(who)s gave you the opportunity %(name)s.", who=who, name=one.name)
    else:
        sentence = _("%(who)s gave you %(n)s opportunities, %(name)s among them.", who=who, n=len(given), name=one.name)
    await notify(
        work, [user.id], NotificationKind.opportunity, sentence,
        url=f"/opportunities/{one.record_id}" if len(given) == 1 else "/opportunities?scene=mine",
        tag=f"opportunities-given-{one.record_id}-{len(given)}",
    )  # fmt: skip
