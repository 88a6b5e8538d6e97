"""Verbs of the inbox: tell people, note what they read, decide from a push."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.approvals import actions as approvals
from domain.approvals.models import ApprovalStep, StepStatus
from domain.core.errors import Conflict, NotFound
from domain.core.events import EventRow
from domain.core.sentences import stored
from domain.core.text import Text, _
from domain.core.work import Work
from domain.notifications import queries
from domain.notifications.events import Notified
from domain.notifications.models import PLURAL, DecisionToken, Notification, NotificationKind, PushSubscription
from domain.notifications.policy import DECISION_LIFE
from domain.people.models import User

Decision = Literal["confirm", "reject"]
SUBSCRIPTIONS_EACH = 20
"""Browsers one person may have; the oldest gives way."""


async def notify(
    work: Work,
    user_ids: Sequence[int],
    kind: NotificationKind,
    sentence: Text,
    *,
    url: str,
    tag: str,
    decides_step_id: int | None = None,
) -> None:
    """Put an item into each person's inbox, in this transaction; the pushes follow its commit.

    A later item of the same tag takes the place of an unread one. Money belongs into places named `amount`, `total` or
    `outstanding`: only then can it be left out on lock screens. `decides_step_id` is an approval step that the person
    may confirm or reject straight from the item.
    """
    people = sorted(set(user_ids))
    if not people:
        return
    same = (Notification.user_id.in_(people), Notification.tag == tag, Notification.read_at.is_(None))
    await work.session.execute(update(Notification).where(*same).values(read_at=work.now))
    kept = stored(sentence)
    params = kept["params"] | ({PLURAL: kept["plural"]} if "plural" in kept else {})
    items = [
        Notification(
            user_id=user_id, kind=kind, sentence=kept["msgid"], params=params, url=url, tag=tag,
            decides_step_id=decides_step_id, at=work.now,
        )
        for user_id in people
    ]  # fmt: skip
    work.session.add_all(items)
    await work.session.flush()  # the events name the items by id
    for item in items:
        work.record(Notified(record_id=item.id))


async def tell_manager(work: Work, sentence: Text, *, url: str, tag: str) -> None:
    """Tell the actor's manager, if there is one, of a visit or what was recorded on one."""
    manager_id = await work.session.scalar(select(User.manager_id).where(User.id == work.actor.id))
    if manager_id is not None:
        await notify(work, [manager_id], NotificationKind.visit, sentence, url=url, tag=tag)


async def read(work: Work, notification_id: int) -> Notification:
    """Note that I opened an item. Raises NotFound for somebody else's."""
    item = await queries.get(work, notification_id)
    if item.read_at is None:
        item.read_at = work.now
    return item


async def read_all(work: Work) -> None:
    """Note that I have seen all that is in my inbox."""
    mine = (Notification.user_id == work.actor.id, Notification.read_at.is_(None))
    await work.session.execute(update(Notification).where(*mine).values(read_at=work.now))


async def settle(work: Work, event: EventRow) -> None:
    """After a round of approval moved on: what its closed steps asked for is done, for all who were asked."""
    closed = select(ApprovalStep.id).where(
        ApprovalStep.approval_id == event.record_id, ApprovalStep.status != StepStatus.awaiting
    )
    asked = (Notification.decides_step_id.in_(closed), Notification.done_at.is_(None))
    values = {"done_at": work.now, "read_at": func.coalesce(Notification.read_at, work.now)}
    await work.session.execute(update(Notification).where(*asked).values(values))


