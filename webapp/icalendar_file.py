"""Reading an .ics file that somebody brings: what is in it, and a plain word for what cannot be read."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from domain.calendar import series
from domain.calendar.importing import Found
from domain.calendar.inputs import EntryInput
from domain.core.errors import Invalid
from domain.core.inputs import parse
from domain.core.text import Text, _

MOST_BYTES = 512 * 1024
MOST_ENTRIES = 1000
MOST_DEPTH = 8
YEARS = range(1970, 2201)
FAULTS = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError)
"""What the library raises over files that are none."""


class Unreadable(Exception):
    """One entry cannot be taken over, for a reason that can be said."""

    def __init__(self, reason: Text) -> None:
        super().__init__(str(reason))
        self.reason = reason


def read(content: bytes, zone: ZoneInfo) -> list[Found]:
    """The entries of a file; times without a zone are meant in the reader's. Raises Invalid for no calendar file."""
    if len(content) > MOST_BYTES:
        raise Invalid.of("file", _("The file is larger than %(n)s kB.", n=MOST_BYTES // 1024))
    try:
        text = content.decode("utf-8-sig")
        _check_depth(text)
        calendars = icalendar.Calendar.from_ical(text, multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except FAULTS as problem:
        raise Invalid.of("file", _("This is not a calendar file.")) from problem
    if not events:
        raise Invalid.of("file", _("There are no entries in this file."))
    if len(events) > MOST_ENTRIES:
        raise Invalid.of("file", _("The file has more than %(n)s entries.", n=MOST_ENTRIES))
    return [_found(event, zone) for event in events if str(event.get("STATUS", "")).upper() != "CANCELLED"]


def _check_depth(text: str) -> None:
    depth = 0
    for line in text.splitlines():
        start = line[:6].upper()
        depth += 1 if start == "BEGIN:" else -1 if start.startswith("END:") else 0
        if depth > MOST_DEPTH:
            raise ValueError(depth)


def _found(event: Any, zone: ZoneInfo) -> Found:
    title = str(event.get("SUMMARY", "")).strip().replace("\n", " ")
    uid = str(event.get("UID", "")).strip()
    if not uid or len(uid) > 255 or not uid.isprintable():
        # What it says serves as its name, so that it does not come twice.
        uid = hashlib.sha256(event.to_ical()).hexdigest()
    try:
        if event.get("RECURRENCE-ID") is not None:
            raise Unreadable(_("A single change of something that repeats is not taken over."))
        data = _data(event, title, zone)
        if "RRULE" not in event and "RDATE" not in event:
            return Found(uid, title, data)
        there = _zone_of(event["DTSTART"].dt, zone)
        return Found(uid, title, data, _rule(event, there), there, _without(event, there))
    except Unreadable as problem:
        return Found(uid, title[:200], problem=problem.reason)
    except Invalid as problem:
        return Found(uid, title[:200], problem=next(text for texts in problem.errors.values() for text in texts))
    except FAULTS:
        return Found(uid, title[:200], problem=_("This entry cannot be read."))


def _data(event: Any, title: str, zone: ZoneInfo) -> EntryInput:
    if event.errors or "DTSTART" not in event:
        raise Unreadable(_("This entry cannot be read."))
    start, end = _time(event["DTSTART"]), _time(event["DTEND"]) if "DTEND" in event else None
    if end is None and "DURATION" in event:
        end = start + event["DURATION"].dt
    whole = not isinstance(start, datetime)
    if end is not None and isinstance(end, datetime) == whole:
        raise Unreadable(_("This entry cannot be read."))
    if whole and end is not None:
        end -= timedelta(days=1)  # the file names the day after the last
    note = str(event.get("DESCRIPTION", "")).strip()
    return parse(
        EntryInput,
        {
            "title": title, "note": note, "all_day": whole, "starts_at": _moment(start, zone),
            "ends_at": None if end is None else _moment(max(start, end) if whole else end, zone),
        },
    )  # fmt: skip


def _time(value: Any) -> Any:
    """A date or a time of the file; a zone that nobody knows is not quietly ours."""
    found = value.dt
    if isinstance(found, datetime) and found.tzinfo is None and value.params.get("TZID"):
        raise Unreadable(_("Nobody knows the time zone %(name)s.", name=str(value.params["TZID"])[:60]))
    if not isinstance(found, date) or found.year not in YEARS:
        raise Unreadable(_("This is not a date."))
    return found


def _moment(value: date, zone: ZoneInfo) -> datetime:
    """As it is on the clock of the reader's wall."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=zone)
    return value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(zone)


def _zone_of(start: date, zone: ZoneInfo) -> ZoneInfo:
    """Where something repeats: Monday evening in one zone is Tuesday in another."""
    tz = start.tzinfo if isinstance(start, datetime) else None
    if tz is None or isinstance(tz, ZoneInfo):
        return tz or zone
    if tz is UTC:
        return ZoneInfo("UTC")
    raise Unreadable(_("This kind of repetition is not taken over."))


def _rule(event: Any, zone: ZoneInfo) -> str:
    try:
        if "RDATE" in event or isinstance(event["RRULE"], list):
            raise series.Unsupported("more than one rule")
        return series.checked(event["RRULE"].to_ical().decode(), zone)
    except series.Unsupported as problem:
        raise Unreadable(_("This kind of repetition is not taken over.")) from problem


def _without(event: Any, zone: ZoneInfo) -> tuple[date, ...]:
    given = event.get("EXDATE", [])
    lists = given if isinstance(given, list) else [given]
    times = [_moment(_time(one), zone) for some in lists for one in some.dts]
    return tuple(time.date() for time in times)
