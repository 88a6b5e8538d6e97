"""Never lost, never doubled: a random walk through every fault, and a full phone emptied through a bad network."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Playwright

from tests.browser.field import Field, drain, network_before, records
from tests.browser.proxy import FaultProxy
from tests.browser.site import Site
from tests.browser.walk import Person, Phone, Walk, held, unsent

pytestmark = pytest.mark.anyio
STEPS = 200
SEEDS = range(1, 1 + int(os.environ.get("WALK_SEEDS", "1")))
"""One walk in every run; WALK_SEEDS=20 for more of them."""


@pytest.fixture
async def people(site: Site) -> list[Person]:
    async with site.building() as make:
        users = [await make.user(None, "sales_rep") for _ in range(2)]
        return [Person(user, await make.customer(owner=user)) for user in users]


@pytest.fixture
async def field(site: Site, people: list[Person]) -> AsyncIterator[Field]:
    with network_before(site) as network:
        yield Field(site, network, people[0].user, people[0].customer)


async def keep_breaking(network: FaultProxy) -> None:
    """A fault after every so many requests, each another kind than the one before."""
    dice = random.Random(500)
    while True:
        for fault in (
            partial(network.drop_response, "/sync/", times=2),
            partial(network.cut_upload, 5_000, "/sync/files", times=1),
            partial(network.refuse, "/sync", times=2),
        ):
            await until_more(network, dice.randrange(10, 60))
            fault()


async def until_more(network: FaultProxy, requests: int) -> None:
    """Wait until so many more requests have come."""
    wanted = len(network.requests) + requests
    while len(network.requests) < wanted:  # noqa: ASYNC110  the proxy counts in a thread of its own
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("seed", SEEDS)
async def test_after_any_walk_the_server_holds_exactly_what_was_saved(
    playwright: Playwright, field: Field, people: list[Person], tmp_path: Path, seed: int
) -> None:
    before = await held(field, people)
    phone = Phone(playwright, tmp_path / "profile", field.network.base)
    await phone.start()
    walk = Walk(seed, field, phone, people)
    try:
        await walk.sign_in_as(people[0])
        await walk.tab.controlled()
        for _step in range(STEPS):
            await walk.step()
        await walk.arrive()
    except BaseException:
        print(f"seed {seed}: {' '.join(walk.trail)}")
        raise
    finally:
        await phone.kill()
    after = await held(field, people)
    assert after.followups == walk.saved.followups
    assert after.visits == walk.saved.visits
    assert after.photos - before.photos == walk.saved.photos


async def test_five_hundred_records_with_two_hundred_photos_leave_the_phone_through_a_network_that_keeps_breaking(
    playwright: Playwright, field: Field, people: list[Person], tmp_path: Path
) -> None:
    before = await held(field, people)
    phone = Phone(playwright, tmp_path / "profile", field.network.base)
    await phone.start()
    walk = Walk(500, field, phone, people[:1])
    try:
        await walk.sign_in_as(people[0])
        field.network.refuse("/sync")
        while len(walk.saved.photos) < 200:
            await walk.save_visit()
        while len(walk.saved.followups) + len(walk.saved.visits) < 500:
            await walk.save_followup()
        field.network.passes()
        breaking = asyncio.create_task(keep_breaking(field.network))
        while any(map(unsent, await records(walk.tab))):
            await drain(walk.tab)
        breaking.cancel()
        await walk.arrive()
    finally:
        await phone.kill()
    after = await held(field, people)
    assert after.followups == walk.saved.followups
    assert after.visits == walk.saved.visits
    assert after.photos - before.photos == walk.saved.photos
