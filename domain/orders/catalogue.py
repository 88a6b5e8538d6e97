"""What a phone carries along of the products, so that an order can be written where there is no network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from domain.core.work import Work
from domain.orders.models import OrderLine
from domain.products.models import Product

MOST = 5000
"""So many products are about a megabyte on the phone, and are searched while one types."""


async def carried(work: Work, most: int = MOST) -> tuple[Sequence[Product], int]:
    """Products on sale by name, and how many there are in all. Of too many, those that were ordered last go along."""
    total = (await work.session.execute(select(func.count()).where(Product.active))).scalar_one()
    on_sale = select(Product).where(Product.active)
    if total > most:
        last = (
            select(OrderLine.product_id, func.max(OrderLine.id).label("at")).group_by(OrderLine.product_id).subquery()
        )
        known = select(Product.id).where(Product.active).outerjoin(last, last.c.product_id == Product.id)
        on_sale = on_sale.where(Product.id.in_(known.order_by(last.c.at.desc().nulls_last(), Product.id).limit(most)))
    return (await work.session.scalars(on_sale.order_by(Product.name_sort, Product.id))).all(), total


async def version(work: Work) -> tuple[datetime | None, int]:
    """Something else whenever any product does."""
    found = await work.session.execute(select(func.max(Product.updated_at), func.count()).select_from(Product))
    newest, number = found.one()
    return newest, number
