"""What happens to accounts; the audit hides passwords and codes, so these say that they changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.core.events import Event
from domain.core.text import _


@dataclass(frozen=True, kw_only=True)
class UserCreated(Event):
    """An administrator made a user."""

    kind: ClassVar[str] = "users"
    sentence = _("made the user %(user_name)s")

    user_name: str


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """A password was set, by its owner or (`by_other`) by an administrator."""

    kind: ClassVar[str] = "users"
    sentence = _("changed the password")

    by_other: bool = False


@dataclass(frozen=True, kw_only=True)
class TwoFactorChanged(Event):
    """The second factor was switched on or off."""

    kind: ClassVar[str] = "users"
    sentence = _("changed the second factor")

    on: bool


@dataclass(frozen=True, kw_only=True)
class TokenCreated(Event):
    """An API token was made."""

    kind: ClassVar[str] = "users"
    sentence = _("made the API token %(name)s")

    name: str


@dataclass(frozen=True, kw_only=True)
class TokenRevoked(Event):
    """An API token was ended."""

    kind: ClassVar[str] = "users"
    sentence = _("ended the API token %(name)s")

    name: str


@dataclass(frozen=True, kw_only=True)
class MailQueued(Event):
    """A mail lies in the outbox, ready to be sent."""

    kind: ClassVar[str] = "mails"
    sentence = _("A mail was written")
