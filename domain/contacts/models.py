"""The contact table."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, false, literal_column
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Record

DOMAIN = literal_column("split_part(contacts.email, '@', 2)", Text)
"""Where the e-mail address is, as its index has it."""


class Contact(Record):
    """A person at a customer (S-107). `mobile_key` is the mobile number in E.164, the duplicate key (S-113)."""

    __tablename__ = "contacts"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    name: Mapped[str]
    name_sort: Mapped[str]
    post: Mapped[str | None]
    mobile: Mapped[str | None]
    mobile_key: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    wechat: Mapped[str | None]
    address: Mapped[str | None]
    notes: Mapped[str | None]
    main: Mapped[bool] = mapped_column(server_default=false(), default=False)
    deleted_at: Mapped[datetime | None]
    client_uuid: Mapped[UUID | None] = mapped_column(unique=True)

    __table_args__ = (
        Index(
            "uq_contacts_mobile_key",
            "mobile_key",
            unique=True,
            postgresql_where=sql("deleted_at IS NULL AND mobile_key IS NOT NULL"),
        ),
        Index("ix_contacts_email_domain", sql("split_part(email, '@', 2)"), postgresql_where=sql("email IS NOT NULL")),
        Index("ix_contacts_name_sort", "name_sort", "id"),
        Index("uq_contacts_main", "customer_id", unique=True, postgresql_where=sql("main AND deleted_at IS NULL")),
    )
