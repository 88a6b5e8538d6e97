"""Tasks: for oneself and for colleagues, by right and scope; done, told, listed and reminded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from domain.calendar import actions, items, listing, queries, tasks
from domain.calendar.inputs import TaskInput
from domain.calendar.reactions import tell_task
from domain.core.access import SYSTEM
from domain.core.errors import Denied, Invalid, NotFound
from domain.core.events import EventRow
from domain.core.inputs import parse
from domain.core.lists import ListQuery, fetch_page
from domain.core.work import Work
from domain.notifications.models import Notification
from tests.api.conftest import Api, api
from tests.conftest import Client
from tests.make import Make

pytestmark = pytest.mark.anyio
__all__ = ["api"]


def task(title: str = "Count stock", **values: Any) -> TaskInput:
    """What a person enters."""
    return parse(TaskInput, {"title": title, "due_on": "2026-03-12", **values})


@pytest.fixture
async def people(make: Make) -> dict[str, Any]:
    """A manager with two reps, and a rep of another department."""
    home, away = await make.department("Home"), await make.department("Away")
    boss = await make.user("boss", "department_manager", department=home)
    home.head_id = boss.id
    rep, mate = [await make.user(name, "sales_rep", department=home, manager=boss) for name in ("rep", "mate")]
    stranger = await make.user("stranger", "sales_rep", department=away)
    return {"boss": boss, "rep": rep, "mate": mate, "stranger": stranger}


async def titles(work: Work, scene: str, **filters: str) -> list[str]:
    """What a scene of the list holds."""
    found = await fetch_page(work, listing.LIST, ListQuery(scene=scene, filters=filters))
    return [row.title for row in found.rows]


async def told(work: Work, user_id: int) -> list[str]:
    """Sentences in somebody's inbox, after the reactions to what was recorded."""
    happened = [row for row in work.recorded if row.kind == "tasks"]
    work.recorded.clear()
    for row in happened:
        await tell_task(work, row)
    found = await work.session.scalars(select(Notification).where(Notification.user_id == user_id))
    return [str(notice.text) for notice in found if notice.kind == "task"]


async def test_a_task_given_is_told_done_and_told_again(people: dict[str, Any], work_as: Any) -> None:
    boss, rep = await work_as(people["boss"]), await work_as(people["rep"])
    made = await tasks.create(boss, task(user_id=people["rep"].id, priority="high"))
    assert (made.user_id, made.created_by_id) == (people["rep"].id, people["boss"].id)
    assert await told(boss, people["rep"].id) == ["Boss gave you a task: Count stock"]
    await tasks.finish(rep, made.id)
    assert made.done_at == rep.now
    assert await told(rep, people["boss"].id) == ["Rep has done: Count stock"]
    await tasks.finish(rep, made.id)
    assert [row.kind for row in rep.recorded if row.kind == "tasks"] == [], "done is done"
    await tasks.reopen(rep, made.id)
    assert made.done_at is None
    with pytest.raises(Denied):
        await tasks.edit(rep, made.id, task("Easier"))
    with pytest.raises(Denied):
        await actions.delete(rep, made.id)
    await tasks.edit(boss, made.id, task("Count all", user_id=people["mate"].id))
    assert made.user_id == people["mate"].id
    assert await told(boss, people["mate"].id) == ["Boss gave you a task: Count all"]
    with pytest.raises(NotFound):
        await tasks.get(rep, made.id)


async def test_only_who_may_gives_tasks_and_only_to_people_in_scope(people: dict[str, Any], work_as: Any) -> None:
    rep, boss = await work_as(people["rep"]), await work_as(people["boss"])
    with pytest.raises(Denied):
        await tasks.create(rep, task(user_id=people["mate"].id))
    for user_id in (people["stranger"].id, 10**12):
        with pytest.raises(Invalid):
            await tasks.create(boss, task(user_id=user_id))
    assert await tasks.doers(rep) == ()
    assert [name for _id, name in await tasks.doers(boss)] == ["Mate", "Rep"]
    assert (await boss.session.scalars(select(EventRow).where(EventRow.kind == "tasks"))).all() == []


