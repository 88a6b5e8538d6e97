"""The order tables."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, Numeric, Sequence, func
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.core.audit import AuditEntry
from domain.core.model import Base, Choice, Owned, Record, amount_check, choice_check
from domain.core.text import _

ORDER_NUMBERS = Sequence("order_numbers", metadata=Base.metadata)


class OrderStatus(Choice):
    """States of an order (S-138). Only approved orders count as performance (S-139)."""

    draft = "draft", _("Draft")
    awaiting = "awaiting", _("Awaiting approval")
    approved = "approved", _("Approved")
    rejected = "rejected", _("Rejected")
    void = "void", _("Void")


LIVE = (OrderStatus.awaiting, OrderStatus.approved)
"""Orders that count in a customer's total."""


class ShippingStatus(Choice):
    """How much of an order has been sent."""

    none = "none", _("Not shipped")
    part = "part", _("Partly shipped")
    full = "full", _("Shipped")


class Order(Owned):
    """An agreement with a customer (S-131). `list_total` at list prices, `goods_total` after line discounts,
    `net_total` after the order discount. `round` counts how often it was sent for approval.
    """

    __tablename__ = "orders"

    number: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"))
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunities.id"))
    """The customer's opportunity that it was made from."""
    status: Mapped[str] = mapped_column(server_default="draft", default="draft")
    ordered_on: Mapped[date]
    required_on: Mapped[date | None]
    discount_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), server_default="0", default=Decimal(0))
    list_total: Mapped[Decimal]
    goods_total: Mapped[Decimal]
    net_total: Mapped[Decimal]
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    round: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    submitted_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    shipping_status: Mapped[str] = mapped_column(server_default="none", default="none")
    ship_name: Mapped[str | None]
    ship_address: Mapped[str | None]
    notes: Mapped[str | None]
    client_uuid: Mapped[UUID | None] = mapped_column(unique=True)
    external_ref: Mapped[str | None]

    lines: Mapped[list[OrderLine]] = relationship(
        order_by="OrderLine.position", cascade="all, delete-orphan", lazy="raise"
    )

    __table_args__ = (
        choice_check("status", OrderStatus),
        choice_check("shipping_status", ShippingStatus),
        amount_check("list_total", least=0),
        amount_check("goods_total", least=0),
        amount_check("net_total", least=0),
        CheckConstraint("discount_percent BETWEEN 0 AND 100", name="discount_range"),
        Index("ix_orders_owner", "owner_id", sql("created_at DESC"), sql("id DESC")),
        Index("ix_orders_department", "department_id", sql("created_at DESC"), sql("id DESC")),
        Index("ix_orders_created", sql("created_at DESC"), sql("id DESC")),
        Index("ix_orders_status", "status", sql("created_at DESC"), sql("id DESC")),
        Index("ix_orders_opportunity", "opportunity_id", postgresql_where=sql("opportunity_id IS NOT NULL")),
        Index("uq_orders_external_ref", "external_ref", unique=True, postgresql_where=sql("external_ref IS NOT NULL")),
    )


class OrderLine(Base):
    """One product of an order. Name, unit and list price are copied: an order says what was agreed that day."""

    __tablename__ = "order_lines"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), index=True)
    product_name: Mapped[str]
    unit: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(Numeric(12, 3))
    list_price: Mapped[Decimal]
    unit_price: Mapped[Decimal]
    discount_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0))
    net: Mapped[Decimal]

    __table_args__ = (
        CheckConstraint("quantity > 0 AND quantity <> 'NaN'", name="quantity_positive"),
        CheckConstraint("discount_percent BETWEEN 0 AND 100", name="discount_range"),
        amount_check("unit_price", least=0),
        amount_check("net", least=0),
    )


Index(
    "ix_audit_log_order_lines",
    func.coalesce(AuditEntry.new, AuditEntry.old)["order_id"].astext,
    postgresql_where=AuditEntry.table_name == "order_lines",
)
"""The lines that an order ever had: of those that went only the audit log knows."""


class DiscountLimit(Record):
    """The discount authority of a role (S-136): most line and order discount in percent; the most generous wins."""

    __tablename__ = "discount_limits"

    role_id: Mapped[int] = mapped_column(ForeignKey("roles.id", ondelete="CASCADE"), unique=True)
    line_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    order_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))

    __table_args__ = (
        CheckConstraint("line_percent BETWEEN 0 AND 100 AND order_percent BETWEEN 0 AND 100", name="range"),
    )
