"""From an item of the inbox to the person's devices: one job a device, so that each is tried again on its own."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from datetime import timedelta
from typing import Any

from pgqueuer.domain.errors import RetryRequested

from domain.approvals.queries import count_waiting
from domain.company.queries import company_settings
from domain.core.access import Actor
from domain.core.events import EventRow
from domain.core.text import Text, _
from domain.core.work import Work
from domain.notifications import actions, queries
from domain.notifications.models import Notification, NotificationKind, PushSubscription
from domain.notifications.policy import Postage, lock_screen, postage
from domain.people.queries import load_actor
from webapp.deliver.push import MAX_PAYLOAD_BYTES, Answer, Verdict, send
from webapp.deliver.push_target import Target
from webapp.i18n import catalogue
from webapp.outside import Outside
from webapp.queue import enqueue

log = logging.getLogger("offing.push")
JOB = "push"
SHORTEST_WAIT_S = 5
LONGEST_WAIT_S = 900
CHOICES: dict[actions.Decision, Text] = {"confirm": _("Confirm"), "reject": _("Reject")}


async def push_to_devices(outside: Outside, event: EventRow) -> None:
    """Follows `Notified`: queue one job for each device of the person. A second run only replaces the same push."""
    async with outside.transaction() as work:
        item = await work.session.get(Notification, event.record_id)
        if item is None:
            return
        found = await queries.subscriptions(work, item.user_id)
        jobs = [(JOB, json.dumps({"item": item.id, "device": one.id}).encode()) for one in found]
        await enqueue(work.session, jobs)


async def push_to_device(outside: Outside, item_id: int, device_id: int, tries: int) -> None:
    """Send one item to one device and keep what was answered. Raises RetryRequested while it is worth trying again."""
    async with outside.transaction() as work:
        prepared = await _prepare(outside, work, item_id, device_id)
    if prepared is None:
        return
    device, payload, post = prepared
    answer = await send(
        outside.http,
        outside.settings.keys.vapid,
        Target(device.endpoint, device.p256dh, device.auth),
        payload,
        ttl_s=post.ttl_s,
        urgency=post.urgency,
        topic=post.topic,
        contact=outside.settings.push_contact,
    )
    async with outside.transaction() as work:
        await _keep(work, device_id, answer)
    if answer.verdict is Verdict.retry:
        raise RetryRequested(delay=_wait(answer, tries), reason=_said(answer))


async def _prepare(
    outside: Outside, work: Work, item_id: int, device_id: int
) -> tuple[PushSubscription, bytes, Postage] | None:
    """What to send; None if it is no longer news: read, decided, too late, or the device or person is gone."""
    item = await work.session.get(Notification, item_id)
    device = await queries.subscription(work, device_id)
    if item is None or device is None or device.user_id != item.user_id or item.read_at is not None:
        return None
    reader = await load_actor(work.session, item.user_id)
    if reader is None:
        return None
    post = postage(NotificationKind(item.kind), item.tag, item.at, reader.zone)
    left_s = post.ttl_s - int((work.now - item.at).total_seconds())
    if left_s <= 0:
        return None
    payload = await _payload(outside, work, item, device, reader)
    return device, payload, Postage(left_s, post.urgency, post.topic)


async def _payload(outside: Outside, work: Work, item: Notification, device: PushSubscription, reader: Actor) -> bytes:
    words = catalogue(reader.language)
    amounts = (await company_settings(work.session)).push_amounts
    message: dict[str, Any] = {
        "v": 1,
        "id": item.id,
        "title": words.say(NotificationKind(item.kind).label),
        "body": lock_screen(item.text, words.gettext, words.ngettext, amounts=amounts),
        "url": f"/inbox/{item.id}",  # notes that it was read, and leads on
        "tag": item.tag,
        "lang": reader.language,
        "badge": await count_waiting(Work(work.session, reader, work.now)),
    }
    if item.decides_step_id is not None:
        token = decision_token(outside.settings.secret, item.id, device.id)
        version = (await queries.versions(work, [item.decides_step_id]))[item.decides_step_id]
        await actions.grant_decision(work, item, token, version)
        message["actions"] = [
            {"action": name, "title": words.say(label), "url": f"/push/decide/{name}", "token": token}
            for name, label in CHOICES.items()
        ]
    return fitted(message)


def decision_token(secret: str, item_id: int, device_id: int) -> str:
    """The token of one item on one device: the same at every try, and only its hash is stored."""
    return hmac.new(secret.encode(), f"decide:{item_id}:{device_id}".encode(), hashlib.sha256).hexdigest()


def fitted(message: dict[str, Any], limit: int = MAX_PAYLOAD_BYTES) -> bytes:
    """The message as JSON of at most `limit` bytes: a body that is too long ends in "…"."""
    payload = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    body = message["body"]
    while len(payload) > limit and body:
        body = body[: -max(1, (len(payload) - limit) // 4)]
        payload = json.dumps({**message, "body": body + "…"}, ensure_ascii=False, separators=(",", ":")).encode()
    return payload


async def _keep(work: Work, device_id: int, answer: Answer) -> None:
    if answer.verdict is Verdict.gone:
        await actions.forget(work, device_id)
        return
    await actions.note_answer(work, device_id, delivered=answer.verdict is Verdict.delivered, answer=_said(answer))
    if answer.verdict in (Verdict.refused, Verdict.too_large):
        # Our own key, clock, contact or code: the operator has to look, the subscription is innocent.
        log.error("push refused: device %s, %s", device_id, _said(answer))


def _said(answer: Answer) -> str:
    return f"{answer.status or 'no answer'} {answer.reason}".strip()


def _wait(answer: Answer, tries: int) -> timedelta:
    if answer.retry_after_s is not None:
        return timedelta(seconds=max(1, answer.retry_after_s))
    return timedelta(seconds=min(SHORTEST_WAIT_S * 2**tries, LONGEST_WAIT_S))
