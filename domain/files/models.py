"""The table of files."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Choice, Record, choice_check
from domain.core.text import _


class FileKind(Choice):
    """What a file shows."""

    photo = "photo", _("Photo")
    signature = "signature", _("Signature")
    attachment = "attachment", _("Attachment")


class File(Record):
    """One file. `client_uuid` is given by the phone and names the bytes in the data folder.

    `subject` is the feature ("visits"), `subject_uuid` the `client_uuid` of its record, which may come later.
    Size and `received` in bytes; `sha256` in lower-case hex; whole once `complete_at` is set.
    """

    __tablename__ = "files"

    client_uuid: Mapped[UUID] = mapped_column(unique=True)
    subject: Mapped[str]
    subject_uuid: Mapped[UUID]
    kind: Mapped[str]
    name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    received: Mapped[int] = mapped_column(server_default="0")
    complete_at: Mapped[datetime | None]

    __table_args__ = (
        choice_check("kind", FileKind),
        CheckConstraint("received BETWEEN 0 AND size AND size > 0", name="received_in_size"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_hex"),
        Index("ix_files_subject", "subject", "subject_uuid"),
        Index("ix_files_incomplete", "created_at", postgresql_where=sql("complete_at IS NULL")),
    )
