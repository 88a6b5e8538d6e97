"""The endpoints of tasks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from domain.calendar import listing, tasks
from domain.calendar.inputs import TaskInput
from domain.calendar.models import Priority
from domain.calendar.plan import minutes_before
from domain.people.models import User
from webapp.api import shapes as shape
from webapp.api.endpoints import Call, Endpoint, rows
from webapp.api.making import verb


class TaskShape(shape.Stamped):
    """A task. Day and time are where the one is who does it."""

    title: str
    note: str | None
    due_on: date
    due_at: time | None
    priority: Priority
    user_id: int
    given_by_id: int | None
    remind_minutes: int | None
    customer_id: int | None
    lead_id: int | None
    done_at: datetime | None


async def _shown(call: Call, task_id: int) -> dict[str, Any]:
    await call.work.session.flush()  # the answer shows what the database now holds
    task = await tasks.get(call.work, task_id)
    await call.work.session.refresh(task)
    doer = await call.work.session.get_one(User, task.user_id)
    local = task.starts_at.astimezone(ZoneInfo(doer.time_zone))
    known = set(TaskShape.model_fields) - {"due_on", "due_at", "given_by_id", "remind_minutes"}
    return {name: getattr(task, name) for name in known} | {
        "due_on": task.day or local.date(), "due_at": None if task.day else local.time(),
        "given_by_id": task.created_by_id, "remind_minutes": minutes_before(task),
    }  # fmt: skip


async def _read(call: Call) -> Any:
    return await _shown(call, call.id)


async def _create(call: Call) -> Any:
    return await _shown(call, (await tasks.create(call.work, call.data)).id)


async def _given(call: Call) -> dict[str, Any]:
    found = await _shown(call, call.id)
    return {name: _sendable(found[name]) for name in TaskInput.model_fields if name in found}


def _sendable(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


async def _edit(call: Call) -> Any:
    await tasks.edit(call.work, call.id, call.data, call.version)
    return await _shown(call, call.id)


async def _finish(call: Call) -> Any:
    await tasks.finish(call.work, call.id, call.version)
    return await _shown(call, call.id)


async def _reopen(call: Call) -> Any:
    await tasks.reopen(call.work, call.id, call.version)
    return await _shown(call, call.id)


_LIST = rows(listing.LIST, shape.page_shape("tasks", shape.row_shape(listing.LIST)), "/tasks")
TASKS: tuple[Endpoint, ...] = (
    replace(_LIST, summary="List tasks; without a scene, the open ones of the caller"),
    Endpoint(method="GET", path="/tasks/{id}", summary="Read one task", run=_read, output=TaskShape),
    Endpoint(
        method="POST",
        path="/tasks",
        summary="Note a task, or give it to a colleague",
        run=_create,
        output=TaskShape,
        input=TaskInput,
        status=201,
    ),
    Endpoint(
        method="PATCH",
        path="/tasks/{id}",
        summary="Change a task that the caller gave",
        run=_edit,
        output=TaskShape,
        input=TaskInput,
        given=_given,
    ),
    verb("/tasks/{id}/finish", "Say that a task is done", _finish, TaskShape),
    verb("/tasks/{id}/reopen", "Take back that a task is done", _reopen, TaskShape),
)
