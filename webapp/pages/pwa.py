"""The installed app: its service worker, the page without a network, and what this device says of itself."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

from litestar import Controller, Response, get

from domain.core.text import Text, _
from webapp.assets import ROOT, asset_url, shell_urls, shell_version
from webapp.htmx import AnyRequest
from webapp.i18n import LANGUAGES, catalogue
from webapp.render import page

WORKER = ("worker/shell.js", "worker/pages.js", "worker/push.js", "worker/clicks.js", "sw.js")
KILL_SWITCH = ("sw-off.js",)
OFFLINE = "/offline"
WORDS: dict[str, Text] = {
    "news": _("There is news for you."),
    "undecided": _("Open to decide"),
    "unreached": _("This was not decided yet: Offing could not be reached."),
}


def worker_script(application_server_key: str) -> str:
    """The service worker in one file, so that an update is whole: its release's files and words then the code."""
    facts = {
        "shell": [*shell_urls(), OFFLINE],
        "offline": OFFLINE,
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
    return "\n".join((ROOT / "static" / "js" / name).read_text("utf-8") for name in names)


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

    @get("/account/device", sync_to_thread=False)
    def device(self, request: AnyRequest) -> Response[Any]:
        """Proves in a minute what works on this device: push, installation, storage, release."""
        return page(request, "account/device.html", title=_("This device"), back="/account", release=shell_version())
