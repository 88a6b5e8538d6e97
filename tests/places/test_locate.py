"""Customers get their positions in the background, whatever the geocoder does."""

import asyncio
from datetime import date, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from domain.core.errors import Unavailable
from domain.core.places import Position
from domain.customers.models import Customer
from domain.customers.placed import CUSTOMERS
from domain.people.models import User
from domain.places import turns
from domain.places.gazetteer import locate
from domain.places.location import set_by_hand
from domain.places.models import GeocoderTurn
from domain.places.turns import Limits
from domain.visits.models import Visit
from tests.make import Make
from tests.places.test_geocode import StandIn
from webapp.deliver.geocode import limits_of
from webapp.deliver.locate import locate_one, locate_waiting, name_arrival
from webapp.outside import Outside
from webapp.settings import load

pytestmark = pytest.mark.anyio


@pytest.fixture
def stand_in():
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


def service(database, tmp_path, stand_in, **values):
    """A Nominatim of our own, which may be asked 100 times a second."""
    return outside(
        database, tmp_path, OFFING_GEOCODER="nominatim", OFFING_GEOCODER_KEY=stand_in.home,
        OFFING_GEOCODER_PER_SECOND="100", **values,
    )  # fmt: skip


async def pause_over(database):
    async with database.writing() as session:
        await session.execute(update(GeocoderTurn).values(paused_until=None))
        await session.commit()


async def test_a_service_down_leaves_the_gazetteers_place_and_the_question_open(own_database, tmp_path, stand_in):
    [customer_id] = await customers(own_database, {"city": "Berlin", "country": "Germany"})
    world = service(own_database, tmp_path, stand_in)
    stand_in.status, stand_in.headers = 429, {"Retry-After": "900"}
    assert await locate_one(world, CUSTOMERS, customer_id) is False
    waiting = await stored(own_database, customer_id)
    assert (waiting.location_provider, waiting.located_at) == ("gazetteer", None)

    # It asked for a quarter of an hour, so nobody asks it, whatever comes.
    assert await locate_one(world, CUSTOMERS, customer_id) is False
    await locate_waiting(world)
    assert len(stand_in.asked) == 1
    async with world.transaction() as work:
        standing = await turns.standing(work, "nominatim", limits_of(world.settings))
        assert 890 < (standing.paused_until - work.now).total_seconds() <= 900

    await pause_over(own_database)
    stand_in.status, stand_in.headers = 200, {}
    stand_in.answer("nominatim-house")
    await locate_waiting(world)
    found = await stored(own_database, customer_id)
    assert (found.location_provider, found.location_accuracy) == ("nominatim", "exact")
    assert found.located_at is not None
    assert await locate_one(world, CUSTOMERS, customer_id) is True
    assert len(stand_in.asked) == 2


async def test_one_address_is_asked_for_once_however_it_is_written(own_database, tmp_path, stand_in):
    ids = await customers(
        own_database, {"address": "Testplatz 8", "city": "München"}, {"address": "testplatz  8", "city": "ＭÜNCHEN"},
        {"address": "Testplatz 8", "city": "München"},
    )  # fmt: skip
    stand_in.answer("nominatim-house")
    await locate_waiting(service(own_database, tmp_path, stand_in))
    assert len(stand_in.asked) == 1
    assert {(await stored(own_database, one)).location_accuracy for one in ids} == {"exact"}


async def test_what_the_service_does_not_know_is_not_asked_again(own_database, tmp_path, stand_in):
    world = service(own_database, tmp_path, stand_in)
    stand_in.answer("nominatim-nothing")
    first, second = await customers(own_database, {"city": "Berlin"}, {"city": "Berlin"})
    await locate_waiting(world)
    assert len(stand_in.asked) == 1
    assert (await stored(own_database, first)).location_provider == "gazetteer"
    assert (await stored(own_database, second)).located_at is not None


async def test_the_days_number_is_kept_to(own_database, tmp_path, stand_in):
    ids = await customers(own_database, *({"city": f"Testdorf {number}"} for number in range(5)))
    world = service(own_database, tmp_path, stand_in, OFFING_GEOCODER_PER_DAY="3")
    stand_in.answer("nominatim-house")
    await locate_waiting(world)
    await locate_waiting(world)
    assert len(stand_in.asked) == 3
    assert sum([(await stored(own_database, one)).located_at is None for one in ids]) == 2


async def test_an_address_that_breaks_the_service_does_not_hold_up_the_others(own_database, tmp_path, stand_in):
    ids = await customers(own_database, {"city": "München"}, {"city": "Poison"})
    world = service(own_database, tmp_path, stand_in)
    for _fault in range(3):  # the newest comes first, and its answer cannot be read
        stand_in.body = b"<html>"
        await locate_waiting(world)
        await pause_over(own_database)
    assert [query["q"] for _path, query, _agent in stand_in.asked] == ["Poison"] * 3
    stand_in.answer("nominatim-city")
    await locate_waiting(world)
    fine, poison = [await stored(own_database, one) for one in ids]
    assert fine.location_accuracy == "city" and fine.location_provider == "nominatim"
    assert poison.map_x is None and poison.located_at is not None


