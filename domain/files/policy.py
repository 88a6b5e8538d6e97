"""What may be kept as a file: kinds, sizes, and what the bytes themselves say."""

from __future__ import annotations

from collections.abc import Mapping

from domain.core.text import Text, _
from domain.files.models import FileKind

PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/heic", "image/heif", "image/avif"})
SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"})
"""What browsers draw; all else is only ever downloaded."""
OFFICE = frozenset(
    f"application/vnd.openxmlformats-officedocument.{part}"
    for part in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
)
TEXTS = frozenset({"text/plain", "text/csv"})
ALLOWED: Mapping[FileKind, frozenset[str]] = {
    FileKind.photo: PICTURES,
    FileKind.signature: frozenset({"image/png", "image/jpeg", "image/webp"}),
    FileKind.attachment: PICTURES | OFFICE | TEXTS | {"application/pdf"},
}
MOST_BYTES: Mapping[FileKind, int] = {
    FileKind.photo: 16_000_000,
    FileKind.signature: 1_000_000,
    FileKind.attachment: 25_000_000,
}
MOST_OF_A_RECORD = 60
MOST_UNFINISHED = 500
"""Files of one person that have been begun and not ended."""
CHUNK = 256 * 1024
MOST_PREVIEW = 48 * 1024
HEAD = 4096
"""So many bytes tell what a file is."""
BRANDS: Mapping[bytes, str] = {
    b"heic": "image/heic", b"heix": "image/heic", b"hevc": "image/heic", b"hevx": "image/heic",
    b"mif1": "image/heif", b"msf1": "image/heif", b"heim": "image/heic", b"heis": "image/heic",
    b"avif": "image/avif", b"avis": "image/avif",
}  # fmt: skip


def sniffed(head: bytes, declared: str) -> str | None:
    """What the first bytes show the file to be; None for what is not kept. Documents made of zipped XML all begin
    alike, so of those, and of plain text, the declared kind is believed."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12])
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"PK\x03\x04"):
        return declared if declared in OFFICE else None
    return declared if declared in TEXTS and _is_text(head) else None


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    for cut in range(4):  # a character may be cut in two at the end
        try:
            head[: len(head) - cut].decode()
        except UnicodeDecodeError:
            continue
        return True
    return False


def why_not(kind: FileKind, content_type: str, size: int) -> dict[str, tuple[Text, ...]]:
    """Errors by field: what is declared must be of the kind and within its size."""
    errors: dict[str, tuple[Text, ...]] = {}
    if content_type not in ALLOWED[kind]:
        errors["type"] = (_("Files of this type are not taken here."),)
    if size > MOST_BYTES[kind]:
        errors["size"] = (_("At most %(n)s MB.", n=MOST_BYTES[kind] // 1_000_000),)
    return errors
