"""The map in a browser: no tile server, a phone, a keyboard, both themes, no breach of the content policy."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import expect

from domain.core.places import Position, tile_of
from domain.core.work import clock
from domain.people.models import User
from tests.browser.site import Site
from tests.browser.tab import OpenContext, Tab

pytestmark = pytest.mark.anyio
SHANGHAI, BERLIN = Position(31.2304, 121.4737), Position(52.5170, 13.3889)
CITIES = (
    SHANGHAI, Position(30.25, 120.16), Position(31.3, 120.58), Position(39.9, 116.4), Position(23.13, 113.26),
    Position(30.57, 104.07), Position(48.14, 11.58), Position(51.51, -0.13),
)  # fmt: skip
PICTURES = os.environ.get("OFFING_PICTURES")
"""A folder for screenshots, for looking at."""


def placed(position: Position, **values: Any) -> dict[str, Any]:
    x, y = tile_of(position)
    return {
        "latitude": position.lat, "longitude": position.lng, "map_x": x, "map_y": y, "location_accuracy": "exact",
        "location_provider": "gazetteer", **values,
    }  # fmt: skip


@pytest.fixture(scope="module")
async def rep(site: Site) -> User:
    chance = random.Random(7)
    async with site.building() as make:
        rep: User = await make.user("mapper", "sales_rep", department=await make.department("Map"))
        await make.customer("柏林贸易有限公司", owner=rep, city="Berlin", **placed(BERLIN))
        await make.customer("Nowhere Ltd", owner=rep)
        for number in range(300):
            middle = chance.choice(CITIES)
            spot = Position(middle.lat + chance.gauss(0, 0.25), middle.lng + chance.gauss(0, 0.25))
            await make.customer(f"Kunde {number}", owner=rep, **placed(spot))
        for number in range(3):
            await make.customer(f"One roof {number}", owner=rep, **placed(Position(25.03, 102.72)))
    return rep


@pytest.fixture(scope="module")
async def reader(site: Site, rep: User) -> User:
    """Reads Chinese and sees everything."""
    async with site.building() as make:
        reader: User = await make.user("reader", await make.role(everything=True), language="zh")
    return reader


async def shown(tab: Tab, path: str = "/customers/map") -> Tab:
    """Open the map and wait until it stands. Going to another place of the same page alone would not load it anew."""
    await tab.page.goto("about:blank")
    await tab.open(path)
    await tab.until("document.querySelector('customer-map')?.dataset.ready === ''")
    return tab


async def picture(tab: Tab, name: str) -> None:
    if PICTURES:
        await tab.page.wait_for_timeout(400)
        await tab.page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))


async def painted(tab: Tab) -> int:
    """How many different colours the outline's canvas shows; an empty one has 1, one that cannot be seen none."""
    colours: int = await tab.page.evaluate(
        """() => {
          const canvas = document.querySelector('.leaflet-overlay-pane canvas:not(.map-names)');
          if (!canvas.getBoundingClientRect().width) return 0;
          const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
          const seen = new Set();
          for (let i = 0; i < data.length; i += 4 * 97) seen.add(data.slice(i, i + 4).join());
          return seen.size;
        }"""
    )
    return colours


async def test_all_customers_are_on_the_map_without_any_tile_server(phone: OpenContext, rep: User, site: Site) -> None:
    tab = await phone(rep)
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    await shown(tab)
    counts = await tab.page.eval_on_selector_all(".map-cluster", "marks => marks.map(mark => Number(mark.textContent))")
    singles = await tab.page.locator(".map-pin").count()
    assert sum(counts) + singles == 304
    assert await painted(tab) > 3
    assert [url for url in asked if not url.startswith(site.base)] == []
    assert tab.faults() == []
    await expect(tab.page.locator("#missing")).to_contain_text("Nowhere Ltd")
    await picture(tab, "phone-light")


async def test_a_cluster_opens_nearer_and_a_customer_opens_its_card(phone: OpenContext, reader: User) -> None:
    tab = await shown(await phone(reader, "zh"), "/customers/map#4/52/13")
    before = await tab.page.evaluate("document.querySelector('customer-map').map.getZoom()")
    await tab.page.evaluate("document.querySelector('.map-cluster').click()")
    await tab.until(f"document.querySelector('customer-map').map.getZoom() > {before}")
    await shown(tab, "/customers/map#15/52.5170/13.3889")
    await tab.page.locator(".map-pin").first.tap()
    card = tab.page.locator(".map-card")
    await expect(card).to_contain_text("柏林贸易有限公司")
    assert await card.get_by_role("link", name="高德地图").get_attribute("href") is not None
    await picture(tab, "phone-card-zh")
    await tab.page.keyboard.press("Escape")
    await expect(card).to_be_hidden()
    assert tab.faults() == []


