"""Static files: hashed, compressed, cached for ever, and nothing missing."""

from __future__ import annotations

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import brotli
import httpx
import pytest
from litestar import Litestar

from webapp.assets import ROOT, Bundle, MissingAsset, asset_url, bundle, icon, shell_urls
from webapp.static_files import static_routes

pytestmark = pytest.mark.anyio
CSS_BUDGET = 66_000
JS_BUDGET = 40_000
FIELD_BUDGET = 40_000
UNREACHED_BUDGET = 4_000


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    app = Litestar(route_handlers=list(static_routes()), openapi_config=None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://offing.test") as client:
        yield client


@pytest.mark.parametrize(
    ("encoding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress), ("identity", bytes)]
)
async def test_a_file_comes_in_the_encoding_asked_for(
    browser: httpx.AsyncClient, encoding: str, unpack: object
) -> None:
    request = browser.build_request("GET", asset_url("css/app.css"), headers={"Accept-Encoding": encoding})
    answer = await browser.send(request, stream=True)
    raw = b"".join([part async for part in answer.aiter_raw()])
    assert callable(unpack)
    assert unpack(raw) == bundle().asset("css/app.css").plain
    assert answer.headers.get("content-encoding", "identity") == encoding
    assert answer.headers["content-length"] == str(len(raw))
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "accept-encoding"


async def test_a_refused_encoding_is_not_sent(browser: httpx.AsyncClient) -> None:
    answer = await browser.get(asset_url("icons.svg"), headers={"Accept-Encoding": "br;q=0, gzip;q=0"})
    assert "content-encoding" not in answer.headers


async def test_the_validator_saves_the_body(browser: httpx.AsyncClient) -> None:
    first = await browser.get("/manifest.json")
    again = await browser.get("/manifest.json", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_each_encoding_has_its_own_validator(browser: httpx.AsyncClient) -> None:
    url = asset_url("js/app.js")
    tags = {
        (await browser.get(url, headers={"Accept-Encoding": encoding})).headers["etag"]
        for encoding in ("br", "gzip", "identity")
    }
    assert len(tags) == 3


@pytest.mark.parametrize("path", ["/static/css/app.css", "/static/js/app.000000000000.js", "/static/../pyproject.toml"])
async def test_what_is_not_a_current_file_is_not_found(browser: httpx.AsyncClient, path: str) -> None:
    assert (await browser.get(path)).status_code == 404


async def test_files_are_only_read(browser: httpx.AsyncClient) -> None:
    assert (await browser.post(asset_url("icons.svg"))).status_code == 405
    head = await browser.head(asset_url("icons.svg"))
    assert head.status_code == 200
    assert head.content == b""
    assert int(head.headers["content-length"]) > 0


async def test_root_files_are_served(browser: httpx.AsyncClient) -> None:
    kinds = {
        path: (await browser.get(path)).headers["content-type"]
        for path in ("/manifest.json", "/favicon.ico", "/apple-touch-icon.png")
    }
    assert kinds == {
        "/manifest.json": "application/manifest+json",
        "/favicon.ico": "image/x-icon",
        "/apple-touch-icon.png": "image/png",
    }


async def test_icons_of_the_manifest_exist_in_both_shapes(browser: httpx.AsyncClient) -> None:
    icons = (await browser.get("/manifest.json")).json()["icons"]
    assert {(entry["sizes"], entry["purpose"]) for entry in icons} >= {
        ("192x192", "any"), ("512x512", "any"), ("192x192", "maskable"), ("512x512", "maskable"),
    }  # fmt: skip
    for entry in icons:
        assert (await browser.get(entry["src"])).headers["content-type"] == entry["type"]


async def test_the_shell_is_whole(browser: httpx.AsyncClient) -> None:
    for url in shell_urls():
        assert (await browser.get(url)).status_code == 200, url


def test_modules_import_each_other_by_hashed_addresses() -> None:
    code = bundle().asset("js/app.js").plain.decode()
    imported = re.findall(r"""import\s*\(?\s*["']([^"']+)""", code)
    assert imported
    assert [url for url in imported if url not in bundle().by_url] == []


IMPORT = re.compile(r"""^import \{([^}]+)\} from "(\.[^"]+)";""", re.MULTILINE)


def test_what_a_module_imports_by_name_the_other_exports() -> None:
    scripts = list((ROOT / "static" / "js").rglob("*.js"))
    imported = [
        (path.name, name.strip(), (path.parent / other).resolve())
        for path in scripts
        for names, other in IMPORT.findall(path.read_text("utf-8"))
        for name in names.split(",")
    ]
    assert len(imported) > 100
    exported = {
        path: re.findall(r"^export [^({=]*?(\w+)\s*[({=]", path.read_text("utf-8"), re.MULTILINE) for path in scripts
    }
    classes = {path: re.findall(r"^export class (\w+)", path.read_text("utf-8"), re.MULTILINE) for path in scripts}
    assert [(here, name) for here, name, there in imported if name not in exported[there] + classes[there]] == []


def test_a_changed_module_changes_the_address_of_those_that_use_it(tmp_path: Path) -> None:
    def built(inner: str) -> Bundle:
        static = tmp_path / "static"
        (static / "js").mkdir(parents=True, exist_ok=True)
        (static / "css").mkdir(exist_ok=True)
        (static / "js" / "outer.js").write_text('import { a } from "./inner.js";')
        (static / "js" / "inner.js").write_text(inner)
        (tmp_path / "manifest.json").write_text('{"icons": []}')
        return Bundle(static, ROOT / "node_modules", tmp_path / "manifest.json")

    first, second = built("export const a = 1;"), built("export const a = 2;")
    assert first.asset("js/outer.js").url != second.asset("js/outer.js").url


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"a.js": 'import "./gone.js";'}, "gone.js"),
        ({"a.js": 'import "./b.js";', "b.js": 'import "./a.js";'}, "circle"),
    ],
)
def test_a_broken_reference_stops_the_start(tmp_path: Path, files: dict[str, str], complaint: str) -> None:
    (tmp_path / "js").mkdir()
    for name, code in files.items():
        (tmp_path / "js" / name).write_text(code)
    with pytest.raises(MissingAsset, match=complaint):
        Bundle(tmp_path, ROOT / "node_modules", ROOT / "manifest.json")


