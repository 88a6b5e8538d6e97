"""Acts on accounts that are more than a row: they run our own actions."""

from __future__ import annotations

from piccolo_admin.endpoints import FormConfig
from pydantic import BaseModel, Field
from sqlalchemy import func, select
from starlette.requests import Request

from domain.core.errors import Invalid, Problem
from domain.core.text import Text, _
from domain.core.work import Work
from domain.people import actions
from domain.people.models import User
from webapp.backoffice.entrance import entrance
from webapp.i18n import catalogue
from webapp.work import transaction


class Account(BaseModel):
    """Whose account."""

    user_name: str = Field(max_length=200)


class NewPassword(Account):
    """Whose account, and the password that it gets."""

    password: str = Field(max_length=1000)


def _say(text: Text) -> str:
    return catalogue(entrance().language).say(text)


async def _user(work: Work, user_name: str) -> User:
    found = select(User).where(func.lower(User.user_name) == user_name.strip().lower())
    user = (await work.session.execute(found)).scalar_one_or_none()
    if user is None:
        raise Invalid.of("user_name", _("There is no user of this name."))
    return user


async def set_password(request: Request, data: NewPassword) -> str:
    """Give somebody a password."""
    try:
        async with transaction(entrance().database, entrance().actor) as work:
            user = await _user(work, data.user_name)
            await actions.set_password(work, user.id, data.password)
    except Problem as problem:
        raise ValueError(_say(problem.sentence)) from problem
    return _say(_("The password is set; all devices of this user are signed out."))


async def send_link(request: Request, data: Account) -> str:
    """Mail somebody a link to set a password: also the way in for new users."""
    try:
        async with transaction(entrance().database, entrance().actor) as work:
            work.actor.require("users.edit")
            user = await _user(work, data.user_name)
            if user.email is None:
                raise Invalid.of("user_name", _("This user has no e-mail address."))
            link = f"{entrance().base_url}/reset/{await actions.create_reset(work, user.id)}"
            subject, body = (catalogue(user.language).say(text) for text in actions.reset_texts(user, link))
            await actions.post_mail(work, user.email, subject, body)
    except Problem as problem:
        raise ValueError(_say(problem.sentence)) from problem
    return _say(_("The link is in the outbox. It works once and for one hour."))


async def clear_two_factor(request: Request, data: Account) -> str:
    """Take the second factor off somebody who lost the phone."""
    try:
        async with transaction(entrance().database, entrance().actor) as work:
            user = await _user(work, data.user_name)
            await actions.clear_two_factor(work, user.id)
    except Problem as problem:
        raise ValueError(_say(problem.sentence)) from problem
    return _say(_("The second factor is switched off."))


def forms(language: str) -> list[FormConfig]:
    """The acts, as the back office lists them. Their addresses are made of the names, so these stay English."""
    say = catalogue(language).say
    return [
        FormConfig("Set password", NewPassword, set_password, say(_("Give a user a new password."))),
        FormConfig("Send link", Account, send_link, say(_("Mail a user a link to set a password."))),
        FormConfig("Remove second factor", Account, clear_two_factor, say(_("For a user who lost the phone."))),
    ]
