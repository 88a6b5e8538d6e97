"""The day's route and the pin in a browser: dragging by finger and keys, the map without tiles, both themes."""

from __future__ import annotations

import os
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect
from sqlalchemy import select

from domain.core.places import Position, tile_of
from domain.core.work import clock
from domain.customers.models import Customer
from domain.people.models import User
from domain.visits.models import Visit
from tests.browser.site import Site
from tests.browser.tab import OpenContext, Tab

pytestmark = pytest.mark.anyio
PICTURES = os.environ.get("OFFING_PICTURES")
"""A folder for screenshots, for looking at."""
STOPS = (
    ("虹桥天地咖啡有限公司", 31.194, 121.319, None), ("Pudong Trading Ltd", 31.222, 121.545, time(11)),
    ("徐家汇文具商行", 31.195, 121.437, None), ("静安花店", 31.229, 121.448, None),
    ("Nowhere & Sons", None, None, None),
)  # fmt: skip


def placed(lat: float | None, lng: float | None) -> dict[str, Any]:
    if lat is None or lng is None:
        return {}
    x, y = tile_of(Position(lat, lng))
    return {
        "latitude": lat, "longitude": lng, "map_x": x, "map_y": y, "location_accuracy": "exact",
        "location_provider": "gazetteer",
    }  # fmt: skip


async def traveller(site: Site, name: str, language: str = "en") -> User:
    """A rep with five visits today."""
    async with site.building() as make:
        rep: User = await make.user(
            name, "sales_rep", department=await make.department(f"Route {name}"), language=language
        )
        today = clock().astimezone(rep_zone(rep)).date()
        for customer_name, lat, lng, at in STOPS:
            customer = await make.customer(f"{customer_name} {name}", owner=rep, city="上海", **placed(lat, lng))
            await make.visit(customer, rep, on=today, planned_at=at)
    return rep


def rep_zone(rep: User) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(rep.time_zone)


async def shown(tab: Tab, path: str = "/visits/route?from=31.23,121.47&at=08:30") -> Tab:
    await tab.open(path)
    await tab.until("document.querySelector('day-route')?.dataset.ready === ''")
    return tab


async def names(tab: Tab) -> list[str]:
    found: list[str] = await tab.page.eval_on_selector_all(
        "[data-stop]", "rows => rows.map(row => row.dataset.name.split(' ')[0])"
    )
    return found


async def picture(tab: Tab, name: str) -> None:
    if PICTURES:
        await tab.page.wait_for_timeout(400)
        await tab.page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


async def stops_of(site: Site, rep: User) -> list[str]:
    async with site.database.reading() as session:
        rows = await session.execute(
            select(Customer.name)
            .join(Visit, Visit.customer_id == Customer.id)
            .where(Visit.owner_id == rep.id)
            .order_by(Visit.stop.nulls_last(), Visit.id)
        )
        return [row[0].split(" ")[0] for row in rows]


async def test_the_best_order_is_drawn_and_said(phone: OpenContext, site: Site) -> None:
    rep = await traveller(site, "best", "zh")
    tab = await shown(await phone(rep, "zh"))
    await expect(tab.page.locator(".route-pin")).to_have_count(4)
    await picture(tab, "route-phone-zh")
    await tab.page.get_by_role("button", name="最佳顺序").tap()
    await expect(tab.page.get_by_role("button", name="恢复之前的顺序")).to_be_visible()
    assert await names(tab) == await stops_of(site, rep)
    assert (await names(tab))[-1] == "Nowhere"
    assert (await names(tab)).index("Pudong") < 3
    await expect(tab.page.locator("#hand-over a").first).to_be_visible()
    await picture(tab, "route-phone-best-zh")
    assert tab.faults() == []


async def test_the_buttons_move_a_stop_and_keep_the_focus(phone: OpenContext, site: Site) -> None:
    rep = await traveller(site, "keys")
    tab = await shown(await phone(rep))
    before = await names(tab)
    await tab.page.get_by_role("button", name="徐家汇文具商行 keys earlier").focus()
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.locator("[data-said]")).to_contain_text("徐家汇文具商行 keys is stop 2 of 5 now.")
    assert await names(tab) == [before[0], before[2], before[1], *before[3:]]
    label = await tab.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert label == "徐家汇文具商行 keys earlier"
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.locator("[data-said]")).to_contain_text("is stop 1 of 5 now.")
    assert (await stops_of(site, rep))[0] == "徐家汇文具商行"
    assert tab.faults() == []


async def test_a_stop_is_dragged_to_its_place(phone: OpenContext, site: Site) -> None:
    rep = await traveller(site, "drag")
    tab = await shown(await phone(rep))
    before = await names(tab)
    handles = tab.page.locator("[data-handle]")
    await handles.nth(3).scroll_into_view_if_needed()
    start, end = await handles.nth(3).bounding_box(), await handles.nth(1).bounding_box()
    assert start is not None and end is not None
    await tab.page.mouse.move(start["x"] + 20, start["y"] + 20)
    await tab.page.mouse.down()
    await tab.page.mouse.move(start["x"] + 20, end["y"] + 60, steps=8)
    await tab.page.mouse.move(start["x"] + 20, end["y"] - 20, steps=8)
    await tab.page.mouse.up()
    await expect(tab.page.locator("[data-said]")).to_contain_text(before[3])
    assert await names(tab) != before
    assert await names(tab) == await stops_of(site, rep)
    assert tab.faults() == []


