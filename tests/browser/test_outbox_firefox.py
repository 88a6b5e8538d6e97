"""The outbox in Firefox, which has no background sync: saved, seen, sent once when the page is opened again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from domain.customers.models import Customer
from domain.people.models import User
from tests.browser.field import RECORDS, Field, network_before
from tests.browser.firefox import Firefox, running_firefox
from tests.browser.site import Site
from tests.push.service import FakePushService

pytestmark = pytest.mark.anyio
STATES = f"(await ({RECORDS})()).map((record) => record.state).join()"


@pytest.fixture(scope="module")
def firefox(push_service: FakePushService) -> Iterator[Firefox]:
    with running_firefox(push_service) as browser:
        yield browser


@pytest.fixture(scope="module")
async def people(site: Site) -> tuple[User, Customer]:
    async with site.building() as make:
        rep = await make.user(None, "sales_rep")
        return rep, await make.customer(owner=rep)


@pytest.fixture
async def field(site: Site, people: tuple[User, Customer], firefox: Firefox) -> AsyncIterator[Field]:
    token = await site.signed_in(people[0])
    with network_before(site) as network:
        firefox.sign_in(network.base, token)
        firefox.open(f"{network.base}/account")
        firefox.wait("Boolean(navigator.serviceWorker.controller)")
        yield Field(site, network, *people)


async def save_in(firefox: Firefox, field: Field, words: str) -> None:
    """Fill in the form and press Save; Firefox is driven in a thread, as the network lives beside it."""

    def act() -> None:
        firefox.open(field.network.base + field.form)
        firefox.wait("document.querySelector('offline-form[data-ready]') !== null")
        firefox.fill("textarea[name=content]", words)

    await asyncio.to_thread(act)


async def test_there_is_no_background_sync_here(firefox: Firefox, field: Field) -> None:
    assert firefox.script("return 'SyncManager' in window") is False


async def test_saved_without_a_network_shown_at_once_and_sent_when_opened_again(firefox: Firefox, field: Field) -> None:
    await save_in(firefox, field, "From the fox")
    field.network.refuse()
    firefox.tap("form.form button.primary")
    firefox.wait("document.querySelector('outbox-list .list-row') !== null")
    shown = "document.querySelector('outbox-list .row-title')?.textContent"
    assert firefox.wait(shown) == field.customer.name
    firefox.open(f"{field.network.base}/outbox")
    assert firefox.wait(shown) == field.customer.name
    assert await field.contents() == []
    field.network.passes()
    firefox.open(f"{field.network.base}/outbox")
    firefox.wait(f"{STATES} === 'sent'")
    assert await field.contents() == ["From the fox"]


@pytest.mark.parametrize("lost", [1, 3])
async def test_a_lost_answer_makes_no_second_record(firefox: Firefox, field: Field, lost: int) -> None:
    words = f"Lost {lost}"
    await save_in(firefox, field, words)
    field.network.drop_response("/sync/records", times=lost)
    firefox.tap("form.form button.primary")
    firefox.wait(f"!({STATES}).match(/draft|queued|sending/)", timeout_s=60)
    assert (await field.contents()).count(words) == 1
