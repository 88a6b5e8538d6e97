"""What follows visits later: people are told what others planned for them, contacts that come are linked, and plans
follow a customer to its new owner."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import select

from domain.contacts.models import Contact
from domain.core.events import EventRow
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers.models import Customer
from domain.notifications.actions import notify
from domain.notifications.models import NotificationKind
from domain.people.models import User
from domain.pools.models import OwnershipChange, PoolKind
from domain.visits.actions import hand_over, link_contact


async def tell_goer(work: Work, event: EventRow) -> None:
    """Tell who goes that somebody else planned, moved or cancelled a visit of theirs."""
    owner_id = event.data["owner_id"]
    if owner_id == event.actor_id or not owner_id:
        return
    name = await _name(work, event.customer_id)
    sentence: Text
    if event.name == "VisitPlanned":
        sentence = _("A visit to %(name)s is planned for you on %(day)s.", name=name, day=event.data["day"])
    elif event.name == "BeatPlanned":
        sentence = _("Recurring visits to %(name)s are planned for you.", name=name)
    elif event.name == "VisitMoved":
        sentence = _("Your visit to %(name)s was moved to %(day)s.", name=name, day=event.data["day"])
    else:
        sentence = _("Your visit to %(name)s on %(day)s was cancelled.", name=name, day=event.data["day"])
    url = f"/{event.kind}/{event.record_id}"
    await notify(work, [owner_id], NotificationKind.visit, sentence, url=url, tag=f"{event.kind}-{event.record_id}")


async def link_visits(work: Work, event: EventRow) -> None:
    """A contact has come that visits from the same phone named before: link them."""
    contact = await work.session.get(Contact, event.record_id)
    if contact is not None:
        await link_contact(work, contact)


async def follow_owner(work: Work, event: EventRow) -> None:
    """The customer changed hands: what its owner before had planned goes to the new one, or ends in a pool."""
    if event.kind != "customers":
        return
    last = (
        select(OwnershipChange.from_owner_id, OwnershipChange.to_owner_id)
        .where(OwnershipChange.kind == PoolKind.customer.value, OwnershipChange.record_id == event.record_id)
        .order_by(OwnershipChange.id.desc())
        .limit(1)
    )
    before, now = (await work.session.execute(last)).one()
    if before is None or before == now:
        return
    zone = (await work.session.execute(select(User.time_zone).where(User.id == before))).scalar_one()
    await hand_over(work, event.record_id, before, now, work.now.astimezone(ZoneInfo(zone)).date())


async def _name(work: Work, customer_id: int | None) -> str:
    name: str | None = (
        await work.session.execute(select(Customer.name).where(Customer.id == customer_id))
    ).scalar_one_or_none()
    return name or ""
