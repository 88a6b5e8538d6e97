"""What the bytes of a file say it is."""

from __future__ import annotations

import pytest

from domain.files.models import FileKind
from domain.files.policy import ALLOWED, MOST_BYTES, OFFICE, sniffed, why_not

DOCX = sorted(OFFICE)[0]


@pytest.mark.parametrize(
    ("head", "declared", "found"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg", "image/jpeg"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/png", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n....", "image/png", "image/png"),
        (b"GIF89a..", "image/gif", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic", "image/heic"),
        (b"\x00\x00\x00\x18ftypmif1", "image/heic", "image/heif"),
        (b"\x00\x00\x00\x18ftypavif", "image/avif", "image/avif"),
        (b"\x00\x00\x00\x18ftypisom", "image/heic", None),
        (b"%PDF-1.7", "image/jpeg", "application/pdf"),
        (b"PK\x03\x04....", DOCX, DOCX),
        (b"PK\x03\x04....", "application/pdf", None),
        (b"<html><script>alert(1)</script>", "image/jpeg", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", None),
        ("报价".encode(), "text/plain", "text/plain"),
        ("报价".encode()[:-1], "text/plain", "text/plain"),
        (b"text\x00", "text/plain", None),
        (b"\xff\xfe\xfa\xfb\xfc\xfd", "text/plain", None),
        (b"", "image/jpeg", None),
    ],
)  # fmt: skip
def test_the_first_bytes_decide(head: bytes, declared: str, found: str | None) -> None:
    assert sniffed(head, declared) == found


def test_nothing_that_runs_is_kept() -> None:
    everything = frozenset().union(*ALLOWED.values())
    assert not everything & {
        "text/html",
        "image/svg+xml",
        "application/javascript",
        "text/xml",
        "application/xhtml+xml",
    }


@pytest.mark.parametrize("kind", list(FileKind))
def test_each_kind_has_its_size(kind: FileKind) -> None:
    most = MOST_BYTES[kind]
    assert why_not(kind, "image/png", most) == {}
    assert set(why_not(kind, "image/png", most + 1)) == {"size"}
    assert set(why_not(kind, "text/html", most + 1)) == {"size", "type"}
