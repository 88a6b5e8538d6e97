"""Verbs of the calendar: add, edit, finish, reopen, delete; and the reminders that are due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, false, select, update
from sqlalchemy import delete as sql_delete

from domain.calendar import queries, series
from domain.calendar.events import TaskDone, TaskReopened
from domain.calendar.inputs import EntryInput
from domain.calendar.models import CalendarEvent, EntryKind
from domain.calendar.plan import Plan
from domain.core.errors import Invalid, NotFound
from domain.core.text import _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.leads.models import Lead
from domain.notifications.actions import notify
from domain.notifications.models import NotificationKind
from domain.people.models import User
from domain.people.queries import load_actor

REMIND_AT_ONCE = 500


async def add(work: Work, data: EntryInput) -> CalendarEvent:
    """Put an entry into my calendar."""
    work.actor.require("calendar.create")
    await check_customer(work, data.customer_id)
    plan = data.plan(work.actor.zone)
    if (rule := data.rule(plan.start.date())) is not None:
        return await series.first_of(work, plan, rule, await work.session.get_one(User, work.actor.id))
    values = plan.columns(work.actor.zone)
    entry = CalendarEvent(user_id=work.actor.id, created_by_id=work.actor.id, **values)
    work.session.add(entry)
    await work.session.flush()  # the caller needs the id
    return entry


async def edit(
    work: Work, entry_id: int, data: EntryInput, version: int | None = None, *, following: bool = False
) -> CalendarEvent:
    """Change one of my entries; a reminder moved into the future comes again.

    Of something that repeats only this occurrence, or it and all `following`, which then repeat as entered.
    """
    work.actor.require("calendar.edit")
    entry = await lock(work, entry_id)
    work.touch(entry, version)
    if data.customer_id != entry.customer_id:
        await check_customer(work, data.customer_id)
    plan = data.plan(work.actor.zone).model_copy(update={"lead_id": entry.lead_id})
    user = await work.session.get_one(User, work.actor.id)
    return await rewrite(work, entry, plan, data.rule(plan.start.date()), user, following=following)


async def rewrite(
    work: Work, entry: CalendarEvent, plan: Plan, rule: str | None, user: User, *, following: bool
) -> CalendarEvent:
    """Make an entry what a plan says; with a rule it repeats from here on. The entry that stands there then."""
    zone = ZoneInfo(user.time_zone)
    again = rule is not None and entry.followup_id is None and (entry.series_id is None or following)
    if following and entry.series_id is not None:
        await series.stop(work, entry, but=entry)
        entry.series_id = entry.series_on = None
    if again and rule is not None:
        await work.session.delete(entry)
        return await series.first_of(work, plan, rule, user)
    fill(entry, plan.columns(zone))
    if entry.user_id != user.id:
        entry.user_id, entry.reminded_at = user.id, None
    return entry


async def finish(work: Work, entry_id: int, version: int | None = None, *, done: bool = True) -> CalendarEvent:
    """Tick one of my entries or tasks off, or take that back; who gave a task is told."""
    work.actor.require("calendar.edit")
    entry = await lock(work, entry_id, may=queries.doable(work.actor))
    if (entry.done_at is not None) != done:
        work.touch(entry, version)
        entry.done_at = work.now if done else None
        if entry.kind == EntryKind.task:
            happened = TaskDone if done else TaskReopened
            work.record(
                happened(record_id=entry.id, title=entry.title, user_id=entry.user_id, giver_id=entry.created_by_id)
            )
    return entry


async def delete(work: Work, entry_id: int, *, following: bool = False) -> None:
    """Remove one of my entries, or a task that I gave; with all `following` of something that repeats."""
    work.actor.require("calendar.delete")
    entry = await lock(work, entry_id)
    if following and entry.series_id is not None:
        await series.stop(work, entry)
    else:
        await work.session.delete(entry)


async def plan_contact(work: Work, subject: Customer | Lead, followup_id: int, at: datetime) -> None:
    """Put the next contact with a customer or lead into the actor's calendar, with a reminder at that time."""
    work.session.add(
        CalendarEvent(
            user_id=work.actor.id,
            created_by_id=work.actor.id,
            title=subject.name,
            starts_at=at,
            remind_at=at,
            **queries.about(subject),
            followup_id=followup_id,
        )
    )


