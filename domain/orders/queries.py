"""Who sees which orders, one order with all of it, and the list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    any_,
    bindparam,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased, selectinload

from domain.approvals.queries import holders_of, visible_records
from domain.contacts.models import Contact
from domain.core.access import Actor, Scope, granted, grants_to, in_scope
from domain.core.events import EventRow
from domain.core.kept import kept
from domain.core.lists import Branch, Column, Filter, Hits, ListSpec, Scene, Sort, any_branch, record_number
from domain.core.rows import columns
from domain.core.text import _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.customers.search import probe as find_customers
from domain.orders.authority import Authority
from domain.orders.models import DiscountLimit, Order, OrderStatus, ShippingStatus
from domain.payments.models import Payment
from domain.people.models import Role, User, UserRole
from domain.shipments.models import Shipment

Owner = aliased(User)


def visible(actor: Actor) -> ColumnElement[bool]:
    """Orders in scope, opened to the actor, asked of them as approver, or needed by their post."""
    if actor.scope("orders") is Scope.all:
        return true()
    ways = [in_scope(actor, "orders", Order.owner_id, Order.department_id), any_branch(_opened(actor))]
    if actor.may("shipments.ship"):
        ways.append(exists(select(Shipment.id).where(Shipment.order_id == Order.id)))
    if actor.may("payments.confirm"):
        ways.append(exists(select(Payment.id).where(Payment.order_id == Order.id)))
    return or_(*ways)


def _opened(actor: Actor) -> Sequence[Branch]:
    """Orders of others that were opened to the actor by name, or came to them for approval."""
    return (Branch(Order.id, grants_to(actor, "orders")), Branch(Order.id, visible_records(actor, "orders")))


def branches(actor: Actor) -> Sequence[Branch]:
    """`visible` as short walks of an index each; none where that is no gain: who sees all, or whose post sees much."""
    scope = actor.scope("orders")
    if scope is Scope.all or actor.may("shipments.ship") or actor.may("payments.confirm") or actor.id is None:
        return ()
    if scope is None:
        return _opened(actor)
    owners = (actor.id, *actor.subordinate_ids) if scope is Scope.subordinates else (actor.id,)
    departments = {Scope.department: actor.department_ids, Scope.department_tree: actor.tree_ids}.get(scope, ())
    return (Branch(Order.owner_id, owners), Branch(Order.department_id, departments), *_opened(actor))


def writable(actor: Actor) -> ColumnElement[bool]:
    """Orders the actor may change: in scope, or opened to them for writing."""
    return or_(
        in_scope(actor, "orders", Order.owner_id, Order.department_id), granted(actor, "orders", Order.id, write=True)
    )


def visible_ids(actor: Actor) -> Select[int]:
    """Ids of the orders the actor sees."""
    return select(Order.id).where(visible(actor))


WHOLE = (selectinload(Order.lines),)


async def get(work: Work, order_id: int, *, lock: bool = False) -> Order:
    """One order with its lines. Raises NotFound for one that the actor may not see."""
    return await work.load(Order, order_id, visible, lock=lock, options=WHOLE)


async def may_write(work: Work, order_id: int) -> bool:
    """Whether the actor may change this order, as far as the record goes."""
    statement = select(exists().where(Order.id == order_id, writable(work.actor)))
    return bool((await work.session.execute(statement)).scalar_one())


async def lock_any(work: Work, order_id: int) -> Order:
    """The order, locked, whoever asks: for the approval engine, which has checked the approver itself."""
    return await work.load(Order, order_id, true(), lock=True, options=WHOLE)


async def of_customer(work: Work, customer_id: int, *, limit: int = 20) -> Sequence[Any]:
    """The newest orders of a customer that the actor sees."""
    return await work.rows(kept(work.actor, _of_customer), {"customer_id": customer_id, "most": limit})


def _of_customer(actor: Actor) -> Select[Any]:
    statement = select(*columns(Order)).where(Order.customer_id == bindparam("customer_id"), visible(actor))
    return statement.order_by(Order.created_at.desc(), Order.id.desc()).limit(bindparam("most", type_=Integer()))


async def recent_customers(work: Work, *, limit: int = 30) -> Sequence[tuple[int, str]]:
    """Customers one may order for, the last active first: what the form offers before anything is typed."""
    statement = (
        select(Customer.id, Customer.name)
        .where(customers.visible(work.actor), Customer.owner_id.is_not(None))
        .order_by(Customer.activity_at.desc(), Customer.id.desc())
        .limit(limit)
    )
    return [(number, name) for number, name in await work.session.execute(statement)]


async def contacts_of(work: Work, customer_id: int) -> Sequence[tuple[int, str]]:
    """Contacts of a customer that the actor sees, the main one first."""
    statement = (
        select(Contact.id, Contact.name)
        .where(Contact.customer_id == customer_id, Contact.deleted_at.is_(None))
        .order_by(Contact.main.desc(), Contact.name_sort, Contact.id)
        .limit(100)
    )
    return [(number, name) for number, name in await work.session.execute(statement)]


async def events_of(work: Work, order_id: int) -> Sequence[tuple[EventRow, str | None]]:
    """What happened to an order, newest first, with who did it."""
    statement = (
        select(EventRow, User.name)
        .outerjoin(User, User.id == EventRow.actor_id)
        .where(EventRow.kind == "orders", EventRow.record_id == order_id)
        .order_by(EventRow.id.desc())
        .limit(100)
    )
    return [(event, name) for event, name in await work.session.execute(statement)]


@dataclass(frozen=True, slots=True)
class OrderTotals:
    """What a customer's orders come to: `live` = awaiting + approved, `approved` of it."""

    live: Decimal
    approved: Decimal
    number: int


