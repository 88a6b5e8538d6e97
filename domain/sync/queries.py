"""Disagreements that somebody has to settle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from domain.contacts.models import Contact
from domain.core.access import Actor
from domain.core.kept import kept
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.people.models import User
from domain.pools.models import Pool
from domain.sync.models import Disagreement


def visible(actor: Actor) -> ColumnElement[bool]:
    """Those that the actor has to settle, as long as they see the customer."""
    seen = select(Customer.id).where(customers.visible(actor))
    return and_(Disagreement.created_by_id == actor.id, Disagreement.customer_id.in_(seen))


OPEN = Disagreement.settled.is_(None)


async def get(work: Work, disagreement_id: int, *, lock: bool = False) -> Disagreement:
    """One of them. Raises NotFound."""
    return await work.load(Disagreement, disagreement_id, visible(work.actor), lock=lock)


async def open_count(work: Work) -> int:
    """How many wait for the actor."""
    ((number,),) = await work.rows(kept(work.actor, _open))
    return int(number)


def _open(actor: Actor) -> Any:
    return select(func.count(Disagreement.id)).where(visible(actor), OPEN)


async def waiting(work: Work, *, limit: int = 100) -> Sequence[Any]:
    """Those that wait for the actor, the oldest first, with the record as it stands and who recorded the value."""
    statement = (
        select(Disagreement, Customer, Contact, User.name.label("author"))
        .join(Customer, Customer.id == Disagreement.customer_id)
        .outerjoin(Contact, and_(Disagreement.kind == "contacts", Contact.id == Disagreement.record_id))
        .outerjoin(User, User.id == Disagreement.recorded_by_id)
        .where(visible(work.actor), OPEN)
        .order_by(Disagreement.id)
        .limit(limit)
    )
    return (await work.session.execute(statement)).all()


async def names(work: Work, rows: Sequence[Any]) -> dict[str, str]:
    """What owners and pools named in disagreements are called: `owner_id:7` → name."""
    asked: dict[str, set[int]] = {"owner_id": set(), "pool_id": set()}
    for row in rows:
        found = row.Disagreement
        if found.field in asked:
            asked[found.field] |= {value for value in (found.mine, getattr(row.Customer, found.field)) if value}
    told: dict[str, str] = {}
    for field, model in (("owner_id", User), ("pool_id", Pool)):
        statement = select(model.id, model.name).where(model.id.in_(asked[field]))
        told |= {f"{field}:{row.id}": row.name for row in await work.session.execute(statement)}
    return told
