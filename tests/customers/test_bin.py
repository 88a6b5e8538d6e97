"""The bin: a customer goes in and comes out with its contacts, a contact by itself; administrators restore."""

from __future__ import annotations

from typing import Any

import pytest

from domain.contacts import actions as contacts
from domain.contacts import queries as contact_queries
from domain.contacts.inputs import ContactInput
from domain.contacts.models import Contact
from domain.core.errors import NotFound
from domain.core.lists import ListQuery, fetch_page
from domain.core.work import Work
from domain.customers import actions, queries
from tests.conftest import Client, PageClient, WorkAs
from tests.make import Make

pytestmark = pytest.mark.anyio


@pytest.fixture
async def boss(make: Make) -> Any:
    return await make.user("boss", "administrator")


@pytest.fixture
async def work(work_as: WorkAs, boss: Any) -> Work:
    return await work_as(boss)


@pytest.fixture
async def acme(make: Make, boss: Any) -> Any:
    return await make.customer("Acme", owner=boss)


@pytest.fixture
async def browser(client: Client, boss: Any) -> PageClient:
    return await client(boss)  # type: ignore[return-value]


async def person(work: Work, customer: Any, name: str, mobile: str | None) -> Contact:
    return await contacts.create(work, ContactInput(customer_id=customer.id, name=name, mobile=mobile))


async def names(work: Work, customer: Any) -> list[str]:
    return [one.name for one in await contact_queries.of_customer(work, customer.id)]


async def test_contacts_go_and_come_with_their_customer(work: Work, acme: Any) -> None:
    anna = await person(work, acme, "Anna", "13800138000")
    bert = await person(work, acme, "Bert", None)
    await contacts.delete(work, bert.id)
    work.now = work.now.replace(microsecond=(work.now.microsecond + 1) % 1_000_000)
    await actions.delete(work, acme.id)
    with pytest.raises(NotFound):
        await contact_queries.get(work, anna.id)
    await actions.restore(work, acme.id)
    assert await names(work, acme) == ["Anna"], "Bert had been removed before"
    await work.session.refresh(anna)
    assert (anna.main, anna.mobile_key) == (True, "+8613800138000")
    page = await fetch_page(work, queries.LIST, ListQuery(q="Anna"))
    assert [row.name for row in page.rows] == ["Acme"], "found by its contact again"


async def test_a_number_given_away_meanwhile_stays_in_writing(work: Work, acme: Any, make: Make, boss: Any) -> None:
    anna = await person(work, acme, "Anna", "13800138000")
    await actions.delete(work, acme.id)
    other = await person(work, await make.customer("Bolt", owner=boss), "Carl", "13800138000")
    await actions.restore(work, acme.id)
    for one in (anna, other):
        await work.session.refresh(one)
    assert (anna.deleted_at, anna.mobile, anna.mobile_key) == (None, "+8613800138000", None)
    assert other.mobile_key == "+8613800138000"


async def test_a_contact_is_restored_from_the_page(browser: PageClient, work: Work, acme: Any) -> None:
    anna = await person(work, acme, "Anna", "13800138000")
    await contacts.delete(work, anna.id)
    assert "Anna" in (await browser.get("/customers/bin")).text
    answer = await browser.submit(f"/contacts/{anna.id}/restore")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/contacts/{anna.id}")
    assert "Restored the contact Anna" in (await browser.get(f"/customers/{acme.id}")).text
    assert "The bin is empty" in (await browser.get("/customers/bin")).text


async def test_a_contact_whose_number_is_taken_stays_in_the_bin(browser: PageClient, work: Work, acme: Any) -> None:
    anna = await person(work, acme, "Anna", "13800138000")
    await contacts.delete(work, anna.id)
    await person(work, acme, "Carl", "13800138000")
    answer = await browser.submit(f"/contacts/{anna.id}/restore")
    assert answer.headers["location"] == "/customers/bin"
    bin_page = await browser.get("/customers/bin")
    assert "This is the number of Carl already." in bin_page.text
    assert "Anna" in bin_page.text


async def test_a_contact_waits_for_its_customer(browser: PageClient, work: Work, acme: Any) -> None:
    anna = await person(work, acme, "Anna", None)
    await contacts.delete(work, anna.id)
    await actions.delete(work, acme.id)
    assert "Anna" not in (await browser.get("/customers/bin")).text
    assert (await browser.submit(f"/contacts/{anna.id}/restore")).status_code == 404


async def test_only_administrators_restore_contacts(client: Client, work: Work, make: Make) -> None:
    rep = await make.user("rep", "sales_rep")
    anna = await person(work, await make.customer("Acme", owner=rep), "Anna", None)
    await contacts.delete(work, anna.id)
    answer: Any = await (await client(rep)).submit(f"/contacts/{anna.id}/restore")  # type: ignore[attr-defined]
    assert answer.status_code == 403
