"""The device page: every row says what is good on this phone, or what there is to do."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from domain.people.models import User
from tests.browser.camera import as_camera, noise_jpeg
from tests.browser.site import Site
from tests.browser.tab import OpenContext, Tab
from webapp.assets import ROOT, asset_url
from webapp.deliver.vapid import VapidKeys

pytestmark = pytest.mark.anyio
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
FINDINGS = """async () => {
  const found = await axe.run(document, { preload: false });
  return found.violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.target).join(" | ")}`);
}"""
ROWS = ("installed", "worker", "version", "day", "unsent", "heard", "clock", "kept", "room", "position", "camera")


async def at_page(phone: OpenContext, user: User, language: str = "en", script: str = "", **options: Any) -> Tab:
    """The device page with its worker at work and every row filled."""
    tab = await phone(user, language, reduced_motion="reduce", **options)
    if script:
        await tab.page.add_init_script(script)
    await tab.open("/account/device")
    await tab.controlled()
    await tab.open("/account/device")
    await expect(tab.page.locator("device-facts[data-checked]")).to_have_count(1)
    return tab


def row(tab: Tab, name: str) -> Locator:
    """A row by its name."""
    return tab.page.locator(f"[data-fact={name}]")


async def sees(tab: Tab, name: str, words: str) -> None:
    """Wait until a row shows these words; those of its other cases are hidden."""
    await expect(row(tab, name).get_by_text(words).filter(visible=True)).to_have_count(1, timeout=30_000)


async def put_record(tab: Tab, user_id: int) -> None:
    """A record on this phone that the server has refused, so that no wake-up sends it."""
    fields = {"id": str(uuid.uuid4()), "kind": "followups", "state": "blocked", "user": user_id, "fields": {}}
    await tab.page.evaluate(
        "async ([module, record]) => (await import(module)).keepRecord(record)",
        [asset_url("js/outbox/records.js"), {**fields, "title": "Acme", "url": "/followups/new", "files_left": 0}],
    )


async def test_on_a_good_phone_the_rows_say_so(phone: OpenContext, rep: User) -> None:
    tab = await at_page(phone, rep, permissions=["geolocation"])
    await sees(tab, "worker", "Yes. The app itself is kept on this device.")
    await sees(tab, "version", "the same in the background")
    await sees(tab, "unsent", "Everything is sent.")
    await expect(row(tab, "heard")).to_have_attribute("data-state", "good", timeout=30_000)
    await sees(tab, "clock", "Right.")
    await expect(row(tab, "room").get_by_text(" MB of ")).to_be_visible()
    await sees(tab, "position", "Allowed.")
    await sees(tab, "installed", "No. Install the app as told above")
    for name in ROWS:
        assert await row(tab, name).get_attribute("data-state")
        assert await row(tab, name).locator(".mark .icon:visible").count() == 1
        assert await row(tab, name).locator(".answer > p:visible").count() >= 1
        assert "{" not in await row(tab, name).inner_text()
    assert tab.faults() == []


async def test_unsent_records_are_counted_apart_for_me_and_for_others(phone: OpenContext, rep: User) -> None:
    tab = await at_page(phone, rep)
    await put_record(tab, rep.id + 1000)
    await tab.open("/account/device")
    await sees(tab, "unsent", "Yours are sent. Of other people, 1 wait here until they sign in.")
    await put_record(tab, rep.id)
    await put_record(tab, rep.id)
    await tab.open("/account/device")
    await sees(tab, "unsent", "Not sent yet: 2.")
    await expect(row(tab, "unsent").get_by_role("link")).to_have_attribute("href", "/outbox")


async def test_the_browser_is_asked_to_keep_the_storage_and_its_answer_is_shown(phone: OpenContext, rep: User) -> None:
    tab = await at_page(phone, rep)
    await sees(tab, "kept", "Not promised.")
    await row(tab, "kept").get_by_role("button").tap()
    await sees(tab, "kept", "The browser does not promise it yet.")
    session = await tab.context.new_cdp_session(tab.page)
    whose = (await session.send("Target.getTargetInfo"))["targetInfo"]["browserContextId"]
    granted = {"permissions": ["durableStorage"], "origin": tab.base, "browserContextId": whose}
    await session.send("Browser.grantPermissions", granted)
    await row(tab, "kept").get_by_role("button").tap()
    await sees(tab, "kept", "Yes.")
    await expect(row(tab, "kept").get_by_role("button")).to_have_count(0)


async def test_a_phone_without_room_says_so(phone: OpenContext, rep: User) -> None:
    full = "navigator.storage.estimate = async () => ({ usage: 940e6, quota: 1000e6 });"
    tab = await at_page(phone, rep, script=full)
    await sees(tab, "room", "Only 60 MB are free.")


@pytest.mark.parametrize(("hours", "words"), [(3, "180 minutes fast"), (-2, "120 minutes slow")])
async def test_a_wrong_clock_is_told(phone: OpenContext, rep: User, hours: int, words: str) -> None:
    wrong = f"const right = Date.now; Date.now = () => right() + {hours} * 3600000;"
    tab = await at_page(phone, rep, script=wrong)
    await sees(tab, "clock", words)


async def test_the_position_is_tried_on_a_tap_and_help_is_there_when_it_is_refused(
    phone: OpenContext, rep: User
) -> None:
    here = {"latitude": 31.2, "longitude": 121.4, "accuracy": 25}
    tab = await at_page(phone, rep, permissions=["notifications"], geolocation=here)
    await sees(tab, "position", "Not allowed. Visits can be saved, but without a place.")
    await row(tab, "position").get_by_text("How to allow it").tap()
    await expect(row(tab, "position").get_by_text("iPhone: Settings")).to_be_visible()
    await tab.context.grant_permissions(["geolocation"])
    await row(tab, "position").get_by_role("button", name="Try it").tap()
    await sees(tab, "position", "Found, accurate to 25 m.")


async def test_a_photo_is_tried_and_measured_but_not_kept(phone: OpenContext, rep: User) -> None:
    tab = await at_page(phone, rep)
    await sees(tab, "camera", "Take any photo: it is only measured, not kept.")
    taken = as_camera(await noise_jpeg(tab, 2400, 1800))
    async with tab.page.expect_file_chooser() as chooser:
        await row(tab, "camera").get_by_role("button", name="Take a photo").tap()
    picker = await chooser.value
    await picker.set_files({"name": "image.jpg", "mimeType": "image/jpeg", "buffer": taken})
    await sees(tab, "camera", "without the place written into it")
    assert f"{len(taken) / 1e6:.1f} MB became" in await row(tab, "camera").inner_text()
    await picker.set_files(
        {"name": "image.heic", "mimeType": "image/heic", "buffer": b"\0\0\0\x18ftypheic" + bytes(2_000_000)}
    )
    await sees(tab, "camera", "This browser cannot read such photos: 2.0 MB would be sent as they are.")


async def test_a_release_that_waits_is_told(phone: OpenContext, site: Site, rep: User) -> None:
    tab = await at_page(phone, rep)
    key = Path(site.environment["OFFING_HOME"]) / "keys" / "vapid_private.pem"
    key.write_text(VapidKeys.create().dump())  # part of the worker's script, so this is another one
    site.restart()
    await tab.page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update())")
    await sees(tab, "version", "A newer one waits: reload by the banner above.")


async def test_without_scripts_it_says_what_is_missing(phone: OpenContext, rep: User) -> None:
    tab = await phone(rep, java_script_enabled=False)
    await tab.open("/account/device")
    assert "works with a network only" in await tab.page.locator("noscript .banner").inner_text()
    assert await tab.page.get_by_role("button", name="Send me a test notification").is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_page_can_be_used_by_everybody_in_chinese_too(phone: OpenContext, site: Site, theme: str) -> None:
    async with site.building() as make:
        reader = await make.user(f"reader-{theme}", "sales_rep", language="zh")
    tab = await at_page(phone, reader, "zh", color_scheme=theme, permissions=["notifications"])
    await sees(tab, "worker", "是。应用已保存在此设备上。")
    await row(tab, "position").locator("summary").tap()
    await tab.page.evaluate(AXE)
    assert await tab.page.evaluate(FINDINGS) == []
    assert await tab.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert tab.faults() == []
