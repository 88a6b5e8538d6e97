"""Leads lie in pools on the phone as customers do: one tap claims, in the place of the row."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.site import Site
from tests.browser.tab import OpenContext

pytestmark = pytest.mark.anyio


async def test_a_lead_is_claimed_in_its_row_and_waits_then(phone: OpenContext, site: Site) -> None:
    async with site.building() as make:
        rep = await make.user("leadrep", "sales_rep")
        pool = await make.pool("Trade fairs", kind="lead", members=(rep,))
        await make.lead("Ms Guo", pool=pool, company="Kelp")
        await make.lead("Mr Ito", pool=pool)
    tab = await phone(rep, "en")
    await tab.open("/pools")
    await expect(tab.page.locator("main")).to_contain_text("2 leads wait")
    await tab.page.get_by_role("link", name="Trade fairs", exact=False).first.tap()
    row = tab.page.locator(".list-row", has_text="Ms Guo")
    await row.get_by_role("button", name="Claim").tap()
    await expect(row).to_contain_text("Yours")
    await expect(row).to_contain_text("Kelp")
    await row.get_by_role("link", name="Follow up").tap()
    await expect(tab.page).to_have_url(re.compile(r"/followups/new\?lead=\d+$"))
    await tab.open("/leads?scene=waiting")
    await expect(tab.page.locator("#rows")).to_contain_text("Ms Guo")
    assert tab.faults() == []
