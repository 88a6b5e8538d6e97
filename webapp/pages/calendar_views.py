"""The views of the calendar: a day, a week, a month and an agenda, each with its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from domain.calendar import items
from domain.calendar.items import Item
from domain.calendar.queries import DayLoad
from domain.core.text import Text, _
from domain.core.work import Work

AGENDA_DAYS = 28
ICONS = {"entry": "calendar", "contact": "follow-up", "task": "check", "visit": "visit", "busy": "lock"}
WORDS = {"contact": _("Follow-up"), "task": _("Task"), "visit": _("Visit")}
HOMES = {"visit": "/visits", "task": "/tasks"}
WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
VIEWS = (("day", _("One day"), "d"), ("week", _("Week"), "w"), ("month", _("Month"), "m"), ("agenda", _("Agenda"), "a"))
"""With the key that opens each on the desk."""


@dataclass(frozen=True, slots=True)
class View:
    """One view on a day: what it covers and where its neighbours begin."""

    name: str
    day: date
    first: date
    days: int
    before: date
    after: date
    person_id: int | None = None

    @classmethod
    def of(cls, name: Any, day: date, person_id: int | None) -> View:
        """The view asked for; a day if there is no such."""
        monday = day - timedelta(days=day.weekday())
        if name == "month":
            first = day.replace(day=1)
            following = (first + timedelta(days=31)).replace(day=1)
            start = first - timedelta(days=first.weekday())
            days = 42 if (following - start).days > 35 else 35 if (following - start).days > 28 else 28
            return cls("month", day, start, days, (first - timedelta(days=1)).replace(day=1), following, person_id)
        if name == "week":
            return cls("week", day, monday, 7, day - timedelta(days=7), day + timedelta(days=7), person_id)
        if name == "agenda":
            step = timedelta(days=AGENDA_DAYS)
            return cls("agenda", day, day, AGENDA_DAYS, day - step, day + step, person_id)
        return cls("day", day, day, 1, day - timedelta(days=1), day + timedelta(days=1), person_id)

    def url(self, day: date | None = None, view: str | None = None) -> str:
        """The address of this view on another day, or of another view on this day; None for today."""
        name = view or self.name
        pairs = {
            "view": name if name != "day" else "",
            "day": day.isoformat() if day else "",
            "person": str(self.person_id or ""),
        }
        wanted = urlencode({name: value for name, value in pairs.items() if value})
        return f"/calendar?{wanted}" if wanted else "/calendar"

    @property
    def last(self) -> date:
        """The last day that it covers."""
        return self.first + timedelta(days=self.days - 1)


def home(item: Item) -> str | None:
    """Where an item is opened; what is only busy, nowhere."""
    return None if item.kind == "busy" else f"{HOMES.get(item.kind, '/calendar')}/{item.id}"


async def shown(work: Work, view: View, user_id: int) -> dict[str, Any]:
    """What the template of a view needs."""
    monday = view.day - timedelta(days=view.day.weekday())
    strip = view.name == "day"
    first, days = (monday, 7) if strip else (view.first, view.days)
    found = await items.items(work, user_id, first, days)
    week: Sequence[DayLoad] = items.loads(found, monday) if strip else ()
    return {
        "view": view,
        "days": items.by_day(found, view.first, view.days),
        "week": week,
        "week_before": view.day - timedelta(days=7),
        "week_after": view.day + timedelta(days=7),
        "heading": heading(view),
        "views": VIEWS,
        "weekdays": WEEKDAYS,
        "icons": ICONS,
        "kinds": WORDS,
        "home": home,
    }


def heading(view: View) -> Text | None:
    """What a month is called; other views say their days."""
    return _("%(month)s/%(year)s", month=view.day.month, year=view.day.year) if view.name == "month" else None
