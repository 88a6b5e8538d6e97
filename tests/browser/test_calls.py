"""After a call the page asks for its result, and the form is filled with what it knows of it (S-169)."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect
from sqlalchemy import select

from domain.contacts.models import Contact
from domain.followups.models import FollowUp
from tests.browser.day import at_work
from tests.browser.site import Site
from tests.browser.tab import OpenContext

pytestmark = pytest.mark.anyio
AWAY = """async ([link, minutes]) => {
  document.addEventListener("click", (event) => event.preventDefault(), { once: true, capture: false });
  link.click();
  const turn = (state) => {
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  };
  const now = Date.now;
  turn("hidden");
  Date.now = () => now() + minutes * 60_000;
  turn("visible");
  Date.now = now;
}"""
"""Taps a tel: link, is away for some minutes, and comes back. No telephone is there to cover the page."""


@pytest.fixture
async def anna(site: Site, customer: Any) -> Contact:
    async with site.building() as make:
        found = (await make.session.scalars(select(Contact).where(Contact.name == "Anna"))).first()
        if found is None:
            found = Contact(customer_id=customer.id, name="Anna", name_sort="anna", mobile="+491712345678")
            make.session.add(found)
            await make.session.flush()
        return found


async def call(page: Any, minutes: int) -> None:
    link = await page.locator('a[href^="tel:"]').first.element_handle()
    await page.wait_for_function("!!customElements.get('call-result')")
    await page.evaluate(AWAY, [link, minutes])


async def test_the_page_asks_and_the_form_knows(
    site: Site, phone: OpenContext, rep: Any, customer: Any, anna: Contact
) -> None:
    tab = await phone(rep)
    page = tab.page
    await page.goto(f"{tab.base}/contacts/{anna.id}")
    await call(page, 7)
    sheet = page.locator("#call-result")
    assert await sheet.is_visible()
    assert "Call with Anna" in await sheet.inner_text()
    await sheet.get_by_role("link", name="Note the result").click()
    await page.wait_for_selector("offline-form[data-ready]")
    form = page.locator("form[data-followup]")
    assert await form.locator("[name=minutes]").input_value() == "7"
    assert await form.locator("[name=contact_id]").input_value() == str(anna.id)
    assert await form.locator("[name=way]:checked").input_value() == "phone"
    assert await form.locator("[name=at]").input_value() != ""
    await form.locator("[name=content]").fill("Wants ten more")
    await form.get_by_role("button", name="Save").click()
    await page.wait_for_url(f"**/customers/{customer.id}*")
    assert not await page.locator("#call-result").is_visible()
    async with site.building() as make:
        noted = (await make.session.scalars(select(FollowUp).where(FollowUp.content == "Wants ten more"))).one()
    assert (noted.way, noted.minutes, noted.contact_id) == ("phone", 7, anna.id)


async def test_it_is_asked_on_the_page_one_comes_back_to_and_not_again(
    phone: OpenContext, rep: Any, customer: Any, anna: Contact
) -> None:
    tab = await phone(rep)
    page = tab.page
    await page.goto(f"{tab.base}/customers/{customer.id}#contacts")
    row = page.locator('[data-call*="Anna"] a[href^="tel:"]')
    await page.wait_for_function("!!customElements.get('call-result')")
    await page.evaluate(AWAY, [await row.element_handle(), 300])
    await page.goto(f"{tab.base}/contacts")  # the page was thrown away meanwhile
    sheet = page.locator("#call-result")
    await sheet.wait_for(state="visible")
    where = await sheet.get_by_role("link", name="Note the result").get_attribute("href")
    assert where is not None
    assert where.startswith(f"/followups/new?customer={customer.id}#")
    assert f"contact={anna.id}" in where
    assert "minutes=&" in where, "five hours away were no call"
    await sheet.get_by_role("button", name="Not now").click()
    await page.reload()
    await page.wait_for_function("!!customElements.get('call-result')")
    assert not await sheet.is_visible()


async def test_without_a_network_the_saved_form_takes_the_call(
    phone: OpenContext, rep: Any, customer: Any, anna: Contact
) -> None:
    tab = await phone(rep)
    await at_work(tab, f"/followups/new?customer={customer.id}")
    await at_work(tab, f"/contacts/{anna.id}")
    await tab.context.set_offline(True)
    page = tab.page
    await page.reload()
    await call(page, 12)
    await page.locator("#call-result").get_by_role("link", name="Note the result").click()
    await page.wait_for_selector("offline-form[data-ready]")
    form = page.locator("form[data-followup]")
    assert await page.locator("saved-copy").is_visible()
    assert await form.locator("[name=minutes]").input_value() == "12"
    assert await form.locator("[name=contact_id]").input_value() == str(anna.id)
    await form.locator("[name=content]").fill("Noted far away")
    await form.get_by_role("button", name="Save").click()
    await page.wait_for_url(lambda url: "/followups/new" not in url)
    await expect(page.get_by_text("Noted far away").or_(page.locator("outbox-list")).first).to_be_attached()
    assert await page.evaluate("localStorage.getItem('offing.call')") is None
