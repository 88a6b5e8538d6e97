"""Fixtures of all tests: one PostgreSQL for the run, one rolled-back transaction a test, signed-in clients."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from domain.core.access import SYSTEM
from domain.core.work import Work, clock
from domain.people.models import User, UserSession
from domain.people.queries import load_actor
from tests.make import Make
from webapp.app import build
from webapp.auth import Front, Rights, token_hash
from webapp.database import Database
from webapp.keys import make_keys
from webapp.migrate import upgrade_database
from webapp.postgres import Cluster
from webapp.settings import Settings, load
from webapp.work import claim_audit

TEMPLATE = "offing_template"
SLOW = ("bench", "browser", "robustness", "setup")
"""Folders whose tests start browsers or whole installations; `-m "not slow"` leaves them out."""
WorkAs = Callable[[User], Awaitable[Work]]
Client = Callable[[User | None], Awaitable[httpx.AsyncClient]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of the slow folders and run them after the quick ones."""
    here = Path(__file__).parent
    for item in items:
        if item.path.relative_to(here).parts[0] in SLOW:
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """One event loop for the whole run."""
    return "asyncio", {"use_uvloop": False}


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A PostgreSQL server: the one of DATABASE_URL, else a throwaway one of our own."""
    if given := os.environ.get("DATABASE_URL"):
        yield load({"DATABASE_URL": given}).database_url or ""
        return
    with Cluster.throwaway() as cluster:
        yield cluster.url


def database_url(server_url: str, name: str) -> str:
    """The address of another database of the same server."""
    head, _, tail = server_url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{tail}" if tail else "")


@asynccontextmanager
async def maintenance(server_url: str) -> AsyncIterator[AsyncConnection]:
    """A connection for CREATE and DROP DATABASE."""
    engine = create_async_engine(server_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()


@pytest.fixture(scope="session")
async def template(server_url: str, anyio_backend: Any) -> str:
    """Name of a migrated, empty database to copy others from."""
    async with maintenance(server_url) as connection:
        await connection.execute(text(f"DROP DATABASE IF EXISTS {TEMPLATE}"))
        await connection.execute(text(f"CREATE DATABASE {TEMPLATE}"))
    await upgrade_database(database_url(server_url, TEMPLATE))
    return TEMPLATE


@asynccontextmanager
async def copied(server_url: str, template: str) -> AsyncIterator[str]:
    """The address of a fresh copy of the template, dropped afterwards."""
    name = f"offing_{secrets.token_hex(6)}"
    async with maintenance(server_url) as connection:
        await connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    try:
        yield database_url(server_url, name)
    finally:
        async with maintenance(server_url) as connection:
            await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
async def shared_url(server_url: str, template: str) -> AsyncIterator[str]:
    """The database of the rolled-back tests."""
    async with copied(server_url, template) as url:
        yield url


@pytest.fixture
async def own_database(server_url: str, template: str) -> AsyncIterator[Database]:
    """A database of one test's own, for races: real connections, real commits."""
    async with copied(server_url, template) as url:
        database = Database(url, pool_size=30)
        try:
            yield database
        finally:
            await database.close()


@pytest.fixture(scope="session")
async def engine(shared_url: str) -> AsyncIterator[Any]:
    """The engine under the rolled-back tests."""
    engine = create_async_engine(shared_url, json_serializer=Database(shared_url).engine.dialect._json_serializer)
    yield engine
    await engine.dispose()


@pytest.fixture
async def connection(engine: Any) -> AsyncIterator[AsyncConnection]:
    """A connection whose transaction is rolled back after the test."""
    async with engine.connect() as connection:
        transaction = await connection.begin()
        yield connection
        await transaction.rollback()


