"""The approval tables: flows that an administrator sets up, and the runs of them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Integer, false, true
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.core.model import Base, Choice, Record, choice_check
from domain.core.text import _


class ApprovalStatus(Choice):
    """States of one round of approval."""

    awaiting = "awaiting", _("Awaiting approval")
    confirmed = "confirmed", _("Confirmed")
    rejected = "rejected", _("Rejected")
    withdrawn = "withdrawn", _("Withdrawn")


class StepStatus(Choice):
    """States of one step: `later` until the steps before it are done."""

    later = "later", _("Later")
    awaiting = "awaiting", _("Waiting")
    confirmed = "confirmed", _("Confirmed")
    rejected = "rejected", _("Rejected")
    closed = "closed", _("Closed")


class ApproverRule(Choice):
    """How the approvers of a step are found."""

    picked = "picked", _("Picked on the form")
    manager = "manager", _("The submitter's manager")
    head = "head", _("Head of the submitter's department")
    role = "role", _("Holders of a role")
    person = "person", _("A named person")


class ApprovalFlow(Record):
    """A configured flow for one kind of record (S-147); `kind` is the feature's plural noun."""

    __tablename__ = "approval_flows"

    kind: Mapped[str]
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=true(), default=True)

    __table_args__ = (Index("uq_approval_flows_active", "kind", unique=True, postgresql_where=sql("active")),)


class ApprovalFlowStep(Base):
    """One step of a flow. It is skipped when the amount is below `least_amount`, or, with `over_discount`, when the
    document stays within the submitter's discount authority."""

    __tablename__ = "approval_flow_steps"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    flow_id: Mapped[int] = mapped_column(ForeignKey("approval_flows.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    rule: Mapped[str]
    role_id: Mapped[int | None] = mapped_column(ForeignKey("roles.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    least_amount: Mapped[Decimal | None]
    over_discount: Mapped[bool] = mapped_column(server_default=false(), default=False)

    __table_args__ = (choice_check("rule", ApproverRule),)


class Approval(Record):
    """One round of approval of one record, bound to the `record_version` that was submitted."""

    __tablename__ = "approvals"

    kind: Mapped[str]
    record_id: Mapped[int]
    record_version: Mapped[int]
    round: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(server_default="awaiting", default="awaiting")
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    title: Mapped[str]
    amount: Mapped[Decimal | None]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    why: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    ended_at: Mapped[datetime | None]

    steps: Mapped[list[ApprovalStep]] = relationship(
        order_by="ApprovalStep.position", cascade="all, delete-orphan", lazy="raise"
    )

    __table_args__ = (
        choice_check("status", ApprovalStatus),
        Index("uq_approvals_round", "kind", "record_id", "round", unique=True),
        Index("uq_approvals_open", "kind", "record_id", unique=True, postgresql_where=sql("status = 'awaiting'")),
    )


class ApprovalStep(Base):
    """One step of a round: any one of its approvers decides (first wins)."""

    __tablename__ = "approval_steps"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    approval_id: Mapped[int] = mapped_column(ForeignKey("approvals.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    status: Mapped[str]
    rule: Mapped[str]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    comment: Mapped[str | None]

    approvers: Mapped[list[ApprovalApprover]] = relationship(cascade="all, delete-orphan", lazy="raise")

    __table_args__ = (choice_check("status", StepStatus), choice_check("rule", ApproverRule))


class ApprovalApprover(Base):
    """Somebody who may decide a step. Stays after the decision: who was asked may go on reading the record."""

    __tablename__ = "approval_approvers"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("approval_steps.id", ondelete="CASCADE"), index=True)
    approval_id: Mapped[int] = mapped_column(ForeignKey("approvals.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (Index(None, "user_id", "step_id", unique=True),)
