"""Programs: clients with a bearer token."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.work import clock
from domain.people.models import ApiToken, User
from webapp.auth import Front, token_hash

Api = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def api(application: Front, session: AsyncSession) -> AsyncIterator[Api]:
    """Make a program that acts as a user, within scopes if any are given."""
    opened: list[httpx.AsyncClient] = []

    async def make(user: User, *scopes: str) -> httpx.AsyncClient:
        token = secrets.token_urlsafe(16)
        session.add(
            ApiToken(
                token_hash=token_hash(token), user_id=user.id, name="test", scopes=list(scopes), created_at=clock()
            )
        )
        await session.commit()
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(application),
            base_url="http://testserver/api/v1",
            headers={"authorization": f"Bearer {token}"},
        )
        opened.append(client)
        return client

    yield make
    for client in opened:
        await client.aclose()
