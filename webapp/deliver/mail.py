"""Sending what lies in the mail outbox. Without a mail server the outbox is read in the back office instead."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib
from sqlalchemy import select

from domain.core.events import EventRow
from domain.core.work import clock
from domain.notifications.models import Mail
from webapp.outside import Outside
from webapp.settings import Settings

log = logging.getLogger("offing.mail")
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
TIMEOUT_S = 30
STALE_AFTER = timedelta(days=1)
"""A mail that could not go out for so long says nothing true any more."""


def server_of(smtp_url: str) -> Mapping[str, Any]:
    """The arguments of aiosmtplib for an address such as smtp+starttls://user:password@host:587."""
    parts = urlsplit(smtp_url)
    return {
        "hostname": parts.hostname,
        "port": parts.port or PORTS[parts.scheme],
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "use_tls": parts.scheme == "smtps",
        "start_tls": parts.scheme == "smtp+starttls",
        "timeout": TIMEOUT_S,
    }


def message_of(mail: Mail, settings: Settings) -> EmailMessage:
    """The mail as it goes over the wire."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, mail.to_address, mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = make_msgid(str(mail.id), settings.mail_from.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


async def deliver_mail(outside: Outside, event: EventRow) -> None:
    """Follows `MailQueued`: send the mail now. Raises what the server said, so that the queue tries again."""
    if outside.settings.smtp_url is not None:
        problem = await _send(outside, event.record_id)
        if problem is not None:
            raise problem


async def deliver_waiting(outside: Outside) -> None:
    """By the clock: one more try for mails of the last day that are still here, each for itself."""
    if outside.settings.smtp_url is None:
        return
    since: datetime = clock() - STALE_AFTER
    async with outside.database.reading() as session:
        waiting = select(Mail.id).where(Mail.sent_at.is_(None), Mail.created_at > since).order_by(Mail.id)
        ids = (await session.scalars(waiting.limit(500))).all()
    for mail_id in ids:
        await _send(outside, mail_id)


async def _send(outside: Outside, mail_id: int) -> Exception | None:
    """Send one mail and keep what came of it. The row stays locked meanwhile, so two workers do not both send it."""
    assert outside.settings.smtp_url is not None
    async with outside.transaction() as work:
        free = select(Mail).where(Mail.id == mail_id, Mail.sent_at.is_(None)).with_for_update(skip_locked=True)
        mail = (await work.session.execute(free)).scalar_one_or_none()
        if mail is None:
            return None
        try:
            await aiosmtplib.send(message_of(mail, outside.settings), **server_of(outside.settings.smtp_url))
        except (aiosmtplib.SMTPException, OSError, ValueError) as problem:
            mail.error = f"{type(problem).__name__}: {problem}"[:500]
            log.warning("mail %s was not sent: %s", mail_id, type(problem).__name__)
            return problem
        mail.sent_at, mail.error = clock(), None
    return None