async def test_customers_under_one_roof_open_as_a_list(phone: OpenContext, rep: User) -> None:
    tab = await shown(await phone(rep), "/customers/map#16/25.03/102.72")
    await tab.page.locator(".map-cluster").first.tap()
    await expect(tab.page.locator(".map-card .list-row")).to_have_count(3)
    assert tab.faults() == []


async def test_the_keyboard_reaches_every_mark(phone: OpenContext, rep: User) -> None:
    tab = await shown(await phone(rep), "/customers/map#15/52.5170/13.3889")
    mark = tab.page.locator(".map-pin").first
    await mark.focus()
    assert "柏林贸易有限公司" in (await mark.get_attribute("aria-label") or "")
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.locator(".map-card")).to_contain_text("柏林贸易有限公司")
    await tab.page.locator("[data-map]").focus()
    before = await tab.page.evaluate("document.querySelector('customer-map').map.getCenter().lng")
    await tab.page.keyboard.press("ArrowRight")
    await tab.until(f"document.querySelector('customer-map').map.getCenter().lng > {before}")
    assert tab.faults() == []


async def test_near_me_lists_the_nearest_with_distances(phone: OpenContext, rep: User) -> None:
    where = {"latitude": 52.52, "longitude": 13.40, "accuracy": 30}
    tab = await shown(await phone(rep, geolocation=where, permissions=["geolocation"]))
    await tab.page.get_by_role("button", name="Near me").tap()
    first = tab.page.locator(".map-card .list-row").first
    await expect(first).to_contain_text("柏林贸易有限公司")
    await expect(first).to_contain_text("820 m")
    await expect(tab.page.locator(".map-me")).to_have_count(1)
    await picture(tab, "phone-near")
    assert tab.faults() == []


async def test_a_refused_position_is_explained(phone: OpenContext, rep: User) -> None:
    tab = await shown(await phone(rep, permissions=[]))
    await tab.page.get_by_role("button", name="Near me").tap()
    await expect(tab.page.locator("[data-said]")).to_contain_text("may not tell your position")


async def test_without_javascript_the_places_are_there_in_words(phone: OpenContext, rep: User) -> None:
    tab = await phone(rep, java_script_enabled=False)
    await tab.open("/customers/map")
    await tab.page.get_by_role("link", name="Show as a list of places").click()
    await expect(tab.page.locator("main")).to_contain_text("Berlin")


async def test_the_map_follows_the_theme(phone: OpenContext, rep: User) -> None:
    colour = "getComputedStyle(document.querySelector('[data-ink=land]')).color"
    light = await shown(await phone(rep, color_scheme="light"))
    dark = await shown(await phone(rep, color_scheme="dark"))
    assert await light.page.evaluate(colour) != await dark.page.evaluate(colour)
    assert dark.faults() == []
    await picture(dark, "phone-dark")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_desk_has_the_same_map(phone: OpenContext, reader: User, scheme: str) -> None:
    tab = await phone(reader, "zh", color_scheme=scheme)
    await tab.page.set_viewport_size({"width": 1280, "height": 800})
    await shown(tab)
    box = await tab.page.locator("[data-map]").bounding_box()
    assert box is not None and box["width"] > 900 and box["height"] > 500
    await picture(tab, f"desk-{scheme}")
    await shown(tab, "/customers/map#9/31.0/120.9")
    await picture(tab, f"desk-close-{scheme}")
    assert tab.faults() == []


async def test_what_is_drawn_around_opens_as_a_list_to_choose_from(phone: OpenContext, rep: User) -> None:
    tab = await shown(await phone(rep), "/customers/map#15/52.5170/13.3889")
    await tab.page.get_by_role("button", name="Draw an area").tap()
    box = await tab.page.locator("[data-map]").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await tab.page.mouse.move(x - 55, y - 55)
    await tab.page.mouse.down()
    for dx, dy in ((55, -55), (55, 55), (-55, 55), (-55, -45)):
        await tab.page.mouse.move(x + dx, y + dy, steps=5)
    await picture(tab, "map-drawing")
    await tab.page.mouse.up()
    await tab.until("location.pathname === '/customers/map/area'")
    await expect(tab.page.locator(".row-pick input:checked")).to_have_count(1)
    await expect(tab.page.locator(".list")).to_contain_text("柏林贸易有限公司")
    await picture(tab, "map-area")
    await tab.page.get_by_role("button", name="Plan visits").tap()
    await expect(tab.page.get_by_label("Day")).to_be_visible()
    await picture(tab, "map-plan")
    assert tab.faults() == []


