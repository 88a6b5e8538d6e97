"""What may be entered about people."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from domain.core.inputs import Input, Key, Line, Name, Optional, Refusal
from domain.core.text import _
from domain.people.models import Language

ZONES = frozenset(name for name in available_timezones() if "/" in name or name == "UTC")
USER_NAME = re.compile(r"[\w.@+-]+")


def _user_name(value: str) -> str:
    if not USER_NAME.fullmatch(value):
        raise Refusal(_("Letters, digits and . _ - @ + only, without spaces."))
    return value


def _email(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+", value):
        raise Refusal(_("This is not an e-mail address."))
    return value


def _zone(value: str) -> str:
    if value not in ZONES:
        raise Refusal(_("Please choose one of the list."))
    return value


UserName = Annotated[Name, StringConstraints(max_length=60), AfterValidator(_user_name)]
Email = Annotated[Line | None, Optional, AfterValidator(_email)]
Zone = Annotated[str, AfterValidator(_zone)]
Secret = Annotated[str, StringConstraints(strip_whitespace=False, max_length=1000)]
"""A password as it was typed; its rules are in `policy.password_problem`."""


class ProfileInput(Input):
    """What people change about themselves. The e-mail address is not among it: a link to it sets the password."""

    name: Name
    language: Language = Language.zh
    time_zone: Zone = "Asia/Shanghai"


class UserInput(ProfileInput):
    """A user as an administrator enters it."""

    user_name: UserName
    email: Email = None
    mobile: Annotated[Line | None, Optional] = None
    active: bool = True
    department_id: Annotated[Key | None, Optional] = None
    department_ids: list[Key] = Field(default_factory=list)
    manager_id: Annotated[Key | None, Optional] = None
    role_ids: list[Key] = Field(default_factory=list)
    holding_limit: Annotated[Annotated[int, Field(ge=0, le=1_000_000)] | None, Optional] = None
    on_leave_until: Annotated[date | None, Optional] = None


class DepartmentInput(Input):
    """A department as an administrator enters it."""

    name: Name
    parent_id: Annotated[Key | None, Optional] = None
    head_id: Annotated[Key | None, Optional] = None


def _listed(value: Any) -> Any:
    """One ticked box comes as a text, several as a list."""
    return [value] if isinstance(value, str) else value


class TokenInput(Input):
    """A new API token: what for, with which rights (none named: all of mine), and its last day."""

    name: Name
    scopes: Annotated[list[str], BeforeValidator(_listed)] = Field(default_factory=list)
    expires_on: Annotated[date | None, Optional] = None
