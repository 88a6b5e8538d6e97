"""The outbox and who is signed in: nothing is sent under another name, nothing is lost at a sign-out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect
from sqlalchemy import text

from domain.people.actions.passwords import hashed
from domain.people.models import User
from tests.browser.field import Field, drain, network_before, records, seed, states, until_states
from tests.browser.site import Site
from tests.browser.tab import OpenContext, Tab, let_in

pytestmark = pytest.mark.anyio
PASSWORD = "correct horse battery"


@pytest.fixture
async def field(site: Site) -> AsyncIterator[Field]:
    async with site.building() as make:
        rep = await make.user(None, "sales_rep", name="Li Na", password_hash=await hashed(PASSWORD))
        customer = await make.customer(owner=rep)
    with network_before(site) as network:
        yield Field(site, network, rep, customer)


async def end_session(field: Field, user: User) -> None:
    """As an administrator who signs somebody out everywhere."""
    async with field.site.database.engine.begin() as connection:
        await connection.execute(text("DELETE FROM user_sessions WHERE user_id = :id"), {"id": user.id})


async def queued(field: Field, tab: Tab, count: int = 1) -> None:
    """Put records on the phone that cannot go yet."""
    field.network.refuse("/sync")
    for number in range(count):
        await seed(tab, "followups", field.followup(f"Unsent {number}"), url=field.form)


async def sign_in_by_form(tab: Tab, user: User) -> None:
    await tab.page.get_by_label("User name").fill(user.user_name)
    await tab.page.get_by_label("Password").fill(PASSWORD)
    await tab.page.get_by_role("button", name="Sign in").click()


async def test_an_ended_session_holds_the_records_and_signing_in_sends_them(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    await queued(field, tab, 3)
    await end_session(field, field.rep)
    field.network.passes()
    await tab.open("/outbox")
    await until_states(tab, *["needs-login"] * 3)
    banner = tab.page.locator("[data-outbox-banner=sign-in]")
    await expect(banner).to_contain_text("Sign in to send 3 records")
    await banner.get_by_role("link").click()
    await expect(banner).to_contain_text("Sign in to send 3 records")  # the page of the sign-in says it too
    await sign_in_by_form(tab, field.rep)
    await until_states(tab, *["sent"] * 3)
    assert sorted(await field.contents()) == ["Unsent 0", "Unsent 1", "Unsent 2"]


async def test_a_session_that_ends_in_the_middle_of_the_queue_stops_it(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    await queued(field, tab, 2)
    field.answers("/sync/records", 401, {"code": "unauthorized"}, X_Offing="-")
    await tab.open("/outbox")
    await until_states(tab, "needs-login", "needs-login")
    field.network.passes()
    await tab.page.reload()
    await until_states(tab, "sent", "sent")


async def test_another_person_on_this_phone_sends_nothing_of_the_first_and_sees_only_how_much_waits(
    phone: OpenContext, field: Field
) -> None:
    async with field.site.building() as make:
        other = await make.user(None, "sales_rep", name="Wang Wei")
    tab = await field.behind_network(await phone(field.rep))
    await queued(field, tab, 2)
    await let_in(tab.context, field.site, other)
    field.network.passes()
    await tab.open("/account")
    await expect(tab.page.locator("outbox-badge")).to_be_hidden()
    assert await drain(tab) is None
    assert await states(tab) == ["queued", "queued"]
    await tab.open("/outbox")
    await expect(tab.page.get_by_text("2 records of Li Na wait here until Li Na signs in.")).to_be_visible()
    await expect(tab.page.locator("outbox-list .list-row")).to_have_count(0)
    await expect(tab.page.locator("outbox-list")).not_to_contain_text("Unsent 0")
    await let_in(tab.context, field.site, field.rep)
    await tab.open("/account")
    await until_states(tab, "sent", "sent")
    assert await field.words_of(
        "SELECT DISTINCT created_by_id FROM followups WHERE customer_id = :id", id=field.customer.id
    ) == [field.rep.id]


async def test_records_of_another_person_do_not_make_the_phone_ask_again_and_again(
    phone: OpenContext, field: Field
) -> None:
    async with field.site.building() as make:
        other = await make.user(None, "sales_rep")
    await (opened := await phone(field.rep)).page.clock.install()
    tab = await field.behind_network(opened)
    await queued(field, tab)
    await let_in(tab.context, field.site, other)
    field.network.passes()
    for path in ("/account", "/outbox"):
        await tab.open(path)
        assert await drain(tab) is None
        for minute in range(6):
            if minute == 2:  # what found the outbox busy has looked again
                field.network.forget()
            await tab.page.clock.fast_forward(60_000)
            await tab.page.wait_for_timeout(500)
        assert field.network.count("/sync/hello") == 0


async def at_sign_out(field: Field, tab: Tab) -> None:
    """Press Sign out with one record unsent; the sheet with the four choices is open."""
    await queued(field, tab)
    await tab.open("/account")
    await tab.page.evaluate("caches.open('day-1').then((cache) => cache.put('/today', new Response('a page')))")
    await tab.page.get_by_role("button", name="Sign out").click()
    await expect(tab.page.locator("#sign-out-unsent")).to_contain_text("1 record is not sent yet")


async def signed_out(tab: Tab) -> None:
    await expect(tab.page.get_by_label("Password")).to_be_visible()
    assert (
        await tab.page.evaluate("caches.keys().then((names) => names.filter((name) => name.startsWith('day-')))") == []
    )


async def test_sign_out_and_send_now(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    await at_sign_out(field, tab)
    sheet = tab.page.locator("#sign-out-unsent")
    await sheet.get_by_role("button", name="Send now").click()
    await expect(sheet.get_by_text("Not everything could be sent.")).to_be_visible()
    field.network.passes()
    await sheet.get_by_role("button", name="Send now").click()
    await signed_out(tab)
    assert await field.contents() == ["Unsent 0"]
    assert await records(tab) == []  # nothing was left to keep, so the browser was told to forget it all


async def test_sign_out_and_keep_until_the_next_sign_in(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    await at_sign_out(field, tab)
    field.network.passes()
    await tab.page.locator("#sign-out-unsent").get_by_role("button", name="Keep on this phone").click()
    await signed_out(tab)
    [record] = await records(tab)
    assert record["state"] in ("queued", "needs-login")
    await tab.open("/outbox")
    await expect(tab.page.get_by_text("One record of Li Na waits here until Li Na signs in.")).to_be_visible()
    await expect(tab.page.locator("outbox-list .list-row")).to_have_count(0)
    await tab.open("/sign-in")
    await sign_in_by_form(tab, field.rep)
    await until_states(tab, "sent")
    assert await field.contents() == ["Unsent 0"]


async def test_sign_out_and_export(phone: OpenContext, field: Field, tmp_path: Path) -> None:
    tab = await field.behind_network(await phone(field.rep))
    await at_sign_out(field, tab)
    async with tab.page.expect_download() as coming:
        await tab.page.locator("#sign-out-unsent").get_by_role("button", name="Export as a file").click()
    target = tmp_path / "export.json"
    await (await coming.value).save_as(target)
    [record] = json.loads(target.read_text("utf-8"))["records"]
    assert (record["kind"], record["fields"]["content"], record["files"]) == ("followups", "Unsent 0", [])
    assert len(await records(tab)) == 1  # an export takes nothing away


async def test_sign_out_and_discard_after_a_second_question(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    await at_sign_out(field, tab)
    sheet = tab.page.locator("#sign-out-unsent")
    await sheet.get_by_role("button", name="Discard").click()
    assert len(await records(tab)) == 1
    field.network.passes()
    await sheet.get_by_role("button", name="Discard and sign out").click()
    await signed_out(tab)
    assert await records(tab) == []
    assert await field.contents() == []


async def test_a_company_that_wants_the_phone_wiped_leaves_nothing_on_it(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    await queued(field, tab)
    await tab.page.evaluate("caches.open('day-1').then((cache) => cache.put('/today', new Response('a page')))")
    async with field.site.database.engine.begin() as connection:
        await connection.execute(text("UPDATE user_sessions SET wipe = true WHERE user_id = :id"), {"id": field.rep.id})
    field.network.passes()
    assert await drain(tab) == "wiped"
    assert await records(tab) == []
    assert await tab.page.evaluate("caches.has('day-1')") is False
