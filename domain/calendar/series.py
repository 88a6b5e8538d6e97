"""What repeats: its rule (a part of RRULE), and its occurrences, which are made ahead as entries of their own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from domain.calendar.inputs import WEEKDAYS, repeating_of
from domain.calendar.models import CalendarEvent, CalendarSeries
from domain.calendar.plan import Plan
from domain.core.errors import Invalid
from domain.core.text import _
from domain.core.work import Work
from domain.people.models import User

AHEAD = timedelta(days=366)
"""So far ahead the occurrences stand in the calendar; a job adds to them each night."""
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY")
MOST = 1000
DAY = "%Y%m%d"


class Unsupported(ValueError):
    """A rule of which not every part can be kept."""


def checked(rule: str, zone: ZoneInfo) -> str:
    """The rule as we write it, its end as a day in a zone. Raises Unsupported for one with more than we can do."""
    parts = dict(part.partition("=")[::2] for part in rule.upper().split(";") if part)
    frequency, kept = parts.pop("FREQ", ""), []
    if frequency not in FREQUENCIES or parts.pop("WKST", "MO") != "MO":
        raise Unsupported(rule)
    kept.append(f"FREQ={frequency}")
    for name, most in (("INTERVAL", 52), ("COUNT", MOST)):
        if name in parts:
            kept.append(f"{name}={_number(parts.pop(name), 1, most)}")
    if "UNTIL" in parts:
        kept.append(f"UNTIL={_until(parts.pop('UNTIL'), zone).strftime(DAY)}")
    if "BYDAY" in parts and frequency == "WEEKLY":
        days = parts.pop("BYDAY").split(",")
        if not {*days} <= {*WEEKDAYS}:
            raise Unsupported(rule)
        kept.append("BYDAY=" + ",".join(day for day in WEEKDAYS if day in days))
    if "BYMONTHDAY" in parts and frequency == "MONTHLY":
        kept.append(f"BYMONTHDAY={_number(parts.pop('BYMONTHDAY'), 1, 31)}")
    if parts or ("COUNT=" in rule.upper() and "UNTIL=" in rule.upper()):
        raise Unsupported(rule)
    return ";".join(kept)


def _number(text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and least <= int(text) <= most):
        raise Unsupported(text)
    return int(text)


def _until(text: str, zone: ZoneInfo) -> date:
    try:
        if len(text) == 8:
            return datetime.strptime(text, DAY).replace(tzinfo=zone).date()
        if text.endswith("Z"):
            return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()
        return datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=zone).date()
    except ValueError as problem:
        raise Unsupported(text) from problem


def days(rule: str, starts_on: date, after: date, last: date) -> list[date]:
    """The days of a rule that begins on a day, after one day and up to another."""
    found = rrulestr(rule, dtstart=datetime.combine(starts_on, time.min))
    between = found.between(datetime.combine(after, time.max), datetime.combine(last, time.max))
    return [moment.date() for moment in between]


async def begin(
    work: Work,
    plan: Plan,
    rule: str,
    user: User,
    *,
    zone: ZoneInfo | None = None,
    uid: str | None = None,
    without: Collection[date] = (),
) -> CalendarSeries:
    """Let something repeat in somebody's calendar, but for some days; the caller has checked that the actor may.

    On the clock of the wall of a zone; without one, where the person is.
    """
    starts_on = plan.start.date()
    series = CalendarSeries(
        user_id=user.id, created_by_id=work.actor.id, kind=plan.kind.value, rule=rule,
        zone=zone.key if zone else user.time_zone, starts_on=starts_on, entry=plan.model_dump(mode="json"),
        planned_until=starts_on - timedelta(days=1), uid=uid,
    )  # fmt: skip
    work.session.add(series)
    await work.session.flush()  # its occurrences name it by its id
    await extend(work, series, without=without)
    return series


async def first_of(work: Work, plan: Plan, rule: str, user: User) -> CalendarEvent:
    """Let something repeat; its first occurrence. Raises Invalid for what never happens."""
    series = await begin(work, plan, rule, user)
    wanted = select(CalendarEvent).where(CalendarEvent.series_id == series.id).order_by(CalendarEvent.series_on)
    first = await work.session.scalar(wanted.limit(1))
    if first is None:
        raise Invalid.of("repeat", _("This would never take place."))
    return first


async def repeating(work: Work, entry: CalendarEvent) -> dict[str, Any]:
    """How an occurrence and those after it repeat, as the form has it; nothing for what does not repeat."""
    if entry.series_id is None or entry.series_on is None:
        return {}
    series = await work.session.get_one(CalendarSeries, entry.series_id)
    over = days(series.rule, series.starts_on, series.starts_on - timedelta(days=1), entry.series_on)
    return repeating_of(series.rule, len(over) - 1)


async def extend(work: Work, series: CalendarSeries, *, without: Collection[date] = ()) -> int:
    """Make the occurrences that come into reach; returns how many days there were. An occurrence that stands already
    stays as it is, and whose time for a reminder is over is not told any more."""
    last = max(work.today, series.starts_on) + AHEAD
    if last <= series.planned_until:
        return 0
    plan, zone = Plan.model_validate(series.entry), ZoneInfo(series.zone)
    wanted = [day for day in days(series.rule, series.starts_on, series.planned_until, last) if day not in without]
    series.planned_until = last
    rows = [_row(work, series, plan, zone, day) for day in wanted]
    if rows:
        statement = insert(CalendarEvent).on_conflict_do_nothing(index_elements=["series_id", "series_on"])
        await work.session.execute(statement, rows)
    return len(rows)


def _row(work: Work, series: CalendarSeries, plan: Plan, zone: ZoneInfo, day: date) -> dict[str, Any]:
    values = plan.columns(zone, day)
    over = values["remind_at"] is not None and values["remind_at"] <= work.now
    owner = {"user_id": series.user_id, "created_by_id": series.created_by_id}
    return {**values, **owner, "series_id": series.id, "series_on": day, "reminded_at": work.now if over else None}


async def extend_all(work: Work) -> int:
    """Make what comes into reach of all that repeats; returns how many. For the job that runs each night."""
    statement = (
        select(CalendarSeries)
        .join(User, User.id == CalendarSeries.user_id)
        .where(User.active, CalendarSeries.planned_until < work.today + AHEAD)
        .order_by(CalendarSeries.id)
        .with_for_update(of=CalendarSeries, skip_locked=True)
    )
    found = (await work.session.scalars(statement)).all()  # unscoped: the clock acts for everybody
    return sum([await extend(work, series) for series in found])


async def stop(work: Work, entry: CalendarEvent, *, but: CalendarEvent | None = None) -> None:
    """This occurrence and all later ones are no more, but for one; what is done stays."""
    assert entry.series_id is not None and entry.series_on is not None
    series = await work.session.get_one(CalendarSeries, entry.series_id, with_for_update=True)
    parts = [part for part in series.rule.split(";") if not part.startswith(("UNTIL=", "COUNT="))]
    before = min(entry.series_on - timedelta(days=1), _last(series))
    series.rule = ";".join([*parts, f"UNTIL={before.strftime(DAY)}"])
    work.touch(series)
    later = (CalendarEvent.series_id == series.id, CalendarEvent.series_on >= entry.series_on)
    kept = but.id if but else 0
    await work.session.execute(
        delete(CalendarEvent).where(*later, CalendarEvent.done_at.is_(None), CalendarEvent.id != kept)
    )


def _last(series: CalendarSeries) -> date:
    """The last day of a rule that counts; far away for one that does not."""
    if "COUNT=" not in series.rule:
        return date.max
    *_others, last = rrulestr(series.rule, dtstart=datetime.combine(series.starts_on, time.min))
    found: date = last.date()
    return found
