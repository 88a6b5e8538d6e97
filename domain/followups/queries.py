"""Follow-ups that somebody sees, as a list, of a customer, and one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, and_, bindparam, false, func, or_, select, true

from domain.contacts.models import Contact
from domain.core.access import Actor, Scope, among
from domain.core.kept import kept
from domain.core.lists import Branch, Column, Filter, Hits, ListSpec, Scene, Sort
from domain.core.rows import columns
from domain.core.text import _
from domain.core.work import Work
from domain.customers import scope, search
from domain.customers.models import Customer
from domain.followups.models import FollowUp, Way
from domain.leads import scope as leads
from domain.leads import search as lead_search
from domain.leads.models import Lead
from domain.opportunities import scope as opportunities
from domain.opportunities.models import Opportunity
from domain.people.models import User


def visible(actor: Actor) -> ColumnElement[bool]:
    """Follow-ups of customers, opportunities and leads that the actor sees, less what their pool keeps back.

    A pool may hide them until the record is claimed, and a new owner may be kept from what came before. One of a
    converted lead is the customer's.
    """
    if not actor.may("followups.view"):
        return false()
    all_customers, all_leads = (actor.scope(feature) is Scope.all for feature in ("customers", "leads"))
    if all_customers and all_leads:
        return true()
    return or_(
        FollowUp.customer_id.is_not(None) if all_customers else _seen_by_customer(actor),
        and_(FollowUp.customer_id.is_(None), true() if all_leads else _seen_by_lead(actor)),
        _about_opportunity(actor),
    )


def _branches(actor: Actor) -> Sequence[Branch]:
    """The same as `visible` in three: the server joins each with the records seen, but tests an OR row by row."""
    all_customers, all_leads = (actor.scope(feature) is Scope.all for feature in ("customers", "leads"))
    if not actor.may("followups.view") or (all_customers and all_leads):
        return ()
    of_customers = FollowUp.customer_id.is_not(None) if all_customers else _seen_by_customer(actor)
    of_leads = and_(FollowUp.customer_id.is_(None), true() if all_leads else _seen_by_lead(actor))
    return (Branch.of(of_customers), Branch.of(of_leads), Branch.of(_about_opportunity(actor)))


def _seen_by_customer(actor: Actor) -> ColumnElement[bool]:
    return scope.touches_seen(actor, FollowUp, FollowUp.created_by_id, FollowUp.at)


def _seen_by_lead(actor: Actor) -> ColumnElement[bool]:
    if actor.scope("leads") is None:
        return false()
    return leads.SCOPE.touches_seen(actor, FollowUp, FollowUp.lead_id, FollowUp.created_by_id, FollowUp.at)


def _about_opportunity(actor: Actor) -> ColumnElement[bool]:
    if actor.scope("opportunities") is None:
        return false()
    return FollowUp.opportunity_id.in_(opportunities.visible_ids(actor))


def about(subject: Customer | Lead) -> dict[str, int]:
    """The column that says whom a follow-up is about, with its value."""
    return {"customer_id" if isinstance(subject, Customer) else "lead_id": subject.id}


async def get(work: Work, followup_id: int, *, lock: bool = False) -> FollowUp:
    """One follow-up. Raises NotFound."""
    return await work.load(FollowUp, followup_id, visible, lock=lock)


async def detail(work: Work, followup_id: int) -> tuple[FollowUp, Any]:
    """One follow-up with the names of customer, opportunity and lead (if seen), contact and author. Raises NotFound."""
    record = await get(work, followup_id)
    statement = (
        select(
            Customer.name.label("customer"),
            Lead.name.label("lead"),
            Opportunity.name.label("opportunity"),
            Contact.name.label("contact"),
            User.name.label("author"),
        )
        .select_from(FollowUp)
        .outerjoin(Customer, Customer.id == FollowUp.customer_id)
        .outerjoin(Lead, and_(Lead.id == FollowUp.lead_id, leads.visible(work.actor)))
        .outerjoin(Opportunity, and_(Opportunity.id == FollowUp.opportunity_id, opportunities.visible(work.actor)))
        .outerjoin(Contact, Contact.id == FollowUp.contact_id)
        .outerjoin(User, User.id == FollowUp.created_by_id)
        .where(FollowUp.id == record.id)
    )
    return record, (await work.session.execute(statement)).one()


async def of_customer(work: Work, customer_id: int, *, limit: int = 50) -> Sequence[Any]:
    """The newest follow-ups of a customer that the actor sees, with author and contact."""
    return await work.rows(kept(work.actor, _of, "customer_id"), {"whom": customer_id, "most": limit})


async def of_opportunity(work: Work, opportunity_id: int, *, limit: int = 50) -> Sequence[Any]:
    """The newest follow-ups about an opportunity that the actor sees, with author and contact."""
    return await work.rows(kept(work.actor, _of, "opportunity_id"), {"whom": opportunity_id, "most": limit})


async def of_lead(work: Work, lead_id: int, *, limit: int = 50) -> Sequence[Any]:
    """The newest follow-ups of a lead that the actor sees, with author and contact."""
    return await work.rows(kept(work.actor, _of, "lead_id"), {"whom": lead_id, "most": limit})


def _of(actor: Actor, column: str) -> Any:
    return (
        select(*columns(FollowUp), User.name.label("author"), Contact.name.label("contact"))
        .outerjoin(User, User.id == FollowUp.created_by_id)
        .outerjoin(Contact, Contact.id == FollowUp.contact_id)
        .where(getattr(FollowUp, column) == bindparam("whom", type_=BigInteger()), visible(actor))
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
        .outerjoin(Customer, Customer.id == FollowUp.customer_id)
        .outerjoin(Lead, OF_LEAD)
        .outerjoin(Opportunity, Opportunity.id == FollowUp.opportunity_id)
        .outerjoin(User, User.id == FollowUp.created_by_id)
        .outerjoin(Contact, Contact.id == FollowUp.contact_id)
    )


async def _probe(work: Work, q: str) -> Hits:
    """Follow-ups are found by their customer or lead."""
    of_customers, of_leads = await search.probe(work, q), await lead_search.probe(work, q)
    if of_customers.ids is None or of_leads.ids is None:
        return Hits(or_(of_customers.where, of_leads.where))
    return Hits(
        or_(
            and_(among(FollowUp.customer_id, of_customers.ids), of_customers.where),
            and_(among(FollowUp.lead_id, of_leads.ids), of_leads.where),
        ),
        (),
    )


OF_LEAD = and_(Lead.id == FollowUp.lead_id, FollowUp.customer_id.is_(None))
"""One of a converted lead is the customer's."""

