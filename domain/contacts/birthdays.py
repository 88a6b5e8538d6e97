"""Birthdays: a month and a day, the year only if it is known. Kept as vCard writes them: 1985-03-12, or --03-12."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    SmallInteger,
    any_,
    cast,
    column,
    extract,
    func,
    literal_column,
    or_,
    select,
)

from domain.core.inputs import Refusal
from domain.core.text import _
from domain.core.work import clock

KEY: ColumnElement[int] = literal_column(
    "CAST(replace(right(contacts.birthday, 5), '-', '') AS smallint)", SmallInteger
)
"""Month and day as one number, 312 for 12 March: what the index of birthdays holds."""
NO_YEAR = "-"
UNKNOWN_YEARS = frozenset({1604})
"""Years that phones write for "no year"."""
LEAP = 2000
"""A year that has every day."""
_FULL = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ].*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T.*)?")
_SHORT = re.compile(r"(?:--)?(\d{1,2})\s*[-/月]\s*(\d{1,2})\s*日?")
_SHORT_COMPACT = re.compile(r"--(\d{2})(\d{2})")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_GERMAN = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})?")


def read(text: str) -> str:
    """A birthday as people and phones write it: 1985-03-12, 03-12, 3月12日, 3/12 (month first), 12.3. (day first).

    Raises Refusal.
    """
    text = text.strip()
    if found := _FULL.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = found[1], found[2], found[3]
    elif found := _SHORT.fullmatch(text) or _SHORT_COMPACT.fullmatch(text):
        year, month, day = "", found[1], found[2]
    elif found := _AMERICAN.fullmatch(text):
        year, month, day = found[3], found[1], found[2]
    elif found := _GERMAN.fullmatch(text):
        year, month, day = found[3] or "", found[2], found[1]
    else:
        raise Refusal(_("Please write a birthday like 1985-03-12, or 03-12 without the year."))
    return _kept(int(year) if year else None, int(month), int(day))


def _kept(year: int | None, month: int, day: int) -> str:
    if year in UNKNOWN_YEARS:
        year = None
    try:
        born = date(year or LEAP, month, day)
    except ValueError as problem:
        raise Refusal(_("There is no such day.")) from problem
    if year is None:
        return f"--{month:02d}-{day:02d}"
    if year < 1900 or born > clock().date():
        raise Refusal(_("A birthday lies between 1900 and today."))
    return born.isoformat()


def parts(kept: str) -> tuple[int | None, int, int]:
    """Year if known, month, day of a birthday as it is kept."""
    year = kept[:-6]
    return (None if year == NO_YEAR else int(year)), int(kept[-5:-3]), int(kept[-2:])


def typed(kept: str | None) -> str | None:
    """As a form or a table shows it, and takes it back: without the dashes in place of the year."""
    return kept.removeprefix("--") if kept else None


def within(day: ColumnElement[Any], days: int) -> ColumnElement[bool]:
    """Birthdays from `day` on for so many days after it. 29 February counts as 28 February in years without one."""
    ahead = func.generate_series(0, days).table_valued(column("n", Integer), name="ahead").render_derived()
    that = cast(day, Date) + ahead.c.n
    shown = select(_number(that)).select_from(ahead).correlate_except(ahead)
    leap = select(literal_column("229", SmallInteger)).select_from(ahead).correlate_except(ahead)
    leap = leap.where(_number(that) == 228, _number(that + 1) == 301)
    return or_(*(any_(func.array(keys.scalar_subquery())) == KEY for keys in (shown, leap)))


def coming(day: ColumnElement[Any]) -> ColumnElement[int]:
    """A number that grows with the way from `day` to the next birthday; for who has none it is the largest."""
    return func.coalesce((cast(KEY, Integer) - cast(_number(day), Integer) + 1300) % 1300, 9999)


def _number(day: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(extract("month", day) * 100 + extract("day", day), SmallInteger)
