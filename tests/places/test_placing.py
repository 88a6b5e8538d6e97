"""Positions corrected by hand, and how far the looking up of a list has come."""

import pytest
from sqlalchemy import select, text

from domain.core.access import Scope
from domain.core.audit import AuditEntry
from domain.core.errors import Conflict, Denied, Invalid, NotFound
from domain.core.inputs import parse
from domain.core.list_spec import ListQuery
from domain.core.places import metres_between, tile_of, wgs84_to_bd09, wgs84_to_gcj02
from domain.customers import actions
from domain.customers.inputs import CustomerInput
from domain.customers.placed import CUSTOMERS
from domain.customers.queries import LIST
from domain.places import answers, location, placing
from domain.places import map as on_map
from domain.places.hits import Address
from domain.places.inputs import PlaceInput
from domain.places.placing import Again
from tests.customers.test_map import BERLIN, SHANGHAI, at
from webapp.work import claim_audit

pytestmark = pytest.mark.anyio


@pytest.fixture
async def rep(make):
    return await make.user("rep", "sales_rep", department=await make.department())


def given(position, datum="wgs84"):
    return parse(PlaceInput, {"latitude": f"{position.lat}", "longitude": f"{position.lng}", "datum": datum})


@pytest.mark.parametrize(
    ("datum", "there"), [("wgs84", lambda p: p), ("gcj02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)]
)
async def test_numbers_are_put_right_by_what_they_were_read_off(datum, there):
    assert metres_between(given(there(SHANGHAI), datum).position, SHANGHAI) < 1


@pytest.mark.parametrize("typed", ["31.2304", " 31.2304° ", "３１．２３０４"])
async def test_numbers_are_read_as_people_copy_them(typed):
    assert parse(PlaceInput, {"latitude": typed, "longitude": "121.4737"}).position == SHANGHAI


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("", ""), ("north", "1"), ("86", "1"), ("1", "181"), ("nan", "1"), ("inf", "1"), ("1,5", "2")],
)
async def test_what_is_no_place_is_refused(latitude, longitude):
    with pytest.raises(Invalid):
        parse(PlaceInput, {"latitude": latitude, "longitude": longitude})


async def test_a_position_by_hand_is_kept_whatever_the_address_becomes(make, session, work_as, rep):
    customer = await make.customer("a", owner=rep, city="Berlin", country="Germany")
    work = await work_as(rep)
    await placing.place(work, CUSTOMERS, customer.id, given(SHANGHAI), customer.version)
    assert (customer.location_provider, customer.location_accuracy) == ("manual", "exact")
    assert (customer.map_x, customer.map_y) == tile_of(SHANGHAI)
    data = parse(CustomerInput, {"name": "a", "city": "Hamburg", "country": "Germany"})
    await actions.edit(work, customer.id, data, customer.version)
    assert customer.latitude == SHANGHAI.lat
    system = await work_as(None)
    assert await location.to_locate(system, CUSTOMERS, customer.id) is None
    asked = (customer.id, Address("", "Hamburg", "", "Germany"))
    await session.execute(text("UPDATE customers SET located_at = NULL WHERE id = :id"), {"id": customer.id})
    await location.store_positions(system, CUSTOMERS, [(asked, None)])
    await session.refresh(customer)
    assert customer.latitude == SHANGHAI.lat


async def test_a_correction_is_in_the_history_with_who_made_it(make, session, work_as, rep):
    customer = await make.customer("a", owner=rep, **at(BERLIN))
    work = await work_as(rep)
    await claim_audit(session, work.actor)
    await placing.place(work, CUSTOMERS, customer.id, given(SHANGHAI), customer.version)
    await session.flush()
    entry = (
        await session.scalars(
            select(AuditEntry)
            .where(AuditEntry.table_name == "customers", AuditEntry.row_id == customer.id)
            .order_by(AuditEntry.id.desc())
            .limit(1)
        )
    ).one()
    assert entry.actor_id == rep.id
    assert (entry.old["latitude"], entry.new["latitude"]) == (BERLIN.lat, SHANGHAI.lat)


async def test_a_correction_over_a_newer_change_is_refused_and_nothing_moves(make, work_as, rep):
    customer = await make.customer("a", owner=rep, **at(BERLIN))
    work = await work_as(rep)
    await placing.place(work, CUSTOMERS, customer.id, given(BERLIN), customer.version)
    with pytest.raises(Conflict) as stale:
        await placing.place(work, CUSTOMERS, customer.id, given(SHANGHAI), 1)
    assert stale.value.code == "stale"
    assert stale.value.current["latitude"] == BERLIN.lat
    assert customer.latitude == BERLIN.lat


async def test_who_may_not_change_a_customer_may_not_move_it(make, work_as, rep):
    other = await make.user("rep2", "sales_rep", department=await make.department("Other"))
    customer = await make.customer("a", owner=rep, **at(BERLIN))
    with pytest.raises(NotFound):
        await placing.place(await work_as(other), CUSTOMERS, customer.id, given(SHANGHAI), 1)
    await make.grant("customers", customer.id, user=other)
    with pytest.raises(Denied):
        await placing.place(await work_as(other), CUSTOMERS, customer.id, given(SHANGHAI), 1)
    assert customer.latitude == BERLIN.lat