class BoundDatabase(Database):
    """The application's database, tied to the running test's transaction: commits become savepoints."""

    def __init__(self, connection: AsyncConnection | None = None) -> None:
        self.connection = connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session on the test's connection."""
        async with self.writing() as session:
            yield session

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """A session on the test's connection."""
        async with self.writing() as session:
            yield session

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A session on the test's connection, rolled back to its savepoint unless committed."""
        async with AsyncSession(
            self.connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as session:
            yield session

    async def row(self, query: str, *values: Any) -> Sequence[Any] | None:
        """One row by the test's connection."""
        assert self.connection is not None
        return (await self.connection.exec_driver_sql(query, values)).one_or_none()

    async def close(self) -> None:
        """The fixture closes the connection."""


@pytest.fixture
async def session(connection: AsyncConnection) -> AsyncIterator[AsyncSession]:
    """A session in the test's transaction."""
    async with AsyncSession(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
        yield session


@pytest.fixture
def make(session: AsyncSession) -> Make:
    """Builders of records with readable values."""
    return Make(session)


@pytest.fixture
def work_as(session: AsyncSession) -> WorkAs:
    """Work for a user with the rights that the database gives at this moment."""

    async def work(user: User | None) -> Work:
        await session.flush()
        actor = SYSTEM if user is None else await load_actor(session, user.id)
        assert actor is not None, "the user is not active"
        await claim_audit(session, actor)
        return Work(session, actor, clock())

    return work


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a test installation; the demo page and a loopback push service are on."""
    home: Path = tmp_path_factory.mktemp("home")
    make_keys(home)
    return load({"OFFING_HOME": str(home), "OFFING_DEMO": "1", "OFFING_BASE_URL": "http://testserver"})


@pytest.fixture(scope="session")
def built_application(settings: Settings) -> Front:
    """The whole application, built once: making its routes and templates takes longer than most tests."""
    return build(settings, BoundDatabase())


@pytest.fixture
async def application(built_application: Front, connection: AsyncConnection) -> Front:
    """The whole application on the test's transaction, with nothing kept from the test before."""
    assert isinstance(built_application.database, BoundDatabase)
    built_application.database.connection = connection
    built_application.rights = Rights()
    return built_application


async def sign_in(session: AsyncSession, user: User) -> str:
    """Make a session row for a user; returns the cookie's token."""
    token = secrets.token_urlsafe(16)
    now = clock()
    session.add(
        UserSession(
            token_hash=token_hash(token),
            user_id=user.id,
            device="test",
            address="127.0.0.1",
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(days=1),
        )
    )
    await session.commit()
    return token


class PageClient(httpx.AsyncClient):
    """A browser without JavaScript: sends the CSRF token of the last page with every post."""

    csrf_token = ""

    async def send(self, request: httpx.Request, **kwargs: Any) -> httpx.Response:
        """Send, and remember the token of the page that comes back."""
        response = await super().send(request, **kwargs)
        mark = 'name="csrf-token" content="'
        if mark in response.text:
            self.csrf_token = response.text.split(mark, 1)[1].split('"', 1)[0]
        return response

    async def submit(self, url: str, data: dict[str, Any] | None = None, **kwargs: Any) -> httpx.Response:
        """Post a form as a page would; fetches a page for the token first if there was none."""
        if not self.csrf_token:
            await self.get("/account")
        return await self.post(url, data={**(data or {}), "_csrf": self.csrf_token}, **kwargs)


@pytest.fixture
async def client(application: Front, session: AsyncSession) -> AsyncIterator[Client]:
    """Make clients, each signed in as a user (None: a visitor). Redirects are not followed."""
    opened: list[httpx.AsyncClient] = []

    async def make_client(user: User | None, language: str = "en") -> PageClient:
        await session.flush()
        made = PageClient(
            transport=httpx.ASGITransport(application),
            base_url="http://testserver",
            headers={"accept-language": language, "accept": "text/html"},
        )
        if user is not None:
            made.cookies.set("offing", await sign_in(session, user), domain="testserver.local")
        opened.append(made)
        return made

    yield make_client  # type: ignore[misc]
    for made in opened:
        await made.aclose()
