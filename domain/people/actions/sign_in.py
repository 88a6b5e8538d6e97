"""Signing in: a counted try, a password checked outside any transaction, a code if wanted, a new session."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, text, true, update

from domain.core.errors import Denied, NotFound
from domain.core.work import Work
from domain.notifications.models import DecisionToken
from domain.people.models import PasswordReset, SignInAttempt, User, UserSession
from domain.people.policy import TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS, WINDOW, wait_sentence, wait_until

SESSION_LASTS = timedelta(days=30)
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


class TooMany(Denied):
    """The limit of tries is reached; the sentence says how long to wait."""

    code = "too_many"

    def __init__(self, until: datetime, now: datetime) -> None:
        super().__init__(wait_sentence(until, now))
        self.retry_after_s = max(1, int((until - now).total_seconds()) + 1)


@dataclass(frozen=True, slots=True)
class Try:
    """A try that was counted: who it might be and what the password is checked against (None: it cannot fit)."""

    attempt_id: int
    user_id: int | None
    password_hash: str | None
    wants_code: bool


def hash_of(token: str) -> bytes:
    """What the database keeps of a session token, reset link or API token."""
    return hashlib.sha256(token.encode()).digest()


async def count_try(work: Work, account: str, address: str, *, limit: int = TRIES_PER_ACCOUNT) -> int:
    """Count one try for an account and an address before it is made, so that no burst slips through.

    Locks both names until the transaction ends. Raises TooMany; then nothing is counted, so waiting always helps.
    """
    for name in sorted((f"account:{account}", f"address:{address}")):
        await work.session.execute(LOCK, {"name": name})
    since = work.now - WINDOW
    for column, value, most in (
        (SignInAttempt.user_name, account, limit),
        (SignInAttempt.address, address, TRIES_PER_ADDRESS),
    ):
        latest = select(SignInAttempt.at).where(column == value, SignInAttempt.at > since)
        tries = (await work.session.scalars(latest.order_by(SignInAttempt.at.desc()).limit(most))).all()
        until = wait_until(tries, most, work.now)
        if until is not None:
            raise TooMany(until, work.now)
    attempt = SignInAttempt(at=work.now, user_name=account, address=address)
    work.session.add(attempt)
    await work.session.flush()  # its id is handed out
    return attempt.id


async def begin_sign_in(work: Work, user_name: str, address: str) -> Try:
    """Count a try at a password and find whom it may be for. Commit it before checking the password."""
    account = user_name.strip().lower()[:200]
    attempt_id = await count_try(work, account, address)
    found = select(User).where(func.lower(User.user_name) == account, User.active)
    user = (await work.session.execute(found)).scalar_one_or_none()
    if user is None:
        return Try(attempt_id, None, None, False)
    return Try(attempt_id, user.id, user.password_hash, user.totp_secret is not None)


async def take_back_try(work: Work, attempt_id: int) -> None:
    """The password was right but a code is still wanted: this one try does not count."""
    await work.session.execute(delete(SignInAttempt).where(SignInAttempt.id == attempt_id))


async def sign_in(work: Work, user_id: int, *, device: str, address: str, old_session_id: int | None = None) -> str:
    """Open a session on a new token (an old one of this browser ends) and return the token; it is kept only hashed."""
    user = await work.session.get(User, user_id)
    if user is None or not user.active:
        raise NotFound
    await work.session.execute(delete(SignInAttempt).where(SignInAttempt.user_name == user.user_name.lower()))
    if old_session_id is not None:
        await work.session.execute(delete(UserSession).where(UserSession.id == old_session_id))
    token = secrets.token_urlsafe(32)
    work.session.add(
        UserSession(
            token_hash=hash_of(token), user_id=user_id, device=device[:200], address=address[:100],
            created_at=work.now, seen_at=work.now, expires_at=work.now + SESSION_LASTS,
        )
    )  # fmt: skip
    return token


async def sign_out(work: Work, session_id: int) -> None:
    """End one of my own sessions; its push subscription goes with it. Raises NotFound for anybody else's."""
    mine = delete(UserSession).where(UserSession.id == session_id, UserSession.user_id == work.actor.id)
    if (await work.session.execute(mine.returning(UserSession.id))).one_or_none() is None:
        raise NotFound


async def wipe_device(work: Work, session_id: int) -> int:
    """Sign a device out and have it forget everything as soon as it is online; returns whose it is.

    One of my own, or with the right to change users anybody's. Buttons of notifications that are still on its lock
    screen decide nothing any more. Raises NotFound for any other.
    """
    theirs: ColumnElement[bool] = UserSession.user_id == work.actor.id
    if work.actor.may("users.edit"):
        theirs = true()
    wiped = update(UserSession).where(UserSession.id == session_id, theirs).values(wipe=True)
    owner = (await work.session.execute(wiped.returning(UserSession.user_id))).scalar_one_or_none()
    if owner is None:
        raise NotFound
    buttons = delete(DecisionToken).where(DecisionToken.user_id == owner, DecisionToken.used_at.is_(None))
    await work.session.execute(buttons)
    return int(owner)


async def sign_out_others(work: Work, session_id: int) -> int:
    """End all my sessions but this one; returns how many there were."""
    mine = (UserSession.user_id == work.actor.id, ~UserSession.wipe)
    others = delete(UserSession).where(*mine, UserSession.id != session_id)
    return len((await work.session.execute(others.returning(UserSession.id))).all())


async def forget_old_traces(work: Work) -> None:
    """Nightly: drop sessions that ran out, tries and reset links that count no more."""
    await work.session.execute(delete(UserSession).where(UserSession.expires_at < work.now))
    await work.session.execute(delete(SignInAttempt).where(SignInAttempt.at < work.now - timedelta(days=1)))
    await work.session.execute(delete(PasswordReset).where(PasswordReset.expires_at < work.now - timedelta(days=1)))


async def use_code_step(work: Work, user_id: int, step: int) -> bool:
    """Take a time step of the second factor; False if it or a later one was used before (a replay)."""
    newer = update(User).where(User.id == user_id, func.coalesce(User.totp_last_step, 0) < step)
    taken = await work.session.execute(newer.values(totp_last_step=step).returning(User.id))
    return taken.one_or_none() is not None
