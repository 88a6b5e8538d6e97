"""The back office on a database of its own: real connections, real commits."""

import secrets
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.core.access import SYSTEM
from domain.core.work import clock
from domain.people.models import User, UserSession
from domain.seeds.reference import seed
from tests.make import Make
from webapp.app import build
from webapp.auth import token_hash
from webapp.backoffice.engine import disconnect
from webapp.work import transaction


class Office:
    """The application on its own database, with a few people."""

    def __init__(self, database, settings):
        self.database, self.application, self.clients = database, build(settings, database), []

    async def enter(self, user_name, language="en"):
        """A browser in which somebody is signed in, with Piccolo's token."""
        token, now = secrets.token_urlsafe(16), clock()
        async with AsyncSession(self.database.engine) as session:
            user = (await session.execute(select(User).where(User.user_name == user_name))).scalar_one()
            user.language = language
            session.add(
                UserSession(
                    token_hash=token_hash(token),
                    user_id=user.id,
                    device="test",
                    address="::1",
                    created_at=now,
                    seen_at=now,
                    expires_at=now + timedelta(days=1),
                )
            )
            await session.commit()
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.application),
            base_url="http://testserver",
            headers={"accept": "application/json, text/plain, */*"},
        )
        client.cookies.set("offing", token, domain="testserver.local")
        self.clients.append(client)
        page = await client.get("/admin/api/tables/")
        if "csrftoken" in client.cookies:
            client.headers["x-csrftoken"] = client.cookies["csrftoken"]
        client.first = page
        return client

    async def one(self, statement):
        async with self.database.reading() as session:
            return (await session.execute(statement)).scalars().one()

    async def all(self, statement):
        async with self.database.reading() as session:
            return (await session.execute(statement)).scalars().all()


@pytest.fixture
async def office(own_database, settings):
    async with transaction(own_database, SYSTEM) as work:
        await seed(work, "a long demo password")
        make = Make(work.session)
        for name, role in (("rep", "sales_rep"), ("auditor", "auditor")):
            await make.user(name, role)
    made = Office(own_database, settings)
    yield made
    for client in made.clients:
        await client.aclose()
    await disconnect()
