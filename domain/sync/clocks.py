"""Two clocks: the phone's and ours."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.core.text import Text, _
from domain.sync.inputs import Envelope
from domain.sync.kinds import Came

FAR_OFF_S = 600
"""From here on the difference is shown."""
LONGEST = timedelta(days=366)
"""A record older than this was not kept on a phone for so long: its clock stood somewhere else."""


def right_time(device_at: datetime, offset_s: float | None, now: datetime) -> datetime:
    """When it was by our clock: the phone's put right by its offset, never ahead of now; `now` where the phone's clock
    cannot be believed at all."""
    try:
        found = device_at - timedelta(seconds=offset_s or 0)
        believable = found > now - LONGEST
    except OverflowError:
        return now
    return min(found, now) if believable else now


def came(envelope: Envelope, now: datetime) -> Came:
    """How and when a record came."""
    offset = envelope.clock_offset_s
    return Came(
        uuid=envelope.id,
        device_at=envelope.recorded_at,
        recorded_at=right_time(envelope.recorded_at, offset, now),
        received_at=now,
        offset_s=None if offset is None else round(offset),
    )


def is_far_off(came: Came) -> bool:
    """Whether the phone's clock was so far off that people should know."""
    return came.offset_s is not None and abs(came.offset_s) > FAR_OFF_S


def off_text(came: Came) -> Text:
    """What the person reads about the clock of the phone."""
    minutes = round(abs(came.offset_s or 0) / 60)
    if (came.offset_s or 0) > 0:
        return _("The clock of this phone is %(minutes)s min fast. The times were put right.", minutes=minutes)
    return _("The clock of this phone is %(minutes)s min slow. The times were put right.", minutes=minutes)
