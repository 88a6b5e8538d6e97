"""The import tables: a batch and its staged rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Base, Choice, Record, choice_check
from domain.core.text import _
from domain.pools.models import PoolKind


class ImportKind(Choice):
    """What a file's rows become."""

    customers = "customers", _("Customers with contacts")
    contacts = "contacts", _("Contacts")
    leads = "leads", _("Leads")
    products = "products", _("Products")
    opportunities = "opportunities", _("Opportunities")
    orders = "orders", _("Orders with lines")


POOLS = {ImportKind.customers: PoolKind.customer, ImportKind.leads: PoolKind.lead}
"""What lies in pools, and in which kind."""


class ImportStatus(Choice):
    """States of a batch."""

    uploaded = "uploaded", _("Uploaded")
    checked = "checked", _("Checked")
    running = "running", _("Running")
    done = "done", _("Done")
    failed = "failed", _("Failed")


class ImportOutcome(Choice):
    """What became of a row."""

    waiting = "waiting", _("Waiting")
    created = "created", _("Created")
    updated = "updated", _("Updated")
    duplicate = "duplicate", _("Duplicate")
    refused = "refused", _("Refused")


class ImportBatch(Record):
    """One uploaded file. `mapping` says by field which column of the file feeds it; `totals` counts rows by outcome,
    and under `records` what was made of them. `options`: `pool_id`, `dry` while it is only being checked."""

    __tablename__ = "import_batches"

    kind: Mapped[str]
    file_name: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="uploaded", default="uploaded")
    columns: Mapped[list[str]] = mapped_column(JSONB)
    mapping: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    totals: Mapped[dict[str, int]] = mapped_column(JSONB, server_default="{}")
    row_count: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    done_count: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    ended_at: Mapped[datetime | None]
    error: Mapped[str | None]

    __table_args__ = (choice_check("kind", ImportKind), choice_check("status", ImportStatus))


class ImportRow(Base):
    """One row of the file: `number` is its line there, `raw` its cells as they were read, `errors` what is said of it
    as {"field", "text": a stored sentence}."""

    __tablename__ = "import_rows"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    raw: Mapped[list[str]] = mapped_column(JSONB)
    outcome: Mapped[str] = mapped_column(server_default="waiting", default="waiting")
    errors: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    record_id: Mapped[int | None]

    __table_args__ = (choice_check("outcome", ImportOutcome), Index(None, "batch_id", "number", unique=True))
