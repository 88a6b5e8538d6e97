"""Areas drawn on the map: who is inside, for whom, and what can be done with all of them; visits on the map."""

import json
import re
from datetime import time, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from domain.core.errors import Denied, Invalid
from domain.core.inputs import parse
from domain.core.list_spec import ListQuery
from domain.core.places import Position, wgs84_to_gcj02
from domain.customers.placed import CUSTOMERS
from domain.customers.queries import LIST
from domain.places import area
from domain.places import map as on_map
from domain.visits import day_map
from domain.visits.many import MOST_AT_ONCE, ManyInput, plan_many
from domain.visits.models import Visit
from tests.customers.test_map import BERLIN, SHANGHAI, SUZHOU, at

pytestmark = pytest.mark.anyio
AROUND_SHANGHAI = "121.0,31.0;122.0,31.0;122.0,31.6;121.0,31.6"
TRIANGLE = "121.40,31.20;121.60,31.20;121.40,31.40"


@pytest.fixture
async def rep(make):
    return await make.user("rep", "sales_rep", department=await make.department())


async def names(work, **query):
    chosen = await on_map.choose(work, CUSTOMERS, ListQuery.of(LIST, query))
    return {row.name for row in await on_map.listed(chosen, limit=600)}


async def test_an_area_holds_what_lies_in_it_and_not_what_lies_beside(make, work_as, rep):
    await make.customer("inside", owner=rep, **at(Position(31.25, 121.45)))
    await make.customer("in the square only", owner=rep, **at(Position(31.38, 121.58)))
    await make.customer("suzhou", owner=rep, **at(SUZHOU))
    await make.customer("no position", owner=rep)
    work = await work_as(rep)
    assert await names(work, area=TRIANGLE) == {"inside"}
    assert await names(work, area=AROUND_SHANGHAI) == {"inside", "in the square only"}
    assert await names(work, area=AROUND_SHANGHAI, level="a") == set()


@pytest.mark.parametrize(
    "text",
    ["x", "1,2", "1,2;3,4", "1,2;3,4;5", "1,2;3,4;200,4", "1,99;3,4;5,6", "nan,2;3,4;5,6", "1,2,3;4,5;6,7",
     ";".join(["1,2"] * 101), "1,2;3,4;5,6)); DROP TABLE customers --"],
)  # fmt: skip
async def test_what_is_no_area_is_refused_in_words(make, work_as, client, rep, text):
    with pytest.raises(Invalid):
        await on_map.choose(await work_as(rep), CUSTOMERS, ListQuery.of(LIST, {"area": text}))
    browser = await client(rep)
    assert (await browser.get("/customers", params={"area": text})).status_code == 422
    assert (await browser.get("/customers/map/area", params={"shape": text})).status_code == 422


async def test_an_area_gives_away_no_place_that_a_pool_hides(make, session, work_as, rep):
    hiding = await make.pool("Secret", members=(rep,), hidden_fields=["address"])
    secret = await make.customer("secret", pool=hiding, **at(SHANGHAI))
    await make.customer("mine", owner=rep, **at(SHANGHAI))
    work = await work_as(rep)
    found = select(func.count()).where(
        LIST.visible(work.actor), area.within(CUSTOMERS.scope)(AROUND_SHANGHAI, work.actor)
    )
    assert (await session.execute(found)).scalar_one() == 1
    assert await names(work, area=AROUND_SHANGHAI) == {"mine"}
    await make.grant("customers", secret.id, user=rep)
    assert await names(await work_as(rep), area=AROUND_SHANGHAI) == {"mine", "secret"}


async def test_the_drawn_shape_opens_as_a_list_with_every_box_ticked(make, client, rep):
    for name in ("One Ltd", "Two Ltd"):
        await make.customer(name, owner=rep, **at(SHANGHAI))
    await make.customer("Far Ltd", owner=rep, **at(BERLIN))
    browser = await client(rep)
    sent = await browser.get("/customers/map/area", params={"shape": AROUND_SHANGHAI, "scene": "mine"})
    assert sent.status_code == 303
    shown = await browser.get(sent.headers["location"])
    assert len(re.findall(r'name="pick" value="\d+" checked', shown.text)) == 2
    assert "Far Ltd" not in shown.text and 'formaction="/customers/plan"' in shown.text
    listed = await browser.get("/customers", params={"area": AROUND_SHANGHAI})
    assert "One Ltd" in listed.text and "Far Ltd" not in listed.text
    empty = await browser.get("/customers/map/area", params={"area": "0,0;1,0;1,1"})
    assert "Nobody there" in empty.text


