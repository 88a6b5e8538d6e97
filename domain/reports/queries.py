"""How the people of a superior are doing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from domain.calendar.queries import day_starts
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.followups import queries as followups
from domain.followups.models import FollowUp
from domain.orders import queries as orders
from domain.orders.models import Order, OrderStatus
from domain.payments import queries as payments
from domain.payments.models import Payment, PaymentStatus
from domain.people.models import User

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Member:
    """One of my people with the figures of the week and the month."""

    id: int
    name: str
    on_leave: bool
    customers: int
    followups: int
    orders: int
    ordered: Decimal
    paid: Decimal


@dataclass(frozen=True, slots=True)
class Team:
    """My people; the week begins on Monday, both days are the reader's."""

    week_from: date
    month_from: date
    members: Sequence[Member]

    @property
    def sum(self) -> Member:
        """All of them together."""
        return Member(
            0, "", False, sum(m.customers for m in self.members), sum(m.followups for m in self.members),
            sum(m.orders for m in self.members), sum((m.ordered for m in self.members), ZERO),
            sum((m.paid for m in self.members), ZERO),
        )  # fmt: skip


async def team(work: Work) -> Team:
    """Figures of my subordinates: customers held, follow-ups of the week, approved orders and confirmed payments of
    the month by their own dates. Counted over what I see, so each figure is the length of the list behind it."""
    work.actor.require("team.view")
    week_from = work.today - timedelta(days=work.today.weekday())
    month_from = work.today.replace(day=1)
    people = select(User.id, User.name, User.on_leave_until).where(User.id.in_(work.actor.subordinate_ids), User.active)
    held = await _by_person(work, select(Customer.owner_id, func.count()).where(customers.visible(work.actor)))
    noted = await _by_person(
        work,
        select(FollowUp.created_by_id, func.count()).where(
            followups.visible(work.actor), FollowUp.at >= day_starts(work.actor, week_from)
        ),
    )
    sold = await _by_person(
        work,
        select(Order.owner_id, func.count(), func.sum(Order.net_total)).where(
            orders.visible(work.actor), Order.status == OrderStatus.approved.value, Order.ordered_on >= month_from
        ),
    )
    paid = await _by_person(
        work,
        select(Payment.owner_id, func.sum(Payment.amount)).where(
            payments.visible(work.actor), Payment.status == PaymentStatus.confirmed.value,
            Payment.received_on >= month_from,
        ),
    )  # fmt: skip
    members = []
    for row in await work.session.execute(people.order_by(User.name, User.id)):
        orders_made, ordered = sold.get(row.id, (0, ZERO))
        away = row.on_leave_until is not None and row.on_leave_until >= work.today
        members.append(
            Member(
                row.id,
                row.name,
                away,
                held.get(row.id, (0,))[0],
                noted.get(row.id, (0,))[0],
                orders_made,
                ordered,
                paid.get(row.id, (ZERO,))[0],
            )
        )
    return Team(week_from, month_from, members)


async def _by_person(work: Work, figures: Any) -> Mapping[int, tuple[Any, ...]]:
    """Figures grouped by their first column, a person of mine."""
    person = figures.selected_columns[0]
    statement = figures.where(person.in_(work.actor.subordinate_ids)).group_by(person)
    return {row[0]: tuple(row[1:]) for row in await work.session.execute(statement)}
