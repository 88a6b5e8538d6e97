"""The day's route of somebody: what it comes to, a better order, and keeping one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from domain.core.errors import Conflict, Invalid, NotFound
from domain.core.places import Position
from domain.core.text import _
from domain.core.work import Work
from domain.people.models import User
from domain.visits import queries
from domain.visits.models import Visit, VisitStatus
from domain.visits.route import MOST_STOPS, Schedule, Start, Stop, best_order, schedule

USUAL_START = time(9)
USUAL_MINUTES = 30
TO_COME = (VisitStatus.planned.value, VisitStatus.open.value)
OVER = (VisitStatus.done.value, VisitStatus.missed.value)


@dataclass(frozen=True, slots=True)
class Day:
    """Somebody's visits of a day: `rows` to come in the order of the route, `over` those made or missed."""

    user_id: int
    on: date
    zone: ZoneInfo
    rows: Sequence[Any]
    over: Sequence[Any]

    @property
    def ids(self) -> list[int]:
        """The visits to come, in their order."""
        return [row.Visit.id for row in self.rows]

    @property
    def stops(self) -> list[Stop]:
        """The visits to come, as stops."""
        return [_stop(row) for row in self.rows]

    @property
    def last_place(self) -> Position | None:
        """Where the customer lies who was visited last."""
        come = [row for row in self.over if row.Visit.arrived_at is not None]
        last = max(come, key=lambda row: row.Visit.arrived_at, default=None)
        return None if last is None else Position.of(last.latitude, last.longitude)


async def load_day(work: Work, user_id: int | None, on: date) -> Day:
    """Somebody's day. Raises NotFound for people whose days the actor may not plan."""
    work.actor.require("visits.view")
    chosen = user_id or work.actor.id or 0
    zone = work.actor.zone
    if chosen != work.actor.id:
        if chosen not in dict(await queries.goers(work)):
            raise NotFound
        zone = ZoneInfo((await work.session.execute(select(User.time_zone).where(User.id == chosen))).scalar_one())
    rows = await queries.day(work, chosen, on)
    return Day(
        chosen, on, zone, [row for row in rows if row.Visit.status in TO_COME],
        [row for row in rows if row.Visit.status in OVER],
    )  # fmt: skip


def start_second(work: Work, day: Day, at: time | None = None) -> int:
    """The second of the day at which one sets out: as said, today not before now, else in the morning."""
    if at is not None:
        return _seconds(at)
    now = work.now.astimezone(day.zone)
    return max(_seconds(now.time()), _seconds(USUAL_START)) if now.date() == day.on else _seconds(USUAL_START)


def shown(day: Day, start: Start) -> Schedule:
    """What the day comes to in its order."""
    return schedule(start, day.stops)


def suggested(day: Day, start: Start) -> list[int]:
    """The visits to come in the best order. An open visit comes first: somebody is there. Raises Invalid for too many.

    May take a second: not for the event loop.
    """
    if len(day.rows) > MOST_STOPS:
        raise Invalid.of("", _("More than %(n)s visits cannot be put in order at once.", n=MOST_STOPS))
    stops = day.stops
    here = [stop for row, stop in zip(day.rows, stops, strict=True) if row.Visit.status == VisitStatus.open]
    rest = [stop for stop in stops if stop not in here]
    after = schedule(start, here)
    last = next((stop.position for stop in reversed(here) if stop.position), start.position)
    return [stop.id for stop in (*here, *best_order(Start(last, after.ends_s or start.at_s), rest))]


async def put_in_order(work: Work, day_of: int | None, on: date, ids: Sequence[int]) -> Day:
    """Keep an order of the visits to come. Raises Conflict (`stale`) unless it names exactly those there are now.

    The visits' versions stay: a form that is open in the field shall not be refused because a route was changed.
    """
    work.actor.require("visits.edit")
    day = await load_day(work, day_of, on)
    await work.session.execute(select(Visit.id).where(Visit.id.in_(day.ids)).order_by(Visit.id).with_for_update())
    day = await load_day(work, day_of, on)
    if sorted(ids) != sorted(day.ids):
        raise Conflict(_("The visits of this day have changed since you looked."), code="stale")
    rows = {row.Visit.id: row for row in day.rows}
    ordered = [rows[visit_id] for visit_id in ids]
    for place, row in enumerate(ordered):
        if row.Visit.stop != place:
            row.Visit.stop, row.Visit.updated_at = place, work.now
    return Day(day.user_id, day.on, day.zone, ordered, day.over)


def moved(ids: Sequence[int], visit_id: int, by: int) -> list[int]:
    """The order with one visit moved up (-1) or down (1)."""
    order = list(ids)
    if visit_id in order:
        place = order.index(visit_id)
        order.insert(max(0, min(len(order) - 1, place + by)), order.pop(place))
    return order


def _stop(row: Any) -> Stop:
    at = None if row.Visit.planned_at is None else _seconds(row.Visit.planned_at)
    service = (row.minutes or USUAL_MINUTES) * 60
    return Stop(row.Visit.id, Position.of(row.latitude, row.longitude), service, at, at)


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second
