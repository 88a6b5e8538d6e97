"""Two clocks: a phone's and ours."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.core.text import Text, _

FAR_OFF = timedelta(minutes=10)
"""A difference larger than this is shown."""
LONGEST = timedelta(days=366)
"""Nothing is kept on a phone for longer: what its clock says to be older happened at some other time."""


def right_time(moment: datetime, offset_s: float | None, now: datetime) -> datetime:
    """When it was by our clock: an aware moment of the phone's, put right by how many seconds that was ahead of ours.

    Never ahead of `now`, which also stands for what cannot be believed at all.
    """
    try:
        right = moment.astimezone(now.tzinfo) - timedelta(seconds=offset_s or 0)
    except OverflowError:
        return now
    return right if now - LONGEST <= right <= now else now


def is_far_off(offset_s: float | None) -> bool:
    """Whether the phone's clock was so far off that people should know."""
    return offset_s is not None and abs(offset_s) > FAR_OFF.total_seconds()


def clock_note(offset_s: float | None) -> Text | None:
    """What people read about a phone's clock that is far off."""
    if offset_s is None or not is_far_off(offset_s):
        return None
    minutes = round(abs(offset_s) / 60)
    if offset_s > 0:
        return _("The phone's clock was %(n)s minutes fast; the times were put right.", n=minutes)
    return _("The phone's clock was %(n)s minutes slow; the times were put right.", n=minutes)
