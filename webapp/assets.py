"""Static files: read, hashed and compressed once at the start of the process, then served from memory for ever.

A name is the path below `static/` (`icons.svg`, `js/app.js`); `css/app.css` is the bundle of all layers, and the sheets
in `css/own/` (`css/opportunities.css`) are for pages that few open; `lib/…` comes from the browser libraries.
webapp/static_files.py serves them. References between files (imports of modules, `url()` in CSS, icons of the manifest)
are rewritten to the hashed addresses, so no inline import map is needed and a changed file changes all that use it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import posixpath
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
from markupsafe import Markup, escape

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("layers.css", "reset.css", "tokens.css", "base.css", "layout.css", "components/*.css", "pages/*.css",
          "utilities.css")  # fmt: skip
LIBRARIES = {
    "lib/htmx.js": "htmx.org/dist/htmx.min.js",
    "lib/idb.js": "idb/build/index.js",
    "lib/idb.umd.js": "idb/build/umd.js",
    "lib/leaflet.js": "leaflet/dist/leaflet.js",
    "lib/leaflet.css": "leaflet/dist/leaflet.css",
    "lib/images/layers.png": "leaflet/dist/images/layers.png",
    "lib/images/layers-2x.png": "leaflet/dist/images/layers-2x.png",
    "lib/images/marker-icon.png": "leaflet/dist/images/marker-icon.png",
    "lib/images/marker-icon-2x.png": "leaflet/dist/images/marker-icon-2x.png",
    "lib/images/marker-shadow.png": "leaflet/dist/images/marker-shadow.png",
}
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
COMPRESSED = {".css", ".js", ".svg", ".json", ".geojson"}
MODULE_IMPORT = re.compile(rb"""(\bfrom\s*|\bimport\s*\(?\s*)(["'])(\.{1,2}/[^"'\n]+|idb)\2""")
STYLE_URL = re.compile(rb"""url\((["']?)([^"'():#]+)\1\)""")
SOURCE_MAP = re.compile(rb"^[ \t]*//# sourceMappingURL=.*$|/\*# sourceMappingURL=.*?\*/", re.MULTILINE)
STYLE_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)
# A space after a colon is never part of a selector, so it can go; one before a colon can be, so it stays.
STYLE_SPACE = re.compile(rb"\s*([{}])\s*|([;:,])\s+|\s*\n\s*")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it goes over the wire, in each encoding."""

    url: str
    content_type: str
    etag: bytes
    plain: bytes
    gzipped: bytes | None
    brotlied: bytes | None


class MissingAsset(LookupError):
    """A template, module or style sheet names a static file that does not exist."""


class Bundle:
    """All static files of one build, by name and by address."""

    def __init__(self, static: Path, modules: Path, manifest: Path) -> None:
        self.sources = _read_sources(static, modules)
        self.by_name: dict[str, Asset] = {}
        self.by_url: dict[str, Asset] = {}
        self._open: list[str] = []
        for name in sorted(self.sources):
            self.asset(name)
        self.manifest = self._manifest(manifest)

    def asset(self, name: str) -> Asset:
        """The finished file of that name; files it refers to are finished first."""
        if name in self.by_name:
            return self.by_name[name]
        if name not in self.sources:
            raise MissingAsset(f"No static file {name!r}")
        if name in self._open:
            raise MissingAsset(f"Static files refer to each other in a circle: {' → '.join([*self._open, name])}")
        self._open.append(name)
        asset = _finish(name, self._rewrite(name, self.sources[name]))
        self._open.pop()
        self.by_name[name] = self.by_url[asset.url] = asset
        return asset

    def _rewrite(self, name: str, body: bytes) -> bytes:
        def resolve(reference: bytes) -> bytes:
            text = reference.decode()
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(name), text))
            return self.asset("lib/idb.js" if text == "idb" else beside).url.encode()

        if name.endswith(".js"):
            body = MODULE_IMPORT.sub(lambda m: m[1] + m[2] + resolve(m[3]) + m[2], body)
        elif name.endswith(".css"):
            body = STYLE_URL.sub(lambda m: b"url(" + resolve(m[2]) + b")", body)
        return SOURCE_MAP.sub(b"", body)

    def _manifest(self, path: Path) -> Asset:
        content = json.loads(path.read_text("utf-8"))
        for icon_entry in content["icons"]:
            icon_entry["src"] = self.asset(icon_entry["src"]).url
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return _finish("manifest.json", body, "application/manifest+json")


def _read_sources(static: Path, modules: Path) -> dict[str, bytes]:
    sources = {
        path.relative_to(static).as_posix(): path.read_bytes()
        for path in static.rglob("*")
        if path.is_file() and path.suffix in TYPES and path.parts[len(static.parts)] != "css"
    }
    sheets = [sheet for layer in LAYERS for sheet in sorted((static / "css").glob(layer))]
    sources["css/app.css"] = _without_space(b"\n".join(sheet.read_bytes() for sheet in sheets))
    for sheet in (static / "css").glob("own/*.css"):
        sources[f"css/{sheet.name}"] = _without_space(sheet.read_bytes())
    for name, origin in LIBRARIES.items():
        try:
            sources[name] = (modules / origin).read_bytes()
        except FileNotFoundError as error:
            raise MissingAsset("The browser libraries are not installed: run `make setup`.") from error
    return sources


def _without_space(styles: bytes) -> bytes:
    return STYLE_SPACE.sub(lambda m: m[1] or m[2] or b" ", STYLE_COMMENT.sub(b"", styles))


def _finish(name: str, body: bytes, content_type: str | None = None) -> Asset:
    stem, suffix = posixpath.splitext(name)
    digest = hashlib.sha256(body).hexdigest()[:12]
    squeeze = suffix in COMPRESSED
    return Asset(
        url=f"/static/{stem}.{digest}{suffix}",
        content_type=content_type or TYPES[suffix],
        etag=f'"{digest}"'.encode(),
        plain=body,
        gzipped=gzip.compress(body, 9, mtime=0) if squeeze else None,
        # 11 is best but a hundred times slower; it is worth it for what every first visit loads
        brotlied=brotli.compress(body, quality=11 if len(body) < 65_536 else 9) if squeeze else None,
    )


@cache
def bundle() -> Bundle:
    """The files of this process; reads the disk at the first call, which belongs into the start of the application."""
    return Bundle(ROOT / "static", ROOT / "node_modules", ROOT / "manifest.json")


def asset_url(name: str) -> str:
    """The hashed address of a static file: `asset_url("css/app.css")`."""
    return bundle().asset(name).url


def shell_urls() -> list[str]:
    """What the service worker keeps so that any page can be drawn without a network."""
    names = [
        name
        for name in bundle().by_name
        if name in {"icons.svg", "lib/htmx.js", "lib/idb.js", "icons/icon-192.png", "icons/favicon.svg"}
        or name.startswith("css/")
        or (name.startswith("js/") and not name.startswith(("js/sw", "js/worker/")))
    ]
    return [*(asset_url(name) for name in names), "/manifest.json"]


@cache
def shell_version() -> str:
    """Changes whenever any file of the shell does."""
    parts = [*shell_urls(), bundle().manifest.etag.decode()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


@cache
@cache
def icon(name: str, css: str = "") -> Markup:
    """A picture of the sprite `icons.svg`; decoration only, so it is hidden from screen readers."""
    if f'id="{name}"'.encode() not in bundle().sources["icons.svg"]:
        raise MissingAsset(f"No icon {name!r} in static/icons.svg")
    kind = f"icon {css}" if css else "icon"
    # The whole markup is ours; the two parts from the caller are escaped.
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        escape(kind), asset_url("icons.svg"), escape(name)
    )