def test_an_unknown_icon_is_an_error() -> None:
    assert "#phone" in icon("phone")
    with pytest.raises(MissingAsset):
        icon("no-such-picture")


ELSEWHERE = re.compile(
    r"js/(sw[\w-]*\.js|backoffice\.js|worker/.*|(lib|elements)/[\w-]*map[\w-]*\.js"
    r"|elements/(day-route|deal-board|place-pin|call-result|call-form|calendar-swipe)\.js|offline/.*)"
)
"""The service worker's own code, map, board, calls and calendar (fetched where one is), the back office and what is
fetched only where the server cannot be reached never weigh on a page."""
FIELD = re.compile(
    r"js/(outbox/.*|elements/(offline-form|offline-order|outbox-[\w-]+|sign-out-guard|photo-input|signature-pad|position-stamp|visit-form"
    r"|prepare-day|ready-pages|saved-copy|device-facts)\.js"
    r"|lib/(capture|ink|pictures|position|day-link|format|device-checks|order-price)\.js)"
)
"""What is for work without a network and for the visit."""


def test_styles_and_scripts_stay_within_their_budgets() -> None:
    scripts = {name: len(body) for name, body in bundle().sources.items() if name.startswith("js/")}
    on_pages = [size for name, size in scripts.items() if not ELSEWHERE.fullmatch(name) and not FIELD.fullmatch(name)]
    assert len(bundle().sources["css/app.css"]) <= CSS_BUDGET
    assert sum(on_pages) <= JS_BUDGET


def test_scripts_of_the_field_stay_within_their_budget_on_the_wire() -> None:
    files = [asset for name, asset in bundle().by_name.items() if FIELD.fullmatch(name)]
    assert len(files) > 20
    assert sum(len(asset.brotlied or asset.plain) for asset in files) <= FIELD_BUDGET
    unreached = [asset for name, asset in bundle().by_name.items() if name.startswith("js/offline/")]
    assert 0 < sum(len(asset.brotlied or asset.plain) for asset in unreached) <= UNREACHED_BUDGET


def test_elements_stay_small() -> None:
    scripts = (ROOT / "static" / "js").rglob("*.js")
    assert [path.name for path in scripts if len(path.read_text("utf-8").splitlines()) >= 150] == []