async def test_the_route_starts_from_where_one_is(phone: OpenContext, site: Site) -> None:
    rep = await traveller(site, "here")
    where = {"latitude": 31.0, "longitude": 121.2, "accuracy": 30}
    tab = await shown(await phone(rep, geolocation=where, permissions=["geolocation"]), "/visits/route")
    await tab.page.get_by_role("button", name="From where I am").tap()
    await expect(tab.page.locator("[data-start]")).to_contain_text("from where you are")
    assert "from=31.00000" in tab.page.url
    assert tab.faults() == []


async def test_the_order_can_be_changed_without_javascript(phone: OpenContext, site: Site) -> None:
    rep = await traveller(site, "plain")
    tab = await phone(rep, java_script_enabled=False)
    await tab.open("/visits/route")
    await tab.page.get_by_role("button", name="静安花店 plain earlier").click()
    assert (await stops_of(site, rep))[2] == "静安花店"
    await expect(tab.page.locator("[data-handle]").first).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_desk_has_the_same_route(phone: OpenContext, site: Site, scheme: str) -> None:
    rep = await traveller(site, f"desk{scheme}")
    tab = await phone(rep, color_scheme=scheme)
    await tab.page.set_viewport_size({"width": 1280, "height": 800})
    await shown(tab)
    await picture(tab, f"route-desk-{scheme}")
    await tab.page.set_viewport_size({"width": 360, "height": 740})
    await shown(tab)
    await picture(tab, f"route-phone-{scheme}")
    wide: bool = await tab.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide
    assert tab.faults() == []


# --- the pin ---


async def pinned(tab: Tab, path: str) -> Tab:
    await tab.open(path)
    await tab.until("document.querySelector('place-pin')?.dataset.ready === ''")
    return tab


async def test_a_pin_is_dragged_and_kept(phone: OpenContext, site: Site) -> None:
    async with site.building() as make:
        rep: User = await make.user("pinner", "sales_rep", department=await make.department("Pins"))
        customer = await make.customer("Pin Ltd", owner=rep, city="上海", **placed(31.2304, 121.4737))
    tab = await pinned(await phone(rep), f"/customers/{customer.id}/place")
    pin = tab.page.locator(".map-place")
    box = await pin.bounding_box()
    assert box is not None
    await tab.page.mouse.move(box["x"] + 24, box["y"] + 24)
    await tab.page.mouse.down()
    await tab.page.mouse.move(box["x"] + 84, box["y"] + 24, steps=6)
    await tab.page.mouse.up()
    await expect(tab.page.locator("[data-said]")).to_contain_text("Save to keep it")
    moved = float(await tab.page.get_by_label("Longitude").input_value())
    assert 121.474 < moved < 121.49
    await pin.focus()
    await tab.page.keyboard.press("ArrowRight")
    assert float(await tab.page.get_by_label("Longitude").input_value()) > moved
    await picture(tab, "pin-phone")
    await tab.page.get_by_role("button", name="Save position").tap()
    await tab.until(f"location.pathname === '/customers/{customer.id}'")
    async with site.database.reading() as session:
        kept = await session.get_one(Customer, customer.id)
    assert kept.location_provider == "manual" and kept.longitude is not None and kept.longitude > 121.474
    assert tab.faults() == []


async def test_standing_at_the_customer_fills_the_numbers(phone: OpenContext, site: Site) -> None:
    async with site.building() as make:
        rep: User = await make.user("stander", "sales_rep", department=await make.department("Here"), language="zh")
        customer = await make.customer("Here Ltd", owner=rep)
    where = {"latitude": 31.1, "longitude": 121.3, "accuracy": 12}
    tab = await phone(rep, "zh", geolocation=where, permissions=["geolocation"], color_scheme="dark")
    await pinned(tab, f"/customers/{customer.id}/place")
    await tab.page.get_by_role("button", name="我现在就在客户处").tap()
    await expect(tab.page.locator("[data-said]")).to_contain_text("精度 12 米")
    assert await tab.page.get_by_label("纬度").input_value() == "31.100000"
    await expect(tab.page.locator(".map-place")).to_have_count(1)
    await picture(tab, "pin-phone-dark-zh")
    assert tab.faults() == []


@pytest.mark.parametrize(
    ("path", "name"), [("/customers/map/positions", "positions"), ("/visits/route/start", "start")]
)
async def test_the_pages_around_fit_a_phone(phone: OpenContext, site: Site, path: str, name: str) -> None:
    rep = await traveller(site, f"fit{name}", "zh")
    tab = await phone(rep, "zh", color_scheme="dark")
    await tab.open(path)
    await expect(tab.page.locator("main")).to_be_visible()
    await picture(tab, f"{name}-dark-zh")
    wide: bool = await tab.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide
    assert tab.faults() == []