async def finish_contacts(work: Work, subject: Customer | Lead) -> None:
    """A touch has taken place: what the actor had planned with it up to the end of today is done."""
    tomorrow = queries.day_starts(work.actor, work.today + timedelta(days=1))
    await work.session.execute(
        update(CalendarEvent)
        .where(queries.open_contacts(work.actor.id, subject, tomorrow))
        .values(done_at=work.now, updated_at=work.now, version=CalendarEvent.version + 1)
    )


async def forget_followup(work: Work, followup_id: int) -> None:
    """Drop what a follow-up planned; what was done of it stays, without the link."""
    planned = CalendarEvent.followup_id == followup_id
    await work.session.execute(sql_delete(CalendarEvent).where(planned, CalendarEvent.done_at.is_(None)))
    await work.session.execute(update(CalendarEvent).where(planned).values(followup_id=None))


async def remind_due(work: Work) -> int:
    """Send the reminders that are due, each exactly once; returns how many. For the job that runs each minute.

    Rows are locked, told and marked in one transaction; a second worker skips what the first has in hand. Nobody is
    reminded of a customer or lead that has left his hands since.
    """
    due = (
        select(CalendarEvent)
        .where(
            CalendarEvent.remind_at <= work.now, CalendarEvent.reminded_at.is_(None), CalendarEvent.done_at.is_(None)
        )
        .order_by(CalendarEvent.remind_at)
        .limit(REMIND_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    entries = (await work.session.execute(due)).scalars().all()  # unscoped: the clock acts for everybody
    gone = await _gone(work, entries)
    for entry in entries:
        if entry.id in gone:
            entry.reminded_at = work.now
            continue
        if entry.followup_id is not None:
            sentence, kind = _("Get in touch with %(name)s.", name=entry.title), NotificationKind.followup
            lead = entry.customer_id is None and entry.lead_id is not None
            url = f"/followups/new?lead={entry.lead_id}" if lead else f"/followups/new?customer={entry.customer_id}"
        elif entry.kind == EntryKind.task:
            sentence, kind, url = _("To do: %(title)s", title=entry.title), NotificationKind.task, f"/tasks/{entry.id}"
        else:
            sentence, kind = _("Reminder: %(title)s", title=entry.title), NotificationKind.system
            url = f"/calendar/{entry.id}"
        await notify(work, [entry.user_id], kind, sentence, url=url, tag=f"calendar-{entry.id}")
        entry.reminded_at = work.now
    return len(entries) - len(gone)


async def _gone(work: Work, entries: Sequence[CalendarEvent]) -> set[int]:
    """Those of due entries that do not stand any more, by the rights that their owners have now."""
    found: set[int] = set()
    for user_id in {entry.user_id for entry in entries if entry.followup_id is not None}:
        mine = [entry.id for entry in entries if entry.user_id == user_id]
        owner = await load_actor(work.session, user_id)
        kept = select(CalendarEvent.id).where(
            CalendarEvent.id.in_(mine), queries.stands(owner) if owner else false()
        )  # unscoped: by id
        found |= {*mine} - {*(await work.session.scalars(kept)).all()}
    return found


async def lock(work: Work, entry_id: int, *, may: ColumnElement[bool] | None = None) -> CalendarEvent:
    """One entry, locked, that the actor may change (or what `may` says). Raises NotFound, Denied."""
    return await work.load(
        CalendarEvent,
        entry_id,
        queries.visible(work.actor),
        may=queries.writable(work.actor) if may is None else may,
        lock=True,
        denied=_("This is somebody else's calendar."),
    )


async def check_customer(work: Work, customer_id: int | None) -> None:
    """An entry is about a customer that the actor sees."""
    if customer_id is not None:
        try:
            await customers.get(work, customer_id)
        except NotFound:
            raise Invalid.of("customer_id", _("Please choose one of the list.")) from None


def fill(entry: CalendarEvent, values: Mapping[str, Any]) -> None:
    """Take new values over; a reminder that has another time now comes again."""
    if values["remind_at"] != entry.remind_at:
        entry.reminded_at = None
    for name, value in values.items():
        setattr(entry, name, value)
