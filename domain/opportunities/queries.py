"""One opportunity with all that its page shows, and those of a customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Integer, Select, and_, bindparam, func, select, true, union_all
from sqlalchemy.orm import aliased, selectinload

from domain.company.models import Reason
from domain.contacts.models import Contact
from domain.core.access import Actor
from domain.core.errors import NotFound
from domain.core.events import EventRow
from domain.core.kept import kept
from domain.core.questions import Question, shown
from domain.core.rows import columns
from domain.core.text import Text
from domain.core.work import Work
from domain.customers.models import Customer
from domain.customers.scope import visible as customers_seen
from domain.followups.models import FollowUp
from domain.leads.models import Lead
from domain.leads.scope import visible as leads_seen
from domain.opportunities.listing import LIST, overdue, stale
from domain.opportunities.models import (
    ContactRole,
    Opportunity,
    OpportunityContact,
    OpportunityLine,
    Pipeline,
    Stage,
    StageMove,
    StageQuestion,
)
from domain.opportunities.scope import LIVE, branches, manageable, visible, writable
from domain.opportunities.stages import PipelineView, end_reasons, pipelines
from domain.opportunities.totals import totals
from domain.orders.models import Order
from domain.orders.queries import visible as orders_seen
from domain.people.models import User
from domain.products.models import Product

__all__ = [
    "LIST", "LIVE", "Detail", "Move", "OpportunityTotals", "PipelineView", "binned", "branches", "contacts", "detail",
    "end_reasons", "get", "lines", "manageable", "moves", "names_in", "of_customer", "of_lead", "orders", "pipelines",
    "timeline", "total_of_customer", "visible", "writable",
]  # fmt: skip
THIS = bindparam("opportunity_id", type_=BigInteger())
WHOLE = (selectinload(Opportunity.lines),)


async def get(work: Work, opportunity_id: int, *, lock: bool = False) -> Opportunity:
    """One opportunity with its lines. Raises NotFound for one that the actor may not see."""
    return await work.load(Opportunity, opportunity_id, visible, lock=lock, options=WHOLE)


def names_in(work: Work) -> tuple[Any, Any]:
    """Columns of the pipeline's and the stage's name in the reader's language."""
    return _names(work.actor.language)


def _names(language: str) -> tuple[Any, Any]:
    pipeline, stage = (Pipeline.name_zh, Stage.name_zh) if language == "zh" else (Pipeline.name_en, Stage.name_en)
    return pipeline.label("pipeline"), stage.label("stage")


@dataclass(frozen=True, slots=True)
class Detail:
    """An opportunity as its page shows it."""

    opportunity: Any
    """Its columns."""
    customer: str
    contact: str | None
    lead: str | None
    """The name of the lead it came from, if the actor sees that."""
    owner: str | None
    pipeline: str
    stage: str
    reason: str | None
    """Why it ended, of the list of reasons; a note may stand beside it."""
    stale: bool
    overdue: bool
    sees_customer: bool
    may_write: bool
    may_manage: bool
    may_reopen: bool


async def detail(work: Work, opportunity_id: int) -> Detail:
    """One opportunity with what belongs to its head, in one query. Raises NotFound."""
    actor = work.actor
    rows = await work.rows(kept(actor, _detail), {"opportunity_id": opportunity_id})
    if not rows:
        raise NotFound
    row = rows[0]
    may_write = bool(row.may_write) and actor.may("opportunities.edit")
    return Detail(
        row, row.customer, row.contact, row.lead, row.owner, row.pipeline, row.stage, row.reason, bool(row.stale),
        bool(row.overdue), bool(row.sees_customer), may_write, bool(row.may_manage),
        bool(row.may_write) and actor.may("opportunities.reopen"),
    )  # fmt: skip


