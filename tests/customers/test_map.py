"""The map of the customer list: who is counted where, who is near, and who is not on it."""

import json

import pytest

from domain.core.access import Scope
from domain.core.list_spec import ListQuery
from domain.core.places import Position, position_of_tile, tile_of
from domain.customers.models import Customer
from domain.customers.placed import CUSTOMERS
from domain.customers.queries import LIST
from domain.places import location
from domain.places import map as on_map
from domain.places.gazetteer import locate
from domain.places.hits import Address

pytestmark = pytest.mark.anyio
SHANGHAI, SUZHOU, BERLIN = Position(31.2304, 121.4737), Position(31.2996, 120.5815), Position(52.5170, 13.3889)
WORLD = on_map.Window.of(-180, -85, 180, 85)


def at(position, **values):
    x, y = tile_of(position)
    return {
        "latitude": position.lat, "longitude": position.lng, "map_x": x, "map_y": y, "location_accuracy": "exact",
        "location_provider": "gazetteer", **values,
    }  # fmt: skip


@pytest.fixture
async def rep(make):
    return await make.user("rep", "sales_rep", department=await make.department())


async def cells(work, window=WORLD, zoom=3, **query):
    chosen = await on_map.choose(work, CUSTOMERS, ListQuery.of(LIST, query))
    return await on_map.count_cells(chosen, window, zoom)


async def test_neighbours_are_one_cluster_and_a_lone_customer_is_not(make, work_as, rep):
    for name in ("a", "b", "c"):
        await make.customer(name, owner=rep, **at(SHANGHAI))
    await make.customer("d", owner=rep, **at(SUZHOU))
    await make.customer("e", owner=rep, **at(BERLIN))
    work = await work_as(rep)
    assert sorted(cell.count for cell in await cells(work, zoom=3)) == [1, 4]
    delta = on_map.Window.of(119, 30, 123, 33)
    [alone, together] = sorted(await cells(work, delta, 10), key=lambda cell: cell.count)
    assert (alone.count, together.count) == (1, 3)
    assert together.one_tile
    assert (together.west, together.north) == tile_of(SHANGHAI)


async def test_the_window_and_the_filters_of_the_list_hold(make, work_as, rep):
    await make.customer("near", owner=rep, level="a", **at(SHANGHAI))
    await make.customer("far", owner=rep, level="b", **at(BERLIN))
    work = await work_as(rep)
    china = on_map.Window.of(73, 18, 135, 54)
    assert [cell.count for cell in await cells(work, china)] == [1]
    assert [cell.count for cell in await cells(work, level="b")] == [1]
    assert await cells(work, china, level="b") == []
    assert sum(cell.count for cell in await cells(work, scene="mine")) == 2


async def test_what_one_may_not_see_is_not_counted(make, work_as, rep):
    other = await make.user("rep2", "sales_rep", department=await make.department("Other"))
    await make.customer("mine", owner=rep, **at(SHANGHAI))
    foreign = await make.customer("foreign", owner=other, **at(SHANGHAI))
    work = await work_as(rep)
    assert [cell.count for cell in await cells(work)] == [1]
    chosen = await on_map.choose(work, CUSTOMERS, ListQuery())
    assert await on_map.one(chosen, foreign.id) is None
    assert [near.row.name for near in await on_map.nearest(chosen, SHANGHAI, limit=5)] == ["mine"]
    admin = await make.user("boss", await make.role(everything=True))
    assert [cell.count for cell in await cells(await work_as(admin))] == [2]


async def test_a_customer_in_the_bin_is_not_on_the_map(make, work_as, rep):
    gone = await make.customer("gone", owner=rep, **at(SHANGHAI))
    gone.deleted_at = gone.created_at
    assert await cells(await work_as(rep)) == []


