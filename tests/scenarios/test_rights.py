"""Every route × every post: allowed, 403 or 404, as the table in `rights.py` says."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.core.work import clock
from domain.people.models import ApiToken, User, UserSession
from tests.conftest import Client, PageClient, sign_in
from tests.make import Make
from tests.scenarios.company import Company, found_company
from tests.scenarios.field import field_records
from tests.scenarios.rights import API_RECORDS, BODIES, COLUMNS, FRAGMENTS, SUBJECTS, TABLE, WORDS
from webapp.assets import asset_url
from webapp.auth import Front, token_hash
from webapp.settings import Settings

pytestmark = pytest.mark.anyio
Rows = dict[str, dict[str, str]]
TYPED = re.compile(r"\{(\w+):\w+\}")


def table() -> Rows:
    """The table, read: route → person → what comes."""
    rows: Rows = {}
    for line in TABLE.strip().splitlines()[1:]:
        method, path, *cells = line.split()
        assert len(cells) == len(COLUMNS), line
        assert f"{method} {path}" not in rows, f"{path} stands twice"
        rows[f"{method} {path}"] = dict(zip(COLUMNS, cells, strict=True))
    return rows


def routes(application: Front) -> set[str]:
    """Every method and path that the application answers to; a mount is what can be got there."""
    app: Any = application.app
    found = set()
    for route in app.routes:
        path = TYPED.sub(r"{\1}", route.path)
        found |= {f"{method} {path}" for method in getattr(route, "methods", None) or {"GET"} if method != "OPTIONS"}
    return found


def test_every_route_has_a_row_and_every_row_a_route(built_application: Front) -> None:
    assert routes(built_application) - table().keys() == set(), "say in rights.py who may"
    assert table().keys() - routes(built_application) == set(), "these are gone"


@pytest.fixture
async def company(make: Make, session: AsyncSession, settings: Settings) -> Company:
    company = await found_company(make)
    company.ids |= await field_records(make, company, settings)
    company.ids |= {f"{name}_id": user.id for name, user in company.users.items()}
    company.ids["department_id"] = company.users["rep"].department_id or 0
    await sign_in(session, company.users["rep"])
    return company


class Caller:
    """Somebody who tries every route: pages with a session and its CSRF token, the API with a token."""

    def __init__(self, pages: PageClient, program: httpx.AsyncClient, ids: dict[str, int], connection: AsyncConnection):
        self.pages = pages
        self.program = program
        self.ids = ids
        self.connection = connection
        self.cookies = dict(pages.cookies)

    def address(self, route: str) -> str:
        """The path with the rep's records in it."""
        path = asset_url("css/app.css") if route == "GET /static" else route.partition(" ")[2]
        noun = path.removeprefix("/api/v1/").lstrip("/").partition("/")[0]
        subjects = SUBJECTS.get(route, {})

        def value(part: re.Match[str]) -> str:
            name = part[1]
            name = subjects.get(name) or (API_RECORDS[noun] if name == "record_id" else name)
            return WORDS.get(name) or str(self.ids[name])

        return re.sub(r"\{(\w+)\}", value, path)

    def filled(self, body: Any) -> Any:
        """The body with ids in it."""
        if isinstance(body, dict):
            return {name: self.filled(value) for name, value in body.items()}
        if isinstance(body, list):
            return [self.filled(value) for value in body]
        return body.format(**self.ids) if isinstance(body, str) else body

    async def outcome(self, route: str) -> str:
        """What comes of it; whatever it changed is undone."""
        method, address = route.partition(" ")[0], self.address(route)
        body = self.filled(BODIES.get(route, {}))
        async with self.connection.begin_nested() as savepoint:
            if address.startswith("/api/") and address != "/api/v1/docs":
                sent = {} if method == "GET" else {"json": body}
                answer = await self.program.request(method, address, **sent)
            elif address.startswith("/sync/") and method != "GET":
                answer = await self.pages.request(
                    method, address, json=body, headers={"x-csrf-token": self.pages.csrf_token, "upload-offset": "0"}
                )
            elif method == "GET":
                part = {"hx-request": "true"} if route in FRAGMENTS else {}
                answer = await self.pages.get(address, headers=part)
            else:
                answer = await self.pages.submit(address, body)
            await savepoint.rollback()
        self.pages.cookies = httpx.Cookies(self.cookies)  # whatever it signed out or in
        return meaning(answer)


def meaning(answer: httpx.Response) -> str:
    """An answer in the words of the table."""
    assert answer.status_code < 500, (answer.request.url, answer.text)
    if answer.status_code in (401, 403, 404):
        if answer.status_code == 403 and '"csrf"' in answer.text:
            raise AssertionError("the token did not fit")
        return str(answer.status_code)
    target: str = answer.headers.get("location") or answer.headers.get("hx-redirect") or ""
    return "in" if target.startswith("/sign-in") else "ok"


@pytest.fixture
async def caller(
    request: pytest.FixtureRequest, application: Front, company: Company, client: Client, session: AsyncSession,
    connection: AsyncConnection,
) -> AsyncIterator[Caller]:  # fmt: skip
    """The person of this test."""
    user: User | None = company.users.get(request.param)
    token = secrets.token_urlsafe(16)
    if user is not None:
        session.add(
            ApiToken(token_hash=token_hash(token), user_id=user.id, name="rights", scopes=[], created_at=clock())
        )
        await session.commit()
    pages = await client(user)
    await pages.get("/offline")  # brings the token of the forms, and to a visitor the cookie that goes with it
    first = select(func.min(UserSession.id)).where(UserSession.user_id == company.users["rep"].id)
    company.ids["session_id"] = await session.scalar(first) or 0
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(application),
        base_url="http://testserver",
        headers={"authorization": f"Bearer {token}"} if user else {},
    ) as program:
        yield Caller(pages, program, company.ids, connection)  # type: ignore[arg-type]


@pytest.mark.parametrize("caller", COLUMNS, indirect=True)
async def test_everybody_may_do_what_the_table_says_and_no_more(caller: Caller, request: pytest.FixtureRequest) -> None:
    person = request.node.callspec.params["caller"]
    found = {route: await caller.outcome(route) for route in table()}
    assert found == {route: row[person] for route, row in table().items()}
