"""API tokens: a program acts as the person who made it, within the rights named, until the last day."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from domain.core.errors import Denied, Invalid, NotFound
from domain.core.text import _
from domain.core.work import Work
from domain.people.actions.sign_in import hash_of
from domain.people.events import TokenCreated, TokenRevoked
from domain.people.models import ApiToken
from domain.people.permissions import PERMISSIONS

PREFIX = "offing_"
"""So that scanners for leaked secrets recognise one."""


async def create_token(work: Work, name: str, scopes: Sequence[str] = (), expires_on: date | None = None) -> str:
    """Make a token for the actor and return it; it is shown this once and kept only hashed.

    `scopes` are permissions that the actor holds; none means all of the actor's, also later ones.
    """
    if work.actor.id is None:
        raise Denied(_("Only a person has API tokens."))
    errors = {}
    if any(right not in PERMISSIONS or not work.actor.may(right) for right in scopes):
        errors["scopes"] = (_("You can only give rights that you have."),)
    if expires_on is not None and expires_on < work.today:
        errors["expires_on"] = (_("This day is over."),)
    if errors:
        raise Invalid(errors)
    token = PREFIX + secrets.token_urlsafe(32)
    work.session.add(
        ApiToken(
            token_hash=hash_of(token), user_id=work.actor.id, name=name, scopes=sorted(set(scopes)),
            created_at=work.now, expires_on=expires_on,
        )
    )  # fmt: skip
    work.record(TokenCreated(record_id=work.actor.id, name=name))
    return token


async def revoke_token(work: Work, token_id: int) -> None:
    """End one of the actor's tokens; twice is harmless. Raises NotFound for anybody else's."""
    mine = select(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == work.actor.id).with_for_update()
    token = (await work.session.execute(mine)).scalar_one_or_none()
    if token is None:
        raise NotFound
    if token.revoked_at is None:
        token.revoked_at = work.now
        work.record(TokenRevoked(record_id=token.user_id, name=token.name))
