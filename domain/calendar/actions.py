"""Verbs of the calendar: add, edit, finish, reopen, delete; and the reminders that are due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete as sql_delete
from sqlalchemy import false, select, update

from domain.calendar import queries
from domain.calendar.inputs import EntryInput
from domain.calendar.models import CalendarEvent
from domain.core.errors import Invalid, NotFound
from domain.core.text import _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.leads.models import Lead
from domain.notifications.actions import notify
from domain.notifications.models import NotificationKind
from domain.people.queries import load_actor

REMIND_AT_ONCE = 500


async def add(work: Work, data: EntryInput) -> CalendarEvent:
    """Put an entry into my calendar."""
    work.actor.require("calendar.create")
    entry = CalendarEvent(user_id=work.actor.id, created_by_id=work.actor.id)
    await _fill(work, entry, data)
    work.session.add(entry)
    await work.session.flush()  # the caller needs the id
    return entry


async def edit(work: Work, entry_id: int, data: EntryInput, version: int | None = None) -> CalendarEvent:
    """Change one of my entries; a reminder moved into the future comes again."""
    work.actor.require("calendar.edit")
    entry = await _own(work, entry_id)
    work.touch(entry, version)
    await _fill(work, entry, data)
    return entry


async def finish(work: Work, entry_id: int, *, done: bool = True) -> CalendarEvent:
    """Tick one of my entries off, or take that back."""
    work.actor.require("calendar.edit")
    entry = await _own(work, entry_id)
    if (entry.done_at is not None) != done:
        work.touch(entry)
        entry.done_at = work.now if done else None
    return entry


async def delete(work: Work, entry_id: int) -> None:
    """Remove one of my entries."""
    work.actor.require("calendar.delete")
    await work.session.delete(await _own(work, entry_id))


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
        contact = entry.followup_id is not None
        if contact:
            sentence, kind = _("Get in touch with %(name)s.", name=entry.title), NotificationKind.followup
            lead = entry.customer_id is None and entry.lead_id is not None
            url = f"/followups/new?lead={entry.lead_id}" if lead else f"/followups/new?customer={entry.customer_id}"
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


async def _own(work: Work, entry_id: int) -> CalendarEvent:
    actor = work.actor
    return await work.load(
        CalendarEvent,
        entry_id,
        queries.visible(actor),
        may=queries.writable(actor),
        lock=True,
        denied=_("This is somebody else's calendar."),
    )


async def _fill(work: Work, entry: CalendarEvent, data: EntryInput) -> None:
    """Take over what was entered; the customer must be one that the actor sees."""
    if data.customer_id is not None and data.customer_id != entry.customer_id:
        try:
            await customers.get(work, data.customer_id)
        except NotFound:
            raise Invalid.of("customer_id", _("Please choose one of the list.")) from None
    zone = work.actor.zone
    starts_at = data.starts_at if data.starts_at.tzinfo else data.starts_at.replace(tzinfo=zone)
    ends_at = data.ends_at
    if ends_at is not None and ends_at.tzinfo is None:
        ends_at = ends_at.replace(tzinfo=zone)
    remind_at = None if data.remind_minutes is None else starts_at - timedelta(minutes=data.remind_minutes)
    if remind_at != entry.remind_at:
        entry.reminded_at = None
    entry.title, entry.starts_at, entry.ends_at = data.title, starts_at, ends_at
    entry.remind_at, entry.customer_id = remind_at, data.customer_id
