"""Firefox ESR under Marionette, tied to the push service on loopback: a real subscription, real decryption, a real tap.

Only Firefox lets a test name its push service, so the whole way from our sender to the notification is proved here.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from marionette_driver.by import By
from marionette_driver.marionette import Marionette

from tests.push.service import FakePushService

# Takes the place of the desktop's notification centre, so that a test can tap: Firefox itself then wakes the worker.
_NOTIFICATION_CENTRE = """
const shown = (window.offingAlerts = new Map());
const centre = {
  QueryInterface: ChromeUtils.generateQI(["nsIAlertsService"]),
  showAlert(alert, observer) {
    shown.set(alert.name, { alert, observer });
    observer?.observe(null, "alertshow", alert.cookie);
  },
  closeAlert(name) {
    const closed = shown.get(name);
    shown.delete(name);
    closed?.observer?.observe(null, "alertfinished", closed.alert.cookie);
  },
  getHistory: () => [],
  teardown() {},
  pbmTeardown() {},
};
Components.manager.QueryInterface(Ci.nsIComponentRegistrar).registerFactory(
  Services.uuid.generateUUID(), "Offing test", "@mozilla.org/alerts-service;1",
  { QueryInterface: ChromeUtils.generateQI(["nsIFactory"]), createInstance: (iid) => centre.QueryInterface(iid) },
);
"""
_TAP = """
const [title, action] = arguments;
const found = [...window.offingAlerts.values()].filter(({ alert }) => alert.title === title);
if (found.length !== 1) return `found ${found.length} of ${window.offingAlerts.size} notifications titled ${title}`;
const { alert, observer } = found[0];
observer.observe(action ? alert.getAction(action) : null, "alertclickcallback", alert.cookie);
return null;
"""
_LIST = """
const done = arguments[0];
const plain = ({ title, body, tag, lang, data, actions }) => ({
  title, body, tag, lang, data, actions: [...actions].map(({ action, title }) => ({ action, title })),
});
navigator.serviceWorker.ready
  .then((registration) => registration.getNotifications())
  .then((all) => done(all.map(plain)), (fault) => done(String(fault)));
"""


class Firefox:
    """One browser with an own profile; every wait has an end."""

    def __init__(self, service: FakePushService, *, language: str = "en") -> None:
        found = shutil.which("firefox-esr") or shutil.which("firefox")
        if found is None:
            raise RuntimeError("the push tests need Firefox: apt-get install firefox-esr")
        self._folder = tempfile.TemporaryDirectory(prefix="offing-firefox-")
        self.driver = Marionette(
            port=0,
            bin=found,
            headless=True,
            startup_timeout=60,
            workspace=self._folder.name,
            gecko_log=str(Path(self._folder.name) / "gecko.log"),
            prefs={
                "dom.push.enabled": True,
                "dom.push.connection.enabled": True,
                "dom.push.serverURL": service.websocket_url,
                "dom.push.testing.allowInsecureServerURL": True,
                "permissions.default.desktop-notification": 1,
                "intl.accept_languages": language,
                "network.captive-portal-service.enabled": False,
                "network.connectivity-service.enabled": False,
            },
        )
        self.driver.start_session()
        self.driver.timeout.script = 20
        with self.driver.using_context("chrome"):
            self.driver.execute_script(_NOTIFICATION_CENTRE, sandbox=None)

    def close(self) -> None:
        """End the browser and delete its profile."""
        self.driver.cleanup()
        del self.driver  # its profile deletes itself once more, which fails when the interpreter ends
        self._folder.cleanup()

    def open(self, url: str) -> None:
        """Go to a page and wait until its service worker is in control."""
        self.driver.navigate(url)

    def script(self, body: str, *arguments: Any) -> Any:
        """Run the body of an asynchronous function in the page and return its value; a rejection fails the test."""
        wrapped = f"""
            const done = arguments[arguments.length - 1];
            const run = async () => {{ {body} }};
            run().then((value) => done([true, value ?? null]), (fault) => done([false, String(fault)]));
        """
        answer = self.driver.execute_async_script(wrapped, script_args=arguments, sandbox=None)
        if answer is None:  # the page went away meanwhile
            return None
        good, value = answer
        assert good, value
        return value

    def wait(self, condition: str, timeout_s: float = 30) -> Any:
        """Return the first truthy value of a JavaScript expression in the page; fails after the time."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            if value := self.script(f"return {condition}"):
                return value
            time.sleep(0.1)
        raise AssertionError(f"Firefox waited {timeout_s} s in vain for {condition}")

    def tap(self, selector: str) -> None:
        """Click as a person does: the element must be visible."""
        self.wait(f"document.querySelector({selector!r})?.checkVisibility()")
        self.driver.find_element(By.CSS_SELECTOR, selector).click()

    def fill(self, selector: str, text: str) -> None:
        """Type into a field."""
        field = self.driver.find_element(By.CSS_SELECTOR, selector)
        field.clear()
        field.send_keys(text)

    def sign_in(self, base: str, token: str) -> None:
        """Sign in with the token of a session that the test made."""
        self.open(f"{base}/offline")  # a cookie can be set only for the page that is open
        self.driver.add_cookie({"name": "offing", "value": token, "path": "/", "sameSite": "Lax"})

    def switch_push_on(self, base: str) -> str:
        """Tap the opt-in on the page of this device and return the endpoint that the browser got."""
        self.open(f"{base}/account/device")
        self.tap("push-opt-in [data-act=on]")
        self.wait("document.querySelector('push-opt-in').dataset.state === 'on'")
        endpoint: str = self.script(
            "return (await (await navigator.serviceWorker.ready).pushManager.getSubscription()).endpoint"
        )
        return endpoint

    def notifications(self) -> list[dict[str, Any]]:
        """Return what the notification centre shows for this site: title, body, tag, lang, data, actions."""
        shown: list[dict[str, Any]] = self.driver.execute_async_script(_LIST, sandbox=None)
        return shown

    def wait_for_notification(self, tag: str = "", timeout_s: float = 30) -> dict[str, Any]:
        """Return the notification (with that tag); fails after the time."""
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            for shown in self.notifications():
                if not tag or shown["tag"] == tag:
                    return shown
            time.sleep(0.1)
        raise AssertionError(f"no notification {tag!r} within {timeout_s} s; there are {self.notifications()}")

    def tap_notification(self, title: str, action: str = "") -> None:
        """Tap a notification or one of its actions: the worker gets the event as from the platform."""
        with self.driver.using_context("chrome"):
            fault = self.driver.execute_script(_TAP, script_args=[title, action], sandbox=None)
        assert fault is None, fault


@contextmanager
def running_firefox(service: FakePushService, language: str = "en") -> Iterator[Firefox]:
    """A browser for the length of a block."""
    browser = Firefox(service, language=language)
    try:
        yield browser
    finally:
        browser.close()