def _detail(actor: Actor) -> Any:
    reason = Reason.text_zh if actor.language == "zh" else Reason.text_en
    met = Contact.name if actor.scope("contacts") is not None else func.nullif("", "")
    return (
        select(
            *columns(Opportunity), Customer.name.label("customer"), met.label("contact"), Lead.name.label("lead"),
            User.name.label("owner"), *_names(actor.language), reason.label("reason"), stale().label("stale"),
            overdue(actor).label("overdue"), customers_seen(actor).label("sees_customer"),
            writable(actor).label("may_write"), manageable(actor).label("may_manage"),
        )
        .join(Customer, Customer.id == Opportunity.customer_id)
        .join(Stage, Stage.id == Opportunity.stage_id)
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .outerjoin(Contact, Contact.id == Opportunity.contact_id)
        .outerjoin(Lead, and_(Lead.id == Opportunity.lead_id, leads_seen(actor)))
        .outerjoin(User, User.id == Opportunity.owner_id)
        .outerjoin(Reason, Reason.id == Opportunity.end_reason_id)
        .where(Opportunity.id == THIS, visible(actor))
    )  # fmt: skip


async def lines(work: Work, opportunity_id: int) -> Sequence[Any]:
    """Its products in order: product_id, product, unit, quantity, price. The caller has seen the opportunity."""
    return await work.rows(_LINES, {"opportunity_id": opportunity_id})


_LINES = (
    select(
        OpportunityLine.product_id, Product.name.label("product"), Product.code, Product.unit,
        OpportunityLine.quantity, OpportunityLine.price,
    )
    .join(Product, Product.id == OpportunityLine.product_id)
    .where(OpportunityLine.opportunity_id == THIS)
    .order_by(OpportunityLine.position)
)  # fmt: skip


async def contacts(work: Work, opportunity_id: int) -> Sequence[Any]:
    """Who has a part in the decision: contact_id, name, post, mobile, role. The caller has seen the opportunity; who
    may not view contacts is told nothing."""
    if work.actor.scope("contacts") is None:
        return []
    return await work.rows(_CONTACTS, {"opportunity_id": opportunity_id})


_CONTACTS = (
    select(OpportunityContact.contact_id, Contact.name, Contact.post, Contact.mobile, OpportunityContact.role)
    .join(Contact, Contact.id == OpportunityContact.contact_id)
    .where(OpportunityContact.opportunity_id == THIS, Contact.deleted_at.is_(None))
    .order_by(*(OpportunityContact.role != role.value for role in ContactRole), Contact.name_sort, Contact.id)
)


@dataclass(frozen=True, slots=True)
class Move:
    """One change of stage as a reader sees it; `answers` are questions with what was said."""

    row: Any
    """Columns of the move."""
    who: str | None
    came_from: str | None
    went_to: str
    answers: Sequence[tuple[str, str | Text]]


async def moves(work: Work, opportunity_id: int) -> Sequence[Move]:
    """All changes of stage, the newest first. The caller has seen the opportunity."""
    language = work.actor.language
    rows = await work.rows(kept(work.actor, _moves), {"opportunity_id": opportunity_id})
    left = {row.from_stage_id for row in rows if row.answers}
    asked: dict[int, list[Question]] = {}
    if left:
        found = select(StageQuestion).where(StageQuestion.stage_id.in_(left))
        for one in await work.session.scalars(found.order_by(StageQuestion.position, StageQuestion.id)):
            asked.setdefault(one.stage_id, []).append(Question.of(one, language))
    return [
        Move(row, row.who, row.came_from, row.went_to, shown(asked.get(row.from_stage_id, ()), row.answers))
        for row in rows
    ]


def _moves(actor: Actor) -> Any:
    came, went = aliased(Stage), aliased(Stage)
    name = "name_zh" if actor.language == "zh" else "name_en"
    return (
        select(
            *columns(StageMove), User.name.label("who"), getattr(came, name).label("came_from"),
            getattr(went, name).label("went_to"),
        )
        .join(went, went.id == StageMove.to_stage_id)
        .outerjoin(came, came.id == StageMove.from_stage_id)
        .outerjoin(User, User.id == StageMove.by_id)
        .where(StageMove.opportunity_id == THIS)
        .order_by(StageMove.id.desc())
    )  # fmt: skip


