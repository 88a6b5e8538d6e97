"""The outbox: what is saved on a phone is shown at once, is sent once, and is never lost."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenContext
from tests.browser.field import (
    Field,
    network_before,
    open_form,
    records,
    save,
    until_states,
    write,
)
from tests.browser.site import Site

pytestmark = pytest.mark.anyio


@pytest.fixture
async def field(site: Site) -> AsyncIterator[Field]:
    async with site.building() as make:
        rep = await make.user(None, "sales_rep")
        customer = await make.customer(owner=rep)
    with network_before(site) as network:
        yield Field(site, network, rep, customer)


async def test_with_a_network_a_form_goes_at_once_and_leads_to_its_record(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    await open_form(tab, field.form)
    await write(tab, "Wants 40 boxes")
    await save(tab)
    await expect(tab.page).not_to_have_url(tab.base + field.form)
    assert await field.contents() == ["Wants 40 boxes"]
    [record] = await records(tab)
    assert record["state"] == "sent"
    assert tab.page.url == tab.base + record["receipt"]["record"]["url"]
    assert tab.faults() == []


@pytest.mark.parametrize("cut", ["offline", "refused"])
async def test_saved_without_a_network_it_is_shown_at_once_survives_a_reload_and_is_sent_later(
    phone: OpenContext, field: Field, cut: str
) -> None:
    tab = await field.behind_network(await phone(field.rep))
    await open_form(tab, field.form)
    if cut == "offline":
        await tab.context.set_offline(True)
    else:
        field.network.refuse()
    await write(tab, "Said on the mountain")
    await save(tab)
    row = tab.page.locator("outbox-list .list-row")
    await expect(row).to_contain_text(field.customer.name)
    await expect(row.get_by_text("Saved on this phone")).to_be_visible()
    await tab.page.reload()
    await expect(row).to_have_count(1)
    assert await field.contents() == []
    if cut == "offline":
        await tab.context.set_offline(False)
    else:
        field.network.passes()
        await tab.page.reload()
    await until_states(tab, "sent")
    assert await field.contents() == ["Said on the mountain"]
    await expect(row.get_by_text("Sent", exact=True)).to_be_visible()
