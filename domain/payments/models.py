"""The payment table."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Sequence
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Base, Choice, Owned, choice_check
from domain.core.text import _

PAYMENT_NUMBERS = Sequence("payment_numbers", metadata=Base.metadata)


class PaymentStatus(Choice):
    """States of a payment."""

    draft = "draft", _("Draft")
    awaiting = "awaiting", _("Awaiting finance")
    confirmed = "confirmed", _("Confirmed")
    rejected = "rejected", _("Rejected")


LIVE = (PaymentStatus.awaiting, PaymentStatus.confirmed)
"""Payments that count in the totals of an order and a customer."""


class PaymentMethod(Choice):
    """How the money came."""

    transfer = "transfer", _("Bank transfer")
    wechat = "wechat", _("WeChat Pay")
    alipay = "alipay", _("Alipay")
    cash = "cash", _("Cash")
    cheque = "cheque", _("Cheque")
    card = "card", _("Card")
    other = "other", _("Other")


class Payment(Owned):
    """Money received for one order (S-156). `overpay_reason` is needed above the outstanding amount (S-159)."""

    __tablename__ = "payments"

    number: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    amount: Mapped[Decimal]
    method: Mapped[str]
    received_on: Mapped[date]
    status: Mapped[str] = mapped_column(server_default="draft", default="draft")
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    round: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    bank_reference: Mapped[str | None]
    overpay_reason: Mapped[str | None]
    notes: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    client_uuid: Mapped[UUID | None] = mapped_column(unique=True)

    __table_args__ = (
        choice_check("status", PaymentStatus),
        choice_check("method", PaymentMethod),
        CheckConstraint("amount > 0 AND amount <> 'NaN'", name="amount_positive"),
        Index("ix_payments_owner", "owner_id", sql("created_at DESC"), sql("id DESC")),
        Index("ix_payments_department", "department_id", sql("created_at DESC"), sql("id DESC")),
        Index("ix_payments_created", sql("created_at DESC"), sql("id DESC")),
        Index("ix_payments_status", "status", sql("created_at DESC"), sql("id DESC")),
    )
