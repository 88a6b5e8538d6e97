"""The feed of one's own calendar: a secret address for calendar programs, made anew or taken back at any time."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar import items
from domain.calendar.items import Item
from domain.calendar.models import CalendarFeed
from domain.core.access import Actor
from domain.core.errors import NotFound
from domain.core.work import Work
from domain.people.queries import load_actor

BACK_DAYS, AHEAD_DAYS = 60, 400
NOTED_AFTER = timedelta(hours=1)


def hash_of(secret: str) -> bytes:
    """What the database keeps of a feed's secret."""
    return hashlib.sha256(secret.encode()).digest()


async def renew(work: Work) -> str:
    """A new secret for my feed; the one before opens nothing any more. Said once, here."""
    work.actor.require("calendar.view")
    secret = secrets.token_urlsafe(32)
    values = {"secret_hash": hash_of(secret), "created_at": work.now, "read_at": None}
    statement = insert(CalendarFeed).values(user_id=work.actor.id, **values)
    await work.session.execute(statement.on_conflict_do_update(index_elements=[CalendarFeed.user_id], set_=values))
    return secret


async def revoke(work: Work) -> None:
    """Take my feed back."""
    await work.session.execute(delete(CalendarFeed).where(CalendarFeed.user_id == work.actor.id))


async def mine(work: Work) -> CalendarFeed | None:
    """My feed, if I have one."""
    return await work.session.scalar(select(CalendarFeed).where(CalendarFeed.user_id == work.actor.id))


async def of_secret(session: AsyncSession, secret: str) -> tuple[Actor, datetime | None]:
    """Whose feed a secret opens, with the rights of now, and when it was read last. Raises NotFound."""
    wanted = CalendarFeed.secret_hash == hash_of(secret)
    row = (await session.execute(select(CalendarFeed.user_id, CalendarFeed.read_at).where(wanted))).one_or_none()
    actor = None if row is None else await load_actor(session, row.user_id)
    if row is None or actor is None or not actor.may("calendar.view"):
        raise NotFound
    return actor, row.read_at


def worth_noting(read_at: datetime | None, now: datetime) -> bool:
    """Whether that it is read now has to be noted; once an hour will do."""
    return read_at is None or now - read_at > NOTED_AFTER


async def note_read(work: Work) -> None:
    """Note that a program has read my feed."""
    await work.session.execute(
        update(CalendarFeed).where(CalendarFeed.user_id == work.actor.id).values(read_at=work.now)
    )


async def entries(work: Work) -> list[Item]:
    """What my feed holds: two months back and a year ahead; nothing of customers that have left my hands."""
    first = work.today - timedelta(days=BACK_DAYS)
    return await items.items(work, work.actor.id or 0, first, BACK_DAYS + AHEAD_DAYS, standing=True)
