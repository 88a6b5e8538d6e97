"""Numbers people say on the phone: SO-2026-000123."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Sequence, select
from sqlalchemy.ext.asyncio import AsyncSession


async def next_number(session: AsyncSession, sequence: Sequence, prefix: str, now: datetime) -> str:
    """Take the next number of a sequence. Numbers rise and never repeat; a rolled-back one leaves a gap."""
    value = (await session.execute(select(sequence.next_value()))).scalar_one()
    return f"{prefix}-{now:%Y}-{value:06d}"
