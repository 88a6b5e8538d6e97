"""Who may claim: the reasons, word by word."""

from dataclasses import replace
from datetime import date

import pytest

from domain.pools.models import PoolKind
from domain.pools.policy import Standing, can_claim, can_claim_from, can_receive

TODAY = date(2026, 3, 12)
FREE = Standing(kind=PoolKind.customer, pool_id=1, pool="North")


def why(standing: Standing, pooled_on: date | None = None, left_on: date | None = None) -> str | None:
    """The reason as an English sentence."""
    reason = can_claim(standing, today=TODAY, pooled_on=pooled_on, left_on=left_on)
    return None if reason is None else str(reason)


def test_a_member_of_a_pool_without_limits_may_claim() -> None:
    assert why(FREE, pooled_on=TODAY, left_on=TODAY) is None


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (replace(FREE, active=False), "Claiming from North is switched off."),
        (replace(FREE, claiming=False), "Claiming from North is switched off."),
        (replace(FREE, member=False), "You are not a member of North."),
        (replace(FREE, held=50, holding_limit=50), "You hold 50 of 50 customers. Return one first."),
        (replace(FREE, held=51, holding_limit=50), "You hold 51 of 50 customers. Return one first."),
        (replace(FREE, kind=PoolKind.lead, held=1, holding_limit=1), "You hold 1 of 1 leads. Return one first."),
        (replace(FREE, held=0, holding_limit=0), "You hold 0 of 0 customers. Return one first."),
        (
            replace(FREE, claimed_today=5, daily_limit=5),
            "You have claimed 5 of 5 for today from North. Come back tomorrow.",
        ),
    ],
)
def test_each_limit_has_its_sentence(standing: Standing, reason: str) -> None:
    assert why(standing) == reason
    assert str(can_claim_from(standing)) == reason


def test_one_below_each_limit_may_claim() -> None:
    assert why(replace(FREE, held=49, holding_limit=50, claimed_today=4, daily_limit=5)) is None


@pytest.mark.parametrize(
    ("pooled_on", "reason"),
    [
        (date(2026, 3, 12), "New in North: free from 15 March."),
        (date(2026, 3, 10), "New in North: free from 13 March."),
        (date(2026, 3, 9), None),
        (None, None),
    ],
)
def test_protection_ends_at_midnight(pooled_on: date | None, reason: str | None) -> None:
    assert why(replace(FREE, protect_days=3), pooled_on=pooled_on) == reason


@pytest.mark.parametrize(
    ("left_on", "reason"),
    [
        (date(2026, 3, 12), "You held this until 12 March. You can claim it again from 19 March."),
        (date(2026, 3, 6), "You held this until 6 March. You can claim it again from 13 March."),
        (date(2026, 3, 5), None),
        (None, None),
    ],
)
def test_cool_down_ends_at_midnight(left_on: date | None, reason: str | None) -> None:
    assert why(replace(FREE, cooldown_days=7), left_on=left_on) == reason


def test_a_day_of_another_year_is_said_with_its_year() -> None:
    standing = replace(FREE, cooldown_days=365)
    assert why(standing, left_on=date(2025, 12, 31)) == (
        "You held this until 31 December 2025. You can claim it again from 31 December."
    )


@pytest.mark.parametrize(
    ("standing", "room"),
    [
        (FREE, None),
        (replace(FREE, held=7, holding_limit=10), 3),
        (replace(FREE, held=7, holding_limit=10, claimed_today=4, daily_limit=5), 1),
        (replace(FREE, held=12, holding_limit=10), 0),
    ],
)
def test_room_is_the_smallest_of_what_is_left(standing: Standing, room: int | None) -> None:
    assert standing.room == room


def test_a_claim_uses_up_one_of_each() -> None:
    after = replace(FREE, held=3, claimed_today=1).after_claim()
    assert (after.held, after.claimed_today) == (4, 2)


def test_who_receives_needs_room_and_a_place_here() -> None:
    assert can_receive(PoolKind.customer, "Lin", True, 9, 10) is None
    assert str(can_receive(PoolKind.customer, "Lin", True, 10, 10)) == "Lin holds 10 of 10 customers."
    assert str(can_receive(PoolKind.customer, "Lin", False, 0, None)) == "Lin no longer works here."
