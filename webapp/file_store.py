"""The bytes of uploaded files in the data folder: `files/ab/<id>`, a small picture beside it as `<id>.preview`.

All functions block on the disk; call them in a thread.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

PREVIEW = ".preview"


@dataclass(frozen=True, slots=True)
class FileStore:
    """The folder of uploaded files."""

    root: Path

    def path(self, uuid: UUID, *, preview: bool = False) -> Path:
        """Where the bytes of a file lie. Only an id goes into the name, never what somebody typed."""
        return self.root / uuid.hex[:2] / f"{uuid}{PREVIEW if preview else ''}"

    def size(self, uuid: UUID) -> int:
        """How many bytes are there."""
        try:
            return self.path(uuid).stat().st_size
        except FileNotFoundError:
            return 0

    def write(self, uuid: UUID, offset: int, data: bytes) -> None:
        """Write a piece and cut off what an interrupted one left behind it; on the disk when this returns."""
        place = self.path(uuid)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.ftruncate(handle, offset)
            written = 0
            while written < len(data):
                written += os.pwrite(handle, data[written:], offset + written)
            os.fsync(handle)
        finally:
            os.close(handle)

    def keep_preview(self, uuid: UUID, data: bytes) -> None:
        """Keep the small picture that came with a file."""
        place = self.path(uuid, preview=True)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = place.with_suffix(".half")
        half.touch(mode=0o600)
        half.write_bytes(data)
        half.replace(place)

    def examine(self, uuid: UUID, head: int) -> tuple[str, bytes]:
        """SHA-256 in hex, and the first bytes."""
        with self.path(uuid).open("rb") as file:
            first = file.read(head)
            file.seek(0)
            return hashlib.file_digest(file, "sha256").hexdigest(), first

    def remove(self, uuid: UUID) -> None:
        """Remove a file and its preview, if they are there."""
        for preview in (False, True):
            self.path(uuid, preview=preview).unlink(missing_ok=True)

    def older_than(self, moment: float) -> Iterator[UUID]:
        """Ids of files that were last written before a moment (seconds since 1970)."""
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            for place in folder.iterdir():
                try:
                    uuid = UUID(place.name.removesuffix(PREVIEW))
                    if place.stat().st_mtime < moment:
                        yield uuid
                except (ValueError, FileNotFoundError):  # not one of ours, or just gone
                    continue