async def test_escape_gives_the_drawing_up(phone: OpenContext, rep: User) -> None:
    tab = await shown(await phone(rep))
    button = tab.page.get_by_role("button", name="Draw an area")
    await button.tap()
    await expect(button).to_have_attribute("aria-pressed", "true")
    await tab.page.keyboard.press("Escape")
    await expect(button).to_have_attribute("aria-pressed", "false")
    assert await tab.page.evaluate("document.querySelector('customer-map').map.dragging.enabled()")
    assert tab.faults() == []


async def test_near_me_has_a_radius(phone: OpenContext, rep: User) -> None:
    where = {"latitude": 52.52, "longitude": 13.40, "accuracy": 30}
    tab = await shown(await phone(rep, geolocation=where, permissions=["geolocation"]))
    await tab.page.get_by_role("button", name="Near me").tap()
    rows = tab.page.locator(".map-card .list-row")
    await expect(rows.nth(1)).to_be_visible()
    await tab.page.get_by_role("link", name="1 km", exact=True).tap()
    await expect(rows).to_have_count(1)
    await picture(tab, "map-near-radius")
    assert tab.faults() == []


@pytest.mark.parametrize(("scheme", "width", "height"), [("light", 360, 740), ("dark", 1280, 800)])
async def test_visits_and_levels_are_told_apart(
    phone: OpenContext, rep: User, site: Site, scheme: str, width: int, height: int
) -> None:
    async with site.building() as make:
        goer: User = await make.user(
            f"goer{scheme}", "sales_rep", department=await make.department(f"Goers {scheme}"), language="zh"
        )
        today = clock().astimezone(ZoneInfo(goer.time_zone)).date()
        for number, (level, status) in enumerate(
            [("a", "planned"), ("b", "done"), ("c", "missed"), ("d", "open"), (None, "planned")]
        ):
            spot = Position(31.2 + number / 60, 121.4 + (number % 3) / 50)
            customer = await make.customer(f"级别 {number} {scheme}", owner=goer, level=level, **placed(spot))
            if number % 2:
                await make.visit(customer, goer, on=today, status=status)
        for number, status in enumerate(("planned", "done", "missed", "open")):
            other = await make.customer(
                f"拜访 {number} {scheme}", owner=goer, **placed(Position(31.17, 121.36 + number / 40))
            )
            await make.visit(other, goer, on=today, status=status)
    tab = await phone(goer, "zh", color_scheme=scheme)
    await tab.page.set_viewport_size({"width": width, "height": height})
    await shown(tab, "/customers/map?shown=both&colour=level#12/31.22/121.41")
    await expect(tab.page.locator(".map-pin.visit")).to_have_count(6)
    await expect(tab.page.locator(".map-pin.visit.done").first).to_have_text("✓")
    await expect(tab.page.locator(".map-pin.level-a")).to_have_text("A")
    await expect(tab.page.locator(".map-legend")).to_have_count(2)
    await picture(tab, f"map-levels-{scheme}-{width}")
    await tab.page.locator(".map-pin.visit.missed").first.dispatch_event("click")
    await expect(tab.page.locator(".map-card")).to_contain_text("未拜访")
    await picture(tab, f"map-visit-{scheme}-{width}")
    wide: bool = await tab.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide
    assert tab.faults() == []


async def test_leads_are_on_a_map_of_their_own(phone: OpenContext, site: Site) -> None:
    async with site.building() as make:
        seller = await make.user("seller", "sales_rep", department=await make.department("Leads"))
        for name in ("Zhou Jie", "Wang Wei"):
            await make.lead(name, owner=seller, **placed(BERLIN))
        await make.lead("Li Na", owner=seller, **placed(SHANGHAI))
        await make.customer("No Lead Ltd", owner=seller, **placed(BERLIN))
    tab = await phone(seller)
    await tab.open("/leads")
    await tab.page.get_by_role("link", name="Map", exact=True).tap()
    await tab.until("document.querySelector('customer-map')?.dataset.ready === ''")
    counts = await tab.page.eval_on_selector_all(".map-cluster", "marks => marks.map(mark => Number(mark.textContent))")
    assert sum(counts) + await tab.page.locator(".map-pin").count() == 3
    await shown(tab, "/leads/map#16/31.2304/121.4737")
    await tab.page.locator(".map-pin").first.tap()
    await expect(tab.page.locator(".map-card").get_by_role("link", name="Li Na")).to_be_visible()
    await shown(tab, "/leads/map#16/52.5170/13.3889")
    await tab.page.locator(".map-cluster").first.tap()
    await expect(tab.page.locator(".map-card .list-row")).to_have_count(2)
    await picture(tab, "leads")
    assert tab.faults() == []
