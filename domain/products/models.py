"""The product tables."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import ForeignKey, Index, true
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.model import Record, amount_check


class ProductCategory(Record):
    """A group of products."""

    __tablename__ = "product_categories"

    name: Mapped[str] = mapped_column(unique=True)


class Product(Record):
    """Something that can be ordered. `txt` is what search looks through: folded name, code, initials."""

    __tablename__ = "products"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_sort: Mapped[str]
    txt: Mapped[str]
    unit: Mapped[str] = mapped_column(server_default="", default="")
    spec: Mapped[str | None]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("product_categories.id"), index=True)
    list_price: Mapped[Decimal]
    active: Mapped[bool] = mapped_column(server_default=true(), default=True)

    __table_args__ = (amount_check("list_price", least=0), Index("ix_products_name_sort", "name_sort", "id"))
