"""Phones for the tests of the sync."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from domain.people.models import User
from tests.conftest import Client
from tests.sync.phone import Phone
from webapp.pace import Pace
from webapp.pages import sync

PhoneOf = Callable[[User], Awaitable[Phone]]


@pytest.fixture
def phone(client: Client) -> PhoneOf:
    """Make phones, each signed in as a user."""

    async def make(user: User) -> Phone:
        return Phone(await client(user))  # type: ignore[arg-type]

    return make


@pytest.fixture(autouse=True)
def fresh_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is slowed down by the one before."""
    monkeypatch.setattr(sync, "RECORDS", Pace(burst=300, per_minute=300))
