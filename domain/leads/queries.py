"""One lead with all that its page shows, what may be the same customer, and how many become one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any, Literal

from sqlalchemy import BigInteger, Integer, and_, bindparam, func, select, union_all
from sqlalchemy.orm import aliased

from domain.contacts.models import Contact
from domain.core.access import Actor, Grant, grants_to
from domain.core.errors import NotFound
from domain.core.events import EventRow
from domain.core.kept import kept
from domain.core.lists import ListQuery, count
from domain.core.rows import columns
from domain.core.text import Text, _
from domain.core.work import Work
from domain.customers.models import Customer
from domain.customers.scope import visible as customers_seen
from domain.followups.models import FollowUp
from domain.leads import policy
from domain.leads.listing import LIST, WITHOUT
from domain.leads.models import Lead, LeadSource, LeadStatus
from domain.leads.scope import LIVE, branches, manageable, visible, writable
from domain.people.models import User
from domain.pools.models import Pool

__all__ = [
    "LIST", "LIVE", "Detail", "Rate", "binned", "branches", "detail", "get", "manageable", "of_customer", "rates",
    "timeline", "visible", "waiting", "writable",
]  # fmt: skip
THIS = bindparam("lead_id", type_=BigInteger())


async def get(work: Work, lead_id: int, lock: bool = False) -> Lead:
    """One lead. Raises NotFound for one that the actor may not see."""
    return await work.load(Lead, lead_id, visible, lock=lock)


async def binned(work: Work, *, limit: int = 200) -> Sequence[Lead]:
    """Deleted leads, the last deleted first; the caller has asked for the right to the bin."""
    statement = select(Lead).where(Lead.deleted_at.is_not(None)).order_by(Lead.deleted_at.desc())
    return (await work.session.scalars(statement.limit(limit))).all()


@dataclass(frozen=True, slots=True)
class Detail:
    """A lead as its page shows it; `hidden` are columns that the pool keeps back until it is claimed."""

    lead: Any
    """Its columns."""
    owner: str | None
    pool: str | None
    customer: str | None
    """The name of what it became, if the actor sees that."""
    contact: str | None
    may_write: bool
    may_manage: bool
    hidden: frozenset[str]
    history_from: datetime | None
    """Older happenings are not for this reader."""


async def detail(work: Work, lead_id: int) -> Detail:
    """One lead with what belongs to its head, in one query. Raises NotFound."""
    actor = work.actor
    rows = await work.rows(kept(actor, _detail), {"lead_id": lead_id})
    if not rows:
        raise NotFound
    row = rows[0]
    hidden = policy.hidden(actor, row.pool_id, row.hidden_fields or (), granted=row.granted)
    fresh = row.history_visible is False and row.owner_id == actor.id and row.created_by_id != actor.id
    return Detail(
        row, row.owner, row.pool, row.customer, row.contact, bool(row.may_write) and actor.may("leads.edit"),
        bool(row.may_manage), hidden, row.owned_since if fresh else None,
    )  # fmt: skip


def _detail(actor: Actor) -> Any:
    home, seen = aliased(Pool), customers_seen(actor)
    met = Contact.name if actor.scope("contacts") is not None else func.nullif("", "")
    return (
        select(
            *columns(Lead), User.name.label("owner"), Pool.name.label("pool"), Pool.hidden_fields,
            Customer.name.label("customer"), met.label("contact"),
            writable(actor).label("may_write"), manageable(actor).label("may_manage"),
            grants_to(actor, "leads").where(Grant.record_id == Lead.id).exists().label("granted"),
            home.history_visible,
        )
        .outerjoin(User, User.id == Lead.owner_id)
        .outerjoin(Pool, Pool.id == Lead.pool_id)
        .outerjoin(home, home.id == Lead.home_pool_id)
        .outerjoin(Customer, (Customer.id == Lead.converted_customer_id) & seen)
        .outerjoin(Contact, (Contact.id == Lead.converted_contact_id) & (Contact.customer_id == Customer.id))
        .where(Lead.id == THIS, visible(actor))
    )  # fmt: skip


async def waiting(work: Work) -> int:
    """How many leads wait for the actor's first touch; up to a thousand."""
    return (await count(work, LIST, ListQuery(scene="waiting"))).number


