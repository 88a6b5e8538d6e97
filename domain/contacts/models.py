"""The contact table."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, false, literal_column
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Base, Choice, Record, choice_check
from domain.core.text import _

DOMAIN = literal_column("split_part(contacts.email, '@', 2)", Text)
"""Where the e-mail address is, as its index has it."""


class ContactRole(Choice):
    """What somebody is to us at the customer, in the order of the customer's page."""

    decision_maker = "decision_maker", _("Decision maker")
    influencer = "influencer", _("Has a say")
    user = "user", _("Uses it")
    finance = "finance", _("Finance")
    consignee = "consignee", _("Takes deliveries")
    after_sales = "after_sales", _("After-sales")
    family = "family", _("Family")
    other = "other", _("Other")


class Contact(Record):
    """A person at a customer (S-107). `mobile_key` is the mobile number in E.164, the duplicate key (S-113).

    `birthday` is 1985-03-12, or --03-12 where the year is not known.
    """

    __tablename__ = "contacts"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    name: Mapped[str]
    name_sort: Mapped[str]
    post: Mapped[str | None]
    role: Mapped[str | None]
    mobile: Mapped[str | None]
    mobile_key: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    wechat: Mapped[str | None]
    address: Mapped[str | None]
    birthday: Mapped[str | None]
    notes: Mapped[str | None]
    main: Mapped[bool] = mapped_column(server_default=false(), default=False)
    deleted_at: Mapped[datetime | None]
    client_uuid: Mapped[UUID | None] = mapped_column(unique=True)

    __table_args__ = (
        choice_check("role", ContactRole, optional=True),
        CheckConstraint(r"birthday ~ '^(\d{4}|-)-\d{2}-\d{2}$'", name="birthday_day"),
        Index(
            "uq_contacts_mobile_key",
            "mobile_key",
            unique=True,
            postgresql_where=sql("deleted_at IS NULL AND mobile_key IS NOT NULL"),
        ),
        Index("ix_contacts_email_domain", sql("split_part(email, '@', 2)"), postgresql_where=sql("email IS NOT NULL")),
        Index("ix_contacts_name_sort", "name_sort", "id"),
        Index(
            "ix_contacts_birthday",
            sql("CAST(replace(right(birthday, 5), '-', '') AS smallint)"),
            postgresql_where=sql("birthday IS NOT NULL"),
        ),
        Index("ix_contacts_role", "role", "name_sort", "id", postgresql_where=sql("role IS NOT NULL")),
        Index("uq_contacts_main", "customer_id", unique=True, postgresql_where=sql("main AND deleted_at IS NULL")),
    )


class BirthdayCare(Base):
    """How somebody is told of birthdays: `told_on` is the last day (in his zone) on which he was, `ahead` that he wants
    to know three days before, too."""

    __tablename__ = "birthday_care"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    ahead: Mapped[bool] = mapped_column(server_default=false(), default=False)
    told_on: Mapped[date | None]