async def test_who_sees_a_task(people: dict[str, Any], make: Make, work_as: Any) -> None:
    auditor = await make.user("auditor", "auditor")
    own = await tasks.create(await work_as(people["rep"]), task())
    for name in ("rep", "boss"):
        assert (await tasks.get(await work_as(people[name]), own.id)).id == own.id
    assert (await tasks.get(await work_as(auditor), own.id)).id == own.id
    for name in ("mate", "stranger"):
        work = await work_as(people[name])
        for verb in (tasks.get, tasks.finish, actions.delete):
            with pytest.raises(NotFound):
                await verb(work, own.id)
        assert await titles(work, "all") == []
    with pytest.raises(Denied):
        await tasks.finish(await work_as(people["boss"]), own.id)


async def test_the_list_has_its_scenes(people: dict[str, Any], work_as: Any) -> None:
    boss, rep = await work_as(people["boss"]), await work_as(people["rep"])
    tomorrow, yesterday = [(boss.today + timedelta(days=days)).isoformat() for days in (1, -1)]
    await tasks.create(boss, task("Given", user_id=people["rep"].id, due_on=tomorrow))
    await tasks.create(boss, task("Own late", due_on=yesterday))
    await tasks.create(rep, task("Rep's late", due_on=yesterday, priority="high"))
    await tasks.create(rep, task("Rep's today", due_on=rep.today.isoformat()))
    over = await tasks.create(rep, task("Over", due_on=yesterday))
    await tasks.finish(rep, over.id)
    await rep.session.flush()
    assert await titles(rep, "mine") == ["Rep's late", "Rep's today", "Given"]
    assert await titles(rep, "overdue") == ["Rep's late"]
    assert await titles(rep, "done") == ["Over"]
    assert await titles(rep, "mine", priority="high") == ["Rep's late"]
    assert await titles(boss, "given") == ["Given"]
    assert await titles(boss, "mine") == ["Own late"]
    assert set(await titles(boss, "subordinates")) == {"Rep's late", "Rep's today", "Given"}
    assert set(await titles(boss, "overdue")) == {"Own late", "Rep's late"}
    assert len(await titles(boss, "all")) == 5
    found = await fetch_page(boss, listing.LIST, ListQuery(scene="all", q="LATE"))
    assert {row.title for row in found.rows} == {"Own late", "Rep's late"}


async def test_a_task_is_due_where_the_one_is_who_does_it(make: Make, work_as: Any) -> None:
    home = await make.department()
    boss = await make.user("boss", "department_manager", department=home, time_zone="Europe/Berlin")
    rep = await make.user("rep", "sales_rep", department=home, manager=boss, time_zone="Asia/Shanghai")
    work = await work_as(boss)
    timed = await tasks.create(work, task(user_id=rep.id, due_at="18:00", remind_minutes="60"))
    assert timed.starts_at == datetime(2026, 3, 12, 10, 0, tzinfo=UTC)
    assert timed.remind_at == datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
    whole = await tasks.create(work, task(user_id=rep.id, remind_minutes="0"))
    assert whole.remind_at == datetime(2026, 3, 12, 1, 0, tzinfo=UTC), "nine in the morning in Shanghai"
    for reader in (boss, rep):
        (row,) = await queries.rows(await work_as(reader), [whole.id])
        item = items.of_entry(row, await work_as(reader))
        assert (item.first.isoformat(), item.start) == ("2026-03-12", None)
    clockwork = Work(work.session, SYSTEM, datetime(2026, 3, 12, 9, 0, tzinfo=UTC))
    assert [await actions.remind_due(clockwork) for _ in range(2)] == [2, 0]
    notices = await work.session.scalars(select(Notification).where(Notification.user_id == rep.id))
    assert {notice.url for notice in notices} == {f"/tasks/{timed.id}", f"/tasks/{whole.id}"}


async def test_a_task_is_about_somebody_whom_i_see(people: dict[str, Any], make: Make, work_as: Any) -> None:
    work = await work_as(people["rep"])
    mine, other = await make.customer(owner=people["rep"]), await make.customer(owner=people["stranger"])
    lead, far = await make.lead("Near", owner=people["rep"]), await make.lead("Far", owner=people["stranger"])
    assert (await tasks.create(work, task(customer_id=mine.id))).customer_id == mine.id
    assert (await tasks.create(work, task(lead_id=lead.id))).lead_id == lead.id
    for wrong in ({"customer_id": other.id}, {"lead_id": far.id}, {"lead_id": lead.id, "customer_id": mine.id}):
        with pytest.raises(Invalid):
            await tasks.create(work, task(**wrong))


