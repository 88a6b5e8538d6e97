"""A day in the field in Chinese on a phone: prepared, without a network, kept, sent once, seen by the others."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect
from sqlalchemy import text

from domain.core.places import Position, tile_of
from domain.core.work import clock
from domain.customers.models import Customer
from domain.people.models import User
from domain.visits.models import Visit, VisitQuestion
from tests.browser.day import settled, under_worker
from tests.browser.field import records, until_states
from tests.browser.site import Site
from tests.browser.tab import OpenContext, Tab
from tests.make import Make

pytestmark = pytest.mark.anyio
SHANGHAI = ZoneInfo("Asia/Shanghai")
PLACE = {"latitude": 31.23105, "longitude": 121.47372, "accuracy": 14}
"""70 metres from the customer."""
SHELF = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 2000, height: 1500 });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#e9e4da";
  pen.fillRect(0, 0, 2000, 1500);
  const boxes = ["#0b6aa2", "#12704a", "#bf410a", "#7cc0e8", "#ecc05c", "#bd2b2b"];
  for (let row = 0; row < 4; row++) {
    for (let at = 0; at < 13; at++) {
      pen.fillStyle = boxes[(at * 7 + row * 5 + ((at * row) % 3)) % boxes.length];
      const high = 200 + ((at * 37 + row * 53) % 90);
      pen.fillRect(60 + at * 146, 340 + row * 350 - high, 128, high);
    }
    pen.fillStyle = "#8a7f6c";
    pen.fillRect(20, 342 + row * 350, 1960, 26);
  }
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
  const reader = new FileReader();
  await new Promise((done) => { reader.onload = done; reader.readAsDataURL(blob); });
  return reader.result.split(",")[1];
}"""
QUESTIONS = (
    ("yes_no", "库存是否充足？", None),
    ("number", "货架排面数", None),
    ("choice", "竞品有无活动？", "没有\n降价\n赠品"),
)


@dataclass
class Day:
    """Who goes where today."""

    rep: User
    manager: User
    customer: Customer
    visit: Visit


@pytest.fixture(scope="module")
async def day(site: Site) -> AsyncIterator[Day]:
    async with site.building() as make:
        made = await _plan(make)
    with site.worker():
        yield made


async def _plan(make: Make) -> Day:
    sales = await make.department("华东销售部")
    manager = await make.user("wangqiang", "department_manager", department=sales, name="王强", language="zh")
    rep = await make.user("lina", "sales_rep", department=sales, manager=manager, name="李娜", language="zh")
    asked = tuple(
        VisitQuestion(kind=kind, text_zh=words, text_en=words, choices_zh=choices, choices_en=choices)
        for kind, words, choices in QUESTIONS
    )
    kind = await make.visit_type("常规拜访", questions=asked)
    kind.signature = True
    today = clock().astimezone(SHANGHAI).date()
    names = ("海澜医疗器械有限公司", "浦江连锁药房", "静安口腔门诊部")
    streets = ("南京西路 128 号", "张杨路 500 号", "武定路 77 号")
    visits = []
    for number, (name, street) in enumerate(zip(names, streets, strict=True)):
        position = Position(31.2304 + number / 80, 121.4737 + number / 60)
        x, y = tile_of(position)
        customer = await make.customer(
            name, owner=rep, department_id=sales.id, phone=f"+86213888000{number}", address=street, city="上海",
            latitude=position.lat, longitude=position.lng, map_x=x, map_y=y, location_accuracy="exact",
        )  # fmt: skip
        planned = {"planned_at": time(9 + 2 * number, 30), "type_id": kind.id}
        visits.append((customer, await make.visit(customer, rep, on=today, **planned)))
    visits[0][1].purpose = "续签年度供货协议"
    return Day(rep, manager, *visits[0])


async def picture(tab: Tab, name: str) -> None:
    """Keep what the phone shows, for the documentation, if a folder for it is named."""
    if folder := os.environ.get("OFFING_PICTURES"):
        await tab.page.screenshot(path=Path(folder) / f"field-{name}.png", animations="disabled")


