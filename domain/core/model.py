"""What tables are made of: the declarative base, shared columns, money, moments and choices."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Self

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Dialect, ForeignKey, Identity, MetaData, Numeric, Text
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

from domain.core import text

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


NO_LABEL = text.Text("")


class Choice(StrEnum):
    """An enumeration whose members carry the word people read: `draft = "draft", _("Draft")`."""

    label: text.Text

    # The default only serves the call by value, `OrderStatus("draft")`, which never comes here.
    def __new__(cls, value: str, label: text.Text = NO_LABEL) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class MoneyType(TypeDecorator[Decimal]):
    """Decimal amount with two places. Floats are refused: they have lost cents before they come here."""

    impl = Numeric(18, 2)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | None:
        if value is not None and not isinstance(value, (Decimal, int)):
            raise TypeError(f"money is Decimal, not {type(value).__name__}")
        return value


class MomentType(TypeDecorator[datetime]):
    """A point in time, kept in UTC. Naive datetimes are refused: the driver would read them as UTC silently."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise TypeError("a moment has a time zone")
        return value


class Base(DeclarativeBase, AsyncAttrs):
    """All tables. Relationships are never loaded by surprise: name what a page needs in its query."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        Decimal: MoneyType(),
        datetime: MomentType(),
        int: BigInteger(),
    }


class Record(Base):
    """A table row that people make and change; `version` guards against saving over somebody else's change."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-100)
    created_at: Mapped[datetime] = mapped_column(server_default=sql("now()"), sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(server_default=sql("now()"), sort_order=91)
    version: Mapped[int] = mapped_column(server_default=sql("1"), default=1, sort_order=92)

    @declared_attr
    @classmethod
    def created_by_id(cls) -> Mapped[int | None]:
        """Who made it; empty for what the system made."""
        return mapped_column(ForeignKey("users.id"), sort_order=93)


class Owned(Record):
    """A record with one owner (S-004). `department_id` is the owner's main department, kept in step by a trigger."""

    __abstract__ = True

    @declared_attr
    @classmethod
    def owner_id(cls) -> Mapped[int | None]:
        """The user who answers for it; empty only while it lies in a pool."""
        return mapped_column(ForeignKey("users.id"), sort_order=-50)

    @declared_attr
    @classmethod
    def department_id(cls) -> Mapped[int | None]:
        """Main department of the owner; empty with the owner."""
        return mapped_column(ForeignKey("departments.id"), sort_order=-49)


def choice_check(column: str, kind: type[Choice], *, optional: bool = False) -> CheckConstraint:
    """CHECK that a text column holds one of the choices (named, so that a test can compare it with the enum)."""
    values = ", ".join(f"'{member.value}'" for member in kind)
    return CheckConstraint(f"{column} IN ({values})", name=f"{column}_choice", info={"choice": kind, "column": column})


def amount_check(column: str, *, least: int | None = None) -> CheckConstraint:
    """CHECK that an amount is a number (NUMERIC takes NaN otherwise) and not below `least`."""
    rule = f"{column} <> 'NaN'" + ("" if least is None else f" AND {column} >= {least}")
    return CheckConstraint(rule, name=f"{column}_amount")


def snapshot(record: Base, *columns: str) -> dict[str, Any]:
    """Plain values of some columns, for showing what stands now."""
    return {column: getattr(record, column) for column in columns}
