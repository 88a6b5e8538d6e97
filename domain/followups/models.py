"""The follow-up table."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Choice, Record, choice_check
from domain.core.text import _


class Way(Choice):
    """How the customer was reached (S-167)."""

    phone = "phone", _("Phone")
    email = "email", _("E-mail")
    visit = "visit", _("Visit")
    sms = "sms", _("SMS")
    wechat = "wechat", _("WeChat")
    meeting = "meeting", _("Meeting")
    event = "event", _("Event")
    other = "other", _("Other")


class FollowUp(Record):
    """One touch with a customer or lead (S-166). `created_by_id` is the author; `at` when it took place.

    One of a converted lead has both: it stands on the customer's timeline from then on.

    `client_uuid` is given by the phone, so that a repeated save is recognised.
    """

    __tablename__ = "followups"

    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id"))
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunities.id"))
    """The opportunity of the customer that it was about."""
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    way: Mapped[str]
    minutes: Mapped[int | None] = mapped_column(Integer)
    content: Mapped[str]
    at: Mapped[datetime]
    next_contact_at: Mapped[datetime | None]
    client_uuid: Mapped[UUID | None] = mapped_column(unique=True)

    __table_args__ = (
        choice_check("way", Way),
        CheckConstraint("minutes >= 0", name="minutes_positive"),
        CheckConstraint("num_nonnulls(customer_id, lead_id) >= 1", name="about_somebody"),
        Index("ix_followups_customer", "customer_id", sql("at DESC"), sql("id DESC")),
        Index(
            "ix_followups_lead", "lead_id", sql("at DESC"), sql("id DESC"), postgresql_where=sql("lead_id IS NOT NULL")
        ),
        CheckConstraint("opportunity_id IS NULL OR customer_id IS NOT NULL", name="opportunity_of_customer"),
        Index(
            "ix_followups_opportunity",
            "opportunity_id",
            sql("at DESC"),
            sql("id DESC"),
            postgresql_where=sql("opportunity_id IS NOT NULL"),
        ),
        Index("ix_followups_author", "created_by_id", sql("at DESC"), sql("id DESC")),
    )
