"""The order of a day's stops, and what it comes to. Pure: no database, no clock, no map service.

Distances are as the crow flies times a factor, times by a usual speed: an estimate, and said to be one. Best is who is
least late for what was agreed, then who is done first, then who drives least. Up to `EXACT_STOPS` stops the order is
the best there is (dynamic programming over sets of stops); above, a good one (insertion, then improvement by exchange,
again from shaken orders). The same day always gets the same order.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from domain.core.places import Position, metres_between

DETOUR = 1.4
"""How much longer the road is than the straight line."""
SPEEDS = ((5_000.0, 20 / 3.6), (30_000.0, 40 / 3.6), (float("inf"), 70 / 3.6))
"""Metres per second for the road up to a distance, and from there on: in town, around it, over land."""
PARKING_S = 180
"""What every leg costs besides driving."""
EXACT_STOPS = 12
MOST_STOPS = 40
SHAKES = 120_000
"""Divided by the cube of the number of stops: how often a good order is shaken, so that none takes over 2 s or so."""

Cost = tuple[int, int, int]
"""Seconds late, second of the day at the end, metres driven; less is better."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A place to go to: how long it takes, and from when to when one can come (seconds of the day)."""

    id: int
    position: Position | None
    service_s: int = 1800
    opens_s: int | None = None
    closes_s: int | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """Where and at which second of the day one sets out; without a position the first leg is free."""

    position: Position | None
    at_s: int


@dataclass(frozen=True, slots=True)
class Call:
    """A stop as it comes in the day. Metres and seconds are those of the way to it."""

    stop: Stop
    metres: int
    travel_s: int
    arrives_s: int
    waits_s: int
    late_s: int
    leaves_s: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """A day in one order. `unplaced` stops have no position: their way is not counted."""

    calls: Sequence[Call] = field(default_factory=tuple)
    metres: int = 0
    travel_s: int = 0
    late_s: int = 0
    ends_s: int = 0
    unplaced: int = 0

    @property
    def cost(self) -> Cost:
        """For comparing orders."""
        return (self.late_s, self.ends_s, self.metres)


def leg(a: Position | None, b: Position | None) -> tuple[int, int]:
    """Metres by road and seconds from one place to the next, estimated; nothing where a place is not known."""
    if a is None or b is None or a == b:
        return 0, 0
    left = road = metres_between(a, b) * DETOUR
    seconds, below = 0.0, 0.0
    for up_to, speed in SPEEDS:
        part = min(left, up_to - below)
        seconds, left, below = seconds + part / speed, left - part, up_to
        if left <= 0:
            break
    return round(road), round(seconds) + PARKING_S


def schedule(start: Start, stops: Sequence[Stop]) -> Schedule:
    """What a day in this order comes to."""
    calls: list[Call] = []
    at, now = start.position, start.at_s
    for stop in stops:
        metres, travel = leg(at, stop.position)
        arrives = now + travel
        waits, late = _wait_and_delay(stop, arrives)
        now = arrives + waits + stop.service_s
        calls.append(Call(stop, metres, travel, arrives, waits, late, now))
        at = stop.position or at
    return Schedule(
        tuple(calls), sum(c.metres for c in calls), sum(c.travel_s for c in calls), sum(c.late_s for c in calls),
        now, sum(stop.position is None for stop in stops),
    )  # fmt: skip


def best_order(start: Start, stops: Sequence[Stop]) -> list[Stop]:
    """The stops in the best order; those without a position by their agreed time, else last, as they came."""
    placed = [stop for stop in stops if stop.position is not None]
    if len(placed) > MOST_STOPS:
        raise ValueError(f"{len(placed)} stops are more than {MOST_STOPS}")
    legs = _Legs(start, placed)
    order = _exact(legs) if len(placed) <= EXACT_STOPS else _shaken(legs)
    found = [placed[number] for number in order]
    for stop in stops:
        if stop.position is None:
            found.insert(_place_by_time(found, stop), stop)
    return found


def _wait_and_delay(stop: Stop, arrives: int) -> tuple[int, int]:
    waits = 0 if stop.opens_s is None else max(0, stop.opens_s - arrives)
    late = 0 if stop.closes_s is None else max(0, arrives - stop.closes_s)
    return waits, late


def _place_by_time(found: Sequence[Stop], stop: Stop) -> int:
    if stop.opens_s is None:
        return len(found)
    later = (n for n, one in enumerate(found) if one.opens_s is not None and one.opens_s > stop.opens_s)
    return next(later, len(found))


