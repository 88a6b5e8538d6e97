"""The history of every row, written by database triggers (migration 0002) so that nothing passes it by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Base
from domain.core.work import Work


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


async def changes_of(
    work: Work, table: str, row_id: int, *, before: int | None = None, limit: int = 30
) -> Sequence[AuditEntry]:
    """Changes of one row, newest first. The caller has seen to it that the actor sees the row."""
    mine = select(AuditEntry).where(AuditEntry.table_name == table, AuditEntry.row_id == row_id)
    if before is not None:
        mine = mine.where(AuditEntry.id < before)
    return (await work.session.execute(mine.order_by(AuditEntry.id.desc()).limit(limit))).scalars().all()


async def moment_of(work: Work, entry_id: int) -> datetime | None:
    """When a change was made: the moment at which its transaction began."""
    return (await work.session.execute(select(AuditEntry.at).where(AuditEntry.id == entry_id))).scalar_one_or_none()
