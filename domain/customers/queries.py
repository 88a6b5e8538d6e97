"""One customer with all that its page shows, and the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    Text,
    all_,
    bindparam,
    exists,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from domain.core.access import Actor, Grant, among, grants_to
from domain.core.errors import NotFound
from domain.core.events import EventRow
from domain.core.kept import kept
from domain.core.rows import columns
from domain.core.work import Work
from domain.customers import policy
from domain.customers.listing import LIST
from domain.customers.models import Customer, CustomerKind
from domain.customers.scope import LIVE, branches, manageable, visible, writable
from domain.opportunities import totals as opportunities
from domain.orders.models import LIVE as LIVE_ORDERS
from domain.orders.models import Order, OrderStatus
from domain.payments.models import LIVE as LIVE_PAYMENTS
from domain.payments.models import Payment, PaymentStatus
from domain.people.models import User
from domain.pools.models import Pool

__all__ = [
    "LIST", "LIVE", "Detail", "Totals", "binned", "branches", "detail", "get", "manageable", "names",
    "same_name", "sees", "timeline", "totals", "visible", "writable",
]  # fmt: skip
ZERO = Decimal(0)
THIS = bindparam("customer_id", type_=BigInteger())


async def get(work: Work, customer_id: int, *, lock: bool = False) -> Customer:
    """One customer. Raises NotFound for one that the actor may not see."""
    return await work.load(Customer, customer_id, visible, lock=lock)


async def names(work: Work, customer_ids: Sequence[int]) -> Sequence[str]:
    """Names of those of the customers that the actor sees."""
    statement = select(Customer.name).where(among(Customer.id, customer_ids), visible(work.actor))
    return (await work.session.scalars(statement.order_by(Customer.id))).all()


async def sees(work: Work, customer_id: int) -> bool:
    """Whether the actor sees the customer (still)."""
    statement = select(exists().where(Customer.id == customer_id, visible(work.actor)))
    return bool((await work.session.execute(statement)).scalar_one())


async def binned(work: Work, *, limit: int = 200) -> Sequence[Customer]:
    """Deleted customers, the last deleted first; the caller has asked for the right to the bin."""
    statement = select(Customer).where(Customer.deleted_at.is_not(None)).order_by(Customer.deleted_at.desc())
    return (await work.session.scalars(statement.limit(limit))).all()


@dataclass(frozen=True, slots=True)
class Detail:
    """A customer as its page shows it; `hidden` are fields the pool keeps back until it is claimed."""

    customer: Any
    """Its columns."""
    owner: str | None
    pool: str | None
    may_write: bool
    may_manage: bool
    hidden: frozenset[str]
    history_from: datetime | None
    """Older happenings are not for this reader."""


async def detail(work: Work, customer_id: int) -> Detail:
    """One customer with what belongs to its head, in one query. Raises NotFound."""
    actor = work.actor
    rows = await work.rows(kept(actor, _detail), {"customer_id": customer_id})
    if not rows:
        raise NotFound
    row = rows[0]
    hidden = policy.hidden(actor, row.pool_id, row.hidden_fields or (), granted=row.granted)
    fresh = row.history_visible is False and row.owner_id == actor.id and row.created_by_id != actor.id
    return Detail(
        row, row.owner, row.pool, bool(row.may_write) and actor.may("customers.edit"), bool(row.may_manage), hidden,
        row.owned_since if fresh else None,
    )  # fmt: skip


def _detail(actor: Actor) -> Any:
    home = aliased(Pool)
    return (
        select(
            *columns(Customer), User.name.label("owner"), Pool.name.label("pool"), Pool.hidden_fields,
            writable(actor).label("may_write"), manageable(actor).label("may_manage"),
            grants_to(actor, "customers").where(Grant.record_id == Customer.id).exists().label("granted"),
            home.history_visible,
        )
        .outerjoin(User, User.id == Customer.owner_id)
        .outerjoin(Pool, Pool.id == Customer.pool_id)
        .outerjoin(home, home.id == Customer.home_pool_id)
        .where(Customer.id == THIS, visible(actor))
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Totals:
    """What the customer's opportunities, live orders and payments come to (S-071..S-074, D-09)."""

    orders: Decimal = ZERO
    approved: Decimal = ZERO
    order_count: int = 0
    payments: Decimal = ZERO
    confirmed: Decimal = ZERO
    open_opportunities: Decimal = ZERO
    won_opportunities: Decimal = ZERO
    opportunity_count: int = 0
    """Open and won ones."""

    @property
    def opportunities(self) -> Decimal:
        """Open and won ones together."""
        return self.open_opportunities + self.won_opportunities

    @property
    def outstanding(self) -> Decimal:
        """Orders less payments."""
        return self.orders - self.payments


async def totals(work: Work, customer_id: int) -> Totals:
    """Whole figures of a customer the actor sees, straight from opportunities, orders and payments."""
    return Totals(*(await work.rows(_totals(), {"customer_id": customer_id}))[0])


@cache
def _totals() -> Any:
    orders = select(
        func.coalesce(func.sum(Order.net_total), ZERO).label("orders"),
        func.coalesce(func.sum(Order.net_total).filter(Order.status == OrderStatus.approved), ZERO).label("approved"),
        func.count().label("number"),
    ).where(Order.customer_id == THIS, Order.status.in_(LIVE_ORDERS))
    payments = select(
        func.coalesce(func.sum(Payment.amount), ZERO).label("payments"),
        func.coalesce(func.sum(Payment.amount).filter(Payment.status == PaymentStatus.confirmed), ZERO).label(
            "confirmed"
        ),
    ).where(Payment.customer_id == THIS, Payment.status.in_(LIVE_PAYMENTS))
    o, p, c = orders.subquery(), payments.subquery(), opportunities.totals().subquery()
    return select(o, p, c).select_from(o.join(p, true()).join(c, true()))


async def timeline(work: Work, found: Detail, *, before: int | None = None, limit: int = 20) -> Sequence[Any]:
    """What happened to a customer, newest first, with who did it; `before` is the event to go on from. What the reader
    may not see, or the pool keeps back, is not told either."""
    since = found.history_from
    values = {
        "customer_id": found.customer.id, "since": since, "before": before, "most": limit,
        "untold": policy.untold(work.actor, found.hidden),
    }  # fmt: skip
    return await work.rows(_timeline(since is not None, before is not None), values)


@cache
def _timeline(since: bool, before: bool) -> Any:
    statement = (
        select(*columns(EventRow), User.name.label("who"))
        .outerjoin(User, User.id == EventRow.actor_id)
        .where(EventRow.customer_id == THIS, EventRow.kind != all_(bindparam("untold", type_=ARRAY(Text))))
        .order_by(EventRow.id.desc())
        .limit(bindparam("most", type_=Integer()))
    )
    if since:
        statement = statement.where(EventRow.at >= bindparam("since"))
    return statement.where(EventRow.id < bindparam("before")) if before else statement


async def same_name(
    work: Work, name_key: str, kind: CustomerKind, *, but: int | None = None, limit: int = 5
) -> Sequence[Row[int, str, bool]]:
    """Live customers of that key and kind: id, name, and whether the actor sees them (looks past the scope)."""
    condition: ColumnElement[bool] = Customer.id != but if but is not None else literal(True)
    statement = (
        select(Customer.id, Customer.name, visible(work.actor))
        .where(Customer.name_key == name_key, Customer.kind == kind.value, LIVE, condition)
        .order_by(Customer.id)
        .limit(limit)
    )
    return (await work.session.execute(statement)).all()
