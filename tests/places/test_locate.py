"""Customers get their positions in the background, whatever the geocoder does."""

import pytest
from sqlalchemy import select

from domain.core.errors import Unavailable
from domain.customers.models import Customer
from domain.people.models import User
from tests.make import Make
from tests.places.test_geocode import StandIn
from webapp.deliver import geocode as geocoding
from webapp.deliver.locate import locate_customer, locate_waiting
from webapp.outside import Outside
from webapp.settings import load

pytestmark = pytest.mark.anyio


@pytest.fixture
def stand_in(monkeypatch):
    monkeypatch.setattr(geocoding, "_next_at", {})
    stand_in = StandIn()
    yield stand_in
    stand_in.server.shutdown()
    stand_in.server.server_close()


def outside(database, tmp_path, **values):
    return Outside(load({"OFFING_HOME": str(tmp_path), **values}), database, http=None)


async def customers(database, *addresses):
    """Make a customer for each address; returns their ids."""
    async with database.writing() as session:
        make = Make(session)
        rep: User = await make.user()
        made = [await make.customer(owner=rep, **address) for address in addresses]
        await session.commit()
        return [customer.id for customer in made]


async def stored(database, customer_id):
    async with database.reading() as session:
        return (await session.execute(select(Customer).where(Customer.id == customer_id))).scalar_one()


async def test_the_clock_places_all_that_wait_and_asks_no_one_twice(own_database, tmp_path):
    ids = await customers(
        own_database, {"city": "Berlin", "country": "Germany"}, {"address": "浙江省杭州市西湖区文三路138号"},
        {"city": "Nirgendwo"}, {},
    )  # fmt: skip
    await locate_waiting(outside(own_database, tmp_path))
    berlin, hangzhou, nowhere, nothing = [await stored(own_database, one) for one in ids]
    assert (berlin.location_accuracy, hangzhou.location_accuracy) == ("city", "district")
    assert abs(berlin.latitude - 52.52) < 0.1 and abs(hangzhou.longitude - 120.13) < 0.1
    assert nowhere.located_at is not None and nowhere.map_x is None
    assert nothing.located_at is None
    again = berlin.located_at
    await locate_waiting(outside(own_database, tmp_path))
    assert (await stored(own_database, ids[0])).located_at == again


async def test_a_service_down_leaves_the_gazetteers_place_and_the_question_open(own_database, tmp_path, stand_in):
    [customer_id] = await customers(own_database, {"city": "Berlin", "country": "Germany"})
    busy = outside(own_database, tmp_path, OFFING_GEOCODER="nominatim", OFFING_GEOCODER_KEY=stand_in.home)
    stand_in.status, stand_in.headers = 429, {"Retry-After": "9"}
    with pytest.raises(Unavailable):
        await locate_customer(busy, customer_id)
    waiting = await stored(own_database, customer_id)
    assert (waiting.location_provider, waiting.located_at) == ("gazetteer", None)

    stand_in.status, stand_in.headers = 200, {}
    stand_in.answer("nominatim-house")
    await locate_customer(busy, customer_id)
    found = await stored(own_database, customer_id)
    assert (found.location_provider, found.location_accuracy) == ("nominatim", "exact")
    assert found.located_at is not None
    assert len(stand_in.asked) == 2
    await locate_customer(busy, customer_id)
    assert len(stand_in.asked) == 2


async def test_an_address_changed_while_the_service_was_asked_wins(own_database, tmp_path, stand_in, monkeypatch):
    [customer_id] = await customers(own_database, {"city": "Berlin"})

    async def slow(settings, address):
        async with own_database.writing() as session:
            (await session.get_one(Customer, customer_id)).city = "Hamburg"
            await session.commit()
        return geocoding.locate(address)

    monkeypatch.setattr("webapp.deliver.locate.geocode", slow)
    await locate_customer(outside(own_database, tmp_path), customer_id)
    changed = await stored(own_database, customer_id)
    assert (changed.city, changed.map_x, changed.located_at) == ("Hamburg", None, None)


async def test_a_service_that_is_down_does_not_stop_the_clock_for_the_others(own_database, tmp_path, stand_in):
    ids = await customers(own_database, {"city": "Berlin"}, {"city": "Paris"})
    stand_in.status = 500
    busy = outside(own_database, tmp_path, OFFING_GEOCODER="photon", OFFING_GEOCODER_KEY=stand_in.home)
    with pytest.raises(Unavailable):
        await locate_waiting(busy)
    assert [(await stored(own_database, one)).location_provider for one in ids] == ["gazetteer", "gazetteer"]
