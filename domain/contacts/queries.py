"""Who sees which contacts (those of the customers they see), and the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from domain.contacts import birthdays
from domain.contacts.models import Contact, ContactRole
from domain.core.access import Actor, Grant, Scope, grants_to
from domain.core.lists import Branch, Column, Filter, Hits, ListSpec, Scene, Sort
from domain.core.rows import columns
from domain.core.text import _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers import search
from domain.customers.models import Customer
from domain.people.models import User
from domain.pools.finding import holds, words_of
from domain.pools.models import Pool
from domain.search import phones

LIVE = Contact.deleted_at.is_(None)
BINNED = and_(
    Contact.deleted_at.is_not(None),
    exists(select(Customer.id).where(Customer.id == Contact.customer_id, customers.LIVE).correlate(Contact)),
)
"""Removed by itself: what went into the bin with its customer comes back with it."""
OPEN = or_(Customer.pool_id.is_(None), ~Pool.hidden_fields.contains(["contacts"]))
"""A pool may hide the contacts of what lies in it; then lists leave them out."""


def visible(actor: Actor) -> ColumnElement[bool]:
    """Contacts of the customers that the actor sees, unless the pool keeps them back."""
    if actor.scope("contacts") is None:
        return false()
    seen = select(Customer.id).where(customers.visible(actor), not_(_kept_back(actor)))
    return and_(LIVE, Contact.customer_id.in_(seen))


def _kept_back(actor: Actor) -> ColumnElement[bool]:
    """Customers whose contacts the pool hides from the actor; as customers.policy.hidden says of one."""
    if actor.scope("customers") is Scope.all:
        return false()
    hides = select(Pool.id).where(
        Pool.id == Customer.pool_id, Pool.hidden_fields.contains(["contacts"]), Pool.id.not_in(actor.admin_pool_ids)
    )
    team = grants_to(actor, "customers").where(Grant.record_id == Customer.id)
    return and_(hides.correlate(Customer).exists(), not_(team.exists()))


def writable(actor: Actor) -> ColumnElement[bool]:
    """Contacts of the customers whose data the actor may change."""
    return Contact.customer_id.in_(select(Customer.id).where(customers.writable(actor)))


async def get(work: Work, contact_id: int, *, lock: bool = False) -> Contact:
    """One contact. Raises NotFound for one that the actor may not see."""
    return await work.load(Contact, contact_id, visible, lock=lock)


async def belongs(work: Work, contact_id: int, customer_id: int, *, removed: bool = False) -> bool:
    """Whether it is a contact of this customer, whom the caller has found already; `removed` ones count if asked."""
    whose = select(Contact.customer_id).where(Contact.id == contact_id, true() if removed else LIVE)
    return (await work.session.execute(whose)).scalar_one_or_none() == customer_id


async def of_customer(work: Work, customer_id: int) -> Sequence[Any]:
    """The contacts of a customer that the actor sees: the main one, then by role, who has none last."""
    if work.actor.scope("contacts") is None:
        return []
    return await work.rows(_OF_CUSTOMER, {"customer_id": customer_id})


_RANK = case({role.value: place for place, role in enumerate(ContactRole)}, value=Contact.role, else_=len(ContactRole))
_OF_CUSTOMER = (
    select(*columns(Contact))
    .where(Contact.customer_id == bindparam("customer_id"), LIVE)
    .order_by(Contact.main.desc(), _RANK, Contact.name_sort, Contact.id)
)


async def binned(work: Work, *, limit: int = 200) -> Sequence[Any]:
    """Removed contacts of live customers, the last removed first: id, name, deleted_at, customer.

    The caller has asked for the right to the bin.
    """
    statement = (
        select(Contact.id, Contact.name, Contact.deleted_at, Customer.name.label("customer"))
        .join(Customer, Customer.id == Contact.customer_id)
        .where(BINNED)
        .order_by(Contact.deleted_at.desc(), Contact.id)
    )
    return (await work.session.execute(statement.limit(limit))).all()


async def by_mobile(work: Work, mobile_key: str, *, but: int | None = None) -> tuple[Contact, bool] | None:
    """The live contact of that number (looks past the scope), and whether the actor sees it."""
    statement = select(Contact, visible(work.actor).label("seen")).where(Contact.mobile_key == mobile_key, LIVE)
    if but is not None:
        statement = statement.where(Contact.id != but)
    row = (await work.session.execute(statement)).first()
    return None if row is None else (row[0], bool(row[1]))


def _seen(actor: Actor) -> ColumnElement[bool]:
    """As `visible`, on the customer that the list has joined anyway."""
    if actor.scope("contacts") is None:
        return false()
    return and_(LIVE, customers.visible(actor), OPEN)


MOST_AHEAD = 366
EARLIEST = cast(func.timezone("Etc/GMT+12", func.now()), Date)
"""The day where it begins last: on no place of the earth is it earlier."""


def _born(value: str, actor: Actor) -> ColumnElement[bool]:
    """Whose birthday is today or within so many days, by the clock of who asks."""
    days = int(value)
    if not 0 <= days <= MOST_AHEAD:
        raise ValueError(value)
    return birthdays.within(cast(func.timezone(actor.time_zone, func.now()), Date), days)


async def born(work: Work, day: date, *, ahead: int = 0, limit: int | None = None) -> Sequence[Any]:
    """Contacts of the actor's own customers whose birthday it is on the day (`ahead`: days after it), by name:
    id, name, birthday, mobile, phone, customer."""
    if work.actor.id is None:
        return []
    that = cast(literal(day + timedelta(days=ahead)), Date)
    statement = (
        select(
            Contact.id,
            Contact.name,
            Contact.birthday,
            Contact.mobile,
            Contact.phone,
            Contact.customer_id,
            Customer.name.label("customer"),
        )
        .join(Customer, Customer.id == Contact.customer_id)
        .where(visible(work.actor), Customer.owner_id == work.actor.id, birthdays.within(that, 0))
        .order_by(Contact.name_sort, Contact.id)
        .limit(limit)
    )
    return (await work.session.execute(statement)).all()


def _branches(actor: Actor) -> Sequence[Branch]:
    return () if actor.scope("contacts") is None else customers.branches(actor)


def _source(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(Contact)
        .join(Customer, Customer.id == Contact.customer_id)
        .outerjoin(User, User.id == Customer.owner_id)
        .outerjoin(Pool, Pool.id == Customer.pool_id)
    )


async def _probe(work: Work, q: str) -> Hits:
    """A customer is found by its contacts too, so its index narrows the contacts; then each is tested itself."""
    words = words_of(q)
    if not words:
        return Hits(false(), ())
    mine = func.concat_ws(
        " ", func.lower(Contact.name), Contact.name_sort,
        func.regexp_replace(Contact.name_sort, r"(\w)\w* ?", r"\1", "g"),
        Contact.mobile_key,
        func.regexp_replace(func.coalesce(Contact.phone, ""), r"\D", "", "g"), Customer.name_sort,
        func.lower(Customer.name),
    )  # fmt: skip
    found = await search.probe(work, q)
    if found.ids is None:
        return Hits(holds(mine, words))
    ids = (await work.session.scalars(_of_customers(found, mine, words))).all()
    return Hits(Contact.id.in_(ids), ids)


def _of_customers(found: Hits, mine: Any, words: Sequence[str]) -> Select[Any]:
    named = holds(mine, words)
    return select(Contact.id).join(Customer, Customer.id == Contact.customer_id).where(found.where, named).limit(5_000)


LIST = ListSpec(
    kind="contacts",
    id=Contact.id,
    columns=(
        Column("name", _("Name"), Contact.name),
        Column("post", _("Post"), Contact.post),
        Column("role", _("Role"), Contact.role, ContactRole),
        Column("mobile", _("Mobile"), Contact.mobile, phones.shown),
        Column("phone", _("Phone"), Contact.phone, phones.shown),
        Column("email", _("E-mail"), Contact.email),
        Column("birthday", _("Birthday"), Contact.birthday, birthdays.typed),
        Column("wechat", _("WeChat"), Contact.wechat),
        Column("address", _("Address"), Contact.address),
        Column("notes", _("Notes"), Contact.notes),
        Column("main", _("Main contact"), Contact.main),
        Column("customer", _("Customer"), Customer.name),
        Column("customer_id", _("Customer no."), Contact.customer_id),
        Column("owner", _("Owner"), User.name),
    ),
    visible=_seen,
    branches=_branches,
    base=and_(LIVE, customers.LIVE, OPEN),
    source=_source,
    probe=_probe,
    sorts=(
        Sort("name", _("Name"), Contact.name_sort, descending=False),
        Sort("created", _("Newest"), Contact.id),
        Sort("birthday", _("Next birthday"), birthdays.coming(EARLIEST), descending=False),
    ),
    filters=(
        Filter("birthday", _("Birthday"), _born, "number"),
        Filter("role", _("Role"), lambda value, _actor: Contact.role == ContactRole(value), "choice", ContactRole),
    ),
    scenes=(
        Scene("all", _("All")),
        Scene("mine", _("Mine"), branches=lambda actor: (Branch(Customer.owner_id, (actor.id,) if actor.id else ()),)),
        Scene(
            "subordinates", _("My subordinates'"),
            branches=lambda actor: (Branch(Customer.owner_id, actor.subordinate_ids),),
        ),
    ),
)  # fmt: skip
