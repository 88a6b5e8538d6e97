"""The tables of visits: types with their questions, beats, visits."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, Integer, SmallInteger, true
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Choice, Owned, Record, choice_check
from domain.core.questions import QuestionKind, QuestionRecord
from domain.core.text import _


class VisitStatus(Choice):
    """Where a visit stands. A moved visit is planned again, for its new day."""

    planned = "planned", _("Planned")
    open = "open", _("At the customer")
    done = "done", _("Done")
    missed = "missed", _("Missed")
    cancelled = "cancelled", _("Cancelled")


class Fix(Choice):
    """What came of asking the device for its position."""

    fixed = "fixed", _("Position found")
    denied = "denied", _("Position not allowed")
    timeout = "timeout", _("Position not found in time")
    unavailable = "unavailable", _("No position on this device")


class Verdict(Choice):
    """What a check-in's position says; it never blocks anything."""

    verified = "verified", _("At the place")
    doubtful = "doubtful", _("Doubtful")
    none = "none", _("Cannot be told")


class VisitType(Record):
    """A kind of visit, kept in the back office; what its form asks are its questions."""

    __tablename__ = "visit_types"

    name_zh: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int] = mapped_column(server_default="0")
    active: Mapped[bool] = mapped_column(server_default=true())
    minutes: Mapped[int] = mapped_column(Integer, server_default="30")
    """How long one takes as a rule; the day's route counts with it."""
    least_photos: Mapped[int] = mapped_column(Integer, server_default="0")
    """So many photos are asked for; fewer are pointed out, not refused."""
    signature: Mapped[bool] = mapped_column(server_default=sql("false"))

    __table_args__ = (
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes_of_a_day"),
        CheckConstraint("least_photos BETWEEN 0 AND 20", name="photos_few"),
    )


class VisitQuestion(QuestionRecord):
    """One question of a type's form: stock, shelf, price …"""

    __tablename__ = "visit_questions"

    type_id: Mapped[int] = mapped_column(ForeignKey("visit_types.id"), sort_order=-50)

    __table_args__ = (choice_check("kind", QuestionKind), Index(None, "type_id", "position"))


class Beat(Owned):
    """A recurring visit: every so many weeks on some weekdays. Its owner makes the visits."""

    __tablename__ = "beats"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    type_id: Mapped[int | None] = mapped_column(ForeignKey("visit_types.id"))
    every_weeks: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    """1 is Monday, 7 is Sunday."""
    at: Mapped[time | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    planned_until: Mapped[date | None]
    """Up to this day its visits have been planned."""

    __table_args__ = (
        CheckConstraint("every_weeks BETWEEN 1 AND 52", name="weeks_of_a_year"),
        CheckConstraint("cardinality(weekdays) > 0 AND weekdays <@ '{1,2,3,4,5,6,7}'", name="weekdays_of_a_week"),
        Index("ix_beats_owner", "owner_id"),
    )


class Visit(Owned):
    """One visit. `client_uuid` is given by the phone, so that a repeated save is recognised.

    Positions are WGS-84; they are taken at check-in and check-out only and forgotten after the company's set time.
    `recorded_at` is the phone's clock put right by its offset, `received_at` the server's.
    """

    __tablename__ = "visits"

    client_uuid: Mapped[UUID] = mapped_column(unique=True, server_default=sql("gen_random_uuid()"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    contact_uuid: Mapped[UUID | None]
    """A contact that the phone made too and that has not come yet; linked when it comes."""
    type_id: Mapped[int | None] = mapped_column(ForeignKey("visit_types.id"))
    beat_id: Mapped[int | None] = mapped_column(ForeignKey("beats.id"), index=True)
    status: Mapped[str] = mapped_column(server_default=VisitStatus.planned.value)
    planned_on: Mapped[date]
    planned_at: Mapped[time | None]
    """The time of day agreed with the customer, in the owner's zone; empty for any time."""
    purpose: Mapped[str | None]
    stop: Mapped[int | None] = mapped_column(Integer)
    """Place in the day's route, from 0; empty until somebody has put the day in order."""

    arrived_at: Mapped[datetime | None]
    arrived_fix: Mapped[str | None]
    arrived_lat: Mapped[float | None] = mapped_column(Double)
    arrived_lng: Mapped[float | None] = mapped_column(Double)
    arrived_accuracy_m: Mapped[float | None] = mapped_column(Double)
    arrived_age_s: Mapped[int | None] = mapped_column(Integer)
    arrived_place: Mapped[str | None]
    """Where that is, by the gazetteer or the geocoder."""
    distance_m: Mapped[float | None] = mapped_column(Double)
    verdict: Mapped[str | None]
    verdict_reason: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """A translatable sentence as `domain.core.sentences.stored` writes it."""
    left_at: Mapped[datetime | None]
    left_fix: Mapped[str | None]
    left_lat: Mapped[float | None] = mapped_column(Double)
    left_lng: Mapped[float | None] = mapped_column(Double)
    left_accuracy_m: Mapped[float | None] = mapped_column(Double)
    left_age_s: Mapped[int | None] = mapped_column(Integer)

    signed_by: Mapped[str | None]
    """Who signed, if the name was typed instead of written by hand."""
    result: Mapped[str | None]
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=sql("'{}'"))
    """By the number of the question, as text."""
    next_contact_at: Mapped[datetime | None]
    followup_id: Mapped[int | None] = mapped_column(ForeignKey("followups.id"), index=True)
    reason: Mapped[str | None]
    """Why it was missed, moved or cancelled."""
    moved_from_on: Mapped[date | None]
    recorded_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    clock_offset_s: Mapped[int | None] = mapped_column(Integer)
    """How far the phone's clock was ahead of ours."""
    flag: Mapped[str | None]
    """Why a manager should look: `reassigned` or `deleted` customer by the time it came."""

    __table_args__ = (
        choice_check("status", VisitStatus),
        choice_check("arrived_fix", Fix, optional=True),
        choice_check("left_fix", Fix, optional=True),
        choice_check("verdict", Verdict, optional=True),
        Index("ix_visits_day", "owner_id", "planned_on", "stop", "id"),
        Index("ix_visits_planned", sql("planned_on DESC"), sql("id DESC")),
        Index("ix_visits_customer", "customer_id", sql("planned_on DESC"), sql("id DESC")),
        Index("ix_visits_open", "planned_on", postgresql_where=sql("status IN ('planned', 'open')")),
        Index("ix_visits_contact_uuid", "contact_uuid", postgresql_where=sql("contact_uuid IS NOT NULL")),
    )
