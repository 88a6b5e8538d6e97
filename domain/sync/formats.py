"""The shapes of records that phones have written: the present one and those of the last 180 days.

A phone may keep a record for weeks and send it in the shape of the day on which it was written. When the shape changes,
the old one gets a row here with the day of its end and the function that makes the next shape of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.core.errors import Conflict
from domain.core.text import _

CURRENT = 1
TAKEN_FOR = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class OldFormat:
    """A shape that is no longer written: since when, and how to make the next one of it."""

    replaced_on: date
    upgrade: Callable[[dict[str, Any]], dict[str, Any]]


def _without_clock(record: dict[str, Any]) -> dict[str, Any]:
    """Format 0 did not say how far the phone's clock was off."""
    return {**record, "clock_offset_s": None}


OLD_FORMATS: Mapping[int, OldFormat] = {0: OldFormat(date(2026, 11, 22), _without_clock)}


def oldest(today: date) -> int:
    """The oldest shape still taken on a day."""
    taken = [number for number, old in OLD_FORMATS.items() if old.replaced_on + TAKEN_FOR >= today]
    return min([*taken, CURRENT])


def upgraded(record: dict[str, Any], number: int, today: date) -> dict[str, Any]:
    """The record in the present shape. Raises Conflict (`format`) for one that is too old or newer than this server."""
    if number > CURRENT:
        raise Conflict(
            _("This was recorded by a newer version. It can be sent once the server is updated."), code="format"
        )
    if number < oldest(today):
        raise Conflict(
            _("This was recorded by a version that is too old. Export it and enter it again."), code="format"
        )
    for step in range(number, CURRENT):
        record = OLD_FORMATS[step].upgrade(record)
    return record
