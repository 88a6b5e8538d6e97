"""What happened: one row a business event, timeline on the page and outbox for the worker at once."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Base
from domain.core.text import Text


class EventRow(Base):
    """A recorded event. Append only. `customer_id` puts it on that customer's timeline."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    name: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str]
    record_id: Mapped[int]
    customer_id: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (Index(None, "kind", "record_id", "id"), Index(None, "customer_id", "id"))


class HandledEvent(Base):
    """A reaction that has been carried out for an event, written in the reaction's own transaction: a job that runs
    twice finds it and does nothing."""

    __tablename__ = "handled_events"

    event_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    reaction: Mapped[str] = mapped_column(primary_key=True)


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events; a subclass is named in the past tense and adds JSON-able fields.

    `kind` is the feature's plural noun; `sentence` is what the timeline says, with the fields as its places.
    """

    kind: ClassVar[str]
    sentence: ClassVar[Text]

    record_id: int
    customer_id: int | None = None

    def row(self, at: datetime, actor_id: int | None) -> EventRow:
        """The row to be stored."""
        data = {
            item.name: _plain(getattr(self, item.name))
            for item in dataclasses.fields(self)
            if item.name not in ("record_id", "customer_id")
        }
        return EventRow(
            at=at,
            name=type(self).__name__,
            actor_id=actor_id,
            kind=self.kind,
            record_id=self.record_id,
            customer_id=self.customer_id,
            data=data,
        )


@dataclass(frozen=True, kw_only=True)
class FeatureEvent(Event):
    """Base of what happens to records of several features: `feature` is the plural noun of this one's."""

    feature: str

    def row(self, at: datetime, actor_id: int | None) -> EventRow:
        """The row to be stored, under the record's own kind."""
        row = super().row(at, actor_id)
        row.kind = self.feature
        return row


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value
