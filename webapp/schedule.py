"""What happens by the clock. Each entry is queued by the scheduler and run by one worker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from webapp.deliver.locate import locate_waiting
from webapp.outside import Outside


@dataclass(frozen=True, slots=True)
class Entry:
    """A job by the clock; `cron` is minute hour day month weekday in UTC."""

    name: str
    cron: str
    run: Callable[[Outside], Awaitable[None]]


ENTRIES: tuple[Entry, ...] = (Entry("locate customers", "* * * * *", locate_waiting),)
