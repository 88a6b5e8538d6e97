"""Each form of the field through the outbox: customers, contacts, orders, and changes of what is there already."""

from __future__ import annotations

import pytest
from playwright.async_api import expect
from sqlalchemy import text

from domain.contacts.models import Contact
from tests.browser.field import (
    Field,
    open_form,
    records,
    save,
    save_and_leave,
    until_left,
    until_states,
)
from tests.browser.tab import OpenContext, Tab

pytestmark = pytest.mark.anyio


async def fill(tab: Tab, **values: str) -> None:
    """Type into fields of the form by their names."""
    for name, value in values.items():
        await tab.page.locator(f".form [name={name}]").fill(value)


async def until_kept(tab: Tab, name: str, value: str) -> None:
    """Wait until the draft on the phone has this value."""
    for _attempt in range(200):
        if any((one["fields"] or {}).get(name) == value for one in await records(tab)):
            return
        await tab.page.wait_for_timeout(100)
    raise AssertionError(f"{name} is not kept: {await records(tab)}")


async def test_a_customer_and_then_its_first_contact(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    await open_form(tab, "/customers/new")
    await fill(tab, name="Straight On Ltd", city="Wuxi")
    await tab.page.get_by_role("button", name="Save and add contact").click()
    await tab.page.wait_for_url("**/contacts/new?customer=*")
    await expect(tab.page.locator("offline-form[data-ready]")).to_have_count(1)
    await fill(tab, name="Ada Wu")
    await save(tab)
    await until_states(tab, "sent", "sent")
    found = "SELECT c.name FROM contacts p JOIN customers c ON c.id = p.customer_id WHERE p.name = 'Ada Wu'"
    assert await field.words_of(found) == ["Straight On Ltd"]


async def test_a_customer_made_without_a_network_and_a_contact_of_it_arrive_together(
    phone: OpenContext, field: Field
) -> None:
    tab = await field.behind_network(await phone(field.rep))
    field.network.refuse("/sync")
    await open_form(tab, "/customers/new")
    await fill(tab, name="Mountain Tea Ltd")
    await save_and_leave(tab)
    await until_states(tab, "queued")
    await tab.open("/outbox")
    await tab.page.locator(".row-act button").click()
    await tab.page.get_by_role("link", name="Add a contact").click()
    await expect(tab.page.locator("offline-form[data-ready]")).to_have_count(1)
    await expect(tab.page.locator("offline-form .held")).to_have_text("Mountain Tea Ltd")
    await fill(tab, name="Tea Master")
    await save_and_leave(tab)
    await until_states(tab, "queued", "queued")
    field.network.passes()
    await tab.open("/outbox")
    await until_states(tab, "sent", "sent")
    found = "SELECT c.name FROM contacts p JOIN customers c ON c.id = p.customer_id WHERE p.name = 'Tea Master'"
    assert await field.words_of(found) == ["Mountain Tea Ltd"]


async def test_a_lead_made_without_a_network_arrives_and_so_does_what_is_noted_of_it(
    phone: OpenContext, field: Field
) -> None:
    tab = await field.behind_network(await phone(field.rep))
    field.network.refuse("/sync")
    await open_form(tab, "/leads/new")
    await fill(tab, name="Zhou Jie", mobile="137 0013 7123", need="Tea for a hotel")
    await save_and_leave(tab)
    await until_states(tab, "queued")
    await tab.open("/leads")
    await expect(tab.page.locator("outbox-list .row-title")).to_have_text("Zhou Jie")
    await expect(tab.page.locator("outbox-list .row-facts")).to_have_text("Lead")
    field.network.passes()
    await tab.open("/outbox")
    await until_states(tab, "sent")
    [lead] = await field.words_of("SELECT id FROM leads WHERE name = 'Zhou Jie' AND mobile_key = '+8613700137123'")
    field.network.refuse("/sync")
    await open_form(tab, f"/followups/new?lead={lead}")
    await fill(tab, content="Called, wants a sample")
    await save_and_leave(tab)
    await until_states(tab, "queued", "sent")
    await tab.open(f"/leads/{lead}")
    await expect(tab.page.locator("outbox-list .row-facts")).to_have_text("Follow-up")
    field.network.passes()
    await tab.open("/outbox")
    await until_states(tab, "sent", "sent")
    assert await field.words_of("SELECT lead_id FROM followups WHERE content = 'Called, wants a sample'") == [lead]
    await open_form(tab, "/leads/new")
    await fill(tab, name="Jie Zhou", mobile="13700137123")
    await save(tab)
    await expect(tab.page.locator("#f-mobile[aria-invalid=true]")).to_have_count(1)
    await expect(tab.page.locator(".error-summary")).to_contain_text("This is the number of Zhou Jie already.")


async def test_a_second_person_of_one_name_is_asked_about_and_saved_when_confirmed(
    phone: OpenContext, field: Field
) -> None:
    tab = await field.behind_network(await phone(field.rep))
    for asked in (False, True):
        await open_form(tab, "/customers/new")
        await tab.page.get_by_text("Person", exact=True).click()
        await fill(tab, name="Wang Fang")
        confirm = tab.page.get_by_text("Another person of the same name: save all the same")
        await expect(confirm).to_be_hidden()
        await save(tab)
        if asked:
            await confirm.click()
            await save(tab)
        await until_states(tab, *["sent"] * (2 if asked else 1))
        await until_left(tab)
    assert len(await field.words_of("SELECT id FROM customers WHERE name = 'Wang Fang'")) == 2


async def test_a_change_sends_what_the_form_had_shown_and_meets_the_change_of_somebody_else(
    phone: OpenContext, field: Field
) -> None:
    tab = await field.behind_network(await phone(field.rep))
    field.network.refuse("/sync")
    await open_form(tab, f"/customers/{field.customer.id}/edit")
    await fill(tab, phone="021 5555 1111", city="Suzhou")
    await save_and_leave(tab)
    await until_states(tab, "queued")
    [record] = await records(tab)
    assert (record["kind"], record["record_id"], record["base"]["city"]) == (
        "customers.edit",
        field.customer.id,
        "Shanghai",
    )
    async with field.site.database.engine.begin() as connection:
        await connection.execute(
            text("UPDATE customers SET phone = '+862155552222', version = version + 1 WHERE id = :id"),
            {"id": field.customer.id},
        )
    field.network.passes()
    await tab.open("/outbox")
    await until_states(tab, "sent")
    stands = "SELECT phone || ' ' || city FROM customers WHERE id = :id"
    assert await field.words_of(stands, id=field.customer.id) == ["+862155552222 Suzhou"]
    assert await field.words_of("SELECT field FROM disagreements WHERE record_id = :id", id=field.customer.id) == [
        "phone"
    ]


async def test_a_switch_that_is_turned_off_arrives(phone: OpenContext, field: Field) -> None:
    async with field.site.building() as make:
        contact = Contact(customer_id=field.customer.id, name="Ada Lin", name_sort="ada lin", main=True)
        make.session.add(contact)
        await make.session.flush()
    tab = await field.behind_network(await phone(field.rep))
    await open_form(tab, f"/contacts/{contact.id}/edit")
    await tab.page.get_by_text("Main contact").click()
    await save_and_leave(tab)
    await until_states(tab, "sent")
    assert await field.words_of("SELECT main FROM contacts WHERE id = :id", id=contact.id) == [False]


async def test_a_draft_of_an_order_is_kept_and_the_lines_come_back(phone: OpenContext, field: Field) -> None:
    async with field.site.building() as make:
        await make.product("Green tea", code="T-1")
    tab = await field.behind_network(await phone(field.rep))
    await open_form(tab, f"/orders/new?customer={field.customer.id}")
    await tab.page.get_by_label("Add a product").fill("Green")
    await tab.page.locator("#found button").first.click()
    quantity = tab.page.locator("[name='lines.0.quantity']")
    await quantity.fill("7")
    await until_kept(tab, "lines.0.quantity", "7")
    await open_form(tab, f"/orders/new?customer={field.customer.id}")
    await expect(quantity).to_have_value("7")  # the server has drawn the line anew
    await expect(tab.page.locator(".order-line")).to_contain_text("Green tea")
    await tab.page.get_by_role("button", name="Save draft").click()
    await until_states(tab, "sent")
    ordered = "SELECT l.quantity::int FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE o.customer_id = :id"
    assert await field.words_of(ordered, id=field.customer.id) == [7]