async def test_a_shape_drawn_on_chinese_tiles_is_moved(make, client, rep, application, settings):
    from dataclasses import replace

    await make.customer("Edge Ltd", owner=rep, **at(SHANGHAI))
    gcj = wgs84_to_gcj02(SHANGHAI)
    tiny = area.written([Position(gcj.lat + dy, gcj.lng + dx) for dy, dx in ((-1e-4, -1e-4), (-1e-4, 1e-4), (2e-4, 0))])
    browser = await client(rep)
    tiles = {"tile_url": "https://tiles.example.com/{z}/{x}/{y}.png", "tile_datum": "gcj02"}
    application.app.state.settings = replace(settings, **tiles)
    try:
        sent = await browser.get("/customers/map/area", params={"shape": tiny})
        assert "Edge Ltd" in (await browser.get(sent.headers["location"])).text
    finally:
        application.app.state.settings = settings


async def test_the_export_of_an_area_holds_its_customers_only(make, client):
    boss = await make.user("boss", await make.role(everything=True))
    await make.customer("In Ltd", owner=boss, **at(SHANGHAI))
    await make.customer("Out Ltd", owner=boss, **at(BERLIN))
    file = await (await client(boss)).get("/exports/customers.csv", params={"area": AROUND_SHANGHAI})
    assert file.status_code == 200
    assert "In Ltd" in file.text and "Out Ltd" not in file.text


# --- planning visits for all of them ---


def the_day(work, **values):
    return parse(ManyInput, {"planned_on": (work.today + timedelta(days=1)).isoformat(), "batch": uuid4(), **values})


async def test_each_customer_gets_a_visit_or_a_reason(make, session, work_as, rep):
    work = await work_as(rep)
    first, second = [await make.customer(name, owner=rep) for name in ("a", "b")]
    foreign = await make.customer("foreign", owner=await make.user("o", "sales_rep"))
    data = the_day(work)
    await make.visit(second, rep, on=data.planned_on)
    outcomes = await plan_many(work, [first.id, second.id, foreign.id, 999_999], data)
    assert [(one.name, one.done) for one in outcomes] == [("a", True), ("b", False)]
    assert str(outcomes[1].reason) == "A visit is planned for that day already."
    again = await plan_many(work, [first.id], data)
    assert again[0].done
    assert (await session.execute(select(func.count()).select_from(Visit))).scalar_one() == 2


async def test_too_many_a_past_day_and_missing_rights_are_refused_for_all(make, session, work_as, rep):
    work = await work_as(rep)
    customer = await make.customer(owner=rep)
    with pytest.raises(Invalid):
        await plan_many(work, range(1, MOST_AT_ONCE + 2), the_day(work))
    with pytest.raises(Invalid) as past:
        await plan_many(work, [customer.id], the_day(work, planned_on="2020-01-01"))
    assert "planned_on" in past.value.errors
    with pytest.raises(Denied):
        await plan_many(await work_as(await make.user("w", "warehouse")), [customer.id], the_day(work))
    assert (await session.execute(select(func.count()).select_from(Visit))).scalar_one() == 0


async def test_the_form_asks_for_the_day_and_tells_each_outcome(make, client, session, rep):
    ids = [str((await make.customer(f"Plan {n} Ltd", owner=rep)).id) for n in range(2)]
    browser = await client(rep)
    asked = await browser.submit("/customers/plan", {"pick": ids, "back": f"/customers?area={AROUND_SHANGHAI}"})
    assert asked.status_code == 200
    batch = re.search(r'name="batch" value="([\w-]+)"', asked.text)[1]
    day = re.search(r'name="planned_on"[^>]*value="([\d-]+)"', asked.text)[1]
    wrong = await browser.submit("/customers/plan", {"pick": ids, "batch": batch, "planned_on": "x"})
    assert wrong.status_code == 422
    done = await browser.submit("/customers/plan", {"pick": ids, "batch": batch, "planned_on": day})
    assert done.status_code == 200 and "Plan 1 Ltd" in done.text
    await browser.submit("/customers/plan", {"pick": ids, "batch": batch, "planned_on": day})
    assert (await session.execute(select(func.count()).select_from(Visit))).scalar_one() == 2


