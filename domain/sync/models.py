"""The table of what a person has to settle after an offline change."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Choice, Record, choice_check
from domain.core.text import _


class Settled(Choice):
    """What became of an offline value."""

    mine = "mine", _("My value")
    theirs = "theirs", _("The value that stands")


class Disagreement(Record):
    """A field that was changed on a phone and, meanwhile, by somebody else. `created_by_id` is who has to choose.

    `proposal`: the field belongs to the server (owner, credit …), so the value is only proposed to who may set it.
    """

    __tablename__ = "disagreements"

    record_uuid: Mapped[UUID]
    """The phone's record that brought it."""
    kind: Mapped[str]
    """The feature: customers or contacts."""
    record_id: Mapped[int]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    field: Mapped[str]
    base: Mapped[Any] = mapped_column(JSONB)
    mine: Mapped[Any] = mapped_column(JSONB)
    theirs: Mapped[Any] = mapped_column(JSONB)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who wrote `mine` on a phone; with a proposal somebody else than who has to choose."""
    proposal: Mapped[bool] = mapped_column(server_default=sql("false"))
    settled: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        choice_check("settled", Settled, optional=True),
        Index("uq_disagreements_field", "record_uuid", "field", unique=True),
        Index("ix_disagreements_open", "created_by_id", postgresql_where=sql("settled IS NULL")),
    )