async def test_a_position_by_hand_can_be_given_up_again(make, work_as, rep):
    customer = await make.customer("a", owner=rep, city="Berlin", **at(SHANGHAI, location_provider="manual"))
    work = await work_as(rep)
    await placing.look_up(work, CUSTOMERS, customer.id, customer.version)
    assert (customer.latitude, customer.location_provider, customer.located_at) == (None, None, None)
    assert await location.to_locate(await work_as(None), CUSTOMERS, customer.id) == Address("", "Berlin")


async def progress(work, **query):
    return await placing.progress(await on_map.choose(work, CUSTOMERS, ListQuery.of(LIST, query)))


async def test_the_progress_counts_every_customer_once(make, work_as, rep):
    work = await work_as(rep)
    done = {"located_at": work.now}
    await make.customer("exact", owner=rep, city="x", **at(BERLIN, **done))
    await make.customer("rough", owner=rep, city="x", **at(BERLIN, location_accuracy="city", **done))
    await make.customer("for now", owner=rep, city="x", **at(BERLIN, location_accuracy="city"))
    await make.customer("by hand", owner=rep, **at(BERLIN, location_provider="manual", **done))
    await make.customer("new", owner=rep, city="x", level="a")
    await make.customer("unknown", owner=rep, city="x", **done)
    await make.customer("nothing", owner=rep)
    await make.customer("foreign", owner=await make.user("o", "sales_rep"), city="x")
    found = await progress(work)
    assert {key.value: n for key, n in found.by_accuracy.items()} == {"exact": 2, "city": 2}
    assert found.by_provider == {"gazetteer": 3, "manual": 1}
    assert (found.located, found.waiting, found.not_found, found.no_address) == (4, 2, 1, 1)
    assert (found.settled, found.total) == (4, 6)
    only = await progress(work, level="a")
    assert (only.located, only.waiting, only.total) == (0, 1, 1)


async def test_what_failed_is_looked_up_again_and_what_was_set_by_hand_is_not(make, session, work_as, rep):
    work = await work_as(rep)
    done = {"located_at": work.now}
    unknown = await make.customer("unknown", owner=rep, city="Nirgendwo", **done)
    rough = await make.customer("rough", owner=rep, city="x", **at(BERLIN, location_accuracy="city", **done))
    hand = await make.customer(
        "hand", owner=rep, city="x", **at(BERLIN, location_accuracy="city", location_provider="manual", **done)
    )
    shared = await make.customer("shared", owner=await make.user("o", "sales_rep"), city="y", **done)
    await make.grant("customers", shared.id, user=rep)
    await answers.keep(work, "photon", Address(city="Nirgendwo"), None)
    chosen = await on_map.choose(work, CUSTOMERS, ListQuery())
    assert await placing.ask_again(chosen, Again.failed) == 1
    assert await placing.ask_again(chosen, Again.rough) == 1
    for customer in (unknown, rough, hand, shared):
        await session.refresh(customer)
    assert [one.located_at is None for one in (unknown, rough, hand, shared)] == [True, True, False, False]
    assert rough.map_x is not None
    assert await answers.known(work, "photon", Address(city="Nirgendwo")) is None


# --- pages ---


async def test_the_form_moves_the_pin_and_keeps_what_was_typed(make, session, client, rep):
    customer = await make.customer("Drag Ltd", owner=rep, city="Shanghai", **at(BERLIN))
    browser = await client(rep)
    here = f"/customers/{customer.id}/place"
    shown = await browser.get(here)
    assert shown.status_code == 200
    assert 'value="52.517000"' in shown.text
    wrong = await browser.submit(here, {"version": "1", "latitude": "north", "longitude": "1", "datum": "wgs84"})
    assert wrong.status_code == 422
    assert 'value="north"' in wrong.text
    saved = await browser.submit(
        here, {"version": "1", "latitude": "31.2304", "longitude": "121.4737", "datum": "wgs84"}
    )
    assert (saved.status_code, saved.headers["location"]) == (303, f"/customers/{customer.id}")
    stale = await browser.submit(here, {"version": "1", "latitude": "1.5", "longitude": "2", "datum": "wgs84"})
    assert stale.status_code == 409
    assert 'value="1.5"' in stale.text and "31.2304" in stale.text and 'name="version" value="2"' in stale.text
    await session.refresh(customer)
    assert customer.latitude == 31.2304


async def test_the_progress_page_says_who_waits_and_asks_again(make, client, rep, work_as):
    await make.customer("unknown", owner=rep, city="Nirgendwo", located_at=(await work_as(rep)).now)
    browser = await client(rep)
    shown = await browser.get("/customers/map/positions?scene=mine")
    assert shown.status_code == 200
    assert "every 5s" not in shown.text
    sent = await browser.submit("/customers/map/positions?scene=mine", {"which": "failed"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/customers/map/positions?scene=mine")
    waiting = await browser.get("/customers/map/positions?scene=mine")
    assert "every 5s" in waiting.text
    part = await browser.get("/customers/map/positions", headers={"HX-Request": "true", "HX-Target": "div#progress"})
    assert "<html" not in part.text and "0 of 1 addresses" in part.text


async def test_who_may_only_read_cannot_have_anything_looked_up(make, client):
    reader = await make.user(
        "reader", await make.role(permissions=("customers.view",), scopes={"customers": Scope.all})
    )
    browser = await client(reader)
    assert (await browser.get("/customers/map/positions")).status_code == 200
    assert (await browser.submit("/customers/map/positions", {"which": "failed"})).status_code == 403
