"""The board in a browser: dragged with a mouse, moved by keyboard and by thumb; a stage that asks leads to its form."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from domain.customers.models import Customer
from domain.opportunities.models import Stage
from domain.people.models import User
from tests.browser.site import Site
from tests.browser.tab import OpenContext, Tab, close, let_in, tab_of

pytestmark = pytest.mark.anyio
Deals = dict[str, Any]


@pytest.fixture
async def seller(site: Site) -> User:
    """A rep of one test alone."""
    async with site.building() as make:
        return await make.user(None, "sales_rep")


@pytest.fixture
async def deals(site: Site, seller: User) -> Deals:
    """A pipeline of its own for each test, by its stages' names, with two opportunities in the first one."""
    async with site.building() as make:
        customer: Customer = await make.customer(owner=seller)
        pipeline = await make.pipeline("Sales")
        found: Deals = {name: (await make.stage(pipeline, name)).id for name in ("Stage 1", "Stage 2", "Won", "Lost")}
        first = await make.stage(pipeline)
        for name in ("Tea", "Coffee"):
            found[name] = (await make.opportunity(customer, stage=first, name=name, amount=Decimal(300))).id
        found["pipeline"] = pipeline.id
        return found


@pytest.fixture
async def desk(chromium: Browser, site: Site, seller: User) -> AsyncIterator[Tab]:
    """A desk with a mouse."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    await let_in(context, site, seller)
    yield tab_of(context, await context.new_page(), site.base)
    await close(context)


def column(tab: Tab, deals: Deals, stage: str) -> Any:
    return tab.page.locator(f'[data-stage="{deals[stage]}"]')


async def test_a_card_is_dragged_into_the_next_stage(desk: Tab, deals: Deals) -> None:
    await desk.open(f"/opportunities/board?pipeline={deals['pipeline']}")
    card = desk.page.locator(f"#deal-{deals['Tea']}")
    await expect(card).to_have_attribute("draggable", "true")
    await card.drag_to(column(desk, deals, "Stage 2"))
    await expect(column(desk, deals, "Stage 2")).to_contain_text("Tea")
    await expect(column(desk, deals, "Stage 2")).to_contain_text("¥300")
    await expect(column(desk, deals, "Stage 1")).not_to_contain_text("Tea")
    await expect(desk.page.locator("toast-stack")).to_contain_text("Moved to Stage 2")
    await desk.page.reload()
    await expect(column(desk, deals, "Stage 2")).to_contain_text("Tea")
    assert desk.faults() == []


async def test_a_drop_on_an_ending_asks_why(desk: Tab, deals: Deals) -> None:
    await desk.open(f"/opportunities/board?pipeline={deals['pipeline']}")
    await desk.page.locator(f"#deal-{deals['Tea']}").drag_to(column(desk, deals, "Won"))
    await expect(desk.page).to_have_url(re.compile(rf"/opportunities/{deals['Tea']}/stage\?.*to={deals['Won']}"))
    await desk.page.get_by_label("In your own words").fill("Best tea")
    await desk.page.get_by_role("button", name="Move").click()
    await expect(desk.page).to_have_url(re.compile(rf"/opportunities/board\?pipeline={deals['pipeline']}$"))
    await expect(column(desk, deals, "Won")).to_contain_text("¥300")
    assert desk.faults() == []


async def test_the_board_is_used_by_keyboard(desk: Tab, deals: Deals) -> None:
    await desk.open(f"/opportunities/board?pipeline={deals['pipeline']}")
    await desk.page.get_by_role("link", name="Move Coffee").focus()
    await desk.page.keyboard.press("Enter")
    sheet = desk.page.get_by_role("dialog", name="Move to")
    await expect(sheet).to_be_visible()
    await expect(sheet.get_by_role("button", name="Stage 1")).to_be_disabled()
    await sheet.get_by_role("button", name="Stage 2").focus()
    await desk.page.keyboard.press("Enter")
    await expect(column(desk, deals, "Stage 2")).to_contain_text("Coffee")
    await expect(desk.page.get_by_role("link", name="Move Coffee")).to_be_focused()
    await desk.page.keyboard.press("Enter")
    await desk.page.keyboard.press("Escape")
    await expect(desk.page.get_by_role("link", name="Move Coffee")).to_be_focused()
    assert desk.faults() == []


async def test_somebody_elses_move_is_shown_instead_of_overwritten(
    desk: Tab, site: Site, phone: OpenContext, seller: User, deals: Deals
) -> None:
    await desk.open(f"/opportunities/board?pipeline={deals['pipeline']}")
    other = await phone(seller, "en")
    await other.open(f"/opportunities/board?pipeline={deals['pipeline']}")
    await other.page.get_by_role("link", name="Move Tea").tap()
    await other.page.get_by_role("dialog").get_by_role("button", name="Stage 2").tap()
    await expect(column(other, deals, "Stage 2")).to_contain_text("Tea")
    assert await other.page.evaluate("document.documentElement.scrollWidth") == 360
    await desk.page.locator(f"#deal-{deals['Tea']}").drag_to(column(desk, deals, "Lost"))
    await expect(column(desk, deals, "Stage 2")).to_contain_text("Tea")
    assert other.faults() == []


async def test_a_stage_that_asks_opens_its_form_from_the_sheet(
    phone: OpenContext, site: Site, seller: User, deals: Deals
) -> None:
    async with site.building() as make:
        await make.question(await make.session.get_one(Stage, deals["Stage 1"]), "Who decides?")
    tab = await phone(seller, "en")
    await tab.open(f"/opportunities/board?pipeline={deals['pipeline']}")
    await tab.page.get_by_role("link", name="Move Tea").tap()
    await tab.page.get_by_role("dialog").get_by_role("button", name="Stage 2").tap()
    await tab.page.get_by_label("Who decides?").fill("Ms Zhang")
    await tab.page.get_by_role("button", name="Move").tap()
    await expect(column(tab, deals, "Stage 2")).to_contain_text("Tea")
    assert tab.faults() == []