async def test_an_address_changed_while_the_service_was_asked_wins(own_database, tmp_path, monkeypatch):
    [customer_id] = await customers(own_database, {"city": "Berlin"})

    async def slow(_outside, address):
        async with own_database.writing() as session:
            (await session.get_one(Customer, customer_id)).city = "Hamburg"
            await session.commit()
        return locate(address)

    monkeypatch.setattr("webapp.deliver.locate.find", slow)
    await locate_one(outside(own_database, tmp_path), CUSTOMERS, customer_id)
    changed = await stored(own_database, customer_id)
    assert (changed.city, changed.map_x, changed.located_at) == ("Hamburg", None, None)


async def test_a_position_set_by_hand_while_the_service_was_asked_wins(own_database, tmp_path, monkeypatch):
    [customer_id] = await customers(own_database, {"city": "Berlin"})

    async def slow(world, address):
        async with world.transaction() as work:
            customer = await work.session.get_one(Customer, customer_id)
            set_by_hand(work, customer, Position(1.0, 2.0))
        return locate(address)

    monkeypatch.setattr("webapp.deliver.locate.find", slow)
    await locate_one(outside(own_database, tmp_path), CUSTOMERS, customer_id)
    kept = await stored(own_database, customer_id)
    assert (kept.latitude, kept.location_provider) == (1.0, "manual")


async def test_many_processes_keep_the_pace_together(own_database, tmp_path):
    world = outside(own_database, tmp_path)
    limits = Limits(timedelta(seconds=2))

    async def one():
        async with world.transaction() as work:
            return work.now + await turns.take(work, "nominatim", limits)

    at = sorted(await asyncio.gather(*(one() for _ in range(10))))
    assert all(later - sooner >= timedelta(seconds=1.999) for sooner, later in pairwise(at))


async def test_nobody_queues_for_long(own_database, tmp_path):
    world = outside(own_database, tmp_path)
    with pytest.raises(Unavailable) as refused:
        for _turn in range(50):
            async with world.transaction() as work:
                await turns.take(work, "nominatim", Limits(timedelta(seconds=2)))
    assert refused.value.retry_after_s == 30


async def test_pauses_grow_with_the_faults_and_end_with_an_answer(own_database, tmp_path):
    world = outside(own_database, tmp_path)
    lengths = []
    for _fault in range(9):
        async with world.transaction() as work:
            await turns.pause(work, "photon", "GeocoderTimedOut")
            row = await work.session.get_one(GeocoderTurn, "photon")
            lengths.append(round((row.paused_until - work.now).total_seconds()))
    assert lengths[:4] == [30, 60, 120, 240]
    assert lengths[-1] == 3600
    async with world.transaction() as work:
        await turns.well(work, "photon")
        await turns.pause(work, "photon", "GeocoderTimedOut")
        row = await work.session.get_one(GeocoderTurn, "photon", populate_existing=True)
        assert round((row.paused_until - work.now).total_seconds()) == 30


async def arrival(database, *, lat, lng):
    async with database.writing() as session:
        make = Make(session)
        rep = await make.user()
        customer = await make.customer(owner=rep)
        visit = Visit(
            customer_id=customer.id, owner_id=rep.id, status="open", planned_on=date(2026, 3, 2), arrived_lat=lat,
            arrived_lng=lng,
        )  # fmt: skip
        session.add(visit)
        await session.commit()
        return visit.id


async def place_name(world, visit_id):
    await name_arrival(world, SimpleNamespace(record_id=visit_id))
    async with world.database.reading() as session:
        return (await session.get_one(Visit, visit_id)).arrived_place


async def test_a_check_in_gets_the_name_of_its_district_without_network(own_database, tmp_path):
    world = outside(own_database, tmp_path)
    assert await place_name(world, await arrival(own_database, lat=30.27, lng=120.13)) == "浙江省杭州市西湖区"
    assert await place_name(world, await arrival(own_database, lat=None, lng=None)) is None


async def test_a_service_names_the_house_and_its_fault_leaves_the_district(own_database, tmp_path, stand_in):
    world = service(own_database, tmp_path, stand_in)
    stand_in.answer("nominatim-reverse")
    visit_id = await arrival(own_database, lat=31.2304, lng=121.4737)
    assert await place_name(world, visit_id) == "上海市黄浦区测试路1号"
    stand_in.status = 503
    assert await place_name(world, visit_id) == "上海市黄浦区测试路1号"  # once is enough
    assert len(stand_in.asked) == 1
    assert await place_name(world, await arrival(own_database, lat=31.2304, lng=121.4737)) == "上海市黄浦区"
