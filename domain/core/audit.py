"""The history of every row, written by database triggers (migration 0002) so that nothing passes it by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Base


class AuditEntry(Base):
    """One change of one row: `old` and `new` hold the changed columns only. Append only.

    The actor is the transaction's setting `offing.actor_id`; empty for what the system did.
    """

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    table_name: Mapped[str]
    row_id: Mapped[int]
    operation: Mapped[str]
    actor_id: Mapped[int | None]
    old: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    new: Mapped[dict[str, Any] | None] = mapped_column(JSONB)

    __table_args__ = (Index(None, "table_name", "row_id", "id"),)
