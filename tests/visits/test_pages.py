"""The pages of visits, as a browser without JavaScript meets them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from domain.core.questions import QuestionKind
from domain.core.work import clock
from domain.files.models import File
from domain.visits.models import Beat, Visit, VisitQuestion
from tests.conftest import Client
from tests.make import Make

pytestmark = pytest.mark.anyio
PICTURE = b"\xff\xd8\xff\xe0 a shelf"


async def test_a_visit_that_nobody_planned_is_written_down(make: Make, client: Client, session: Any) -> None:
    rep = await make.user(None, "sales_rep")
    customer = await make.customer("Blue Door Café", owner=rep)
    shelf = VisitQuestion(kind=QuestionKind.number.value, text_zh="库存", text_en="Stock", required=True)
    kind = await make.visit_type(questions=(shelf,))
    browser = await client(rep)
    shown = await browser.get(f"/visits/new?customer={customer.id}")
    assert shown.status_code == 200, shown.text
    assert "Blue Door Café" in shown.text and f'name="answers.{shelf.id}"' in shown.text
    data = {
        "client_uuid": str(uuid4()), "customer_id": str(customer.id), "type_id": str(kind.id),
        "result": "Wants two more cartons", f"answers.{shelf.id}": "１２", "next_pick": "tomorrow",
    }  # fmt: skip
    saved = await browser.submit("/visits/new", data)  # type: ignore[attr-defined]
    assert saved.status_code == 303, saved.text
    visit = (await session.execute(select(Visit))).scalar_one()
    assert saved.headers["location"] == f"/visits/{visit.id}"
    assert (visit.status, visit.answers, visit.verdict) == ("done", {str(shelf.id): "12"}, "none")
    again = await browser.submit("/visits/new", data)  # type: ignore[attr-defined]
    assert again.headers["location"] == f"/visits/{visit.id}"
    assert len((await session.execute(select(Visit))).all()) == 1


async def test_the_form_of_a_planned_visit_without_javascript(make: Make, client: Client, session: Any) -> None:
    rep = await make.user(None, "sales_rep")
    customer = await make.customer("Blue Door Café", owner=rep, phone="+86 21 6000 0000")
    visit = await make.visit(customer, rep, purpose="Count the stock")
    browser: Any = await client(rep)
    shown = await browser.get(f"/visits/{visit.id}/do")
    assert "Count the stock" in shown.text and 'href="tel:+862160000000"' in shown.text
    checked = await browser.submit(f"/visits/{visit.id}/check-in", {"arrived_fix": "denied"})
    assert checked.headers["location"] == f"/visits/{visit.id}/do"
    refused = await browser.submit(f"/visits/{visit.id}/do", {"result": " ", "next_pick": "own"})
    assert refused.status_code == 422 and "This is needed." in refused.text
    files = [("photos", ("shelf.jpg", PICTURE, "image/jpeg")), ("photos", ("", b"", "application/octet-stream"))]
    data = {"result": "Full shelf", "client_uuid": str(uuid4()), "_csrf": browser.csrf_token}
    for _time in range(2):
        saved = await browser.post(f"/visits/{visit.id}/do", data=data, files=files)
        assert saved.status_code == 303, saved.text
    page = await browser.get(f"/visits/{visit.id}")
    (file,) = (await session.scalars(select(File))).all()
    assert f"/files/{file.id}" in page.text and "Full shelf" in page.text
    assert (await browser.get(f"/files/{file.id}")).content == PICTURE
    over = await browser.get(f"/visits/{visit.id}/do")
    assert over.status_code == 403 and "This visit is done already." in over.text


async def test_a_file_that_is_no_picture_is_refused_and_nothing_is_kept(
    make: Make, client: Client, session: Any
) -> None:
    rep = await make.user(None, "sales_rep")
    customer = await make.customer(owner=rep)
    browser: Any = await client(rep)
    await browser.get("/visits")
    data = {"result": "Full shelf", "customer_id": str(customer.id), "_csrf": browser.csrf_token}
    files = [("photos", ("shelf.jpg", b"<script>alert(1)</script>", "image/jpeg"))]
    refused = await browser.post("/visits/new", data=data, files=files)
    assert refused.status_code == 422 and "not what its name says" in refused.text and "Full shelf" in refused.text
    assert (await session.scalars(select(Visit))).all() == [] and (await session.scalars(select(File))).all() == []


async def test_the_day_the_list_and_the_plan_in_chinese(make: Make, client: Client) -> None:
    rep = await make.user(None, "sales_rep", language="zh")
    customer = await make.customer("蓝门咖啡", owner=rep)
    await make.visit(customer, rep, purpose="查看库存")
    browser: Any = await client(rep)
    for url, words in (
        ("/visits/today", "蓝门咖啡"), ("/visits", "已计划"), ("/beats", "没有定期拜访"), ("/visits/plan", "安排拜访"),
        (f"/customers/{customer.id}", "查看库存"), ("/today", "我的一天"),
    ):  # fmt: skip
        shown = await browser.get(url)
        assert shown.status_code == 200 and words in shown.text, url


async def test_a_day_that_is_none_and_a_person_one_does_not_lead(make: Make, client: Client) -> None:
    team = await make.sales_team()
    browser: Any = await client(team.rep)
    assert (await browser.get("/visits/today?day=tomorrow")).status_code == 200
    assert (await browser.get(f"/visits/today?person={team.manager.id}")).status_code == 404
    led: Any = await client(team.manager)
    assert (await led.get(f"/visits/today?person={team.rep.id}")).status_code == 200


async def test_planning_says_all_that_is_wrong_and_keeps_what_was_typed(make: Make, client: Client) -> None:
    rep = await make.user(None, "sales_rep")
    browser: Any = await client(rep)
    typed = {"customer_id": "12345", "planned_on": "soon", "purpose": "Count <b>", "repeat": "once"}
    refused = await browser.submit("/visits/plan", typed)
    assert refused.status_code == 422 and "This is not a date." in refused.text and "Count &lt;b&gt;" in refused.text
    unknown = await browser.submit("/visits/plan", {**typed, "planned_on": "2999-01-01"})
    assert unknown.status_code == 422 and "Please choose one of the list." in unknown.text
    weekly = await browser.submit("/visits/plan", {**typed, "repeat": "weekly", "planned_on": "2030-01-01"})
    assert weekly.status_code == 422 and "This is needed." in weekly.text


async def test_a_beat_is_planned_changed_and_ended_by_its_pages(make: Make, client: Client, session: Any) -> None:
    rep = await make.user(None, "sales_rep")
    customer = await make.customer(owner=rep)
    browser: Any = await client(rep)
    today = clock().date() + timedelta(days=1)
    typed = {"customer_id": str(customer.id), "repeat": "weekly", "weekdays": ["1", "4"], "every_weeks": "2",
             "planned_on": today.isoformat(), "planned_at": "10:00"}  # fmt: skip
    made = await browser.submit("/visits/plan", typed)
    beat = (await session.scalars(select(Beat))).one()
    assert made.headers["location"] == f"/beats/{beat.id}"
    shown = await browser.get(f"/beats/{beat.id}")
    assert 'value="4" checked' in shown.text and 'value="10:00"' in shown.text
    stale = await browser.submit(f"/beats/{beat.id}", {**typed, "version": "0"})
    assert stale.status_code == 409
    changed = await browser.submit(f"/beats/{beat.id}", {**typed, "weekdays": "2", "version": str(beat.version)})
    assert changed.status_code == 303
    await session.refresh(beat)
    assert beat.weekdays == [2]
    ended = await browser.submit(f"/beats/{beat.id}/end", {"version": str(beat.version)})
    assert ended.status_code == 303
    await session.refresh(beat)
    assert beat.ends_on is not None


async def test_a_reason_is_chosen_or_written(make: Make, client: Client, session: Any) -> None:
    rep = await make.user(None, "sales_rep")
    visit = await make.visit(await make.customer(owner=rep), rep)
    browser: Any = await client(rep)
    refused = await browser.submit(f"/visits/{visit.id}/miss", {"reason_other": ""})
    assert refused.status_code == 422
    saved = await browser.submit(
        f"/visits/{visit.id}/miss", {"reason": "Ill", "reason_other": "The road was closed", "version": "1"}
    )
    assert saved.status_code == 303
    await session.refresh(visit)
    assert (visit.status, visit.reason) == ("missed", "The road was closed")
    assert (await browser.get(f"/visits/{visit.id}/miss")).status_code == 409


async def test_the_manager_sees_the_teams_day_and_its_map(make: Make, client: Client) -> None:
    team = await make.sales_team()
    customer = await make.customer("Blue Door Café", owner=team.rep)
    now = clock()
    far = {"arrived_lat": 31.2, "arrived_lng": 121.5, "verdict": "doubtful", "arrived_at": now}
    visit = await make.visit(customer, team.rep, on=now.date(), status="done", result="Full shelf", **far)
    await make.visit(await make.customer(owner=team.rep), team.rep, on=now.date(), status="cancelled", **far)
    browser: Any = await client(team.manager)
    day = f"?day={now.date().isoformat()}"
    shown = await browser.get(f"/team/day{day}")
    assert "Blue Door Café" in shown.text and "Position doubtful" in shown.text and "1 / 1" in shown.text
    points = (await browser.get(f"/team/day/points{day}")).json()
    assert points["total"] == 1 and points["customers"][0]["tone"] == "cold"
    card = await browser.get(points["customers"][0]["card"], headers={"hx-request": "true"})
    assert "Full shelf" in card.text and f"/visits/{visit.id}" in card.text
    rep: Any = await client(team.rep)
    assert (await rep.get("/team/day")).status_code == 403
