"""Saved pages in Firefox: the site refuses or is too slow; and the whole day is prepared there too."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from domain.customers.models import Customer
from domain.people.models import User
from tests.browser.day import KEPT
from tests.browser.firefox import Firefox, running_firefox
from tests.browser.proxy import FaultProxy
from tests.browser.site import Site
from tests.push.service import FakePushService

pytestmark = pytest.mark.anyio
BANNER = "document.querySelector('saved-copy[data-at]')?.checkVisibility()"


@pytest.fixture
async def browser(
    push_service: FakePushService, proxy: FaultProxy, site: Site, rep: User, customer: Customer
) -> AsyncIterator[Firefox]:
    """A Firefox behind the proxy with the worker in control, signed in as the rep, who has a visit today."""
    async with site.building() as make:
        await make.visit(customer, rep)
    token = await site.signed_in(rep)
    with running_firefox(push_service) as firefox:
        firefox.sign_in(proxy.base, token)
        firefox.open(f"{proxy.base}/account/device")
        firefox.wait("Boolean(navigator.serviceWorker.controller)", 60)
        yield firefox


@pytest.fixture
def saved(browser: Firefox, proxy: FaultProxy, customer: Customer) -> str:
    """The address of a page that Firefox has saved."""
    path = f"/customers/{customer.id}"
    browser.open(proxy.base + path)
    browser.wait(f"(await ({KEPT})())[{path!r}]", 60)
    return proxy.base + path


def heading(browser: Firefox) -> str:
    """What the page is called."""
    found: str = browser.script("return document.querySelector('h1').textContent")
    return found


async def test_the_site_refuses(browser: Firefox, proxy: FaultProxy, saved: str) -> None:
    proxy.refuse()
    browser.open(saved)
    browser.wait(BANNER)
    assert heading(browser) == "Kelp & Sons"
    browser.open(f"{proxy.base}/products")
    assert heading(browser) == "No connection"


async def test_the_site_is_too_slow(browser: Firefox, proxy: FaultProxy, saved: str) -> None:
    proxy.delay(3600, "/customers/")
    browser.open(saved)
    browser.wait(BANNER)
    assert heading(browser) == "Kelp & Sons"
    proxy.passes()
    browser.wait("!document.querySelector('saved-copy button').hidden", 60)


async def test_the_day_is_prepared(browser: Firefox, proxy: FaultProxy) -> None:
    browser.open(f"{proxy.base}/today")
    browser.wait("document.querySelector('prepare-day').dataset.state === 'done'", 90)
    said = browser.script("return document.querySelector('prepare-day [data-slot=say]').textContent")
    ready, _, rest = said.partition(" of ")
    assert rest.startswith(f"{ready} ready offline"), said
    proxy.refuse()
    browser.open(f"{proxy.base}/visits/today")
    browser.wait(BANNER)
    assert "Kelp & Sons" in browser.script("return document.querySelector('main').textContent")
