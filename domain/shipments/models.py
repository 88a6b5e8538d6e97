"""The shipment tables."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Numeric, Sequence
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.core.model import Base, Choice, Record, choice_check
from domain.core.text import _

SHIPMENT_NUMBERS = Sequence("shipment_numbers", metadata=Base.metadata)


class ShipmentStatus(Choice):
    """States of a shipment; `closed` when its order was voided before it left."""

    to_ship = "to_ship", _("To ship")
    picked = "picked", _("Picked")
    shipped = "shipped", _("Shipped")
    delivered = "delivered", _("Delivered")
    returned = "returned", _("Returned")
    closed = "closed", _("Closed")


class Shipment(Record):
    """Goods of one order that leave together (S-153, S-154)."""

    __tablename__ = "shipments"

    number: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    status: Mapped[str] = mapped_column(server_default="to_ship", default="to_ship")
    promised_on: Mapped[date]
    ship_name: Mapped[str | None]
    ship_address: Mapped[str | None]
    carrier: Mapped[str | None]
    tracking_number: Mapped[str | None]
    shipped_at: Mapped[datetime | None]
    shipped_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    notes: Mapped[str | None]

    lines: Mapped[list[ShipmentLine]] = relationship(cascade="all, delete-orphan", lazy="raise")

    __table_args__ = (
        choice_check("status", ShipmentStatus),
        Index("ix_shipments_promised", "promised_on", "id"),
        Index("ix_shipments_status", "status", "promised_on", "id"),
        Index("ix_shipments_created", sql("created_at DESC"), sql("id DESC")),
    )


class ShipmentLine(Base):
    """How much of an order line goes with a shipment."""

    __tablename__ = "shipment_lines"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"), index=True)
    quantity: Mapped[Decimal] = mapped_column(Numeric(12, 3))

    __table_args__ = (CheckConstraint("quantity > 0 AND quantity <> 'NaN'", name="quantity_positive"),)
