"""Leads on the map: found by their address, in the list's scope and filters, corrected by hand, chosen by an area."""

from __future__ import annotations

from typing import Any

import pytest

from domain.core.inputs import parse
from domain.core.list_spec import ListQuery
from domain.core.places import Position, tile_of
from domain.leads import actions
from domain.leads.inputs import LeadInput
from domain.leads.models import Lead
from domain.leads.placed import LEADS
from domain.people.models import User
from domain.places import location
from domain.places import map as on_map
from domain.places.gazetteer import locate
from domain.pools.models import PoolKind
from tests.conftest import Client, WorkAs
from tests.make import Make

pytestmark = pytest.mark.anyio
SHANGHAI, BERLIN = Position(31.2304, 121.4737), Position(52.5170, 13.3889)
WORLD = on_map.Window.of(-180, -85, 180, 85)
HTMX = {"hx-request": "true"}


def at(position: Position) -> dict[str, Any]:
    x, y = tile_of(position)
    return {
        "latitude": position.lat, "longitude": position.lng, "map_x": x, "map_y": y, "location_accuracy": "exact",
        "location_provider": "manual",
    }  # fmt: skip


@pytest.fixture
async def rep(make: Make) -> User:
    return await make.user("rep", "sales_rep")


async def test_a_new_address_is_looked_up_and_another_one_again(make: Make, work_as: WorkAs, rep: User) -> None:
    work = await work_as(rep)
    lead = await actions.create(work, parse(LeadInput, {"name": "Zhou", "city": "上海市"}))
    asked = await location.waiting_for_position(work, LEADS, 10)
    assert [record_id for record_id, _address in asked] == [lead.id]
    await location.store_positions(work, LEADS, [(one, locate(one[1])) for one in asked])
    await work.session.refresh(lead)
    assert lead.latitude is not None and abs(lead.latitude - SHANGHAI.lat) < 1
    assert lead.location_provider == "gazetteer"
    assert await location.waiting_for_position(work, LEADS, 10) == []
    await actions.edit(work, lead.id, parse(LeadInput, {"name": "Zhou Jie", "city": "上海市"}), lead.version)
    assert lead.map_x is not None, "the same address"
    await actions.edit(work, lead.id, parse(LeadInput, {"name": "Zhou Jie", "city": "北京市"}), lead.version)
    assert lead.map_x is None
    assert len(await location.waiting_for_position(work, LEADS, 10)) == 1


async def test_only_leads_that_one_sees_are_counted_with_the_lists_filters(
    make: Make, work_as: WorkAs, rep: User
) -> None:
    other = await make.user("other", "sales_rep", department=await make.department("Elsewhere"))
    await make.lead("Near", owner=rep, source="referral", **at(SHANGHAI))
    await make.lead("Far", owner=rep, **at(BERLIN))
    await make.lead("Theirs", owner=other, **at(SHANGHAI))
    work = await work_as(rep)

    async def numbers(**asked: str) -> list[int]:
        chosen = await on_map.choose(work, LEADS, ListQuery.of(LEADS.spec, asked))
        return sorted(cell.count for cell in await on_map.count_cells(chosen, WORLD, 5))

    assert await numbers() == [1, 1]
    assert await numbers(source="referral") == [1]
    assert await numbers(area="120,30;123,30;123,33;120,33") == [1]
    assert await numbers(area="120,40;123,40;123,43;120,43") == []


async def test_a_pool_that_hides_addresses_hides_places(make: Make, work_as: WorkAs, rep: User) -> None:
    pool = await make.pool(PoolKind.lead, members=[rep], hidden_fields=["address"])
    await make.lead("Hidden", pool=pool, **at(SHANGHAI))
    chosen = await on_map.choose(await work_as(rep), LEADS, ListQuery())
    assert await on_map.count_cells(chosen, WORLD, 5) == []
    [row] = await on_map.without_position(chosen, limit=5)
    assert on_map.missing_of(row) is on_map.Missing.hidden


async def test_the_map_and_its_cards_are_of_leads(make: Make, client: Client, rep: User) -> None:
    lead = await make.lead("Zhou Jie", owner=rep, **at(SHANGHAI))
    lost = await make.lead("No Address", owner=rep)
    browser = await client(rep)
    page = (await browser.get("/leads/map?scene=mine")).text
    assert 'data-points="/leads/map/points?scene=mine"' in page
    assert f'href="/leads/{lost.id}/place"' in page
    assert "With visits" not in page
    assert 'href="/leads/map?' in (await browser.get("/leads?scene=mine")).text
    points = (await browser.get("/leads/map/points?bbox=120,30,123,33&zoom=10&scene=mine&shown=visits")).json()
    [mark] = points["customers"]
    assert (mark["name"], mark["state"], mark["card"]) == ("Zhou Jie", "Pending", f"/leads/map/card/{lead.id}")
    card = (await browser.get(mark["card"], headers=HTMX)).text
    assert f'href="/leads/{lead.id}"' in card
    near = (await browser.get("/leads/map/near?lat=31.2&lng=121.4", headers=HTMX)).text
    assert f'href="/leads/{lead.id}"' in near
    for part in ("places", "positions", "area?area=120,30;123,30;123,33;120,33"):
        assert (await browser.get(f"/leads/map/{part}")).status_code == 200, part
    assert "Zhou Jie" in (await browser.get("/leads/map/area?area=120,30;123,30;123,33;120,33")).text


@pytest.mark.parametrize(("language", "said"), [("en", "Every lead of this list"), ("zh", "列表中的线索均已定位")])
async def test_the_page_speaks_of_leads_in_the_readers_language(
    make: Make, client: Client, language: str, said: str
) -> None:
    reader = await make.user("reader", "sales_rep", language=language)
    assert said in (await (await client(reader)).get("/leads/map")).text


async def test_a_position_is_corrected_by_hand_by_who_may_change_the_lead(
    make: Make, client: Client, rep: User
) -> None:
    lead = await make.lead("Zhou Jie", owner=rep, city="北京市")
    browser: Any = await client(rep)
    typed = {"latitude": "31.2304", "longitude": "121.4737", "datum": "wgs84", "version": str(lead.version)}
    assert (await browser.submit(f"/leads/{lead.id}/place", typed)).status_code == 303
    found = await make.session.get_one(Lead, lead.id, populate_existing=True)
    assert (found.location_provider, found.latitude) == ("manual", 31.2304)
    assert "Corrected the position on the map" in (await browser.get(f"/leads/{lead.id}")).text
    stale = await browser.submit(f"/leads/{lead.id}/place", {**typed, "latitude": "30"})
    assert stale.status_code == 409
    stranger: Any = await client(await make.user("stranger", "sales_rep"))
    assert (await stranger.submit(f"/leads/{lead.id}/place", typed)).status_code == 404
    assert (await stranger.get("/leads/map/card/" + str(lead.id), headers=HTMX)).status_code == 404


async def test_a_lead_that_is_given_up_stays_where_it_is(make: Make, client: Client, rep: User) -> None:
    lead = await make.lead("Zhou Jie", owner=rep, status="void", **at(SHANGHAI))
    browser: Any = await client(rep)
    typed = {"latitude": "30", "longitude": "120", "datum": "wgs84", "version": str(lead.version)}
    assert (await browser.submit(f"/leads/{lead.id}/place", typed)).status_code == 403


async def test_who_sees_no_leads_gets_no_map_of_them(make: Make, client: Client) -> None:
    nobody = await client(await make.user("nobody"))
    for part in ("", "/points?zoom=3", "/places", "/positions", "/area"):
        assert (await nobody.get(f"/leads/map{part}")).status_code == 403, part
