"""Files of records: after their record, in pieces, on from where the server has them, whole at the end."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.field import Field, drain, open_form, records, until_left, until_states
from tests.browser.tab import OpenContext, Tab

pytestmark = pytest.mark.anyio
FILES = "SELECT received = size AND complete_at IS NOT NULL FROM files ORDER BY id"
HELD = """() => new Promise((done) => {
  const opening = indexedDB.open("offing");
  opening.onsuccess = () => {
    const asking = opening.result.transaction(["files"]).objectStore("files").count();
    asking.onsuccess = () => { opening.result.close(); done(asking.result); };
  };
})"""


async def visit_with_file(tab: Tab, field: Field, size: int, *, good: bool = True) -> str:
    """Fill in a visit with one file and press the button; returns its sum. `good`: it is what its name says."""
    await open_form(tab, f"/visits/new?customer={field.customer.id}")
    await tab.page.locator("textarea[name=result]").fill("With a file")
    content: str = await tab.page.evaluate(
        """async ([size, whole]) => {
          const bytes = new Uint8Array(size);
          for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
          if (whole) bytes.set(new TextEncoder().encode("%PDF-1.7"));
          const id = crypto.randomUUID();
          const blob = new Blob([bytes], { type: "application/pdf" });
          const event = (detail) => new CustomEvent("offing:file", { bubbles: true, detail });
          const detail = { id, kind: "attachment", name: "plan.pdf", type: blob.type, blob };
          document.querySelector("textarea[name=result]").dispatchEvent(event(detail));
          const reader = new FileReader();
          return new Promise((done) => {
            reader.onload = () => done(reader.result.split(",")[1]);
            reader.readAsDataURL(blob);
          });
        }""",
        [size, good],
    )
    await tab.page.get_by_role("button", name="Finish visit").click()
    return hashlib.sha256(base64.b64decode(content)).hexdigest()


def stored(field: Field) -> list[str]:
    """The sums of all files that the server holds."""
    folder = Path(field.site.environment["OFFING_HOME"])
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("files/**/*") if path.is_file()]


async def left(tab: Tab) -> int:
    """How many files the phone still holds."""
    held: int = await tab.page.evaluate(HELD)
    return held


async def until_none_left(tab: Tab) -> None:
    for _attempt in range(400):
        if await left(tab) == 0:
            return
        await tab.page.wait_for_timeout(100)
    raise AssertionError(f"files are still on the phone; records: {await records(tab)}")


async def test_a_file_follows_its_record_in_pieces_and_leaves_the_phone_only_when_it_is_whole(
    phone: OpenContext, field: Field
) -> None:
    tab = await field.behind_network(await phone(field.rep))
    digest = await visit_with_file(tab, field, 1_000_000)
    await until_states(tab, "sent")
    await until_left(tab)
    await tab.open("/outbox")
    await until_none_left(tab)
    assert digest in stored(field)
    puts = [one for one in field.network.requests if one.method == "PUT"]
    assert [int(one.headers["upload-offset"]) for one in puts] == [0, 262_144, 524_288, 786_432]
    assert max(one.length for one in puts) == 262_144
    posts = [one.path for one in field.network.requests if one.method == "POST"]
    assert posts.index("/sync/records") < posts.index("/sync/files")


async def test_an_upload_that_is_cut_again_and_again_goes_on_where_it_was(phone: OpenContext, field: Field) -> None:
    tab = await field.behind_network(await phone(field.rep))
    field.network.refuse("/sync")
    digest = await visit_with_file(tab, field, 900_000)
    await until_states(tab, "queued")
    await until_left(tab)
    await tab.open("/outbox")
    await expect(tab.page.locator("outbox-list .row-facts")).to_have_text("Visit · 0 of 1 file sent")
    field.network.cut_upload(100_000, "/sync/files/", times=5)
    await tab.page.reload()
    await until_states(tab, "sent")
    await expect(tab.page.get_by_text("Files are still being sent")).to_be_visible()
    for _attempt in range(10):
        if await left(tab) == 0:
            break
        await drain(tab)
    await until_none_left(tab)
    assert digest in stored(field)
    [record] = await records(tab)
    assert record["files_left"] == 0
    await expect(tab.page.get_by_text("Files are still being sent")).to_be_hidden()


async def test_a_server_that_has_more_or_less_than_the_phone_thinks_is_believed(
    phone: OpenContext, field: Field
) -> None:
    """The answer to a piece is lost: the phone asks how far it is and goes on there."""
    tab = await field.behind_network(await phone(field.rep))
    field.network.refuse("/sync")
    digest = await visit_with_file(tab, field, 600_000)
    await until_states(tab, "queued")
    await until_left(tab)
    field.network.drop_response("/sync/files/", times=3)
    await tab.open("/outbox")
    for _attempt in range(10):
        await drain(tab)
        if await left(tab) == 0:
            break
    await until_none_left(tab)
    assert digest in stored(field)
    assert set(await field.words_of(FILES)) == {True}


async def test_a_refused_record_keeps_its_files_and_an_export_holds_them(
    phone: OpenContext, field: Field, tmp_path: Path
) -> None:
    tab = await field.behind_network(await phone(field.rep))
    field.network.refuse("/sync")
    digest = await visit_with_file(tab, field, 300_000)
    await until_states(tab, "queued")
    field.answers("/sync/records", 422, {"code": "invalid", "errors": {"result": ["No."]}})
    await tab.open("/outbox")
    await until_states(tab, "blocked")
    assert await left(tab) == 1
    await tab.page.locator(".row-act button").click()
    await expect(tab.page.locator("#outbox-record")).to_contain_text("No.")
    async with tab.page.expect_download() as coming:
        await tab.page.get_by_role("button", name="Export as a file").click()
    target = tmp_path / "export.json"
    await (await coming.value).save_as(target)
    assert digest == hashlib.sha256(content_of(target)).hexdigest()
    await tab.page.locator("#outbox-record").get_by_role("button", name="Discard").click()
    await tab.page.get_by_role("button", name="Discard for good").click()
    await expect(tab.page.get_by_text("Everything is sent")).to_be_visible()
    assert (await left(tab), await records(tab)) == (0, [])


async def test_a_file_that_is_not_taken_is_said_and_stays_until_somebody_discards_it(
    phone: OpenContext, field: Field
) -> None:
    tab = await field.behind_network(await phone(field.rep))
    await visit_with_file(tab, field, 5000, good=False)
    await until_states(tab, "sent")
    await until_left(tab)
    await tab.open("/outbox")
    await expect(tab.page.locator(".row-note")).to_have_text("This is not what its name says, so it is not kept.")
    await expect(tab.page.locator("outbox-badge [data-slot=count]")).to_have_text("1")
    assert await left(tab) == 1
    await tab.page.locator(".row-act button").click()
    await tab.page.locator("#outbox-record").get_by_role("button", name="Discard").click()
    await tab.page.get_by_role("button", name="Discard for good").click()
    await expect(tab.page.locator("outbox-badge")).to_be_hidden()
    assert await left(tab) == 0


def content_of(export: Path) -> bytes:
    """The one file of the one record in an export."""
    [record] = json.loads(export.read_text("utf-8"))["records"]
    [file] = record["files"]
    plain: Any = file["content"]
    return base64.b64decode(plain.split(",")[1])