async def test_a_pool_that_hides_addresses_hides_places(make, work_as, rep):
    hiding = await make.pool("Secret", members=(rep,), hidden_fields=["address"])
    plain = await make.pool("Open", members=(rep,))
    secret = await make.customer("secret", pool=hiding, address="x", **at(SHANGHAI))
    await make.customer("open", pool=plain, **at(SHANGHAI))
    work = await work_as(rep)
    assert [cell.count for cell in await cells(work)] == [1]
    chosen = await on_map.choose(work, CUSTOMERS, ListQuery())
    assert await on_map.one(chosen, secret.id) is None
    [missing] = await on_map.without_position(chosen, limit=5)
    assert (missing.name, on_map.missing_of(missing)) == ("secret", on_map.Missing.hidden)
    await make.grant("customers", secret.id, user=rep)
    assert [cell.count for cell in await cells(await work_as(rep))] == [2]


async def test_the_nearest_come_first_with_true_distances(make, work_as, rep):
    for name, lat, lng in (("east", 60.0, 25.2), ("north", 60.06, 25.0), ("far", 10.0, 10.0)):
        await make.customer(name, owner=rep, **at(Position(lat, lng)))
    chosen = await on_map.choose(await work_as(rep), CUSTOMERS, ListQuery())
    # At 60° a degree of longitude is half as long: 0.2° east are 11 km, 0.06° north 6.7 km.
    found = await on_map.nearest(chosen, Position(60.0, 25.0), limit=10)
    assert [near.row.name for near in found] == ["north", "east", "far"]
    assert [round(near.metres / 1000) for near in found[:2]] == [7, 11]


async def test_the_nearest_are_complete_among_many_at_one_spot(make, session, work_as, rep):
    for number in range(250):
        await make.customer(f"heap {number}", owner=rep, **at(Position(31.0, 121.0)))
    await make.customer("next door", owner=rep, **at(Position(31.02, 121.0)))
    chosen = await on_map.choose(await work_as(rep), CUSTOMERS, ListQuery())
    found = await on_map.nearest(chosen, Position(31.02, 121.0), limit=3)
    assert found[0].row.name == "next door"
    assert found[0].metres < 1


async def test_who_is_not_on_the_map_is_listed_with_the_reason(make, work_as, rep):
    work = await work_as(rep)
    await make.customer("no address", owner=rep)
    await make.customer("new", owner=rep, city="Berlin")
    await make.customer("unknown", owner=rep, city="Nirgendwo", located_at=work.now)
    await make.customer("placed", owner=rep, **at(BERLIN))
    rows = await on_map.without_position(await on_map.choose(work, CUSTOMERS, ListQuery()), limit=10)
    reasons = {row.name: on_map.missing_of(row).value for row in rows}
    assert reasons == {"no address": "no_address", "new": "waiting", "unknown": "not_found"}


async def test_a_needlessly_fine_question_about_the_world_gets_coarse_cells():
    for zoom in range(23):
        shift = WORLD.shift(zoom)
        across, down = (WORLD.east - WORLD.west >> shift) + 1, (WORLD.south - WORLD.north >> shift) + 1
        assert across * down <= on_map.MOST_CELLS
    small = on_map.Window.of(121.45, 31.25, 121.5, 31.3)
    assert small.shift(16) == 0
    assert small.shift(10) == 6


async def position_of(session, customer):
    await session.refresh(customer)
    return customer.location_accuracy, customer.location_provider, customer.map_x is not None, customer.version


async def test_a_position_is_kept_for_the_address_it_was_asked_for(make, session, work_as, rep):
    customer = await make.customer("a", owner=rep, city="Berlin", country="Germany")
    work = await work_as(None)
    address = await location.to_locate(work, CUSTOMERS, customer.id)
    assert address == Address("", "Berlin", "", "Germany")
    customer.city = "Hamburg"
    await session.flush()
    await location.store_positions(work, CUSTOMERS, [((customer.id, address), locate(address))])
    assert await position_of(session, customer) == (None, None, False, 1)

    address = await location.to_locate(work, CUSTOMERS, customer.id)
    await location.store_positions(work, CUSTOMERS, [((customer.id, address), locate(address))])
    assert await position_of(session, customer) == ("city", "gazetteer", True, 1)
    assert tile_of(Position(customer.latitude, customer.longitude)) == (customer.map_x, customer.map_y)
    assert await location.to_locate(work, CUSTOMERS, customer.id) is None