LIST = ListSpec(
    kind="followups",
    id=FollowUp.id,
    columns=(
        Column("at", _("When"), FollowUp.at),
        Column("customer", _("Customer"), Customer.name),
        Column("customer_id", _("Customer number"), FollowUp.customer_id),
        Column("opportunity", _("Opportunity"), Opportunity.name),
        Column("opportunity_id", _("Opportunity number"), FollowUp.opportunity_id),
        Column("lead", _("Lead"), Lead.name),
        Column("lead_id", _("Lead number"), FollowUp.lead_id),
        Column("contact", _("Contact"), Contact.name),
        Column("way", _("Way"), FollowUp.way, Way),
        Column("minutes", _("Minutes"), FollowUp.minutes),
        Column("content", _("Content"), FollowUp.content),
        Column("author", _("Author"), User.name),
        Column("next_contact_at", _("Next contact"), FollowUp.next_contact_at),
    ),
    visible=visible,
    branches=_branches,
    apart=True,
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
        Filter("lead", _("Lead"), lambda value, actor: FollowUp.lead_id == int(value), "number"),
        Filter("opportunity", _("Opportunity"), lambda value, actor: FollowUp.opportunity_id == int(value), "number"),
        Filter("from", _("From"), _on_or_after, "date"),
        Filter("to", _("To"), _on_or_before, "date"),
    ),
)


async def last_at(work: Work, subject: Customer | Lead) -> datetime | None:
    """When a customer or lead was last followed up; None for never."""
    statement = select(func.max(FollowUp.at)).filter_by(**about(subject))
    moment: datetime | None = (await work.session.execute(statement)).scalar_one()
    return moment
