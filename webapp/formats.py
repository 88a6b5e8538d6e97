"""Figures and times as people read them. Plain functions: Babel per cell costs more than the database (stack.md)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from domain.contacts.birthdays import LEAP, parts
from webapp.i18n import Catalogue

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def amount(value: Decimal | int | None) -> str:
    """1,234.50 – nothing for none."""
    return "" if value is None else f"{value:,.2f}"


def number(value: Decimal | int | float | None) -> str:
    """1,234 or 1,234.5: thousands, no trailing zeros."""
    if value is None:
        return ""
    if isinstance(value, (Decimal, float)):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    return f"{value:,}"


def percent(value: Decimal | int | None) -> str:
    """12.5%."""
    return "" if value is None else f"{number(value)}%"


class Formats:
    """Dates and times of one language; moments need the reader's zone."""

    def __init__(self, language: str) -> None:
        self.chinese = language == "zh"

    def day(self, value: date | None, *, today: date | None = None) -> str:
        """12 Mar 2026; without the year if it is `today`'s."""
        if value is None:
            return ""
        if self.chinese:
            short = f"{value.month}月{value.day}日"
            return short if today and value.year == today.year else f"{value.year}年{short}"
        short = f"{value.day} {MONTHS[value.month - 1]}"
        return short if today and value.year == today.year else f"{short} {value.year}"

    def month(self, value: date, *, short: bool = False) -> str:
        """Mar 2026, or short Mar."""
        if self.chinese:
            return f"{value.month}月" if short else f"{value.year}年{value.month}月"
        return MONTHS[value.month - 1] if short else f"{MONTHS[value.month - 1]} {value.year}"

    def birthday(self, kept: str | None) -> str:
        """12 Mar 1985, or 12 Mar where the year is not known (domain/contacts/birthdays.py)."""
        if kept is None:
            return ""
        year, month, day = parts(kept)
        that = date(year or LEAP, month, day)
        return self.day(that, today=None if year else that)

    def moment(self, value: datetime | None, zone: ZoneInfo, *, now: datetime | None = None) -> str:
        """12 Mar 2026 08:05 in the reader's zone; the year is left out if it is this one."""
        if value is None:
            return ""
        local = value.astimezone(zone)
        today = now.astimezone(zone).date() if now else None
        return f"{self.day(local.date(), today=today)} {local:%H:%M}"

    def ago(self, value: datetime | None, now: datetime, zone: ZoneInfo, words: Catalogue) -> str:
        """Just now, 5 minutes ago, 3 hours ago, yesterday, 4 days ago, else the day."""
        if value is None:
            return words.gettext("never")
        passed = now - value
        if passed < timedelta(0):
            return self.moment(value, zone, now=now)
        minutes = int(passed.total_seconds() // 60)
        days = (now.astimezone(zone).date() - value.astimezone(zone).date()).days
        if minutes < 1:
            return words.gettext("just now")
        if minutes < 60:
            return words.ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
        if days == 0 or minutes < 360:
            return words.ngettext("%(n)s hour ago", "%(n)s hours ago", minutes // 60) % {"n": minutes // 60}
        if days == 1:
            return words.gettext("yesterday")
        if days < 30:
            return words.ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
        return self.day(value.astimezone(zone).date(), today=now.astimezone(zone).date())


def field_moment(value: datetime | None, zone: ZoneInfo) -> str:
    """A moment as a datetime-local input wants it, in the reader's zone."""
    return "" if value is None else value.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def plain(value: Any) -> str:
    """A value as a form field holds it."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, bool):
        return "1" if value else ""
    return str(value)