async def test_an_address_that_nobody_knows_is_asked_once(make, session, work_as, rep):
    customer = await make.customer("a", owner=rep, city="Nirgendwo")
    work = await work_as(None)
    [(customer_id, address)] = await location.waiting_for_position(work, CUSTOMERS, 10)
    await location.store_positions(work, CUSTOMERS, [((customer_id, address), None)])
    await session.refresh(customer)
    assert customer.located_at == work.now
    assert customer.map_x is None
    assert await location.waiting_for_position(work, CUSTOMERS, 10) == []


async def test_a_provisional_position_is_asked_for_again(make, session, work_as, rep):
    customer = await make.customer("a", owner=rep, city="Berlin")
    work = await work_as(None)
    address = Address(city="Berlin")
    await location.store_positions(work, CUSTOMERS, [((customer.id, address), locate(address))], final=False)
    assert (await position_of(session, customer))[:3] == ("city", "gazetteer", True)
    assert await location.waiting_for_position(work, CUSTOMERS, 10) == [(customer.id, address)]


async def test_customers_without_an_address_are_not_asked_for(make, work_as, rep):
    await make.customer("none", owner=rep)
    await make.customer("empty", owner=rep, city="", address="")
    assert await location.waiting_for_position(await work_as(None), CUSTOMERS, 10) == []


async def test_a_changed_address_drops_the_position_unless_a_person_set_it(make, work_as, rep):
    found = Customer(name="x", location_provider="gazetteer", latitude=1.0, longitude=2.0, map_x=1, map_y=1)
    location.forget_position(found)
    assert (found.latitude, found.map_x, found.located_at, found.location_provider) == (None, None, None, None)
    by_hand = Customer(name="x")
    location.set_by_hand(await work_as(rep), by_hand, BERLIN)
    location.forget_position(by_hand)
    assert (by_hand.latitude, by_hand.longitude) == (BERLIN.lat, BERLIN.lng)
    assert by_hand.located_at is not None


# --- pages ---


async def test_points_are_clusters_and_customers_with_cards(make, client, rep):
    await make.customer("Alone & Co", owner=rep, follow_stage="contacted", **at(BERLIN))
    for _turn in range(3):
        await make.customer(owner=rep, **at(SHANGHAI))
    browser = await client(rep)
    found = json.loads((await browser.get("/customers/map/points?zoom=4")).text)
    assert found["total"] == 4
    [alone] = found["customers"]
    assert (alone["name"], alone["state"], alone["tone"]) == ("Alone & Co", "Contacted", "never")
    assert (alone["lat"], alone["lng"]) == (BERLIN.lat, BERLIN.lng)
    [heap] = found["clusters"]
    assert heap["count"] == 3
    assert abs(heap["lat"] - SHANGHAI.lat) < 0.002 and abs(heap["lng"] - SHANGHAI.lng) < 0.002
    west, south, east, north = found["bounds"]
    assert west <= BERLIN.lng <= SHANGHAI.lng <= east
    assert south <= SHANGHAI.lat <= BERLIN.lat <= north

    card = await browser.get(alone["card"], headers={"HX-Request": "true"})
    assert card.status_code == 200
    assert "Alone &amp; Co" in card.text and "geo:52.517000,13.388900" in card.text and "<html" not in card.text
    at_spot = await browser.get(heap["list"], headers={"HX-Request": "true"})
    assert at_spot.text.count("list-row") == 3
    assert "<html" in (await browser.get(heap["list"])).text


