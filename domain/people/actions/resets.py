"""Forgotten passwords: a one-use link by mail; the screen says the same whether or not there is such a person."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.errors import NotFound
from domain.core.text import Text, _
from domain.core.work import Work
from domain.notifications.models import Mail
from domain.people.actions.passwords import store_reset_password
from domain.people.actions.sign_in import count_try, hash_of
from domain.people.events import MailQueued
from domain.people.models import PasswordReset, User
from domain.people.policy import RESET_LASTS, RESETS_PER_ACCOUNT

SUBJECT = _("Set a new password for Offing")
BODY = _(
    "Hello %(name)s,\n\nsomebody, hopefully you, wants to set a new password for the account %(user_name)s.\n"
    "This link works once and for one hour:\n\n%(link)s\n\n"
    "If it was not you, do nothing: your password stays as it is.\n"
)


def reset_texts(user: User, link: str) -> tuple[Text, Text]:
    """Subject and body of the mail."""
    return SUBJECT, _(BODY.msgid, name=user.name, user_name=user.user_name, link=link)


async def find_for_reset(work: Work, who: str, address: str) -> User | None:
    """Count the asking and find whom it is for, by user name or e-mail. None: nobody, or asked too often of late.

    Raises TooMany only for the address, which says nothing about any account.
    """
    who = who.strip().lower()[:200]
    await count_try(work, f"forgotten {who}", address, limit=10**6)
    statement = select(User).where(
        or_(func.lower(User.user_name) == who, func.lower(User.email) == who), User.active, User.email.is_not(None)
    )
    found = (await work.session.scalars(statement.order_by(User.id).limit(2))).all()
    if len(found) != 1:
        return None
    recent = select(func.count()).where(PasswordReset.user_id == found[0].id, PasswordReset.expires_at > work.now)
    many = (await work.session.execute(recent)).scalar_one() >= RESETS_PER_ACCOUNT
    return None if many else found[0]


async def create_reset(work: Work, user_id: int) -> str:
    """Make a one-use token for a new password, good for an hour."""
    token = secrets.token_urlsafe(32)
    work.session.add(PasswordReset(token_hash=hash_of(token), user_id=user_id, expires_at=work.now + RESET_LASTS))
    return token


async def post_mail(work: Work, to_address: str, subject: str, body: str) -> Mail:
    """Put a mail into the outbox; it goes out after the commit if there is a mail server, else it stays readable."""
    mail = Mail(to_address=to_address, subject=subject, body=body, created_at=work.now)
    work.session.add(mail)
    await work.session.flush()  # the event names it by id
    work.record(MailQueued(record_id=mail.id))
    return mail


async def open_reset(session: AsyncSession, token: str, now: datetime, *, lock: bool = False) -> PasswordReset:
    """The reset that a link stands for. Raises NotFound if it was used, ran out or never was."""
    statement = select(PasswordReset).where(
        PasswordReset.token_hash == hash_of(token), PasswordReset.used_at.is_(None), PasswordReset.expires_at > now
    )
    reset = (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()
    if reset is None:
        raise NotFound(_("This link was used already or is more than an hour old. Ask for a new one."))
    return reset


async def use_reset(work: Work, token: str, password: str) -> None:
    """Set the new password by a link; uses it up and signs out all devices."""
    reset = await open_reset(work.session, token, work.now, lock=True)
    user = await work.session.get(User, reset.user_id)
    if user is None or not user.active:
        raise NotFound
    await store_reset_password(work, user, password)
    reset.used_at = work.now
