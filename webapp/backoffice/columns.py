"""Short makers of Piccolo columns. A column has exactly its name in SQL; under another it is silently not written."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum
from typing import Any

from piccolo.columns import (
    JSONB,
    Array,
    BigInt,
    BigSerial,
    Boolean,
    Date,
    ForeignKey,
    LazyTableReference,
    Numeric,
    Text,
    Timestamptz,
    Varchar,
)

Choices = type[Enum] | None


def key() -> BigSerial:
    """The identity column."""
    return BigSerial(primary_key=True)


def line(*, null: bool = False, choices: Choices = None, length: int = 200, default: Any = None) -> Varchar:
    """One line of text."""
    return Varchar(
        length=length,
        null=null,
        default=default if null else (default or ""),
        choices=choices,
        required=not null and default is None,
    )


def words(*, null: bool = True) -> Text:
    """Text of any length."""
    return Text(null=null, default=None if null else "")


def whole(*, null: bool = True, default: int | None = None) -> BigInt:
    """A whole number."""
    return BigInt(null=null, default=default)


def yes_no(default: bool) -> Boolean:
    """A switch."""
    return Boolean(null=False, default=default)


def money(*, null: bool = False, digits: tuple[int, int] = (18, 2)) -> Numeric:
    """A decimal amount."""
    return Numeric(digits=digits, null=null, default=None if null else Decimal(0))


def moment(*, null: bool = True) -> Timestamptz:
    """A point in time; only shown."""
    return Timestamptz(null=null, default=None)


def day(*, null: bool = True) -> Date:
    """A day."""
    return Date(null=null, default=None)


def structure(*, null: bool = True) -> JSONB:
    """A JSON value."""
    return JSONB(null=null, default=None if null else "{}")


def several(choices: Choices = None) -> Array:
    """A list of texts."""
    return Array(base_column=Varchar(length=200), default=list, null=False, choices=choices)


def to(table: str, module: str, *, null: bool = True) -> Any:
    """A reference to a table class of a module of this package."""
    reference = LazyTableReference(table_class_name=table, module_path=f"webapp.backoffice.{module}")
    return ForeignKey(references=reference, null=null, required=not null)
