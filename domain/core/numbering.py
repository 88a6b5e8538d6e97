"""Numbers people say on the phone: SO-2026-000123."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sqlalchemy import Select, Sequence, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.rows import fetch


async def next_number(session: AsyncSession, sequence: Sequence, prefix: str, now: datetime) -> str:
    """Take the next number of a sequence. Numbers rise and never repeat; a rolled-back one leaves a gap."""
    ((value,),) = await fetch(session, _next(sequence), {})
    return f"{prefix}-{now:%Y}-{value:06d}"


@cache
def _next(sequence: Sequence) -> Select[int]:
    return select(sequence.next_value())
