"""Visits with what a phone can give or not give: saved in every case, and the server holds the very files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import expect
from sqlalchemy import text

from domain.company.models import Setting
from domain.core.places import Position, tile_of
from domain.customers.models import Customer
from domain.people.models import User
from tests.browser.camera import MAKER, as_camera, noise_jpeg
from tests.browser.field import until_states
from tests.browser.site import Site
from tests.browser.tab import OpenContext, Tab

pytestmark = pytest.mark.anyio
HERE = Position(31.2304, 121.4737)
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\7" * 300_000
FAILS = "navigator.geolocation.getCurrentPosition = (good, bad) => setTimeout(() => bad({ code: %d }), 0);"
ROUGH = {"latitude": HERE.lat, "longitude": HERE.lng, "accuracy": 4000}


@dataclass
class Field:
    """A rep at a customer, and the database behind."""

    site: Site
    rep: User
    customer: Customer

    async def rows(self, statement: str) -> list[Any]:
        """The rows of a query."""
        async with self.site.database.engine.connect() as connection:
            return list((await connection.execute(text(statement))).all())

    async def latest(self) -> Any:
        """The visit written down last."""
        return (await self.rows("SELECT * FROM visits ORDER BY id DESC LIMIT 1"))[0]

    async def files(self) -> list[Any]:
        """Its files."""
        return await self.rows(
            "SELECT f.* FROM files f JOIN visits v ON v.client_uuid = f.subject_uuid "
            "WHERE v.id = (SELECT max(id) FROM visits) ORDER BY f.kind"
        )


@pytest.fixture(scope="module")
async def field(site: Site) -> Field:
    x, y = tile_of(HERE)
    async with site.building() as make:
        rep = await make.user("rep", "sales_rep")
        placed = {"latitude": HERE.lat, "longitude": HERE.lng, "map_x": x, "map_y": y, "location_accuracy": "exact"}
        customer = await make.customer("Kelp & Sons", owner=rep, **placed)
        (await make.visit_type("Routine")).signature = True
    return Field(site, rep, customer)


async def at_form(tab: Tab, field: Field) -> None:
    """The form of a visit that nobody had planned."""
    await tab.open(f"/visits/new?customer={field.customer.id}")
    await expect(tab.page.locator("offline-form[data-ready]")).to_have_count(1)


async def finish(tab: Tab) -> None:
    """Say what came of it, send it, and wait until the server has it and all of its files."""
    await tab.page.get_by_label("What came of it?").fill("Ordered 40 boxes")
    await tab.page.get_by_role("button", name="Finish visit").tap()
    await until_states(tab, "sent")
    await tab.until("!document.querySelector('offline-form')")
    await tab.until(
        """new Promise((done) => { indexedDB.open("offing").onsuccess = ({ target: { result } }) => {
          const asking = result.transaction(["files"]).objectStore("files").count();
          asking.onsuccess = () => { result.close(); done(asking.result === 0); };
        }; })""",
        30,
    )


@pytest.mark.parametrize(
    ("fix", "verdict", "script", "options"),
    [
        ("fixed", "verified", "", {"permissions": ["geolocation"], "geolocation": {**ROUGH, "accuracy": 15}}),
        ("fixed", "none", "", {"permissions": ["geolocation"], "geolocation": ROUGH}),
        ("denied", "none", "", {"permissions": ["notifications"]}),
        ("timeout", "none", FAILS % 3, {}),
        ("unavailable", "none", FAILS % 2, {}),
    ],
    ids=["fix", "rough", "denied", "timeout", "unavailable"],
)
async def test_a_visit_is_saved_whatever_the_position(
    phone: OpenContext, field: Field, fix: str, verdict: str, script: str, options: dict[str, Any]
) -> None:
    tab = await phone(field.rep, reduced_motion="reduce", **options)
    if script:
        await tab.page.add_init_script(script)
    await at_form(tab, field)
    await tab.page.get_by_role("button", name="Check in").tap()
    await expect(tab.page.locator("position-stamp[prefix=arrived]")).to_have_attribute("data-state", fix)
    await finish(tab)
    visit = await field.latest()
    assert (visit.status, visit.arrived_fix, visit.verdict) == ("done", fix, verdict)
    assert (visit.arrived_lat is not None, visit.left_fix) == (fix == "fixed", None)
    assert visit.arrived_at is not None
    assert tab.faults() == []


async def test_the_server_holds_what_the_page_made_of_a_photo_and_a_typed_name(
    phone: OpenContext, field: Field
) -> None:
    tab = await phone(field.rep, reduced_motion="reduce")
    await at_form(tab, field)
    taken = as_camera(await noise_jpeg(tab, 1200, 900))
    await tab.page.set_input_files(
        "#f-photos",
        [
            {"name": "shelf.jpg", "mimeType": "image/jpeg", "buffer": taken},
            {"name": "IMG_9.HEIC", "mimeType": "", "buffer": HEIC},
        ],
    )
    await tab.page.get_by_role("textbox", name="Or type the name").fill("Li Na")
    await expect(tab.page.locator(".photo")).to_have_count(2)
    await finish(tab)
    assert (await field.latest()).signed_by == "Li Na"
    files = {file.name: file for file in await field.files()}
    assert {name: (file.kind, file.content_type) for name, file in files.items()} == {
        "shelf.jpg": ("photo", "image/jpeg"),
        "IMG_9.HEIC": ("photo", "image/heic"),
        "signature.png": ("signature", "image/png"),
    }
    assert all(file.complete_at is not None for file in files.values())
    assert files["IMG_9.HEIC"].sha256 == hashlib.sha256(HEIC).hexdigest()
    small = await (await tab.page.request.get(f"{tab.base}/files/{files['shelf.jpg'].id}")).body()
    assert hashlib.sha256(small).hexdigest() == files["shelf.jpg"].sha256
    assert MAKER in taken and MAKER not in small and b"Exif" not in small


async def test_a_company_that_keeps_originals_has_the_very_bytes_on_the_server(
    phone: OpenContext, field: Field
) -> None:
    async with field.site.building() as make:
        make.session.add(Setting(name="keep_originals", value=True))
    tab = await phone(field.rep, reduced_motion="reduce")
    await at_form(tab, field)
    taken = as_camera(await noise_jpeg(tab, 2000, 1500))
    await tab.page.set_input_files("#f-photos", {"name": "shelf.jpg", "mimeType": "image/jpeg", "buffer": taken})
    await expect(tab.page.locator(".photo")).to_have_count(1)
    await finish(tab)
    [photo] = await field.files()
    assert (photo.size, photo.sha256) == (len(taken), hashlib.sha256(taken).hexdigest())


async def test_without_scripts_the_plain_form_brings_the_photo_and_the_name(phone: OpenContext, field: Field) -> None:
    drawing = await phone(field.rep)
    await drawing.open("/account/device")
    picture = await noise_jpeg(drawing, 300, 200)
    tab = await phone(field.rep, java_script_enabled=False)
    await tab.open(f"/visits/new?customer={field.customer.id}")
    await tab.page.get_by_label("What came of it?").fill("By the plain form")
    await tab.page.set_input_files("#f-photos", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture})
    await tab.page.locator("[name=signature_name]").fill("Li Na")
    async with tab.page.expect_navigation():
        await tab.page.get_by_role("button", name="Finish visit").click()
    visit = await field.latest()
    assert tab.page.url == f"{tab.base}/visits/{visit.id}"
    assert (visit.result, visit.signed_by, visit.status) == ("By the plain form", "Li Na", "done")
    assert [(file.name, file.sha256) for file in await field.files()] == [
        ("a.jpg", hashlib.sha256(picture).hexdigest())
    ]