class _Legs:
    """All legs between the stops, worked out once; number n is the start."""

    def __init__(self, start: Start, stops: Sequence[Stop]) -> None:
        places = [*(stop.position for stop in stops), start.position]
        self.start, self.stops = start, stops
        self.between = [[leg(a, b) for b in places] for a in places]

    def after(self, cost: Cost, last: int, stop_number: int) -> Cost:
        """The cost once a stop is added behind `last`."""
        stop = self.stops[stop_number]
        metres, travel = self.between[last][stop_number]
        arrives = cost[1] + travel
        waits, late = _wait_and_delay(stop, arrives)
        return (cost[0] + late, arrives + waits + stop.service_s, cost[2] + metres)

    def cost(self, order: Sequence[int], most: Cost | None = None) -> Cost | None:
        """The cost of an order; None as soon as it cannot beat `most`."""
        cost: Cost = (0, self.start.at_s, 0)
        for last, number in pairwise((len(self.stops), *order)):
            cost = self.after(cost, last, number)
            if most is not None and cost[:2] > most[:2]:
                return None
        return cost


@dataclass(slots=True)
class _Label:
    """A way to have visited a set of stops, ending at one of them."""

    cost: Cost
    number: int
    before: _Label | None


def _exact(legs: _Legs) -> list[int]:
    """Every set of stops with every last one, keeping each way that no other beats in all three of late, time, way."""
    number = len(legs.stops)
    if number == 0:
        return []
    most = legs.cost(_good(legs))
    assert most is not None
    best: _Label | None = None
    layer: dict[tuple[int, int], list[_Label]] = {}
    for first in range(number):
        layer[1 << first, first] = [_Label(legs.after((0, legs.start.at_s, 0), number, first), first, None)]
    for _size in range(number - 1):
        grown: dict[tuple[int, int], list[_Label]] = {}
        for (seen, last), labels in layer.items():
            for following in range(number):
                if not seen >> following & 1:
                    key = (seen | 1 << following, following)
                    for label in labels:
                        cost = legs.after(label.cost, last, following)
                        if cost[:2] <= most[:2]:
                            _keep(grown.setdefault(key, []), _Label(cost, following, label))
        layer = grown
    for labels in layer.values():
        best = min((best, *labels) if best else labels, key=lambda label: label.cost)
    assert best is not None
    return _way(best)


def _keep(labels: list[_Label], new: _Label) -> None:
    late, time, way = new.cost
    if any(old.cost[0] <= late and old.cost[1] <= time and old.cost[2] <= way for old in labels):
        return
    labels[:] = [old for old in labels if old.cost[0] < late or old.cost[1] < time or old.cost[2] < way]
    labels.append(new)


def _way(label: _Label | None) -> list[int]:
    order: list[int] = []
    while label is not None:
        order.append(label.number)
        label = label.before
    return order[::-1]


def _good(legs: _Legs) -> list[int]:
    """Put each stop where it costs least, those with an agreed time first; then move and turn while it helps."""
    stops = legs.stops
    never = float("inf")
    by_time = sorted(
        range(len(stops)), key=lambda n: (never if stops[n].closes_s is None else stops[n].closes_s or 0, n)
    )
    order: list[int] = []
    for number in by_time:
        tries = [[*order[:place], number, *order[place:]] for place in range(len(order) + 1)]
        order = min(tries, key=lambda one: legs.cost(one) or ())
    return _improved(legs, order)


def _improved(legs: _Legs, order: list[int]) -> list[int]:
    """Take the first better neighbour, until none is better."""
    cost = legs.cost(order)
    better = True
    while better:
        better = False
        for tried in _neighbours(order):
            found = legs.cost(tried, cost)
            if found is not None and (cost is None or found < cost):
                order, cost, better = tried, found, True
                break
    return order


def _shaken(legs: _Legs) -> list[int]:
    """Improve from orders that are a few exchanged stretches away from the best one yet."""
    best = _good(legs)
    chance = random.Random(len(best))  # always the same: no secret depends on it
    for _turn in range(SHAKES // len(best) ** 3):
        a, b, c = sorted(chance.sample(range(len(best) + 1), 3))
        tried = _improved(legs, [*best[:a], *best[b:c], *best[a:b], *best[c:]])
        if (legs.cost(tried) or ()) < (legs.cost(best) or ()):
            best = tried
    return best


def _neighbours(order: list[int]) -> list[list[int]]:
    """The orders one step away: a run of up to three stops somewhere else, or a stretch turned round."""
    number, found = len(order), []
    for start in range(number):
        for end in range(start + 2, number + 1):
            found.append([*order[:start], *order[start:end][::-1], *order[end:]])
        for end in range(start + 1, min(start + 3, number) + 1):
            run, rest = order[start:end], [*order[:start], *order[end:]]
            found += [[*rest[:place], *run, *rest[place:]] for place in range(len(rest) + 1) if place != start]
    return found