async def test_the_name_of_a_customer_that_left_is_not_said(people: dict[str, Any], make: Make, work_as: Any) -> None:
    work = await work_as(people["rep"])
    customer = await make.customer("Harbour Foods", owner=people["rep"])
    made = await tasks.create(work, task(customer_id=customer.id))
    (row,) = await queries.rows(work, [made.id])
    assert row.customer == "Harbour Foods"
    customer.owner_id = people["stranger"].id
    await work.session.flush()
    (row,) = await queries.rows(work, [made.id])
    assert row.customer is None


async def test_pages_from_new_to_deleted(people: dict[str, Any], client: Client) -> None:
    boss, rep = await client(people["boss"]), await client(people["rep"])
    typed = {"title": "Count stock", "due_on": "2026-03-12", "due_at": "", "user_id": str(people["rep"].id),
             "priority": "high", "remind_minutes": "", "customer_id": "", "note": "All of it"}  # fmt: skip
    assert "Who does it" in (await boss.get("/tasks/new")).text
    assert "Who does it" not in (await rep.get("/tasks/new")).text
    refused = await boss.submit("/tasks", {**typed, "title": "", "due_on": "soon"})
    assert refused.status_code == 422 and "This is not a date." in refused.text and "All of it" in refused.text
    answer = await boss.submit("/tasks", typed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/tasks?scene=given")
    page = (await rep.get("/tasks")).text
    assert "Count stock" in page and "from Boss" in page and "Overdue" in page
    url = next(f"/tasks/{part.split(chr(34))[0]}" for part in page.split('href="/tasks/')[1:] if part[0].isdigit())
    assert "All of it" in (await rep.get(url)).text
    assert (await rep.get(f"{url}/edit")).status_code == 403
    assert "Count stock" in (await rep.get("/calendar?day=2026-03-12")).text
    assert "Count stock" in (await rep.get("/today")).text
    assert (await rep.submit(f"{url}/finish")).headers["location"] == url
    assert "Count stock" not in (await rep.get("/tasks")).text
    assert "Count stock" in (await boss.get("/tasks?scene=given")).text
    assert (await boss.submit(url, {**typed, "title": "Count all", "version": "1"})).status_code == 409
    assert (await boss.submit(url, {**typed, "title": "Count all"})).status_code == 303
    assert (await boss.get("/calendar/" + url.rpartition("/")[2])).headers["location"] == url
    assert (await rep.submit(f"{url}/delete")).status_code == 403
    assert (await boss.submit(f"{url}/delete")).status_code == 303
    assert (await rep.get(url)).status_code == 404


async def test_over_the_api(api: Api, people: dict[str, Any]) -> None:
    boss, rep, mate = [await api(people[name]) for name in ("boss", "rep", "mate")]
    made = await boss.post("/tasks", json={"title": "Count", "due_on": "2026-03-12", "user_id": people["rep"].id})
    assert made.status_code == 201, made.text
    body = made.json()
    assert (body["due_on"], body["due_at"], body["given_by_id"]) == ("2026-03-12", None, people["boss"].id)
    assert [row["title"] for row in (await rep.get("/tasks")).json()["items"]] == ["Count"]
    assert (await mate.get(f"/tasks/{body['id']}")).status_code == 404
    changed = await boss.patch(f"/tasks/{body['id']}", json={"due_at": "17:30", "remind_minutes": 30})
    assert (changed.json()["due_at"], changed.json()["title"]) == ("17:30:00", "Count"), changed.text
    stale = await rep.post(f"/tasks/{body['id']}/finish", headers={"if-match": "1"})
    assert stale.status_code == 409, stale.text
    done = await rep.post(f"/tasks/{body['id']}/finish")
    assert done.json()["done_at"] is not None
    assert (await rep.post(f"/tasks/{body['id']}/reopen")).json()["done_at"] is None
    assert (await rep.patch(f"/tasks/{body['id']}", json={"title": "x"})).status_code == 403
