"""The back office in Chromium, as an administrator uses it: no message of the content policy, both languages."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page
from sqlalchemy import select

from domain.core.access import SYSTEM
from domain.core.audit import AuditEntry
from domain.people.models import Department, User
from domain.seeds.reference import seed
from tests.browser.site import Site
from tests.browser.tab import Tab, close, let_in, tab_of
from webapp.work import transaction

pytestmark = pytest.mark.anyio
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PATIENCE_MS = 30_000


@pytest.fixture(scope="module")
async def admin(site: Site) -> User:
    async with transaction(site.database, SYSTEM) as work:
        await seed(work, "a long demo password")
        found = await work.session.execute(select(User).where(User.user_name == "admin"))
        return found.scalar_one()


async def speaks(site: Site, user: User, language: str) -> None:
    async with transaction(site.database, SYSTEM) as work:
        (await work.session.get_one(User, user.id)).language = language


@pytest.fixture
async def office(chromium: Browser, site: Site, admin: User) -> AsyncIterator[Tab]:
    context = await chromium.new_context(**DESK, locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    await let_in(context, site, admin)
    yield tab_of(context, await context.new_page(), site.base)
    await close(context)


async def choose_table(page: Page, name: str) -> None:
    await page.locator(".sidebar_wrapper, .sidebar, nav").get_by_text(name, exact=True).first.click()


async def test_a_department_is_added_in_english(office: Tab, site: Site, admin: User) -> None:
    await speaks(site, admin, "en")
    await office.open("/admin/")
    page = office.page
    await choose_table(page, "Departments")
    await page.get_by_role("heading", name="Departments").wait_for()
    async with page.expect_response("**/departments/new/"):  # its answer fills the form, over what was typed before
        await page.get_by_text("Add Row").first.click()
    await page.wait_for_timeout(200)
    await page.locator("input[name=name]").fill("North")
    async with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        await page.get_by_role("button", name="Create").click()
    assert (await answered.value).status == 201
    async with site.database.reading() as session:
        department = (await session.execute(select(Department))).scalar_one()
        made = select(AuditEntry.actor_id).where(AuditEntry.table_name == "departments")
        assert (await session.scalars(made)).all() == [admin.id]
    assert department.name == "North"
    assert office.faults() == []


async def test_it_speaks_chinese_to_who_reads_chinese(office: Tab, site: Site, admin: User) -> None:
    await speaks(site, admin, "zh")
    await office.open("/admin/")
    await choose_table(office.page, "部门")
    await office.page.get_by_role("heading", name="部门").wait_for()
    await office.page.get_by_text("上级部门").first.wait_for()
    assert office.faults() == []


async def test_an_administrator_sets_a_password_without_showing_it(office: Tab, site: Site, admin: User) -> None:
    await speaks(site, admin, "en")
    await office.open("/admin/#/forms/set-password")
    page = office.page
    await page.locator("input[name=user_name]").fill("nobody")
    await page.locator("input[name=password][type=password]").fill("a new one indeed")
    await page.get_by_role("button", name="Submit").click()
    await page.get_by_text("There is no user of this name.").wait_for()


async def test_its_own_pages_for_password_and_sign_in_lead_to_ours(office: Tab, site: Site, admin: User) -> None:
    await office.open("/admin/#/change-password")
    await office.page.wait_for_url("**/account/password")
    await office.open("/admin/#/login")
    await office.page.wait_for_url(re.compile(r"/admin/(#/)?$"))  # who is signed in comes straight back
