"""What happens by the clock. Each entry is queued by the scheduler and run by one worker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from domain.approvals.actions import find_stand_ins
from domain.calendar.actions import remind_due
from domain.calendar.series import extend_all
from domain.contacts import care
from domain.core.once import forget_old_keys
from domain.core.work import Work
from domain.customers import cells
from domain.opportunities.reminders import remind_owners
from domain.people.actions import forget_old_traces
from domain.pools.sweep import recycle_all
from domain.pools.warnings import warn_owners
from domain.visits.actions import extend_beats, forget_positions, mark_missed, relieve
from webapp.deliver.locate import locate_waiting
from webapp.deliver.mail import deliver_waiting
from webapp.file_sweep import sweep_files
from webapp.outside import Outside


@dataclass(frozen=True, slots=True)
class Entry:
    """A job by the clock; `cron` is minute hour day month weekday in UTC."""

    name: str
    cron: str
    run: Callable[[Outside], Awaitable[None]]


def at_once(verb: Callable[[Work], Awaitable[Any]]) -> Callable[[Outside], Awaitable[None]]:
    """A verb of the domain, carried out by nobody in one transaction."""

    async def run(outside: Outside) -> None:
        async with outside.transaction() as work:
            await verb(work)

    return run


async def recycle(outside: Outside) -> None:
    """What is due returns to the pools, in two lanes: as many as the smallest machine has cores."""
    await recycle_all(outside.transaction, lanes=2)


async def count_map(outside: Outside) -> None:
    """Add what changed on the map to the cells counted before, some at a time."""
    more = True
    while more:
        async with outside.transaction() as work:
            more = await cells.fold(work) == cells.FOLDED_AT_ONCE


ENTRIES: tuple[Entry, ...] = (
    Entry("count the map", "* * * * *", count_map),
    Entry("check the map", "20 18 * * *", at_once(cells.check)),
    Entry("locate customers", "* * * * *", locate_waiting),
    Entry("send waiting mails", "*/10 * * * *", deliver_waiting),
    Entry("remind", "* * * * *", at_once(remind_due)),
    Entry("replace absent approvers", "*/15 * * * *", at_once(find_stand_ins)),
    Entry("recycle", "0 18 * * *", recycle),
    Entry("warn of recycling", "30 0 * * *", at_once(warn_owners)),
    Entry("forget old traces", "40 18 * * *", at_once(forget_old_traces)),
    Entry("remind of opportunities", "35 0 * * *", at_once(remind_owners)),
    Entry("remind of birthdays", "0 * * * *", at_once(care.remind)),
    Entry("relieve who is gone of visits", "3 * * * *", at_once(relieve)),
    Entry("repeat entries and tasks", "25 * * * *", at_once(extend_all)),
    Entry("plan recurring visits", "5 * * * *", at_once(extend_beats)),
    Entry("mark missed visits", "10 * * * *", at_once(mark_missed)),
    Entry("forget positions", "45 18 * * *", at_once(forget_positions)),
    Entry("forget old keys", "50 18 * * *", at_once(forget_old_keys)),
    Entry("sweep files", "20 19 * * *", sweep_files),
)
"""Two in the morning in China is 18:00 UTC; owners are warned half past eight. What depends on where it is midnight is
looked at every hour."""
