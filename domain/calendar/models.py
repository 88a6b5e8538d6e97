"""The calendar table."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Record


class CalendarEvent(Record):
    """An entry of one person's calendar. `remind_at` is when a push is due; `reminded_at` when it went out."""

    __tablename__ = "calendar_events"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    remind_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id"))
    followup_id: Mapped[int | None] = mapped_column(ForeignKey("followups.id"), index=True)

    __table_args__ = (
        Index("ix_calendar_events_user", "user_id", "starts_at", "id"),
        Index("ix_calendar_events_lead", "lead_id", postgresql_where=sql("lead_id IS NOT NULL")),
        Index(
            "ix_calendar_events_due",
            "remind_at",
            postgresql_where=sql("reminded_at IS NULL AND done_at IS NULL AND remind_at IS NOT NULL"),
        ),
    )
