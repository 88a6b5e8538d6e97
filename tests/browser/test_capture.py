"""Photos and signatures: taken in the page, handed to the form around them, whatever the device does."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from domain.people.models import User
from tests.browser.camera import MAKER, as_camera, noise_jpeg
from tests.browser.site import Site
from tests.browser.tab import OpenContext, Tab
from webapp.assets import ROOT

pytestmark = pytest.mark.anyio
AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
FINDINGS = """async () => {
  const found = await axe.run(document, { preload: false });
  return found.violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.target).join(" | ")}`);
}"""
LISTEN = """() => {
  window.told = [];
  document.addEventListener("offing:file", ({ detail }) => told.push(detail));
  document.addEventListener("offing:file-removed", ({ detail }) => told.push({ removed: detail.id }));
}"""
READ = """async (at) => {
  const { id, kind, name, type, blob } = told.at(at);
  const reader = new FileReader();
  await new Promise((done) => { reader.onload = done; reader.readAsDataURL(blob); });
  return { id, kind, name, type, blobType: blob.type, bytes: reader.result.split(",")[1] };
}"""
LOOK = """async ([base64, type, spots]) => {
  const blob = new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], { type });
  const picture = await createImageBitmap(blob);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height];
  const pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0);
  const points = spots.map(([x, y]) => [...pen.getImageData(x * picture.width, y * picture.height, 1, 1).data]);
  const all = pen.getImageData(0, 0, picture.width, picture.height).data;
  let dark = 0;
  for (let at = 0; at < all.length; at += 4) if (all[at] < 100) dark++;
  return { width: picture.width, height: picture.height, points, dark };
}"""
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
PHOTOS, ORIGINALS = "#f-a-photos", "#f-a-originals"


@pytest.fixture(scope="module")
async def rep(site: Site) -> User:
    site.restart(OFFING_DEMO="1")
    async with site.building() as make:
        return await make.user("rep", "sales_rep")


async def at_form(phone: OpenContext, user: User, **options: Any) -> Tab:
    """Open the page with all fields of the field, and listen to what they hand over."""
    tab = await phone(user, reduced_motion="reduce", **options)
    await tab.open("/design")
    await tab.until("customElements.get('photo-input') && customElements.get('signature-pad') && true")
    await tab.page.evaluate(LISTEN)
    return tab


async def told(tab: Tab, at: int = -1) -> dict[str, Any]:
    """A file that was handed over, with its bytes."""
    found: dict[str, Any] = await tab.page.evaluate(READ, at)
    return {**found, "bytes": base64.b64decode(found["bytes"])}


async def look(tab: Tab, file: dict[str, Any], *spots: tuple[float, float]) -> dict[str, Any]:
    """Size of a picture, the colours at some spots of it, and how many of its points are dark."""
    packed = base64.b64encode(file["bytes"]).decode()
    seen: dict[str, Any] = await tab.page.evaluate(LOOK, [packed, file["type"], [list(spot) for spot in spots]])
    return seen


async def choose(tab: Tab, field: str, *files: tuple[str, str, bytes]) -> None:
    """Pick files as from the gallery."""
    chosen: list[Any] = [{"name": name, "mimeType": kind, "buffer": body} for name, kind, body in files]
    await tab.page.set_input_files(field, chosen)


async def test_a_photo_of_twelve_million_points_becomes_small_upright_and_silent_about_place_and_maker(
    phone: OpenContext, rep: User, tmp_path: Path
) -> None:
    tab = await at_form(phone, rep)
    taken = as_camera(await noise_jpeg(tab, 4000, 3000))
    assert len(taken) > 5_000_000 and MAKER in taken
    (tmp_path / "IMG_0001.JPG").write_bytes(taken)
    await tab.page.set_input_files(PHOTOS, tmp_path / "IMG_0001.JPG")
    await tab.until("told.length", timeout_s=60)
    made = await told(tab)
    assert (made["kind"], made["name"], made["type"], made["blobType"]) == (
        "photo", "IMG_0001.jpg", "image/jpeg", "image/jpeg",
    )  # fmt: skip
    assert len(made["bytes"]) < 2_500_000
    assert b"Exif" not in made["bytes"] and MAKER not in made["bytes"] and b"\xff\xe1" not in made["bytes"][:1000]
    # A quarter turn to the right: what was in the upper left is now in the upper right.
    seen = await look(tab, made, (0.75, 0.25), (0.6, 0.4), (0.9, 0.1))
    assert (seen["width"], seen["height"]) == (1200, 1600)
    for red, green, blue, _alpha in seen["points"]:
        assert red > 170 and green < 60 and blue < 60
    shown = tab.page.locator(f"photo-input:has({PHOTOS}) .photo")
    assert await shown.locator("img").evaluate("(seen) => seen.naturalWidth") == 1200
    await expect(shown.get_by_text("As it is")).to_be_hidden()


async def test_a_company_that_keeps_originals_gets_the_very_bytes(phone: OpenContext, rep: User) -> None:
    tab = await at_form(phone, rep)
    taken = as_camera(await noise_jpeg(tab, 2400, 1800))
    await choose(tab, ORIGINALS, ("IMG_2.jpg", "image/jpeg", taken))
    await tab.until("told.length", timeout_s=30)
    made = await told(tab)
    assert (made["name"], made["bytes"]) == ("IMG_2.jpg", taken)
    await expect(tab.page.locator(f"photo-input:has({ORIGINALS})").get_by_text("As it is")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "kind", "body", "becomes"),
    [
        ("IMG_3.HEIC", "", HEIC + b"\1" * 3000, "image/heic"),
        ("broken.jpg", "image/jpeg", b"\xff\xd8\xff\xe0 no picture at all", "image/jpeg"),
    ],
)
async def test_what_the_browser_cannot_read_is_sent_as_it_is(
    phone: OpenContext, rep: User, name: str, kind: str, body: bytes, becomes: str
) -> None:
    tab = await at_form(phone, rep)
    await choose(tab, PHOTOS, (name, kind, body))
    await tab.until("told.length", timeout_s=30)
    made = await told(tab)
    assert (made["name"], made["type"], made["bytes"]) == (name, becomes, body)
    row = tab.page.locator(".photo")
    await expect(row.get_by_text(name)).to_be_visible()
    await expect(row.get_by_text("As it is")).to_be_visible()


async def test_what_is_no_picture_or_too_large_is_refused_in_plain_words_and_the_others_are_taken(
    phone: OpenContext, rep: User
) -> None:
    tab = await at_form(phone, rep)
    small = await noise_jpeg(tab, 200, 100)
    await choose(
        tab, PHOTOS,
        ("prices.xlsx", "application/vnd.ms-excel", b"PK"),
        ("film.heic", "image/heic", HEIC + bytes(15_000_000)),
        ("drawing.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("shelf.jpg", "image/jpeg", small),
        ("empty.jpg", "image/jpeg", b""),
    )  # fmt: skip
    await tab.until("told.length", timeout_s=30)
    field = tab.page.locator(f"photo-input:has({PHOTOS})")
    await expect(field.get_by_role("alert")).to_have_text(
        "prices.xlsx is not a picture. film.heic cannot be made smaller here and has more than 15 MB. "
        "drawing.svg is not a picture. "
        "empty.jpg is not a picture."
    )
    assert (await told(tab))["name"] == "shelf.jpg"
    seen = await look(tab, await told(tab))
    assert (seen["width"], seen["height"]) == (200, 100)  # never made larger
    assert await tab.page.evaluate("told.length") == 1
    assert tab.faults() == []


async def test_the_camera_and_the_gallery_each_have_a_button(phone: OpenContext, rep: User) -> None:
    tab = await at_form(phone, rep)
    field = tab.page.locator(f"photo-input:has({PHOTOS})")
    async with tab.page.expect_file_chooser() as camera:
        await field.get_by_role("button", name="Take a photo").tap()
    assert not (await camera.value).is_multiple()
    assert await (await camera.value).element.get_attribute("capture") == "environment"
    await (await camera.value).set_files(
        {"name": "image.jpg", "mimeType": "image/jpeg", "buffer": await noise_jpeg(tab, 40, 30)}
    )
    await tab.until("told.length", timeout_s=30)
    async with tab.page.expect_file_chooser() as gallery:
        await field.get_by_role("button", name="Gallery").tap()
    assert (await gallery.value).is_multiple()


async def test_a_photo_can_be_taken_back_and_a_draft_brings_photos_again(phone: OpenContext, rep: User) -> None:
    tab = await at_form(phone, rep)
    first, second = await noise_jpeg(tab, 60, 40), await noise_jpeg(tab, 40, 60)
    await choose(tab, PHOTOS, ("a.jpg", "image/jpeg", first), ("b.jpg", "image/jpeg", second))
    await tab.until("told.length === 2")
    held = f"document.querySelector('{PHOTOS}').files"
    assert await tab.page.evaluate(f"[...{held}].map((file) => file.name)") == ["a.jpg", "b.jpg"]
    await tab.page.get_by_role("button", name="Remove a.jpg").tap()
    await tab.until("told.at(-1).removed === told[0].id")
    assert await tab.page.evaluate(f"[...{held}].map((file) => file.name)") == ["b.jpg"]
    assert await tab.page.evaluate("document.activeElement.getAttribute('aria-label')") == "Remove b.jpg"
    await tab.page.get_by_role("button", name="Remove b.jpg").tap()
    await expect(tab.page.locator(".photo")).to_have_count(0)
    before = await tab.page.evaluate("told.length")
    field = f"document.querySelector('photo-input:has({PHOTOS})')"
    await tab.page.evaluate(f"{field}.restore([told[0], told[1], {{ kind: 'signature', id: 'x' }}])")
    await expect(tab.page.locator(".photo")).to_have_count(2)
    assert await tab.page.evaluate(f"{field}.files.map((file) => file.id).join() === told[0].id + ',' + told[1].id")
    assert await tab.page.evaluate("told.length") == before


async def test_a_form_sent_while_a_photo_is_made_smaller_waits_for_it(phone: OpenContext, rep: User) -> None:
    tab = await at_form(phone, rep)
    sent = await tab.page.evaluate(
        """async ([base64, field]) => {
          const input = document.querySelector(field);
          const sent = [];
          input.form.addEventListener("submit", (event) => {
            event.preventDefault();
            sent.push({ told: told.length, held: input.files.length, button: event.submitter?.id });
          });
          const button = Object.assign(document.createElement("button"), { id: "save" });
          input.form.append(button);
          const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
          const carrier = new DataTransfer();
          carrier.items.add(new File([bytes], "a.jpg", { type: "image/jpeg" }));
          input.files = carrier.files;
          input.dispatchEvent(new Event("change", { bubbles: true }));
          button.click();
          const atOnce = sent.length;
          await input.closest("photo-input").ready;
          await new Promise(requestAnimationFrame);
          return { atOnce, sent };
        }""",
        [base64.b64encode(await noise_jpeg(tab, 800, 600)).decode(), PHOTOS],
    )
    assert sent == {"atOnce": 0, "sent": [{"told": 1, "held": 1, "button": "save"}]}


HELD = """() => {
  const gone = told.filter((one) => one.removed).map((one) => one.removed);
  return told.filter((one) => one.id && !gone.includes(one.id)).map((one) => one.id);
}"""


async def handed_over(tab: Tab) -> list[str]:
    """Wait until the pad has told all that was drawn; what stands then, for those before were taken back."""
    await tab.until("!document.querySelector('signature-pad').busy", timeout_s=30)
    held: list[str] = await tab.page.evaluate(HELD)
    return held


async def draw(tab: Tab) -> None:
    """Sign by finger: one stroke across the paper."""
    paper = tab.page.locator("signature-pad canvas")
    await paper.scroll_into_view_if_needed()
    box = await paper.bounding_box()
    assert box is not None
    await tab.page.mouse.move(box["x"] + 40, box["y"] + 60)
    await tab.page.mouse.down()
    for step in range(1, 30):
        await tab.page.mouse.move(box["x"] + 40 + step * 8, box["y"] + 60 + step % 6 * 10)
    await tab.page.mouse.up()


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_signature_by_hand_is_dark_on_white_in_either_theme_and_sharp_on_fine_screens(
    phone: OpenContext, rep: User, theme: str
) -> None:
    tab = await at_form(phone, rep, color_scheme=theme, device_scale_factor=3)
    await draw(tab)
    assert len(await handed_over(tab)) == 1
    made = await told(tab)
    assert (made["kind"], made["name"], made["type"]) == ("signature", "signature.png", "image/png")
    seen = await look(tab, made, (0.02, 0.02), (0.98, 0.98))
    assert (seen["width"], seen["height"]) == (1200, 600)
    assert seen["points"] == [[255, 255, 255, 255]] * 2
    assert 2_000 < seen["dark"] < 100_000
    sharp = "(paper) => paper.width === Math.round(paper.getBoundingClientRect().width * 3)"
    assert await tab.page.locator("signature-pad canvas").evaluate(sharp)
    await expect(tab.page.get_by_role("img", name="Signature: signed")).to_be_visible()


async def test_a_signature_without_a_pointer_is_the_typed_name_marked_as_typed(phone: OpenContext, rep: User) -> None:
    tab = await at_form(phone, rep)
    await draw(tab)
    [by_hand] = await handed_over(tab)
    strokes = await look(tab, await told(tab))
    name = tab.page.get_by_role("textbox", name="Or type the name")
    await name.focus()
    await tab.page.keyboard.type("李娜 Li Na")
    [by_keys] = await handed_over(tab)
    assert by_keys != by_hand
    typed = await look(tab, await told(tab))
    assert typed["dark"] > 1_000 and typed["dark"] != strokes["dark"]
    await tab.page.keyboard.press("Tab")
    await tab.page.keyboard.press("Enter")  # Clear
    assert await handed_over(tab) == []
    await expect(tab.page.get_by_role("img", name="Signature: empty")).to_be_visible()
    assert await name.input_value() == ""
    assert await tab.page.evaluate("document.querySelector('signature-pad').files.length") == 0


async def test_a_draft_brings_the_signature_again_and_more_can_be_written_over_it(
    phone: OpenContext, rep: User
) -> None:
    tab = await at_form(phone, rep)
    await draw(tab)
    await handed_over(tab)
    before = await look(tab, await told(tab))
    await tab.page.evaluate("window.kept = told.at(-1)")
    await tab.page.get_by_role("button", name="Clear").tap()
    assert await handed_over(tab) == []
    count = await tab.page.evaluate("told.length")
    await tab.page.evaluate("document.querySelector('signature-pad').restore([kept])")
    await expect(tab.page.get_by_role("img", name="Signature: signed")).to_be_visible()
    assert await tab.page.evaluate("told.length") == count
    paper = await tab.page.locator("signature-pad canvas").bounding_box()
    assert paper is not None
    await tab.page.mouse.click(paper["x"] + 100, paper["y"] + 140)  # a dot below
    assert len(await handed_over(tab)) == 1
    assert await tab.page.evaluate("told.at(-2).removed === kept.id")
    assert (await look(tab, await told(tab)))["dark"] > before["dark"]


async def test_without_scripts_there_is_a_plain_file_field_and_a_field_for_the_name(
    phone: OpenContext, rep: User
) -> None:
    tab = await phone(rep, java_script_enabled=False)
    await tab.open("/design")
    assert await tab.page.is_visible(PHOTOS)
    assert await tab.page.get_attribute(PHOTOS, "multiple") is not None
    assert await tab.page.is_visible("[name=a-signature_name]")
    assert not await tab.page.is_visible("signature-pad canvas")
    assert not await tab.page.is_visible("photo-input button")


@pytest.mark.parametrize(("language", "theme"), [("zh", "dark"), ("en", "light")])
async def test_filled_fields_can_be_used_by_everybody(
    phone: OpenContext, site: Site, language: str, theme: str
) -> None:
    async with site.building() as make:
        reader = await make.user(f"reader-{language}", "sales_rep", language=language)
    tab = await at_form(phone, reader, color_scheme=theme)
    await choose(
        tab, PHOTOS, ("a.jpg", "image/jpeg", await noise_jpeg(tab, 60, 40)), ("b.heic", "", HEIC), ("c", "", b"c")
    )
    await draw(tab)
    for stamp in await tab.page.locator("position-stamp [data-act=stamp]:visible").all():
        await stamp.tap()
    await handed_over(tab)
    await tab.until("told.length >= 3 && !document.querySelector('[data-state=searching]')", timeout_s=30)
    for summary in await tab.page.locator("position-stamp summary:visible").all():
        await summary.tap()
    await tab.page.evaluate(AXE)
    assert await tab.page.evaluate(FINDINGS) == []
    assert await tab.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert tab.faults() == []
