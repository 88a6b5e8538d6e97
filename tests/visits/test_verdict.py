"""What a check-in's position says: each case of the table, and that nothing of it blocks."""

from __future__ import annotations

import pytest

from domain.core.places import Position
from domain.visits.models import Fix, Verdict
from domain.visits.verdict import Stamp, judge

BUND = Position(31.2400, 121.4900)
METRE = 1 / 111_195


def stamp(metres: float, accuracy: float | None = 10, age: int | None = 5, fix: Fix = Fix.fixed) -> Stamp:
    """A position so far north of the Bund."""
    return Stamp(fix, BUND.lat + metres * METRE, BUND.lng, accuracy, age)


@pytest.mark.parametrize(
    ("given", "place", "known", "verdict", "reason"),
    [
        (stamp(40), BUND, "exact", Verdict.verified, "40 m from the customer (± 10 m)."),
        (stamp(290), BUND, "exact", Verdict.verified, "290 m from the customer (± 10 m)."),
        (stamp(306), BUND, "exact", Verdict.verified, "310 m from the customer (± 10 m)."),
        (stamp(900), BUND, "exact", Verdict.doubtful, "900 m from the customer (± 10 m)."),
        (stamp(2300), BUND, "exact", Verdict.doubtful, "2.3 km from the customer (± 10 m)."),
        (stamp(500, accuracy=250), BUND, "exact", Verdict.verified, "500 m from the customer (± 250 m)."),
        (stamp(500, accuracy=2500), BUND, "exact", Verdict.none, "The position is too rough: ± 2.5 km."),
        (stamp(40_000, accuracy=2500), BUND, "exact", Verdict.doubtful, "40 km from the customer (± 2.5 km)."),
        (stamp(500), BUND, "street", Verdict.verified, "500 m from the customer (± 10 m)."),
        (stamp(20), BUND, "district", Verdict.none, "Of the customer's place only this is known: The district."),
        (stamp(20), BUND, None, Verdict.verified, "20 m from the customer (± 10 m)."),
        (stamp(20, age=121), BUND, "exact", Verdict.doubtful, "The position was 2 minutes old."),
        (stamp(20, age=None, accuracy=None), BUND, "exact", Verdict.verified, "20 m from the customer (± 0 m)."),
        (stamp(20), None, None, Verdict.none, "The customer's place on the map is not known."),
        (stamp(20, fix=Fix.denied), BUND, "exact", Verdict.none, "The phone was not allowed to tell its position."),
        (stamp(20, fix=Fix.timeout), BUND, "exact", Verdict.none, "The phone did not find its position in time."),
        (Stamp(None, None, None, None, None), BUND, "exact", Verdict.none, "The device gave no position."),
        (Stamp(Fix.fixed, 31.0, None, 5, 5), BUND, "exact", Verdict.none, "The device gave no position."),
    ],
)  # fmt: skip
def test_a_verdict_has_its_reason(
    given: Stamp, place: Position | None, known: str | None, verdict: Verdict, reason: str
) -> None:
    found = judge(given, place, known, 300)
    assert (found.verdict, str(found.reason)) == (verdict, reason)
