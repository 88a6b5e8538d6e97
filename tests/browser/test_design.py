"""The design page: every component, judged by axe in both themes and languages."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from domain.people.models import User
from tests.browser.site import Site
from tests.browser.tab import OpenContext, Tab
from webapp.assets import ROOT

pytestmark = pytest.mark.anyio
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
FINDINGS = """async () => {
  const found = await axe.run();
  return found.violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.target).join(" | ")}`);
}"""


@pytest.fixture(scope="module")
async def demo_user(site: Site) -> User:
    site.restart(OFFING_DEMO="1")
    async with site.building() as make:
        return await make.user("rep", "sales_rep")


async def open_design(phone: OpenContext, user: User, language: str, theme: str, **options: Any) -> Tab:
    tab = await phone(user, language, color_scheme=theme, reduced_motion="reduce", **options)
    await tab.open("/design")
    return tab


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_nothing_on_the_design_page_is_inaccessible(
    phone: OpenContext, demo_user: User, language: str, theme: str
) -> None:
    tab = await open_design(phone, demo_user, language, theme)
    await tab.page.evaluate(AXE)
    assert await tab.page.evaluate(FINDINGS) == []
    assert tab.faults() == []


async def test_nothing_sticks_out_of_a_phone(phone: OpenContext, demo_user: User) -> None:
    tab = await open_design(phone, demo_user, "en", "light")
    assert await tab.page.evaluate("document.documentElement.scrollWidth") <= 360


async def test_a_sheet_opens_as_a_modal_and_closes_by_escape(phone: OpenContext, demo_user: User) -> None:
    tab = await open_design(phone, demo_user, "en", "light")
    await tab.page.click("button.plus")
    assert await tab.page.evaluate("document.querySelector('#create').matches(':modal')")
    await tab.page.keyboard.press("Escape")
    assert not await tab.page.evaluate("document.querySelector('#create').open")


async def test_a_picker_takes_what_was_typed_and_sends_its_number(phone: OpenContext, demo_user: User) -> None:
    tab = await open_design(phone, demo_user, "en", "light")
    await expect(tab.page.locator("combo-box input").first).to_be_visible()  # until then the label is the select's
    owner = tab.page.get_by_label("Owner 负责人").first
    await owner.fill("erik")
    await tab.until("document.querySelector('[role=option]')?.textContent.includes('Erik')")
    await owner.press("Enter")
    assert await tab.page.evaluate("document.querySelector('[name=a-owner]').value") == "4"
    assert await owner.input_value() == "Erik Holm"


async def test_typed_work_is_not_left_without_a_question(phone: OpenContext, demo_user: User) -> None:
    tab = await open_design(phone, demo_user, "en", "light")
    asked: list[str] = []

    async def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    tab.page.on("dialog", stay)
    await tab.page.fill("#f-a-name", "Typed")
    await tab.page.evaluate("location.assign('/more')")
    await tab.page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert tab.page.url.endswith("/design")


async def test_the_keys_are_told_by_a_question_mark(phone: OpenContext, demo_user: User) -> None:
    tab = await open_design(phone, demo_user, "en", "light")
    await tab.page.keyboard.press("?")
    await tab.until("document.querySelector('#shortcuts')?.open")
    await tab.page.keyboard.press("Escape")
    await tab.page.keyboard.press("/")
    assert await tab.page.evaluate("document.activeElement.type") == "search"


async def test_without_scripts_sheets_open_and_pickers_are_plain_lists(phone: OpenContext, demo_user: User) -> None:
    tab = await open_design(phone, demo_user, "en", "light", java_script_enabled=False)
    await tab.page.click("button.plus")
    assert await tab.page.is_visible("#create")
    assert await tab.page.is_visible("select#f-a-owner")
