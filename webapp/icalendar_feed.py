"""A calendar as calendar programs read it (RFC 5545)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import icalendar

from domain.calendar.items import Item
from webapp.pages.calendar_views import home

DOMAIN = "offing"
"""After the @ of each UID, by which an import knows what came from here."""


def written(found: Sequence[Item], *, name: str, zone: str, now: datetime, base_url: str) -> bytes:
    """The file. Times are given in UTC, so the program needs no rules of time zones; whole days are dates."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Offing//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", zone)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for item in found:
        calendar.add_component(_event(item, now, base_url))
    body: bytes = calendar.to_ical()
    return body


def _event(item: Item, now: datetime, base_url: str) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"{item.kind}-{item.id}@{DOMAIN}")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("summary", f"✓ {item.title}" if item.done else item.title)
    if item.start is None:
        event.add("dtstart", item.first)
        event.add("dtend", item.last + timedelta(days=1))
    else:
        event.add("dtstart", item.start.astimezone(UTC))
        if item.end is not None:
            event.add("dtend", item.end.astimezone(UTC))
    if item.start is None or item.kind == "task":
        event.add("transp", "TRANSPARENT")
    words = [text for text in (item.about, item.note) if text]
    if words:
        event.add("description", "\n".join(words))
    event.add("url", f"{base_url}{home(item)}")
    return event