async def test_another_reps_customer_has_no_card(make, client, rep):
    other = await make.user("rep2", "sales_rep", department=await make.department("Other"))
    foreign = await make.customer("foreign", owner=other, **at(BERLIN))
    answer = await (await client(rep)).get(f"/customers/map/card/{foreign.id}", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert "foreign" not in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "zoom=x", "zoom=-1", "zoom=99", "", "zoom=3&bbox=1,2,3", "zoom=3&bbox=a,b,c,d", "zoom=3&bbox=3,0,1,2",
        "zoom=3&bbox=0,0,nan,1", "zoom=3&bbox=0,-91,1,1", "zoom=inf", "zoom=3&level=%00",
    ],
)  # fmt: skip
async def test_unreadable_questions_are_refused_in_words(client, rep, query):
    assert (await (await client(rep)).get(f"/customers/map/points?{query}")).status_code == 422


@pytest.mark.parametrize("query", ["", "lat=91&lng=0", "lat=1&lng=181", "lat=nan&lng=1", "lat=1"])
async def test_unreadable_places_are_refused(client, rep, query):
    assert (await (await client(rep)).get(f"/customers/map/near?{query}")).status_code == 422


async def test_near_me_lists_distances(make, client, rep):
    await make.customer("Near Ltd", owner=rep, **at(Position(52.52, 13.40)))
    browser = await client(rep)
    answer = await browser.get("/customers/map/near?lat=52.517&lng=13.3889")
    assert "Near Ltd" in answer.text and "820 m" in answer.text
    reader = await make.user("reader", await make.role(everything=True), language="zh")
    assert "820 米" in (await (await client(reader)).get("/customers/map/near?lat=52.517&lng=13.3889")).text


async def test_the_page_says_who_is_missing_and_the_places_are_there_in_words(make, client, rep):
    await make.customer("Homeless Ltd", owner=rep)
    await make.customer("Placed Ltd", owner=rep, city="Berlin", country="Germany", **at(BERLIN))
    browser = await client(rep)
    shown = await browser.get("/customers/map?level=")
    assert shown.status_code == 200
    assert "Homeless Ltd" in shown.text and "No address" in shown.text and "Placed Ltd" not in shown.text
    words = await browser.get("/customers/map/places")
    assert "Berlin" in words.text and "Germany" in words.text and "/customers?city=Berlin" in words.text


async def test_scope_of_the_map_is_that_of_the_department(make, client):
    department = await make.department("North")
    head = await make.user(
        "head", await make.role(permissions=("customers.view",), scopes={"customers": Scope.department_tree}),
        department=department,
    )  # fmt: skip
    rep = await make.user("r", "sales_rep", department=department)
    stranger = await make.user("s", "sales_rep", department=await make.department("South"))
    await make.customer("ours", owner=rep, **at(BERLIN))
    await make.customer("theirs", owner=stranger, **at(BERLIN))
    found = json.loads((await (await client(head)).get("/customers/map/points?zoom=18")).text)
    assert [one["name"] for one in found["customers"]] == ["ours"]


async def test_tiles_in_gcj02_get_points_in_gcj02(make, client, rep, application, settings):
    await make.customer("Shanghai Ltd", owner=rep, **at(SHANGHAI))
    browser = await client(rep)
    plain = json.loads((await browser.get("/customers/map/points?zoom=12")).text)["customers"][0]
    from dataclasses import replace

    tiles = {"tile_url": "https://tiles.example.com/{z}/{x}/{y}.png", "tile_datum": "gcj02"}
    application.app.state.settings = replace(settings, **tiles)
    try:
        moved = json.loads((await browser.get("/customers/map/points?zoom=12")).text)["customers"][0]
    finally:
        application.app.state.settings = settings
    assert (plain["lat"], plain["lng"]) == (SHANGHAI.lat, SHANGHAI.lng)
    assert 0.001 < moved["lng"] - plain["lng"] < 0.01


async def test_a_mean_tile_is_where_its_customers_are():
    x, y = tile_of(SHANGHAI)
    middle = position_of_tile(x + 0.5, y + 0.5)
    assert abs(middle.lat - SHANGHAI.lat) < 0.001