async def subscribe(
    work: Work, *, endpoint: str, p256dh: str, auth: str, device: str, session_id: int | None, replaces: str = ""
) -> None:
    """Let a browser take my pushes; it was checked by who received it. A browser belongs to whoever used it last."""
    values = {
        "user_id": work.actor.id, "session_id": session_id, "p256dh": p256dh, "auth": auth, "device": device,
        "created_at": work.now, "failures": 0, "last_answer": None,
    }  # fmt: skip
    statement = insert(PushSubscription).values(endpoint=endpoint, **values)
    await work.session.execute(statement.on_conflict_do_update(index_elements=[PushSubscription.endpoint], set_=values))
    mine = PushSubscription.user_id == work.actor.id
    if replaces and replaces != endpoint:
        await work.session.execute(delete(PushSubscription).where(mine, PushSubscription.endpoint == replaces))
    kept = (
        select(PushSubscription.id).where(mine).order_by(PushSubscription.created_at.desc()).limit(SUBSCRIPTIONS_EACH)
    )
    await work.session.execute(delete(PushSubscription).where(mine, PushSubscription.id.not_in(kept)))


async def unsubscribe(work: Work, endpoint: str) -> None:
    """Send no more pushes to one of my browsers; nothing happens if it is none of mine."""
    mine = (PushSubscription.user_id == work.actor.id, PushSubscription.endpoint == endpoint)
    await work.session.execute(delete(PushSubscription).where(*mine))


async def forget(work: Work, subscription_id: int) -> None:
    """The push service says that the browser is gone."""
    await work.session.execute(delete(PushSubscription).where(PushSubscription.id == subscription_id))


async def note_answer(work: Work, subscription_id: int, *, delivered: bool, answer: str) -> None:
    """Keep what the push service said last. A refusal is counted but costs no subscription: the fault may be ours."""
    values = (
        {"last_ok_at": work.now, "failures": 0, "last_answer": answer}
        if delivered
        else {"failures": PushSubscription.failures + 1, "last_answer": answer}
    )
    await work.session.execute(update(PushSubscription).where(PushSubscription.id == subscription_id).values(values))


def token_hash(token: str) -> bytes:
    """What is kept of a decision token."""
    return hashlib.sha256(token.encode()).digest()


async def grant_decision(work: Work, item: Notification, token: str, record_version: int) -> datetime:
    """Let whoever holds `token` decide an item's approval step once, in the name of the item's reader; returns until
    when. Granting the same token again changes nothing."""
    expires_at = item.at + DECISION_LIFE
    values = {
        "token_hash": token_hash(token), "user_id": item.user_id, "step_id": item.decides_step_id,
        "record_version": record_version, "expires_at": expires_at,
    }  # fmt: skip
    await work.session.execute(insert(DecisionToken).values(**values).on_conflict_do_nothing())
    return expires_at


async def holder_of(session: AsyncSession, token: str) -> int:
    """The user for whom a decision token stands, asked before anybody acts. Raises NotFound."""
    statement = select(DecisionToken.user_id).where(DecisionToken.token_hash == token_hash(token))
    found = (await session.execute(statement)).scalar_one_or_none()
    if found is None:
        raise NotFound(_("These buttons no longer work. Decide on the page."))
    return found


async def decide(work: Work, token: str, decision: Decision, reason: str) -> Text:
    """Confirm or reject by a push's token and return what came of it; `reason` goes with a rejection.

    The actor is the token's holder. Doing the same again is harmless. Raises Conflict when the token was used the
    other way (`used`), is too old (`expired`), or when the approval engine refuses (decided, withdrawn, changed).
    """
    statement = select(DecisionToken).where(
        DecisionToken.token_hash == token_hash(token), DecisionToken.user_id == work.actor.id
    )
    row = (await work.session.scalars(statement.with_for_update())).one_or_none()
    if row is None:
        raise NotFound
    if row.used_at is not None and row.outcome != decision:
        raise Conflict(_("You have decided this the other way already."), code="used")
    if row.used_at is None:
        if row.expires_at <= work.now:
            raise Conflict(_("These buttons worked for a day. Decide on the page."), code="expired")
        if decision == "confirm":
            await approvals.confirm(work, row.step_id, row.record_version)
        else:
            await approvals.reject(work, row.step_id, row.record_version, reason)
        row.used_at = work.now
        row.outcome = decision
    return _("Confirmed.") if decision == "confirm" else _("Rejected.")
