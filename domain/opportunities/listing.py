"""The list of opportunities: views, filters, orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Numeric,
    Select,
    and_,
    any_,
    cast,
    func,
    literal,
    literal_column,
    select,
)

from domain.contacts.models import Contact
from domain.core.access import Actor, grants_to
from domain.core.lists import Branch, Column, Filter, ListSpec, Scene, Sort, record_number
from domain.core.text import _
from domain.customers.models import Customer
from domain.leads.models import LeadSource
from domain.opportunities.history import became, reached_at
from domain.opportunities.models import Opportunity, Pipeline, Stage, StageKind
from domain.opportunities.scope import LIVE, branches, visible
from domain.opportunities.search import probe
from domain.people.models import Department, User
from domain.pools.listing import mine, subordinates

Where = ColumnElement[bool]
EXPECTED: Any = literal_column("coalesce(opportunities.expected_on, 'infinity'::date)", Date)
AMOUNT: Any = literal_column("coalesce(opportunities.amount, 0)", Numeric(18, 2))
"""As their indexes have them."""


def stale(now: Any = None) -> Where:
    """Condition: open, and nothing happened for longer than its stage allows, as of now."""
    since = (func.now() if now is None else now) - func.make_interval(0, 0, 0, Stage.stale_days)
    return and_(Opportunity.status == StageKind.open.value, Opportunity.activity_at < since)


def today_of(actor: Actor) -> ColumnElement[date]:
    """The day that it is for the actor; asked by the server, since a list's statement is kept."""
    return cast(func.timezone(actor.time_zone, func.now()), Date)


def overdue(actor: Actor) -> Where:
    """Condition: open, and the day on which it was to be closed is past."""
    return and_(Opportunity.status == StageKind.open.value, Opportunity.expected_on < today_of(actor))


def _between(column: Any, begin: Any, months: int = 1) -> Where:
    end = cast(begin + func.make_interval(0, months), Date)
    return and_(column >= cast(begin, Date), column < end)


def _expected(value: str, actor: Actor) -> Where:
    """overdue, past (before this month), this_month, next_month, quarter, none, a month as YYYY-MM, or YYYY-MM+: from
    that month on."""
    column, today = Opportunity.expected_on, today_of(actor)
    month = func.date_trunc("month", cast(today, DateTime))
    named: dict[str, Callable[[], Where]] = {
        "overdue": lambda: overdue(actor),
        "past": lambda: column < cast(month, Date),
        "this_month": lambda: _between(column, month),
        "next_month": lambda: _between(column, month + func.make_interval(0, 1)),
        "quarter": lambda: _between(column, func.date_trunc("quarter", cast(today, DateTime)), 3),
        "none": lambda: column.is_(None),
    }
    if value in named:
        return named[value]()
    if value.endswith("+"):
        return column >= month_of(value[:-1])[0]
    first, following = month_of(value)
    return and_(column >= first, column < following)


def month_of(value: str) -> tuple[date, date]:
    """The first days of a month written YYYY-MM and of the next one. Raises ValueError."""
    if len(value) != 7:
        raise ValueError(value)
    first = date.fromisoformat(f"{value}-01")
    return first, (first + timedelta(days=31)).replace(day=1)


def _ended(value: str, actor: Actor) -> Where:
    """A month as YYYY-MM, or two days, both included."""
    if ":" in value:
        since, until = (date.fromisoformat(day) for day in value.split(":"))
        return during(Opportunity.ended_at, since, until, actor)
    first, following = month_of(value)
    return during(Opportunity.ended_at, first, following - timedelta(days=1), actor)


def during(moment: Any, since: date, until: date, actor: Actor) -> Where:
    """Condition: a moment lies within these days of the actor's calendar, both included."""
    begin = datetime.combine(since, time.min, tzinfo=actor.zone)
    return and_(moment >= begin, moment < datetime.combine(until + timedelta(days=1), time.min, tzinfo=actor.zone))


def _reached(value: str, actor: Actor) -> Where:
    """A stage and two days: reached for the first time from the one to the other, both included."""
    stage, since, until = value.split(":")
    at = reached_at(record_number(stage))
    return during(at, date.fromisoformat(since), date.fromisoformat(until), actor)


def _left(value: str, actor: Actor) -> Where:
    stage, _colon, outcome = value.partition(":")
    return became(record_number(stage), outcome)


def _department(value: str, actor: Actor) -> Where:
    """A department with all below it; with a minus behind its number alone, as the forecast counts."""
    if value.endswith("-"):
        return Opportunity.department_id == record_number(value[:-1])
    return within_department(record_number(value))


