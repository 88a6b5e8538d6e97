"""What happens by the clock. Each entry is queued by the scheduler and run by one worker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain.approvals.actions import find_stand_ins
from domain.calendar.actions import remind_due
from domain.people.actions import forget_old_traces
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


ENTRIES: tuple[Entry, ...] = (
    Entry("locate customers", "* * * * *", locate_waiting),
    Entry("send waiting mails", "*/10 * * * *", deliver_waiting),
    Entry("remind", "* * * * *", remind),
    Entry("replace absent approvers", "*/15 * * * *", replace_absent_approvers),
    Entry("forget old traces", "40 18 * * *", forget_traces),
)