async def of_customer(work: Work, customer_id: int) -> Sequence[Any]:
    """The leads that became this customer and that the actor sees: id, name, source, converted_at, owner."""
    return await work.rows(kept(work.actor, _of_customer), {"customer_id": customer_id})


def _of_customer(actor: Actor) -> Any:
    return (
        select(Lead.id, Lead.name, Lead.source, Lead.converted_at, User.name.label("owner"))
        .outerjoin(User, User.id == Lead.owner_id)
        .where(Lead.converted_customer_id == bindparam("customer_id"), visible(actor))
        .order_by(Lead.converted_at.desc(), Lead.id)
    )


async def timeline(work: Work, found: Detail, *, before: int | None = None, limit: int = 20) -> Sequence[Any]:
    """What happened to a lead and what was noted of it, newest first, with who did it; `before` is the event to go on
    from. What the pool keeps back is not told either."""
    since = found.history_from
    values = {"lead_id": found.lead.id, "since": since, "before": before, "most": limit}
    touches = work.actor.may("followups.view") and "followups" not in found.hidden
    return await work.rows(_timeline(touches, since is not None, before is not None), values)


@cache
def _timeline(told: bool, since: bool, before: bool) -> Any:
    # Two walks of one index: asked as one condition, the server would go through all events, the newest first.
    itself = select(EventRow.id).where(EventRow.kind == "leads", EventRow.record_id == THIS)
    noted = (
        select(EventRow.id)
        .join(FollowUp, and_(EventRow.kind == "followups", EventRow.record_id == FollowUp.id))
        .where(FollowUp.lead_id == THIS)
    )
    found = union_all(itself, noted) if told else itself
    statement = (
        select(*columns(EventRow), User.name.label("who"))
        .outerjoin(User, User.id == EventRow.actor_id)
        .where(EventRow.id.in_(found))
        .order_by(EventRow.id.desc())
        .limit(bindparam("most", type_=Integer()))
    )
    if since:
        statement = statement.where(EventRow.at >= bindparam("since"))
    return statement.where(EventRow.id < bindparam("before")) if before else statement


@dataclass(frozen=True, slots=True)
class Rate:
    """How many leads of a source or an owner there are and became customers; `key` is what the list is filtered by."""

    key: str
    label: Text | str
    leads: int
    converted: int

    @property
    def rate(self) -> Decimal:
        """In percent, to one place."""
        share = Decimal(100 * self.converted) / self.leads if self.leads else Decimal(0)
        return share.quantize(Decimal("0.1"), ROUND_HALF_UP)


async def rates(work: Work, by: Literal["source", "owner"] = "source") -> Sequence[Rate]:
    """Conversion by source (S-041) or by owner (S-042), over the leads that the actor sees: each figure is the length
    of the list behind it. The most leads first."""
    rows = await work.rows(kept(work.actor, _rates, by))
    if by == "owner":
        return [Rate(str(row.key), row.name, row.leads, row.converted) for row in rows]
    return [
        Rate(row.key or WITHOUT, LeadSource(row.key).label if row.key else _("Not set"), row.leads, row.converted)
        for row in rows
    ]


def _rates(actor: Actor, by: str) -> Any:
    numbers = (
        func.count().label("leads"),
        func.count().filter(Lead.status == LeadStatus.converted.value).label("converted"),
    )
    if by == "source":
        found = select(Lead.source.label("key"), *numbers).where(visible(actor)).group_by(Lead.source)
        return found.order_by(func.count().desc(), Lead.source)
    whose = select(Lead.owner_id.label("key"), User.name, *numbers).join(User, User.id == Lead.owner_id)
    return whose.where(visible(actor)).group_by(Lead.owner_id, User.name).order_by(
        func.count().desc(), User.name
    )  # fmt: skip
