"""What happens by the clock. Each entry is queued by the scheduler and run by one worker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain.approvals.actions import find_stand_ins
from domain.calendar.actions import remind_due
from domain.core.once import forget_old_keys
from domain.people.actions import forget_old_traces
from domain.pools.sweep import recycle_all
from domain.pools.warnings import warn_owners
from webapp.deliver.locate import locate_waiting
from webapp.deliver.mail import deliver_waiting
from webapp.outside import Outside


@dataclass(frozen=True, slots=True)
class Entry:
    """A job by the clock; `cron` is minute hour day month weekday in UTC."""

    name: str
    cron: str
    run: Callable[[Outside], Awaitable[None]]


async def forget_traces(outside: Outside) -> None:
    """Sessions that ran out, old tries to sign in, old links for passwords."""
    async with outside.transaction() as work:
        await forget_old_traces(work)


async def replace_absent_approvers(outside: Outside) -> None:
    """Approvals whose approvers have all left go to the next by rule."""
    async with outside.transaction() as work:
        await find_stand_ins(work)


async def remind(outside: Outside) -> None:
    """Follow-ups and calendar entries that are due reach the inbox and, by push, the phone."""
    async with outside.transaction() as work:
        await remind_due(work)


async def recycle(outside: Outside) -> None:
    """The night's sweep: customers that are due return to their pools (S-100, S-101)."""
    async with outside.transaction() as work:
        await recycle_all(work)


async def warn_of_recycling(outside: Outside) -> None:
    """In the morning each owner hears which customers leave in 7, 3 and 1 days, in one digest."""
    async with outside.transaction() as work:
        await warn_owners(work)


async def forget_keys(outside: Outside) -> None:
    """Idempotency keys older than 180 days."""
    async with outside.transaction() as work:
        await forget_old_keys(work)


ENTRIES: tuple[Entry, ...] = (
    Entry("locate customers", "* * * * *", locate_waiting),
    Entry("send waiting mails", "*/10 * * * *", deliver_waiting),
    Entry("remind", "* * * * *", remind),
    Entry("replace absent approvers", "*/15 * * * *", replace_absent_approvers),
    Entry("recycle", "0 18 * * *", recycle),
    Entry("warn of recycling", "30 0 * * *", warn_of_recycling),
    Entry("forget old traces", "40 18 * * *", forget_traces),
    Entry("forget old keys", "50 18 * * *", forget_keys),
)
"""Two in the morning in China is 18:00 UTC: the night of those who have most customers to lose."""