async def totals_of_customer(work: Work, customer_id: int) -> OrderTotals:
    """Totals over all live orders of a customer; asks no scope, as the customer's page shows whole figures."""
    approved = func.sum(Order.net_total).filter(Order.status == OrderStatus.approved)
    statement = select(func.coalesce(func.sum(Order.net_total), 0), func.coalesce(approved, 0), func.count()).where(
        Order.customer_id == customer_id, Order.status.in_((OrderStatus.awaiting, OrderStatus.approved))
    )
    live, counted, number = (await work.session.execute(statement)).one()
    return OrderTotals(Decimal(live), Decimal(counted), number)


async def authority_of(work: Work) -> Authority:
    """The actor's discount authority: the most generous of their roles; no row means 0 %; administrators have 100 %."""
    actor = work.actor
    if actor.everything:
        return Authority(Decimal(100), Decimal(100))
    if not actor.role_ids:
        return Authority()
    ((line, order),) = await work.rows(_MOST, {"role_ids": list(actor.role_ids)})
    return Authority(line or Decimal(0), order or Decimal(0))


_MOST = select(func.max(DiscountLimit.line_percent), func.max(DiscountLimit.order_percent)).where(
    DiscountLimit.role_id == any_(bindparam("role_ids", type_=ARRAY(BigInteger)))
)


async def holders_of_authority(work: Work, line_percent: Decimal, order_percent: Decimal) -> Collection[int]:
    """Active users whose own authority covers both discounts and who may approve orders."""
    limits = (
        select(UserRole.user_id)
        .join(User, User.id == UserRole.user_id)
        .join(Role, Role.id == UserRole.role_id)
        .outerjoin(DiscountLimit, DiscountLimit.role_id == Role.id)
        .where(User.active)
        .group_by(UserRole.user_id)
        .having(
            or_(
                func.bool_or(Role.everything),
                (func.max(DiscountLimit.line_percent) >= line_percent)
                & (func.max(DiscountLimit.order_percent) >= order_percent),
            )
        )
    )
    covering = set(await work.session.scalars(limits))
    return covering & set(await holders_of(work, "orders.approve"))


async def _probe(work: Work, q: str) -> Hits:
    """Orders by their number, and those of the customers that the customers' search finds."""
    plain = q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    customer = await find_customers(work, q)
    return Hits(or_(Order.number.ilike(f"%{plain}%", escape="\\"), customer.where))


def _source(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(Order)
        .join(Customer, Customer.id == Order.customer_id)
        .outerjoin(Owner, Owner.id == Order.owner_id)
    )


def _status(value: str) -> str:
    if value not in OrderStatus.__members__:
        raise ValueError(value)
    return value


LIST = ListSpec(
    kind="orders",
    id=Order.id,
    columns=(
        Column("number", _("Number"), Order.number),
        Column("customer", _("Customer"), Customer.name),
        Column("customer_id", _("Customer no."), Order.customer_id),
        Column("owner", _("Owner"), Owner.name),
        Column("status", _("State"), Order.status, OrderStatus),
        Column("shipping", _("Shipping"), Order.shipping_status, ShippingStatus),
        Column("net_total", _("Amount"), Order.net_total),
        Column("ordered_on", _("Order date"), Order.ordered_on),
    ),
    visible=visible,
    source=_source,
    sorts=(
        Sort("newest", _("Newest first"), Order.created_at),
        Sort("amount", _("Largest first"), Order.net_total),
    ),
    scenes=(
        Scene("all", _("All")),
        Scene("mine", _("Mine"), branches=lambda actor: (Branch(Order.owner_id, (actor.id or 0,)),)),
        Scene("part", _("I take part in"), branches=_opened),
        Scene(
            "subordinates",
            _("My subordinates'"),
            branches=lambda actor: (Branch(Order.owner_id, actor.subordinate_ids),),
        ),
    ),
    filters=(
        Filter("status", _("State"), lambda v, actor: Order.status == _status(v), "choice", OrderStatus),
        Filter("customer", _("Customer"), lambda v, actor: Order.customer_id == record_number(v), "number"),
        Filter("owner", _("Owner"), lambda v, actor: Order.owner_id == record_number(v), "user"),
        Filter("from", _("Ordered from"), lambda v, actor: Order.ordered_on >= date.fromisoformat(v), "date"),
        Filter("to", _("Ordered until"), lambda v, actor: Order.ordered_on <= date.fromisoformat(v), "date"),
    ),
    probe=_probe,
    branches=branches,
)
