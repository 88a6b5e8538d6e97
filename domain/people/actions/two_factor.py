"""The second factor by choice: time codes (TOTP, RFC 6238) from an app on the phone. Each code works once."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

from domain.core.errors import Denied, Invalid
from domain.core.text import _
from domain.core.work import Work
from domain.people.actions.passwords import fits, locked_user
from domain.people.actions.sign_in import use_code_step
from domain.people.events import TwoFactorChanged
from domain.people.models import User

STEP_S = 30
ISSUER = "Offing"


def new_secret() -> str:
    """A fresh key, as the app wants it (base 32)."""
    return pyotp.random_base32()


def provisioning_uri(secret: str, user_name: str) -> str:
    """What the QR code says."""
    return pyotp.TOTP(secret).provisioning_uri(name=user_name, issuer_name=ISSUER)


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step a code belongs to: now, one before or one after (clocks differ); None if it does not fit."""
    code = code.replace(" ", "").strip()
    current = int(now.timestamp()) // STEP_S
    totp = pyotp.TOTP(secret)
    for step in (current, current - 1, current + 1):
        if code.isascii() and hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None


async def check_code(work: Work, user_id: int, code: str) -> bool:
    """Whether this is the code of now, not used before; uses it up."""
    user = await work.session.get(User, user_id)
    if user is None or not user.active or user.totp_secret is None:
        return False
    step = matching_step(user.totp_secret, code, work.now)
    return step is not None and await use_code_step(work, user_id, step)


async def switch_on(work: Work, secret: str, code: str) -> None:
    """Switch my second factor on, with a first code as proof that the app has the key."""
    if work.actor.id is None:
        raise Denied(_("Only a person has a second factor."))
    user = await locked_user(work, work.actor.id)
    step = matching_step(secret, code, work.now)
    if step is None:
        raise Invalid.of("code", _("This code does not fit. Check that the phone's clock is right."))
    user.totp_secret, user.totp_last_step = secret, step
    work.touch(user)
    work.record(TwoFactorChanged(record_id=user.id, on=True))


async def switch_off(work: Work, password: str) -> None:
    """Switch my second factor off; asks for the password."""
    if work.actor.id is None:
        raise Denied(_("Only a person has a second factor."))
    user = await locked_user(work, work.actor.id)
    if not await fits(user.password_hash, password):
        raise Invalid.of("password", _("This is not your password."))
    _clear(work, user)


async def clear_two_factor(work: Work, user_id: int) -> None:
    """Take the second factor off somebody who lost the phone; by administrators."""
    work.actor.require("users.edit")
    _clear(work, await locked_user(work, user_id))


def _clear(work: Work, user: User) -> None:
    user.totp_secret = user.totp_last_step = None
    work.touch(user)
    work.record(TwoFactorChanged(record_id=user.id, on=False))
