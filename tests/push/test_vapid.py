"""The key pair of the installation and the published vectors of Web Push encryption."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.push.browser_keys import BrowserKeys
from webapp.deliver.vapid import BadContact, VapidKeys, check_contact

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "webpush-vectors" / "webpush-aes128gcm.json").read_text()
)


def unb64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def private_key(scalar: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(unb64(scalar), "big"), ec.SECP256R1())


def test_keys_survive_being_written_and_read() -> None:
    keys = VapidKeys.create()
    again = VapidKeys.load(keys.dump())
    assert again.application_server_key == keys.application_server_key
    assert len(unb64(keys.application_server_key)) == 65
    assert VapidKeys.create().application_server_key != keys.application_server_key


def test_a_key_of_another_curve_is_refused() -> None:
    other = ec.generate_private_key(ec.SECP384R1())
    with pytest.raises(ValueError, match="P-256"):
        VapidKeys.load(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


@pytest.mark.parametrize(
    "contact", ["", "operator", "@example.com", "a@localhost", "root@crm.local", "a@.com", "a b@example.com", "a@crm."]
)
def test_a_contact_that_apple_refuses_is_refused_by_us(contact: str) -> None:
    with pytest.raises(BadContact):
        check_contact(contact)


def test_a_public_contact_is_taken() -> None:
    assert check_contact(" ops@crm.example.com ") == "ops@crm.example.com"


def test_the_independent_checker_reads_the_example_of_the_standard() -> None:
    example = VECTORS["rfc8291_example"]
    browser = BrowserKeys(private_key(example["ua_private"]), unb64(example["auth_secret"]))
    assert browser.p256dh == example["ua_public"]
    assert browser.decrypt(unb64(example["body"])).decode() == example["plaintext"]


@pytest.mark.parametrize("position", [0, 20, 60, 100, -1])
def test_the_independent_checker_refuses_a_changed_message(position: int) -> None:
    example = VECTORS["rfc8291_example"]
    browser = BrowserKeys(private_key(example["ua_private"]), unb64(example["auth_secret"]))
    body = bytearray(unb64(example["body"]))
    body[position] ^= 1
    with pytest.raises((http_ece.ECEException, ValueError)):
        browser.decrypt(bytes(body))
