"""Same key, same answer: what a phone or a program sends twice is done once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Text, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.errors import Conflict, Invalid
from domain.core.inputs import Input
from domain.core.model import Base
from domain.core.text import _
from domain.core.work import Work

KEPT = timedelta(days=180)


class IdempotencyKey(Base):
    """A key that a user's program sent with a create, and the answer that it got. Kept for 180 days."""

    __tablename__ = "idempotency_keys"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(index=True)


def fingerprint(action: str, body: Mapping[str, Any]) -> str:
    """SHA-256 over the action's name and its canonical JSON body."""
    text = json.dumps([action, body], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


async def once(
    work: Work,
    key: str | None,
    action: str,
    body: Mapping[str, Any],
    make: Callable[[], Awaitable[dict[str, Any]]],
    *,
    wait: bool = False,
) -> dict[str, Any]:
    """Run `make` unless the actor sent this key before; then return the answer of that time.

    Raises Invalid (code `key_reused`) for the same key with another body, Conflict (code `in_progress`) while the
    first run has not ended; with `wait`, as for a double tap, it waits for that end instead. The key is stored in the
    same transaction as what `make` does.
    """
    if not key:
        return await make()
    if len(key) > 200:
        raise Invalid.of("", _("The idempotency key is longer than 200 characters."))
    mark = fingerprint(action, body)
    place = {"place": f"{work.actor.id}:{key}"}
    if wait:
        await work.rows(_LOCK, place)
    elif not (await work.rows(_TRY_LOCK, place))[0].locked:
        raise Conflict(_("The same request is being carried out right now."), code="in_progress")
    for row in await work.rows(_EARLIER, {"who": work.actor.id, "sent": key}):
        if row.fingerprint != mark:
            problem = Invalid.of("", _("This key was used for another request."))
            problem.code = "key_reused"
            raise problem
        return row.answer or {}
    answer = await make()
    await work.rows(_NOTE, {"who": work.actor.id, "sent": key, "mark": mark, "given": answer, "now": work.now})
    return answer


async def created_once(
    work: Work, action: str, data: Input, create: Callable[[], Awaitable[Any]], *, besides: Collection[str] = ()
) -> int:
    """Create what a form holds, unless this very form (its `client_uuid`) was sent before; returns the record's id.

    `besides`: fields that say how the form was sent, and may differ.
    """

    async def make() -> dict[str, Any]:
        return {"id": (await create()).id}

    body = data.model_dump(mode="json", exclude={"client_uuid", *besides})
    key = getattr(data, "client_uuid", None)
    return int((await once(work, str(key) if key else None, action, body, make))["id"])


_PLACE = func.hashtextextended(bindparam("place", type_=Text()), 0)
_LOCK = select(func.pg_advisory_xact_lock(_PLACE))
_TRY_LOCK = select(func.pg_try_advisory_xact_lock(_PLACE).label("locked"))
_EARLIER = select(IdempotencyKey.fingerprint, IdempotencyKey.answer).where(
    IdempotencyKey.user_id == bindparam("who"), IdempotencyKey.key == bindparam("sent")
)
_NOTE = insert(IdempotencyKey).values(
    user_id=bindparam("who"), key=bindparam("sent"), fingerprint=bindparam("mark"),
    answer=bindparam("given", type_=IdempotencyKey.answer.type), at=bindparam("now"),
)  # fmt: skip


async def forget_old_keys(work: Work) -> None:
    """Drop keys that nobody will send again."""
    await work.session.execute(delete(IdempotencyKey).where(IdempotencyKey.at < work.now - KEPT))
