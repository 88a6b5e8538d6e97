"""The page of the day's route: order by buttons and by suggestion, starts, rights, and what changed meanwhile."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.core.access import Scope
from domain.core.audit import AuditEntry
from domain.core.errors import Conflict, Denied, NotFound
from domain.core.inputs import parse
from domain.core.places import Position, tile_of
from domain.people.models import Department
from domain.places import starts
from domain.places.inputs import StartInput
from domain.places.models import StartPlace
from domain.visits import ordering
from domain.visits.models import Visit

pytestmark = pytest.mark.anyio


def placed(lat: float, lng: float) -> dict[str, Any]:
    x, y = tile_of(Position(lat, lng))
    return {"latitude": lat, "longitude": lng, "map_x": x, "map_y": y, "location_accuracy": "exact"}


@pytest.fixture
async def rep(make):
    return await make.user("rep", "sales_rep", department=await make.department("East"))


@pytest.fixture
async def day(make, rep, work_as):
    """Three visits today, entered in a poor order, and who they are."""
    on = (await work_as(rep)).today
    made = []
    for name, lat in (("far", 31.5), ("near", 31.1), ("middle", 31.3)):
        customer = await make.customer(f"{name} Ltd", owner=rep, **placed(lat, 121.0))
        made.append(await make.visit(customer, rep, on=on))
    return made


def order_of(text: str) -> list[str]:
    return re.findall(r'data-name="(\w+) Ltd"', text)


async def stops(session, visits) -> list[int | None]:
    found = {row.id: row.stop for row in await session.execute(select(Visit.id, Visit.stop))}
    return [found[visit.id] for visit in visits]


async def test_the_page_lists_the_stops_with_what_they_come_to(client, rep, day):
    shown = await (await client(rep)).get("/visits/route?from=31.0,121.0&at=08:30")
    assert shown.status_code == 200
    assert order_of(shown.text) == ["far", "near", "middle"]
    assert "08:30 from where you are" in shown.text
    assert "straight lines × 1.4" in shown.text


async def test_the_buttons_move_a_stop_without_javascript(client, session, rep, day):
    browser = await client(rep)
    ids = [str(visit.id) for visit in day]
    sent = await browser.submit("/visits/route", {"order": ids, "up": ids[2]})
    assert sent.status_code == 303
    assert order_of((await browser.get(sent.headers["location"])).text) == ["far", "middle", "near"]
    await browser.submit("/visits/route", {"order": [ids[0], ids[2], ids[1]], "down": ids[0]})
    assert await stops(session, day) == [1, 2, 0]


async def test_the_best_order_is_kept_and_can_be_taken_back(client, session, rep, day):
    browser = await client(rep)
    ids = [str(visit.id) for visit in day]
    sent = await browser.submit("/visits/route?from=31.0,121.0", {"order": ids, "do": "suggest"})
    shown = await browser.get(sent.headers["location"])
    assert order_of(shown.text) == ["near", "middle", "far"]
    former = re.search(r'name="former" value="([\d,]+)"', shown.text)
    assert former is not None and former[1] == ",".join(ids)
    await browser.submit("/visits/route", {"order": ids[::-1], "do": "undo", "former": former[1]})
    assert await stops(session, day) == [0, 1, 2]


async def test_htmx_gets_the_list_alone(client, rep, day):
    browser = await client(rep)
    await browser.get("/visits/route")
    answer = await browser.post(
        "/visits/route", data={"order": [str(visit.id) for visit in day], "do": "suggest"},
        headers={"hx-request": "true", "hx-target": "div#stops", "x-csrf-token": browser.csrf_token},
    )  # fmt: skip
    assert answer.status_code == 200
    assert "<html" not in answer.text and len(order_of(answer.text)) == 3


async def test_a_day_that_changed_meanwhile_keeps_its_order(client, session, make, rep, day, work_as):
    browser = await client(rep)
    ids = [str(visit.id) for visit in day]
    await browser.submit("/visits/route", {"order": ids, "do": "keep"})
    await make.visit(await make.customer("new Ltd", owner=rep), rep, on=(await work_as(rep)).today)
    sent = await browser.submit("/visits/route", {"order": ids, "up": ids[1]})
    assert sent.status_code == 409
    assert "have changed since you looked" in sent.text and "new Ltd" in sent.text
    assert await stops(session, day) == [0, 1, 2]


@pytest.mark.parametrize("order", [[], ["1", "2"], ["x"], ["999999999"]])
async def test_an_order_of_other_visits_is_refused(client, session, rep, day, order):
    assert (await (await client(rep)).submit("/visits/route", {"order": order, "do": "keep"})).status_code == 409
    assert await stops(session, day) == [None, None, None]


async def test_what_is_over_is_not_ordered_any_more(make, rep, day, work_as):
    work = await work_as(rep)
    day[0].status, day[0].arrived_at = "done", work.now
    found = await ordering.load_day(work, rep.id, work.today)
    assert found.ids == [day[1].id, day[2].id]
    assert found.last_place == Position(31.5, 121.0)


async def test_an_open_visit_comes_first_in_the_suggestion(rep, day, work_as):
    work = await work_as(rep)
    day[0].status = "open"
    found = await ordering.load_day(work, rep.id, work.today)
    suggested = ordering.suggested(found, ordering.Start(Position(31.0, 121.0), 9 * 3600))
    assert suggested == [day[0].id, day[2].id, day[1].id]


async def test_agreed_times_hold_in_the_suggestion(rep, day, work_as):
    work = await work_as(rep)
    day[0].planned_at = time(9, 30)
    found = await ordering.load_day(work, rep.id, work.today)
    assert ordering.suggested(found, ordering.Start(Position(31.4, 121.0), 9 * 3600))[0] == day[0].id


async def test_the_order_is_in_the_history_and_the_version_stays(session, rep, day, work_as):
    work = await work_as(rep)
    await ordering.put_in_order(work, None, work.today, [visit.id for visit in reversed(day)])
    await session.flush()
    entries = select(func.count()).select_from(AuditEntry).where(AuditEntry.table_name == "visits")
    assert (await session.execute(entries.where(AuditEntry.operation == "update"))).scalar_one() > 0
    assert [visit.version for visit in day] == [1, 1, 1]


async def test_other_peoples_days_are_theirs_and_their_managers(make, client, session, rep, day):
    other = await make.user("other", "sales_rep", department=await make.department("West"))
    boss = await make.user(
        "boss", "department_manager", department=await session.get_one(Department, rep.department_id)
    )
    mine = f"/visits/route?person={rep.id}"
    ids = [str(visit.id) for visit in day]
    assert (await (await client(other)).get(mine)).status_code == 404
    assert (await (await client(other)).submit(mine, {"order": ids, "up": ids[1]})).status_code == 404
    assert await stops(session, day) == [None, None, None]
    browser = await client(boss)
    assert order_of((await browser.get(mine)).text) == ["far", "near", "middle"]
    assert (await browser.submit(mine, {"order": ids, "up": ids[1]})).status_code == 303
    assert await stops(session, day) == [1, 0, 2]


async def test_who_only_reads_visits_cannot_order_them(make, session, work_as, rep, day):
    role = await make.role(permissions=("visits.view",), scopes={"visits": Scope.own})
    reader = await make.user("reader", role)
    work = await work_as(reader)
    with pytest.raises(Denied):
        await ordering.put_in_order(work, None, work.today, [])
    with pytest.raises(NotFound):
        await ordering.load_day(work, rep.id, work.today)


async def test_stale_orders_raise_for_programs_too(rep, day, work_as):
    work = await work_as(rep)
    with pytest.raises(Conflict) as stale:
        await ordering.put_in_order(work, None, work.today, [day[0].id])
    assert stale.value.code == "stale"


@pytest.mark.parametrize(
    "query", ["day=x", "person=x", "at=99:99", "from=1", "from=a,b", "from=99,1", "from=nan,1", "undo=x"]
)
async def test_what_cannot_be_read_in_the_address_is_left_out(client, rep, query):
    assert (await (await client(rep)).get(f"/visits/route?{query}")).status_code == 200


# --- starts ---


def start(name="Home", lat="31.2", lng="121.4", datum="wgs84"):
    return parse(StartInput, {"name": name, "latitude": lat, "longitude": lng, "datum": datum})


async def test_a_day_starts_from_the_department_until_one_sets_ones_own(make, work_as, rep):
    admin = await make.user("admin", "administrator")
    assert await starts.start_of(await work_as(rep), rep.id) is None
    await starts.set_start(await work_as(admin), start("Office"), department_id=rep.department_id)
    found = await starts.start_of(await work_as(rep), rep.id)
    assert (found.name, found.department) == ("Office", "East")
    await starts.set_start(await work_as(rep), start("Home", "30.9"))
    found = await starts.start_of(await work_as(rep), rep.id)
    assert (found.name, found.department, found.position.lat) == ("Home", None, 30.9)
    await starts.forget_mine(await work_as(rep))
    assert (await starts.start_of(await work_as(rep), rep.id)).name == "Office"


async def test_where_somebody_lives_is_not_for_colleagues(make, session, work_as, rep):
    colleague = await make.user("c", "sales_rep", department=await session.get_one(Department, rep.department_id))
    await starts.set_start(await work_as(rep), start())
    assert await starts.start_of(await work_as(colleague), rep.id) is None


async def test_only_heads_and_administrators_set_a_departments_start(session, work_as, rep):
    with pytest.raises(Denied):
        await starts.set_start(await work_as(rep), start(), department_id=rep.department_id)
    assert (await session.execute(select(func.count()).select_from(StartPlace))).scalar_one() == 0
    (await session.get_one(Department, rep.department_id)).head_id = rep.id
    await starts.set_start(await work_as(rep), start(), department_id=rep.department_id)
    with pytest.raises(NotFound):
        await starts.set_start(await work_as(rep), start(), department_id=999_999)


async def test_the_start_is_set_on_a_page_and_used_by_the_route(client, session, rep, day):
    browser = await client(rep)
    wrong = await browser.submit("/visits/route/start", {"name": "", "latitude": "x", "longitude": "1"})
    assert wrong.status_code == 422
    sent = await browser.submit(
        "/visits/route/start", {"name": "Home & garden", "latitude": "31.0", "longitude": "121.0", "datum": "wgs84"}
    )
    assert sent.status_code == 303
    assert "from Home &amp; garden" in (await browser.get("/visits/route")).text
    assert 'value="31.000000"' in (await browser.get("/visits/route/start")).text
    await browser.submit("/visits/route/start", {"do": "forget"})
    assert "Home &amp; garden" not in (await browser.get("/visits/route")).text


async def test_a_head_finds_the_departments_start_from_the_teams_day(make, client, session, rep):
    east = await session.get_one(Department, rep.department_id)
    boss = await make.user("boss", "department_manager", department=east)
    browser = await client(boss)
    assert "/visits/route/start" not in (await browser.get("/team/day")).text
    east.head_id = boss.id
    await session.flush()
    url = f"/visits/route/start?department={east.id}"
    assert f'href="{url}"' in (await browser.get("/team/day")).text
    assert f'href="{url}"' in (await browser.get("/visits/route/start")).text
    assert f'href="{url}"' not in (await (await client(rep)).get("/visits/route/start")).text
    sent = await browser.submit(url, {"name": "Depot", "latitude": "31.0", "longitude": "121.0", "datum": "wgs84"})
    assert sent.headers["location"] == "/team/day"


async def test_who_may_edit_departments_chooses_one(make, client, session, work_as, rep):
    west = await make.department("West")
    admin = await make.user("admin", "administrator")
    await starts.set_start(await work_as(admin), start("Depot"), department_id=west.id)
    browser = await client(admin)
    assert 'href="/visits/route/start/departments"' in (await browser.get("/team/day")).text
    shown = (await browser.get("/visits/route/start/departments")).text
    assert f"/visits/route/start?department={rep.department_id}" in shown
    assert re.search(r"West.{1,200}Depot", shown, re.S) and "Not set" in shown
    assert "West" not in (await (await client(rep)).get("/visits/route/start/departments")).text
