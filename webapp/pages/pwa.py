"""The installed app: its service worker, the page without a network, and what this device says of itself."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from typing import Any

from litestar import Controller, Response, get

from domain.core.text import Text, _
from webapp.assets import ROOT, asset_url, shell_urls, shell_version
from webapp.htmx import AnyRequest
from webapp.i18n import LANGUAGES, catalogue
from webapp.pages.outbox import OUTBOX
from webapp.pages.sync import OFFLINE_FOR
from webapp.render import page

SHARED = tuple(
    f"outbox/{name}.js" for name in ("store", "records", "files", "wire", "hello", "wipe", "upload", "drain")
)
"""Modules that pages import too; in the worker they stand one after the other in the same file."""
WORKER = ("worker/shell.js", "worker/day.js", "worker/releases.js", "worker/pages.js", "worker/prepare.js",
          "worker/push.js", "worker/clicks.js", *SHARED, "worker/outbox.js", "sw.js")  # fmt: skip
MODULE_SEAMS = re.compile(r"^import\b[^;]*;\n|^export (?=async|const|function|class)", re.MULTILINE)
KILL_SWITCH = ("sw-off.js",)
OFFLINE = "/offline"
LOCKED = "/locked"
WORDS: dict[str, Text] = {
    "news": _("There is news for you."),
    "undecided": _("Open to decide"),
    "unreached": _("This was not decided yet: Offing could not be reached."),
}


def worker_script(application_server_key: str) -> str:
    """The service worker in one file, so that an update is whole: its release's files and words then the code."""
    facts = {
        "shell": [*shell_urls(), OFFLINE, LOCKED, OUTBOX],
        "offline": OFFLINE,
        "locked": LOCKED,
        "keep_hours": OFFLINE_FOR.total_seconds() / 3600,
        "marks": [asset_url(name) for name in ("css/app.css", "js/app.js", "icons.svg")],
        "outbox": OUTBOX,
        "icon": asset_url("icons/icon-192.png"),
        "badge": asset_url("icons/badge-96.png"),
        "key": application_server_key,
        "texts": {name: {key: catalogue(name).say(text) for key, text in WORDS.items()} for name in LANGUAGES},
    }
    code = _joined(WORKER)
    # The worker's own code and the offline page count too: the cache of a release is never changed under its name.
    facts["version"] = hashlib.sha256(f"{shell_version()}{json.dumps(facts)}{code}".encode()).hexdigest()[:12]
    return f"self.OFFING = {json.dumps(facts, ensure_ascii=False)};\n{code}"


@cache
def _joined(names: tuple[str, ...]) -> str:
    """One classic script: what the modules import of each other is in the same file already."""
    return "\n".join(MODULE_SEAMS.sub("", (ROOT / "static" / "js" / name).read_text("utf-8")) for name in names)


class Pwa(Controller):
    """Open to everybody: the browser asks for these by itself."""

    @get("/sw.js", sync_to_thread=False)
    def service_worker(self, request: AnyRequest) -> Response[str]:
        """The worker, or with OFFING_SW_OFF=1 the one that removes it and its caches from all devices."""
        settings = request.app.state.settings
        script = _joined(KILL_SWITCH) if settings.sw_off else worker_script(settings.keys.vapid.application_server_key)
        headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
        return Response(script, media_type="text/javascript", headers=headers)

    @get(OFFLINE, sync_to_thread=False)
    def offline(self, request: AnyRequest) -> Response[Any]:
        """What the worker shows for a page that cannot be fetched; it holds nothing of anybody."""
        language = request.scope["state"]["language"]
        return page(request, "offline.html", title=_("No connection"), headers={"Content-Language": language})

    @get(LOCKED, sync_to_thread=False)
    def locked(self, request: AnyRequest) -> Response[Any]:
        """What the worker shows instead of saved pages when it has not heard of us for too long."""
        language = request.scope["state"]["language"]
        return page(request, "pwa/locked.html", title=_("Locked"), headers={"Content-Language": language})

    @get("/account/device", sync_to_thread=False)
    def device(self, request: AnyRequest) -> Response[Any]:
        """Proves in a minute what works on this device: push, installation, storage, release."""
        return page(request, "account/device.html", title=_("This device"), back="/account", release=shell_version())