async def timeline(work: Work, opportunity_id: int, *, before: int | None = None, limit: int = 20) -> Sequence[Any]:
    """What happened to an opportunity the actor has seen and what was noted of it, newest first, with who did it;
    `before` is the event to go on from."""
    values = {"opportunity_id": opportunity_id, "before": before, "most": limit}
    told = work.actor.may("followups.view")
    return await work.rows(kept(work.actor, _timeline, told, before is not None), values)


def _timeline(actor: Actor, told: bool, before: bool) -> Any:
    # Two walks of one index: asked as one condition, the server would go through all events, the newest first.
    itself = select(EventRow.id).where(EventRow.kind == "opportunities", EventRow.record_id == THIS)
    noted = (
        select(EventRow.id)
        .join(FollowUp, and_(EventRow.kind == "followups", EventRow.record_id == FollowUp.id))
        .where(FollowUp.opportunity_id == THIS)
    )
    found = union_all(itself, noted) if told else itself
    statement = (
        select(*columns(EventRow), User.name.label("who"))
        .outerjoin(User, User.id == EventRow.actor_id)
        .where(EventRow.id.in_(found))
        .order_by(EventRow.id.desc())
        .limit(bindparam("most", type_=Integer()))
    )
    return statement.where(EventRow.id < bindparam("before")) if before else statement


async def orders(work: Work, opportunity_id: int) -> Sequence[Any]:
    """Orders made from it that the actor sees, the newest first."""
    return await work.rows(kept(work.actor, _orders), {"opportunity_id": opportunity_id})


def _orders(actor: Actor) -> Select[Any]:
    found = select(*columns(Order)).where(Order.opportunity_id == THIS)
    seen = orders_seen(actor) if actor.may("orders.view") else ~true()
    return found.where(seen).order_by(Order.created_at.desc(), Order.id.desc())


async def of_customer(work: Work, customer_id: int, *, limit: int = 50) -> Sequence[Any]:
    """Opportunities of a customer that the actor sees, open ones first, the last active first: their columns, owner,
    pipeline, stage, stale."""
    return await work.rows(kept(work.actor, _of_customer), {"customer_id": customer_id, "most": limit})


def _of_customer(actor: Actor) -> Any:
    return (
        select(*columns(Opportunity), User.name.label("owner"), *_names(actor.language), stale().label("stale"))
        .join(Stage, Stage.id == Opportunity.stage_id)
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .outerjoin(User, User.id == Opportunity.owner_id)
        .where(Opportunity.customer_id == bindparam("customer_id", type_=BigInteger()), visible(actor))
        .order_by(Opportunity.ended_at.is_not(None), Opportunity.activity_at.desc(), Opportunity.id.desc())
        .limit(bindparam("most", type_=Integer()))
    )


@dataclass(frozen=True, slots=True)
class OpportunityTotals:
    """What a customer's opportunities come to (S-071): open and won amount, and how many these are."""

    open: Decimal
    won: Decimal
    number: int


async def total_of_customer(work: Work, customer_id: int) -> OpportunityTotals:
    """Totals over all opportunities of a customer; asks no scope, as the customer's page shows whole figures."""
    return OpportunityTotals(*(await work.rows(totals(), {"customer_id": customer_id}))[0])


async def of_lead(work: Work, lead_id: int) -> tuple[int, str] | None:
    """Id and name of the opportunity that a lead became, if the actor sees it."""
    found = select(Opportunity.id, Opportunity.name).where(Opportunity.lead_id == lead_id, visible(work.actor))
    row = (await work.session.execute(found)).one_or_none()
    return None if row is None else (row[0], row[1])


async def binned(work: Work, *, limit: int = 200) -> Sequence[Any]:
    """Deleted opportunities, the last deleted first; the caller has asked for the right to the bin."""
    found = (
        select(*columns(Opportunity), Customer.name.label("customer"))
        .join(Customer, Customer.id == Opportunity.customer_id)
        .where(Opportunity.deleted_at.is_not(None))
        .order_by(Opportunity.deleted_at.desc())
    )
    return (await work.session.execute(found.limit(limit))).all()
