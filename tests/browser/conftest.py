"""Chromium on a running Offing. Asynchronous: Playwright's blocking half cannot share a thread with our fixtures."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Playwright, async_playwright

from domain.customers.models import Customer
from domain.people.models import User
from tests.browser.field import Field, network_before
from tests.browser.proxy import FaultProxy
from tests.browser.site import Site, running_site
from tests.browser.tab import FLAGS, PHONE, OpenContext, Tab, chromium_path, close, let_in, tab_of
from tests.conftest import copied
from tests.push.service import FakePushService
from webapp.database import Database


@pytest.fixture(scope="session")
async def playwright(anyio_backend: Any) -> AsyncIterator[Playwright]:
    async with async_playwright() as started:
        yield started


@pytest.fixture(scope="session")
async def chromium(playwright: Playwright) -> AsyncIterator[Browser]:
    browser = await playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
    yield browser
    await browser.close()


@pytest.fixture(scope="module")
async def site(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """One running Offing a module, with a database of its own."""
    async with copied(server_url, template) as url:
        database = Database(url)
        with running_site(database, tmp_path_factory.mktemp("home")) as running:
            yield running
        await database.close()


@pytest.fixture(scope="module")
def push_service() -> Iterator[FakePushService]:
    service = FakePushService().start()
    yield service
    service.stop()


@pytest.fixture(scope="module")
async def push_site(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory, push_service: FakePushService
) -> AsyncIterator[Site]:
    """A running Offing with its worker, which may call only this push service."""
    async with copied(server_url, template) as url:
        database = Database(url)
        with running_site(database, tmp_path_factory.mktemp("home"), push_service.origin) as running, running.worker():
            yield running
        await database.close()


@pytest.fixture
async def phone(chromium: Browser, site: Site) -> AsyncIterator[OpenContext]:
    """Make tabs of a phone 360 points wide, each in a context of its own, signed in as a user if one is given."""
    opened: list[BrowserContext] = []

    async def open_phone(user: User | None = None, language: str = "en", **options: Any) -> Tab:
        context = await chromium.new_context(**PHONE, locale={"en": "en-GB", "zh": "zh-CN"}[language], **options)
        opened.append(context)
        if user is not None:
            await let_in(context, site, user)
        return tab_of(context, await context.new_page(), site.base)

    yield open_phone
    for context in opened:
        await close(context)


@pytest.fixture
def proxy(site: Site) -> Iterator[FaultProxy]:
    """A bad network before the site of this module, good until a test says otherwise."""
    with FaultProxy(site.base).running() as running:
        yield running


@pytest.fixture
def proxied(phone: OpenContext, proxy: FaultProxy) -> OpenContext:
    """As `phone`, behind the proxy: cookies hold for every port of 127.0.0.1."""

    async def open_phone(*args: Any, **options: Any) -> Tab:
        tab = await phone(*args, **options)
        tab.base = proxy.base
        return tab

    return open_phone


@pytest.fixture
async def installed_phone(playwright: Playwright, site: Site, tmp_path: Path) -> AsyncIterator[OpenContext]:
    """As `phone`, with a profile on disk: a private window can neither be installed nor take pushes."""
    opened: list[BrowserContext] = []

    async def open_phone(user: User | None = None, language: str = "en", **options: Any) -> Tab:
        context = await playwright.chromium.launch_persistent_context(
            str(tmp_path / f"profile-{len(opened)}"),
            executable_path=chromium_path(),
            args=list(FLAGS),
            **PHONE,
            locale={"en": "en-GB", "zh": "zh-CN"}[language],
            **options,
        )
        opened.append(context)
        if user is not None:
            await let_in(context, site, user)
        return tab_of(context, context.pages[0], site.base)

    yield open_phone
    for context in opened:
        await close(context)


@pytest.fixture(scope="module")
async def rep(site: Site) -> User:
    """The rep of this module."""
    async with site.building() as make:
        return await make.user("rep", "sales_rep")


@pytest.fixture(scope="module")
async def customer(site: Site, rep: User) -> Customer:
    """A customer of the rep."""
    async with site.building() as make:
        return await make.customer("Kelp & Sons", owner=rep)


@pytest.fixture
async def field(site: Site) -> AsyncIterator[Field]:
    """A rep and a customer of one test alone, behind a bad network that is good until the test says otherwise."""
    async with site.building() as make:
        rep = await make.user(None, "sales_rep")
        customer = await make.customer(owner=rep, phone="+862155550000", city="Shanghai")
    with network_before(site) as network:
        yield Field(site, network, rep, customer)