async def fill_in(tab: Tab) -> None:
    """The visit itself: arrive, ask, photograph, have it signed, leave."""
    page = tab.page
    await page.get_by_role("button", name="签到").tap()
    arrived = page.locator("position-stamp[prefix=arrived]")
    await expect(arrived.get_by_text("位置相符").filter(visible=True)).to_have_count(1)
    await picture(tab, "check-in")
    await page.get_by_role("group", name="库存是否充足？").get_by_text("否", exact=True).tap()
    await page.get_by_label("货架排面数").fill("12")
    await page.get_by_role("group", name="竞品有无活动？").get_by_text("降价").tap()
    await page.get_by_label("拜访结果").fill("同意续签，下周送合同；库存只够三天，补 40 箱。")
    shelf = base64.b64decode(await page.evaluate(SHELF))
    async with page.expect_file_chooser() as camera:
        await page.get_by_role("button", name="拍照").tap()
    await (await camera.value).set_files({"name": "shelf.jpg", "mimeType": "image/jpeg", "buffer": shelf})
    await expect(page.locator(".photo")).to_have_count(1)
    await sign(tab)
    await page.locator("photo-input").scroll_into_view_if_needed()
    await picture(tab, "photo-signature")
    await page.get_by_role("button", name="签退").tap()
    await expect(page.locator("position-stamp[prefix=left]")).to_have_attribute("data-state", "fixed")


async def sign(tab: Tab) -> None:
    """A few strokes on the paper."""
    paper = tab.page.locator("signature-pad canvas")
    await paper.scroll_into_view_if_needed()
    box = await paper.bounding_box()
    assert box is not None
    for stroke in range(3):
        x, y = box["x"] + 60 + stroke * 70, box["y"] + 50
        await tab.page.mouse.move(x, y)
        await tab.page.mouse.down()
        for step in range(12):
            await tab.page.mouse.move(x + step * 5, y + (step * 29 + stroke * 17) % 60)
        await tab.page.mouse.up()
    pad = "document.querySelector('signature-pad')"
    await tab.until(f"{pad}.files.length === 1 && !{pad}.busy", 30)


async def until_drafted(tab: Tab, **fields: str) -> None:
    """Wait until the phone has put the form down with these values; it does so every two seconds."""
    for _attempt in range(300):
        kept = [one["fields"] for one in await records(tab)]
        if any(all(one.get(name) == value for name, value in fields.items()) for one in kept):
            return
        await tab.page.wait_for_timeout(100)
    raise AssertionError(f"no draft with {fields}: {kept}")


async def until_files_went(tab: Tab) -> None:
    """Wait until no record on the phone has a file that is still to go."""
    for _attempt in range(300):
        if not any(one["files_left"] for one in await records(tab)):
            return
        await tab.page.wait_for_timeout(100)
    raise AssertionError(f"files were not sent: {await records(tab)}")


async def on_server(site: Site, statement: str, **values: Any) -> list[Any]:
    """The rows of a query."""
    async with site.database.engine.connect() as connection:
        return list((await connection.execute(text(statement), values)).all())


