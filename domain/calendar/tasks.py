"""Verbs of tasks: give one to oneself or a colleague, and change it. Ticking off is that of the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import select

from domain.calendar import actions, queries, series
from domain.calendar.events import TaskGiven
from domain.calendar.inputs import TaskInput
from domain.calendar.models import CalendarEvent, EntryKind
from domain.core.errors import Denied, Invalid, NotFound
from domain.core.text import _
from domain.core.work import Work
from domain.leads import queries as leads
from domain.people.models import User


async def get(work: Work, task_id: int) -> CalendarEvent:
    """One task to read. Raises NotFound."""
    return _task(await queries.get(work, task_id))


async def create(work: Work, data: TaskInput) -> CalendarEvent:
    """Note a task for myself, or give it to a colleague."""
    work.actor.require("calendar.create")
    doer = await _doer(work, data.user_id, None)
    await _check_subject(work, data, None)
    rule = data.rule(data.due_on)
    if rule is not None:
        task = await series.first_of(work, data.plan(), rule, doer)
    else:
        values = data.plan().columns(ZoneInfo(doer.time_zone))
        task = CalendarEvent(user_id=doer.id, created_by_id=work.actor.id, **values)
        work.session.add(task)
        await work.session.flush()  # the caller needs the id
    _record_given(work, task)
    return task


async def edit(
    work: Work, task_id: int, data: TaskInput, version: int | None = None, *, following: bool = False
) -> CalendarEvent:
    """Change a task that I gave, with all `following` if it repeats; another who is to do it is told."""
    work.actor.require("calendar.edit")
    task = _task(await actions.lock(work, task_id))
    work.touch(task, version)
    doer = await _doer(work, data.user_id, task)
    await _check_subject(work, data, task)
    before = task.user_id
    task = await actions.rewrite(work, task, data.plan(), data.rule(data.due_on), doer, following=following)
    if before != doer.id:
        _record_given(work, task)
    return task


async def finish(work: Work, task_id: int, version: int | None = None, *, done: bool = True) -> CalendarEvent:
    """Say that a task is done, or take that back."""
    await get(work, task_id)
    return await actions.finish(work, task_id, version, done=done)


async def reopen(work: Work, task_id: int, version: int | None = None) -> CalendarEvent:
    """Take back that a task is done."""
    return await finish(work, task_id, version, done=False)


async def doers(work: Work) -> Sequence[tuple[int, str]]:
    """To whom the actor may give tasks, besides himself."""
    if not work.actor.may("calendar.assign"):
        return ()
    statement = (
        select(User.id, User.name)
        .where(User.active, User.id != work.actor.id, User.id.in_(queries.colleagues(work.actor)))
        .order_by(User.name, User.id)
    )
    return [(row[0], row[1]) for row in await work.session.execute(statement)]


def _task(entry: CalendarEvent) -> CalendarEvent:
    if entry.kind != EntryKind.task:
        raise NotFound
    return entry


def _record_given(work: Work, task: CalendarEvent) -> None:
    if task.user_id != work.actor.id:
        work.record(TaskGiven(record_id=task.id, title=task.title, user_id=task.user_id))


async def _doer(work: Work, user_id: int | None, task: CalendarEvent | None) -> User:
    """Who is to do it: the actor, whoever does it now, or a colleague to whom the actor may give tasks."""
    wanted = user_id or work.actor.id or 0
    user = await work.session.get(User, wanted)
    if wanted != work.actor.id and (task is None or task.user_id != wanted):
        if not work.actor.may("calendar.assign"):
            raise Denied(_("Your role does not let you give tasks to others."))
        if wanted not in {one for one, _name in await doers(work)}:
            raise Invalid.of("user_id", _("Please choose one of the list."))
    if user is None:
        raise Invalid.of("user_id", _("Please choose one of the list."))
    return user


async def _check_subject(work: Work, data: TaskInput, task: CalendarEvent | None) -> None:
    """A task is about a customer or lead that the actor sees; what it was about before may stay."""
    if task is None or data.customer_id != task.customer_id:
        await actions.check_customer(work, data.customer_id)
    if data.lead_id is not None and (task is None or data.lead_id != task.lead_id):
        try:
            await leads.get(work, data.lead_id)
        except NotFound:
            raise Invalid.of("lead_id", _("Please choose one of the list.")) from None