# --- visits on the map ---


async def seen(work, on, **query):
    chosen = await on_map.choose(work, CUSTOMERS, ListQuery.of(LIST, query))
    return [row.name for row in await day_map.on_map(chosen, on, on_map.Window.of(-180, -85, 180, 85), limit=50)]


async def test_visits_of_the_day_stand_at_the_customers_of_the_list(make, work_as, rep):
    work = await work_as(rep)
    other = await make.user("o", "sales_rep", department=await make.department("Other"))
    mine = await make.customer("mine", owner=rep, level="a", **at(SHANGHAI))
    await make.visit(mine, rep, on=work.today, planned_at=time(10))
    await make.visit(mine, rep, on=work.today + timedelta(days=1))
    await make.visit(mine, rep, on=work.today, status="cancelled")
    await make.visit(await make.customer("foreign", owner=other, **at(SHANGHAI)), other, on=work.today)
    await make.visit(await make.customer("nowhere", owner=rep), rep, on=work.today)
    assert await seen(work, work.today) == ["mine"]
    assert await seen(work, work.today, level="b") == []
    boss = await make.user("boss", await make.role(everything=True))
    assert sorted(await seen(await work_as(boss), work.today)) == ["foreign", "mine"]


async def test_the_points_say_visits_and_levels(make, client, rep, work_as):
    customer = await make.customer("Visited Ltd", owner=rep, level="b", **at(SHANGHAI))
    await make.visit(customer, rep, on=(await work_as(rep)).today, status="done", planned_at=time(9, 30))
    browser = await client(rep)
    both = json.loads((await browser.get("/customers/map/points?zoom=12&shown=both&colour=level")).text)
    pin, mark = both["customers"]
    assert (pin["tone"], pin["letter"], pin["state"]) == ("level-b", "B", "B · important")
    assert (mark["tone"], mark["letter"]) == ("visit done", "✓")
    assert "09:30" in mark["state"]
    only = json.loads((await browser.get("/customers/map/points?zoom=12&shown=visits")).text)
    assert [one["tone"] for one in only["customers"]] == ["visit done"] and only["bounds"] is not None
    card = await browser.get(mark["card"], headers={"HX-Request": "true"})
    assert "Visited Ltd" in card.text and "Done" in card.text and "<html" not in card.text
    past = await browser.get("/customers/map/points?zoom=12&shown=visits&day=2020-01-01")
    assert json.loads(past.text)["customers"] == []
    shown = await browser.get("/customers/map?shown=both&colour=level&day=x")
    assert shown.status_code == 200 and "B · important" in shown.text and "Visit missed" in shown.text


async def test_who_may_not_see_a_visit_gets_no_card_of_it(make, client, rep, work_as):
    customer = await make.customer("Hers Ltd", owner=rep, **at(SHANGHAI))
    visit = await make.visit(customer, rep, on=(await work_as(rep)).today)
    other = await make.user("o", "sales_rep", department=await make.department("Other"))
    url, part = f"/customers/map/visit/{visit.id}", {"HX-Request": "true"}
    assert (await (await client(other)).get(url, headers=part)).status_code == 404
    marketing = await make.user("m", "marketing")
    assert (await (await client(marketing)).get(url, headers=part)).status_code == 403
    points = json.loads((await (await client(marketing)).get("/customers/map/points?zoom=3&shown=visits")).text)
    assert points["customers"] == []


async def test_near_me_ends_at_the_radius(make, client, rep):
    await make.customer("Close Ltd", owner=rep, **at(Position(31.2304, 121.4800)))
    await make.customer("Distant Ltd", owner=rep, **at(SUZHOU))
    browser = await client(rep)
    here = "/customers/map/near?lat=31.2304&lng=121.4737"
    anywhere, ring = (await browser.get(here)).text, (await browser.get(f"{here}&km=3")).text
    assert "Distant Ltd" in anywhere and "Close Ltd" in ring and "Distant Ltd" not in ring
    assert "within 1 km" in (await browser.get("/customers/map/near?lat=0&lng=0&km=1")).text
    assert (await browser.get(f"{here}&km=x")).status_code == 200