async def test_a_day_without_a_network_arrives_once_and_is_seen_by_those_who_should(
    phone: OpenContext, site: Site, day: Day
) -> None:
    tab = await phone(
        day.rep,
        "zh",
        timezone_id="Asia/Shanghai",
        permissions=["geolocation"],
        geolocation=PLACE,
        reduced_motion="reduce",
    )
    # In the morning, with a network.
    await under_worker(tab)
    await tab.open("/visits/today")
    ready, total = map(int, re.findall(r"\d+", await settled(tab))[:2])
    assert ready == total > 0
    await expect(tab.page.locator(".visit-card")).to_have_count(3)
    await picture(tab, "day")

    # From here on there is none.
    await tab.context.set_offline(True)
    await tab.open("/visits/today")
    await expect(tab.page.locator("saved-copy")).to_be_visible()
    await tab.page.locator(f"#visit-{day.visit.id}").get_by_role("link", name="拜访", exact=True).tap()
    await expect(tab.page.locator("offline-form[data-ready]")).to_have_count(1)
    await expect(tab.page.locator("saved-copy")).to_be_visible()
    await fill_in(tab)

    # The phone dies and is started again: everything typed is there.
    await until_drafted(tab, left_fix="fixed")
    await tab.page.reload()
    await expect(tab.page.locator("offline-form[data-ready]")).to_have_count(1)
    await expect(tab.page.locator(".photo")).to_have_count(1)
    await expect(tab.page.get_by_role("img", name="签名：已签")).to_be_visible()
    await expect(tab.page.locator("position-stamp[prefix=arrived]")).to_have_attribute("data-state", "fixed")
    await expect(tab.page.get_by_label("货架排面数")).to_have_value("12")

    await tab.page.get_by_role("button", name="完成拜访").tap()
    await until_states(tab, "queued")
    await expect(tab.page).to_have_url(re.compile(r"/visits/today|/outbox"), timeout=30_000)
    await tab.open("/outbox")
    row = tab.page.locator("outbox-list .list-row")
    await expect(row).to_contain_text(day.customer.name)
    await picture(tab, "unsent")
    assert await on_server(site, "SELECT 1 FROM visits WHERE status <> 'planned'") == []

    # Back in town.
    await tab.context.set_offline(False)
    await until_states(tab, "sent")
    await until_files_went(tab)
    await seen_once(site, day)
    await seen_by_others(phone, tab, day)
    assert [said for said in tab.faults() if "ERR_INTERNET_DISCONNECTED" not in said] == []


async def seen_once(site: Site, day: Day) -> None:
    """One visit, the planned one, with its answers, place, files and one follow-up."""
    found = await on_server(
        site, "SELECT id, status, verdict, result, arrived_lat, arrived_fix, left_fix, answers FROM visits ORDER BY id"
    )
    assert [(one.id == day.visit.id, one.status) for one in found] == [
        (True, "done"), (False, "planned"), (False, "planned"),
    ]  # fmt: skip
    visit = found[0]
    assert (visit.verdict, visit.arrived_fix, visit.left_fix) == ("verified", "fixed", "fixed")
    assert visit.arrived_lat == pytest.approx(PLACE["latitude"])
    assert {"no", "12"} <= set(visit.answers.values())
    assert len(visit.answers) == 3
    assert visit.result.startswith("同意续签")
    files = await on_server(site, "SELECT kind, complete_at IS NOT NULL AS whole FROM files ORDER BY kind")
    assert [(one.kind, one.whole) for one in files] == [("photo", True), ("signature", True)]
    followups = await on_server(site, "SELECT content FROM followups WHERE customer_id = :id", id=day.customer.id)
    assert len(followups) == 1


async def seen_by_others(phone: OpenContext, tab: Tab, day: Day) -> None:
    """The visit's own page, the customer's timeline, and the manager's view of the day."""
    await tab.open(f"/visits/{day.visit.id}")
    await expect(tab.page.locator("saved-copy")).to_be_hidden()
    await expect(tab.page.locator(".pictures img")).to_have_count(2)
    drawn = "[...document.querySelectorAll('.pictures img')].every((image) => image.complete && image.naturalWidth > 0)"
    await tab.page.locator(".pictures").scroll_into_view_if_needed()
    await tab.until(drawn)
    await picture(tab, "visit")
    await tab.open(f"/customers/{day.customer.id}/timeline")
    await expect(tab.page.locator(".timeline").get_by_text("同意续签")).to_have_count(1)
    desk = await phone(day.manager, "zh", timezone_id="Asia/Shanghai", reduced_motion="reduce")
    await desk.open("/team/day")
    await expect(desk.page.locator(f"#person-{day.rep.id}")).to_contain_text("李娜")
    await expect(desk.page.locator(f"#visit-{day.visit.id}").get_by_text("完成")).to_be_visible()
    await picture(desk, "team")
    assert desk.faults() == []
