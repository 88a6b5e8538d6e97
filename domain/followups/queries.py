"""Follow-ups that somebody sees, as a list, of a customer, and one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, false, func, select, true

from domain.contacts.models import Contact
from domain.core.access import Actor, Scope
from domain.core.kept import kept
from domain.core.lists import Branch, Column, Filter, Hits, ListSpec, Scene, Sort
from domain.core.rows import columns
from domain.core.text import _
from domain.core.work import Work
from domain.customers import scope, search
from domain.customers.models import Customer
from domain.followups.models import FollowUp, Way
from domain.people.models import User


def visible(actor: Actor) -> ColumnElement[bool]:
    """Follow-ups of customers that the actor sees, less what their pool keeps back.

    A pool may hide them until the customer is claimed, and a new owner may be kept from what came before.
    """
    if not actor.may("followups.view"):
        return false()
    if actor.everything or actor.scope("customers") is Scope.all:
        return true()
    return scope.touches_seen(actor, FollowUp, FollowUp.created_by_id, FollowUp.at)


async def get(work: Work, followup_id: int, *, lock: bool = False) -> FollowUp:
    """One follow-up. Raises NotFound."""
    return await work.load(FollowUp, followup_id, visible, lock=lock)


async def detail(work: Work, followup_id: int) -> tuple[FollowUp, Any]:
    """One follow-up with the names of customer, contact and author. Raises NotFound."""
    record = await get(work, followup_id)
    statement = (
        select(Customer.name.label("customer"), Contact.name.label("contact"), User.name.label("author"))
        .select_from(FollowUp)
        .join(Customer, Customer.id == FollowUp.customer_id)
        .outerjoin(Contact, Contact.id == FollowUp.contact_id)
        .outerjoin(User, User.id == FollowUp.created_by_id)
        .where(FollowUp.id == record.id)
    )
    return record, (await work.session.execute(statement)).one()


async def of_customer(work: Work, customer_id: int, *, limit: int = 50) -> Sequence[Any]:
    """The newest follow-ups of a customer that the actor sees, with author and contact."""
    return await work.rows(kept(work.actor, _of_customer), {"customer_id": customer_id, "most": limit})


def _of_customer(actor: Actor) -> Any:
    return (
        select(*columns(FollowUp), User.name.label("author"), Contact.name.label("contact"))
        .outerjoin(User, User.id == FollowUp.created_by_id)
        .outerjoin(Contact, Contact.id == FollowUp.contact_id)
        .where(FollowUp.customer_id == bindparam("customer_id"), visible(actor))
        .order_by(FollowUp.at.desc(), FollowUp.id.desc())
        .limit(bindparam("most", type_=Integer()))
    )


def _on_or_after(value: str, actor: Actor) -> ColumnElement[bool]:
    return FollowUp.at >= datetime.combine(date.fromisoformat(value), time.min, tzinfo=actor.zone)


def _on_or_before(value: str, actor: Actor) -> ColumnElement[bool]:
    return FollowUp.at < datetime.combine(date.fromisoformat(value) + timedelta(days=1), time.min, tzinfo=actor.zone)


def _source(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(FollowUp)
        .join(Customer, Customer.id == FollowUp.customer_id)
        .outerjoin(User, User.id == FollowUp.created_by_id)
        .outerjoin(Contact, Contact.id == FollowUp.contact_id)
    )


async def _probe(work: Work, q: str) -> Hits:
    """Follow-ups are found by their customer."""
    return Hits((await search.probe(work, q)).where)


LIST = ListSpec(
    kind="followups",
    id=FollowUp.id,
    columns=(
        Column("at", _("When"), FollowUp.at),
        Column("customer", _("Customer"), Customer.name),
        Column("customer_id", _("Customer number"), FollowUp.customer_id),
        Column("contact", _("Contact"), Contact.name),
        Column("way", _("Way"), FollowUp.way, Way),
        Column("minutes", _("Minutes"), FollowUp.minutes),
        Column("content", _("Content"), FollowUp.content),
        Column("author", _("Author"), User.name),
        Column("next_contact_at", _("Next contact"), FollowUp.next_contact_at),
    ),
    visible=visible,
    source=_source,
    probe=_probe,
    sorts=(Sort("at", _("Newest first"), FollowUp.at), Sort("oldest", _("Oldest first"), FollowUp.at, False)),
    scenes=(
        Scene("all", _("All")),
        Scene("mine", _("Mine"), branches=lambda actor: (Branch(FollowUp.created_by_id, (actor.id or 0,)),)),
        Scene(
            "subordinates",
            _("My subordinates'"),
            branches=lambda actor: (Branch(FollowUp.created_by_id, actor.subordinate_ids),),
        ),
    ),
    filters=(
        Filter("way", _("Way"), lambda value, actor: FollowUp.way == Way(value), "choice", Way),
        Filter("author", _("Author"), lambda value, actor: FollowUp.created_by_id == int(value), "user"),
        Filter("customer", _("Customer"), lambda value, actor: FollowUp.customer_id == int(value), "number"),
        Filter("from", _("From"), _on_or_after, "date"),
        Filter("to", _("To"), _on_or_before, "date"),
    ),
)


async def last_at(work: Work, customer_id: int) -> datetime | None:
    """When a customer was last followed up; None for never."""
    statement = select(func.max(FollowUp.at)).where(FollowUp.customer_id == customer_id)
    moment: datetime | None = (await work.session.execute(statement)).scalar_one()
    return moment