def within_department(department_id: int) -> Where:
    """Condition: the owner works in a department or below it."""
    tree = select(Department.id).where(Department.id == department_id).cte("tree", recursive=True)
    tree = tree.union(select(Department.id).join(tree, Department.parent_id == tree.c.id))
    return Opportunity.department_id == any_(func.array(select(tree.c.id).scalar_subquery()))


def _taking_part(actor: Actor) -> tuple[Branch, ...]:
    """What team or share opens to the actor, of the opportunity itself or of its customer."""
    return (
        Branch(Opportunity.id, grants_to(actor, "opportunities")),
        Branch(Opportunity.customer_id, grants_to(actor, "customers")),
    )


def source(statement: Select[Any]) -> Select[Any]:
    """The joins of the list's columns."""
    return (
        statement.select_from(Opportunity)
        .join(Stage, Stage.id == Opportunity.stage_id)
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .join(Customer, Customer.id == Opportunity.customer_id)
        .outerjoin(Contact, Contact.id == Opportunity.contact_id)
        .outerjoin(User, User.id == Opportunity.owner_id)
    )


LIST = ListSpec(
    kind="opportunities",
    id=Opportunity.id,
    columns=(
        Column("name", _("Name"), Opportunity.name),
        Column("customer", _("Customer"), Customer.name),
        Column("customer_id", _("Customer no."), Opportunity.customer_id),
        Column("contact", _("Main contact"), Contact.name),
        Column("pipeline_id", _("Pipeline no."), Opportunity.pipeline_id),
        Column("pipeline_zh", _("Pipeline (Chinese)"), Pipeline.name_zh),
        Column("pipeline_en", _("Pipeline (English)"), Pipeline.name_en),
        Column("stage_id", _("Stage no."), Opportunity.stage_id),
        Column("stage_zh", _("Stage (Chinese)"), Stage.name_zh),
        Column("stage_en", _("Stage (English)"), Stage.name_en),
        Column("status", _("State"), Opportunity.status, StageKind),
        Column("amount", _("Expected amount"), Opportunity.amount),
        Column("probability", _("Probability"), Opportunity.probability),
        Column("expected_on", _("Expected on"), Opportunity.expected_on),
        Column("next_step", _("Next step"), Opportunity.next_step),
        Column("next_step_on", _("Next step on"), Opportunity.next_step_on),
        Column("source", _("Source"), Opportunity.source, LeadSource),
        Column("owner", _("Owner"), User.name),
        Column("stage_since", _("In this stage since"), Opportunity.stage_since),
        Column("last_follow_up_at", _("Last follow-up"), Opportunity.last_follow_up_at),
        Column("activity_at", _("Last activity"), Opportunity.activity_at),
        Column("stale", _("Stale"), func.coalesce(stale(), literal(False))),
        Column("ended_at", _("Ended"), Opportunity.ended_at),
        Column("created_at", _("Created"), Opportunity.created_at),
    ),
    visible=visible,
    branches=branches,
    base=LIVE,
    apart=True,
    source=source,
    probe=probe,
    sorts=(
        Sort("activity", _("Latest activity"), Opportunity.activity_at),
        Sort("amount", _("Largest first"), AMOUNT),
        Sort("expected", _("Expected first"), EXPECTED, descending=False),
    ),
    scenes=(
        Scene("all", _("All")),
        Scene("mine", _("Mine"), branches=mine(Opportunity)),
        Scene("taking_part", _("I take part in"), branches=_taking_part),
        Scene("subordinates", _("My subordinates'"), branches=subordinates(Opportunity)),
    ),
    filters=(
        Filter("status", _("State"), lambda v, actor: Opportunity.status == StageKind(v).value, "choice", StageKind),
        Filter("pipeline", _("Pipeline"), lambda v, actor: Opportunity.pipeline_id == record_number(v), "number"),
        Filter("stage", _("Stage"), lambda v, actor: Opportunity.stage_id == record_number(v), "number"),
        Filter("owner", _("Owner"), lambda v, actor: Opportunity.owner_id == record_number(v), "user"),
        Filter("department", _("Department"), _department, "number"),
        Filter("customer", _("Customer"), lambda v, actor: Opportunity.customer_id == record_number(v), "number"),
        Filter("source", _("Source"), lambda v, actor: Opportunity.source == LeadSource(v).value, "choice", LeadSource),
        Filter("expected", _("Expected on"), _expected),
        Filter("ended", _("Ended in the month"), _ended),
        Filter("stale", _("Stale"), lambda v, actor: stale(), "flag"),
        Filter("reached", _("Reached a stage"), _reached),
        Filter("left", _("What became of it"), _left),
    ),
)
