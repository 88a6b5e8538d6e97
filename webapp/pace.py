"""How fast one person's programs may ask: a bucket that fills by itself. Each web process counts for itself."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from math import ceil
from time import monotonic

from domain.core.errors import Unavailable
from domain.core.text import _

MOST_PEOPLE = 10_000


class TooFast(Unavailable):
    """Asked more often than is good for all; later it goes on."""

    code = "too_many"


@dataclass
class _Bucket:
    left: float
    at: float


class Pace:
    """`burst` requests at once, then `per_minute` in the long run, for each person."""

    def __init__(self, burst: int, per_minute: int) -> None:
        self.burst = burst
        self.per_second = per_minute / 60
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()

    def take(self, user_id: int, now: float | None = None) -> None:
        """Count one request; raises TooFast with the seconds to wait. `now` in seconds of a steady clock."""
        now = monotonic() if now is None else now
        bucket = self._buckets.pop(user_id, None) or _Bucket(self.burst, now)
        bucket.left = min(self.burst, bucket.left + (now - bucket.at) * self.per_second)
        bucket.at = now
        self._buckets[user_id] = bucket
        if len(self._buckets) > MOST_PEOPLE:
            self._buckets.popitem(last=False)
        if bucket.left < 1:
            wait_s = max(1, ceil((1 - bucket.left) / self.per_second))
            raise TooFast(_("Too many at once. It goes on by itself."), retry_after_s=wait_s)
        bucket.left -= 1
