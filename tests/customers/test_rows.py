"""Rows of the customer list: how soon one leaves, on the reader's calendar."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.core.access import Actor
from webapp.pages.customer_rows import row_views

NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)
"""Half past eleven at night in Shanghai, half past eleven in the morning in New York."""


def state_for(time_zone: str, due: datetime) -> str:
    reader = Actor(1, "li", "Li Lei", time_zone=time_zone)
    row = (7, "Blue Harbour", "company", None, None, None, "new", "open", None, "Li Lei", None, None, due)
    ((_id, _name, _letter, state, _facts, _act),) = row_views([row], "en", reader, token="t", now=NOW)
    return str(state)


@pytest.mark.parametrize(
    ("due", "shanghai", "new_york"),
    [
        (datetime(2026, 3, 10, 15, 0, tzinfo=UTC), "leaves today", "leaves today"),  # over, the sweep is to come
        (datetime(2026, 3, 10, 16, 0, tzinfo=UTC), "leaves in 1 day", "leaves today"),
        (datetime(2026, 3, 11, 15, 0, tzinfo=UTC), "leaves in 1 day", "leaves in 1 day"),
        (datetime(2026, 3, 11, 16, 0, tzinfo=UTC), "leaves in 2 days", "leaves in 1 day"),
        (datetime(2026, 3, 17, 15, 59, tzinfo=UTC), "leaves in 7 days", "leaves in 7 days"),
        (datetime(2026, 3, 17, 16, 0, tzinfo=UTC), "Not contacted", "leaves in 7 days"),
    ],
)
def test_a_row_counts_the_days_of_the_readers_calendar(due: datetime, shanghai: str, new_york: str) -> None:
    assert shanghai in state_for("Asia/Shanghai", due)
    assert new_york in state_for("America/New_York", due)
