"""Whom we let ourselves be made to call."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from domain.core.errors import Invalid
from tests.push.browser_keys import BrowserKeys, base64url
from webapp.deliver.push_target import check_target
from webapp.settings import PUSH_SERVICES

BROWSER = BrowserKeys()
GOOD = "https://updates.push.services.mozilla.com/wpush/v2/gAAAA"


def refused(
    endpoint: str = GOOD,
    p256dh: str = BROWSER.p256dh,
    auth: str = BROWSER.auth,
    allowed: Sequence[str] = PUSH_SERVICES,
) -> set[str]:
    with pytest.raises(Invalid) as caught:
        check_target(endpoint, p256dh, auth, allowed)
    return set(caught.value.errors)


@pytest.mark.parametrize(
    "endpoint",
    [
        GOOD,
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://FCM.googleapis.com/fcm/send/abc",
        "https://web.push.apple.com/QOc",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYA",
        "https://fcm.googleapis.com:443/fcm/send/abc",
    ],
)
def test_the_browser_vendors_are_called(endpoint: str) -> None:
    assert check_target(endpoint, BROWSER.p256dh, BROWSER.auth, PUSH_SERVICES).endpoint == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://evilfcm.googleapis.com.example.org/x",
        "https://evilfcm.googleapis.com/x",
        "https://fcm.googleapis.com.example.org/x",
        "https://x.fcm.googleapis.com/x",
        "https://evilpush.apple.com/x",
        "https://push.apple.com/x",
        "https://fcm.googleapis.com./x",
        "https://fcm.googleapis.com@example.org/x",
        "https://user:secret@fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com\\@example.org/x",
        "https://example.org/#fcm.googleapis.com",
        "https://fcm.googleapis.com/#fragment",
        "https://fcm.googleapis.com/a b",
        "https://fcm.googleapis.com/\nx",
        "https://ｆcm.googleapis.com/x",
        "https://169.254.169.254/latest/meta-data",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:8080/push/x",
        "https://127.0.0.1/push/x",
        "https://localhost/push/x",
        "https://[::1]/push/x",
        "file:///etc/passwd",
        "//fcm.googleapis.com/x",
        "https://fcm.googleapis.com:99999999/x",
        "https://fcm.googleapis.com/" + "x" * 2048,
    ],
)
def test_nobody_else_is_called(endpoint: str) -> None:
    assert refused(endpoint) == {"endpoint"}


def test_loopback_only_with_the_port_that_was_configured() -> None:
    allowed = ("http://127.0.0.1:5001", "push.example.org:8443")
    assert check_target("http://127.0.0.1:5001/push/x", BROWSER.p256dh, BROWSER.auth, allowed)
    assert check_target("https://push.example.org:8443/x", BROWSER.p256dh, BROWSER.auth, allowed)
    assert refused("http://127.0.0.1:5002/push/x", allowed=allowed) == {"endpoint"}
    assert refused("http://127.0.0.1/push/x", allowed=allowed) == {"endpoint"}
    assert refused("http://localhost:5001/push/x", allowed=allowed) == {"endpoint"}
    assert refused("https://push.example.org/x", allowed=allowed) == {"endpoint"}
    assert refused("https://fcm.googleapis.com/x", allowed=allowed) == {"endpoint"}


@pytest.mark.parametrize(
    "p256dh",
    ["", "AAAA", base64url(b"\x04" + b"\x01" * 64), base64url(b"\x02" + b"\x01" * 32), "ü" * 87, BROWSER.p256dh[:-2]],
    ids=["none", "short", "off the curve", "compressed", "no base64", "cut"],
)
def test_a_key_that_is_no_point_of_the_curve_is_refused(p256dh: str) -> None:
    assert refused(p256dh=p256dh) == {"p256dh"}


@pytest.mark.parametrize("auth", ["", "AAAA", base64url(b"x" * 15), base64url(b"x" * 17), "not base64!"])
def test_a_secret_of_another_length_is_refused(auth: str) -> None:
    assert refused(auth=auth) == {"auth"}


def test_every_fault_is_named_at_once() -> None:
    assert refused("ftp://x", "x", "x") == {"endpoint", "p256dh", "auth"}


def test_padded_base64_is_taken_too() -> None:
    assert check_target(GOOD, BROWSER.p256dh + "=", BROWSER.auth + "==", PUSH_SERVICES)
