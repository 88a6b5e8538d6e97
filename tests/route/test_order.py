"""The order of a day's stops: against every order there is, and against plain sense."""

from __future__ import annotations

import itertools
import random

import pytest

from domain.core.places import Position, metres_between
from domain.visits.route import DETOUR, MOST_STOPS, PARKING_S, Schedule, Start, Stop, best_order, leg, schedule

OFFICE = Position(31.2304, 121.4737)
NINE = 9 * 3600


def stop(number: int, lat: float, lng: float, *, at: float | None = None, minutes: int = 30) -> Stop:
    second = None if at is None else int(at * 3600)
    return Stop(number, Position(lat, lng), minutes * 60, second, second)


def a_day(size: int, seed: int, *, times: bool) -> list[Stop]:
    chance = random.Random(seed)
    return [
        stop(
            number, 31.2 + chance.gauss(0, 0.1), 121.4 + chance.gauss(0, 0.1),
            at=chance.choice([None, 9.5 + chance.randrange(18) / 2]) if times else None,
        )
        for number in range(size)
    ]  # fmt: skip


def best_of_all(start: Start, stops: list[Stop]) -> Schedule:
    return min((schedule(start, order) for order in itertools.permutations(stops)), key=lambda found: found.cost)


@pytest.mark.parametrize("times", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_the_order_is_the_best_of_all_orders(seed: int, times: bool) -> None:
    stops = a_day(6, seed, times=times)
    for start in (Start(OFFICE, NINE), Start(None, NINE)):
        found = best_order(start, stops)
        assert sorted(one.id for one in found) == [one.id for one in stops]
        assert schedule(start, found).cost == best_of_all(start, stops).cost


@pytest.mark.parametrize("seed", range(3))
def test_many_stops_are_each_visited_once_and_better_than_as_they_came(seed: int) -> None:
    stops, start = a_day(18, seed, times=True), Start(OFFICE, NINE)
    found = best_order(start, stops)
    assert sorted(one.id for one in found) == list(range(18))
    assert schedule(start, found).cost < schedule(start, stops).cost
    assert [one.id for one in best_order(start, stops)] == [one.id for one in found]


def test_stops_on_a_line_are_visited_along_it() -> None:
    line = [stop(number, 31.0 + number / 50, 121.0) for number in (3, 0, 4, 1, 2)]
    assert [one.id for one in best_order(Start(Position(30.99, 121.0), NINE), line)] == [0, 1, 2, 3, 4]


def test_an_agreed_time_comes_before_a_short_way() -> None:
    near, far = stop(1, 31.01, 121.0, at=14), stop(2, 31.2, 121.0, at=10)
    found = best_order(Start(Position(31.0, 121.0), NINE), [near, far])
    assert [one.id for one in found] == [2, 1]
    day = schedule(Start(Position(31.0, 121.0), NINE), found)
    assert day.late_s == 0
    assert [call.leaves_s for call in day.calls] == [10 * 3600 + 1800, 14 * 3600 + 1800]
    assert day.calls[1].waits_s > 0


def test_what_cannot_be_kept_is_said_to_be_late() -> None:
    day = schedule(Start(Position(31.0, 121.0), NINE), [stop(1, 32.0, 121.0, at=9.5)])
    assert day.late_s == day.calls[0].late_s == day.calls[0].arrives_s - int(9.5 * 3600) > 0
    assert day.ends_s == day.calls[0].arrives_s + 1800


def test_a_stop_without_a_position_keeps_its_time_and_counts_no_way() -> None:
    blind = Stop(9, None, 1800, 12 * 3600, 12 * 3600)
    late = Stop(8, None)
    stops = [late, blind, stop(1, 31.0, 121.0, at=10), stop(2, 31.0, 121.01, at=15)]
    found = best_order(Start(OFFICE, NINE), stops)
    assert [one.id for one in found] == [1, 9, 2, 8]
    day = schedule(Start(OFFICE, NINE), found)
    assert day.unplaced == 2
    assert day.calls[1].metres == 0 and day.calls[2].metres > 0


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_stops_need_no_art(count: int) -> None:
    stops = a_day(count, 1, times=False)
    assert len(best_order(Start(None, NINE), stops)) == count
    assert schedule(Start(None, NINE), stops).ends_s >= NINE


def test_too_many_are_refused() -> None:
    with pytest.raises(ValueError, match="more than"):
        best_order(Start(None, NINE), [stop(number, 31, 121) for number in range(MOST_STOPS + 1)])


def test_a_leg_is_the_straight_line_and_more() -> None:
    a, b = Position(31.0, 121.0), Position(31.0, 121.2)
    metres, seconds = leg(a, b)
    assert metres == round(metres_between(a, b) * DETOUR)
    assert 15 * 60 < seconds < 60 * 60
    assert leg(a, a) == leg(None, b) == leg(a, None) == (0, 0)
    far, _seconds = leg(a, Position(31.0, 123.0))
    speed = far / (_seconds - PARKING_S) * 3.6
    assert 50 < speed < 70


def test_a_longer_way_never_takes_less_time() -> None:
    times = [leg(Position(31, 121), Position(31, 121 + step / 200))[1] for step in range(1, 400)]
    assert times == sorted(times)
