"""The tables of opportunities: pipelines with their stages, opportunities with lines, people and moves."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    UniqueConstraint,
    true,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.core.model import Base, Choice, Owned, Record, amount_check, choice_check
from domain.core.questions import QuestionKind, QuestionRecord
from domain.core.text import _
from domain.leads.models import LeadSource


class StageKind(Choice):
    """What a stage means, and with it the state of the opportunities in it."""

    open = "open", _("In progress")
    won = "won", _("Won")
    lost = "lost", _("Deal lost")
    invalid = "invalid", _("Invalid")


class ContactRole(Choice):
    """What part a contact plays in the decision (S-125)."""

    decision_maker = "decision_maker", _("Decides")
    influencer = "influencer", _("Has influence")
    user = "user", _("Will use it")
    gatekeeper = "gatekeeper", _("Keeps the door")
    supporter = "supporter", _("Supports us")
    opponent = "opponent", _("Is against us")


class Pipeline(Record):
    """A way of selling: its stages in order. The first active one is taken where none is named."""

    __tablename__ = "pipelines"

    name_zh: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int] = mapped_column(server_default="0")
    active: Mapped[bool] = mapped_column(server_default=true())


class Stage(Record):
    """One step of a pipeline, which has one each for won, lost and invalid.

    `probability` in percent; after `stale_days` without any activity the owner is warned.
    """

    __tablename__ = "stages"

    pipeline_id: Mapped[int] = mapped_column(ForeignKey("pipelines.id"))
    name_zh: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default=StageKind.open.value, default=StageKind.open.value)
    position: Mapped[int] = mapped_column(server_default="0")
    probability: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    stale_days: Mapped[int | None] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(server_default=true())

    __table_args__ = (
        choice_check("kind", StageKind),
        CheckConstraint("probability BETWEEN 0 AND 100", name="probability_range"),
        CheckConstraint("stale_days BETWEEN 1 AND 3650", name="stale_days_range"),
        CheckConstraint("active OR kind = 'open'", name="ends_active"),
        UniqueConstraint("id", "pipeline_id", "kind"),  # what an opportunity says of its stage is bound to it
        Index("uq_stages_end", "pipeline_id", "kind", unique=True, postgresql_where=sql("kind <> 'open'")),
        Index(None, "pipeline_id", "position"),
    )


class StageQuestion(QuestionRecord):
    """One question that is answered before an opportunity leaves the stage for a later one (S-121)."""

    __tablename__ = "stage_questions"

    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"), sort_order=-50)

    __table_args__ = (choice_check("kind", QuestionKind), Index(None, "stage_id", "position"))


class Opportunity(Owned):
    """What a customer may buy (S-116). `status` is the kind of its stage, `probability` in percent.

    With lines `amount` is their sum, else what was typed. `activity_at` = last follow-up or change of stage, else
    creation: the list's order, and what "stale" is measured by.
    """

    __tablename__ = "opportunities"

    name: Mapped[str]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id"), unique=True)
    """The lead that became it; a lead becomes one opportunity at most."""
    pipeline_id: Mapped[int] = mapped_column(ForeignKey("pipelines.id"))
    stage_id: Mapped[int]
    status: Mapped[str] = mapped_column(server_default=StageKind.open.value, default=StageKind.open.value)
    amount: Mapped[Decimal | None]
    expected_on: Mapped[date | None]
    probability: Mapped[int] = mapped_column(SmallInteger)
    next_step: Mapped[str | None]
    next_step_on: Mapped[date | None]
    competitors: Mapped[str | None]
    need: Mapped[str | None]
    notes: Mapped[str | None]
    source: Mapped[str | None]

    stage_since: Mapped[datetime] = mapped_column(server_default=sql("now()"))
    last_follow_up_at: Mapped[datetime | None]
    activity_at: Mapped[datetime] = mapped_column(server_default=sql("now()"))
    ended_at: Mapped[datetime | None]
    end_reason_id: Mapped[int | None] = mapped_column(ForeignKey("reasons.id"))
    end_note: Mapped[str | None]
    deleted_at: Mapped[datetime | None]
    client_uuid: Mapped[UUID | None] = mapped_column(unique=True)

    lines: Mapped[list[OpportunityLine]] = relationship(
        order_by="OpportunityLine.position", cascade="all, delete-orphan", lazy="raise"
    )

    __table_args__ = (
        ForeignKeyConstraint(
            ["stage_id", "pipeline_id", "status"], ["stages.id", "stages.pipeline_id", "stages.kind"],
            name="fk_opportunities_stage",
        ),
        choice_check("status", StageKind),
        choice_check("source", LeadSource),
        amount_check("amount", least=0),
        CheckConstraint("probability BETWEEN 0 AND 100", name="probability_range"),
        CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="ended_whole"),
        CheckConstraint("(status = 'open') = (num_nonnulls(end_reason_id, end_note) = 0)", name="end_has_reason"),
        # With `deleted_at` and `status` in it an index tells by itself which opportunities a list walks.
        Index(
            "ix_opportunities_owner",
            "owner_id",
            sql("activity_at DESC"),
            sql("id DESC"),
            postgresql_include=["deleted_at", "status"],
        ),
        Index(
            "ix_opportunities_department",
            "department_id",
            sql("activity_at DESC"),
            sql("id DESC"),
            postgresql_include=["deleted_at", "status"],
        ),
        Index("ix_opportunities_activity", sql("activity_at DESC"), sql("id DESC"), postgresql_include=["deleted_at"]),
        Index(
            "ix_opportunities_stage",
            "stage_id",
            sql("activity_at DESC"),
            sql("id DESC"),
            postgresql_include=["deleted_at", "owner_id", "department_id", "amount"],
        ),
        Index("ix_opportunities_status", "status", sql("activity_at DESC"), sql("id DESC")),
        Index("ix_opportunities_customer", "customer_id", sql("activity_at DESC"), sql("id DESC")),
        Index("ix_opportunities_expected", sql("coalesce(expected_on, 'infinity'::date)"), "id"),
        Index("ix_opportunities_amount", sql("coalesce(amount, 0) DESC"), sql("id DESC")),
        Index("ix_opportunities_ended", "ended_at", postgresql_where=sql("ended_at IS NOT NULL")),
    )  # fmt: skip


class OpportunityLine(Base):
    """One product that the customer may buy, at the price hoped for."""

    __tablename__ = "opportunity_lines"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunities.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), index=True)
    quantity: Mapped[Decimal] = mapped_column(Numeric(12, 3))
    price: Mapped[Decimal]

    __table_args__ = (
        CheckConstraint("quantity > 0 AND quantity <> 'NaN'", name="quantity_positive"),
        amount_check("price", least=0),
    )


class OpportunityContact(Base):
    """A contact of the customer who has a part in the decision."""

    __tablename__ = "opportunity_contacts"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunities.id", ondelete="CASCADE"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    role: Mapped[str]

    __table_args__ = (choice_check("role", ContactRole), UniqueConstraint("opportunity_id", "contact_id"))


class StageMove(Base):
    """One change of stage, kept as it was; the first has no stage left. `answers` by the question's number, as text.

    `seconds` were spent in the stage left; `amount` is the opportunity's at that time.
    """

    __tablename__ = "stage_moves"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunities.id", ondelete="CASCADE"))
    from_stage_id: Mapped[int | None] = mapped_column(ForeignKey("stages.id"))
    to_stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    seconds: Mapped[int | None]
    amount: Mapped[Decimal | None]
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=sql("'{}'"))
    note: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("seconds >= 0", name="seconds_positive"),
        CheckConstraint("(from_stage_id IS NULL) = (seconds IS NULL)", name="left_whole"),
        Index("ix_stage_moves_opportunity", "opportunity_id", "id"),
        Index("ix_stage_moves_to", "to_stage_id", "at"),
        Index("ix_stage_moves_from", "from_stage_id", "at", postgresql_where=sql("from_stage_id IS NOT NULL")),
    )


class OpportunitySearch(Base):
    """What an opportunity is found by: `txt` = its folded name and initials; `grams` = its grams."""

    __tablename__ = "opportunity_search"

    opportunity_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("opportunities.id", ondelete="CASCADE"), primary_key=True
    )
    txt: Mapped[str]
    grams: Mapped[list[int]] = mapped_column(ARRAY(Integer))

    __table_args__ = (Index("ix_opportunity_search_grams", "grams", postgresql_using="gin"),)
