"""Passwords: argon2id, always in a thread, because one check takes a tenth of a second of a processor."""

from __future__ import annotations

from functools import cache

import anyio
import anyio.to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select

from domain.core.errors import Denied, Invalid, NotFound
from domain.core.text import _
from domain.core.work import Work
from domain.people.events import PasswordChanged
from domain.people.models import PasswordReset, User, UserSession
from domain.people.policy import password_problem

HASHER = PasswordHasher()
AT_ONCE = 4
"""So many hashes at a time, each of 64 MiB: a storm of tries must not eat the machine."""


@cache
def _nobody() -> str:
    """A hash that no password fits, so that unknown user names take as long as known ones."""
    return HASHER.hash("nobody has this password")


@cache
def _limiter() -> anyio.CapacityLimiter:
    return anyio.CapacityLimiter(AT_ONCE)


def _check(password_hash: str | None, password: str) -> bool:
    try:
        HASHER.verify(password_hash or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


async def hashed(password: str) -> str:
    """The argon2id hash of a password."""
    return await anyio.to_thread.run_sync(HASHER.hash, password, limiter=_limiter())


async def fits(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one; takes as long when there is none."""
    return await anyio.to_thread.run_sync(_check, password_hash, password, limiter=_limiter())


async def _store(work: Work, user: User, password: str, *, keep_session: int | None) -> None:
    """Set a checked password; ends all sessions but one, and every open link for a forgotten password."""
    user.password_hash = await hashed(password)
    work.touch(user)
    # A device that is to be wiped keeps its session, which opens nothing: by it the device hears of it.
    others = delete(UserSession).where(UserSession.user_id == user.id, ~UserSession.wipe)
    if keep_session is not None:
        others = others.where(UserSession.id != keep_session)
    await work.session.execute(others)
    await work.session.execute(
        delete(PasswordReset).where(PasswordReset.user_id == user.id, PasswordReset.used_at.is_(None))
    )
    work.record(PasswordChanged(record_id=user.id, by_other=work.actor.id != user.id))


async def locked_user(work: Work, user_id: int) -> User:
    """A user, locked for a change. Raises NotFound."""
    statement = select(User).where(User.id == user_id).with_for_update().execution_options(populate_existing=True)
    user = (await work.session.execute(statement)).scalar_one_or_none()
    if user is None:
        raise NotFound
    return user


async def change_password(work: Work, current: str, new: str, repeated: str, session_id: int | None) -> None:
    """Change one's own password; signs out every other device. Raises Invalid with all that is wrong."""
    if work.actor.id is None:
        raise Denied(_("Only a person has a password."))
    user = await locked_user(work, work.actor.id)
    errors = {}
    if user.password_hash is not None and not await fits(user.password_hash, current):
        errors["current"] = (_("This is not your password."),)
    if (problem := password_problem(new, user.user_name)) is not None:
        errors["new"] = (problem,)
    elif new != repeated:
        errors["repeated"] = (_("The two new passwords differ."),)
    if errors:
        raise Invalid(errors)
    await _store(work, user, new, keep_session=session_id)


async def set_password(work: Work, user_id: int, password: str, *, check: bool = True) -> None:
    """Give a user a password, as an administrator; signs out all the user's devices. `check` False: demo passwords."""
    work.actor.require("users.edit")
    user = await locked_user(work, user_id)
    if check and (problem := password_problem(password, user.user_name)) is not None:
        raise Invalid.of("password", problem)
    await _store(work, user, password, keep_session=None)


async def store_reset_password(work: Work, user: User, password: str) -> None:
    """Set the password of somebody who proved to own the e-mail address."""
    if (problem := password_problem(password, user.user_name)) is not None:
        raise Invalid.of("new", problem)
    await _store(work, user, password, keep_session=None)
