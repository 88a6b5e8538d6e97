"""The tables of the calendar: entries and tasks, what repeats, and feeds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Base, Choice, Record, choice_check
from domain.core.text import _


class EntryKind(Choice):
    """A task is an entry that is to be done (decision 0023)."""

    entry = "entry", _("Entry")
    task = "task", _("Task")


class Priority(Choice):
    """How much a task matters."""

    high = "high", _("High")
    normal = "normal", _("Normal")
    low = "low", _("Low")


class CalendarSeries(Record):
    """Something that repeats. Its occurrences are entries of their own, made ahead up to `planned_until`.

    `rule` is an RRULE; it is counted in wall-clock time of `zone` from `starts_on`. `entry` is what each is made from.
    """

    __tablename__ = "calendar_series"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    kind: Mapped[str]
    rule: Mapped[str]
    zone: Mapped[str]
    starts_on: Mapped[date]
    entry: Mapped[dict[str, Any]] = mapped_column(JSONB)
    planned_until: Mapped[date]
    uid: Mapped[str | None]
    """What it is called in the calendar that it was imported from."""

    __table_args__ = (choice_check("kind", EntryKind), UniqueConstraint("user_id", "uid"))


class CalendarFeed(Base):
    """The secret address at which a calendar program reads somebody's calendar; only its SHA-256 is kept."""

    __tablename__ = "calendar_feeds"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class CalendarEvent(Record):
    """An entry of one person's calendar, or a task for them. `remind_at` is when a push is due; `reminded_at` when it
    went out.

    One that takes whole days has `day` (and `last_day`), the same day for whoever reads it wherever; its `starts_at` is
    when that day begins for its owner. A task was given by `created_by_id`.
    """

    __tablename__ = "calendar_events"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(server_default=EntryKind.entry.value)
    title: Mapped[str]
    note: Mapped[str | None]
    priority: Mapped[str] = mapped_column(server_default=Priority.normal.value)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    day: Mapped[date | None]
    last_day: Mapped[date | None]
    remind_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id"))
    followup_id: Mapped[int | None] = mapped_column(ForeignKey("followups.id"), index=True)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("calendar_series.id"))
    series_on: Mapped[date | None]
    """The day that the rule gives; the occurrence itself may have been moved."""
    uid: Mapped[str | None]

    __table_args__ = (
        choice_check("kind", EntryKind),
        choice_check("priority", Priority),
        CheckConstraint("last_day >= day", name="days_in_order"),
        CheckConstraint("last_day IS NULL OR day IS NOT NULL", name="last_of_days"),
        UniqueConstraint("series_id", "series_on"),
        UniqueConstraint("user_id", "uid"),
        Index("ix_calendar_events_user", "user_id", "starts_at", "id"),
        Index("ix_calendar_events_tasks", "starts_at", "id", postgresql_where=sql("kind = 'task'")),
        Index("ix_calendar_events_given", "created_by_id", "starts_at", "id", postgresql_where=sql("kind = 'task'")),
        Index("ix_calendar_events_lead", "lead_id", postgresql_where=sql("lead_id IS NOT NULL")),
        Index(
            "ix_calendar_events_due",
            "remind_at",
            postgresql_where=sql("reminded_at IS NULL AND done_at IS NULL AND remind_at IS NOT NULL"),
        ),
    )
