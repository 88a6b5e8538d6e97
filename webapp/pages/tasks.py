"""Tasks: one's own and those given to colleagues; ticked off here, in the calendar and on Today."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from sqlalchemy import select

from domain.calendar import actions, items, listing, queries, series, tasks
from domain.calendar.inputs import TaskInput
from domain.calendar.models import CalendarEvent, Priority
from domain.calendar.plan import minutes_before
from domain.core.errors import Denied, Invalid
from domain.core.text import _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.leads import queries as leads
from domain.leads.models import Lead
from domain.people.models import User
from webapp import listing as lists
from webapp.forms import Form, bind, filled, raw_form, whole_number
from webapp.htmx import AnyRequest, wants_fragment
from webapp.pages.calendar import REMINDERS, REPEATS, day_of, known, known_lead
from webapp.render import fragment, page, see_other
from webapp.work import reading, writing

PRIORITIES = [(one.value, one.label) for one in Priority]


class Tasks(Controller):
    """Open to everybody with a calendar."""

    path = "/tasks"

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """The list, what is due first on top."""
        async with reading(request) as work:
            work.actor.require("calendar.view")
            found = await lists.listing(request, work, listing.LIST)
            names = await subjects(work, found.rows)
        context: dict[str, Any] = {
            "listing": found, "rows": found.rows, "names": names, "priorities": PRIORITIES,
        }  # fmt: skip
        if wants_fragment(request):
            return fragment(request, "tasks/list.html", "rows" if found.query.cursor else "results", **context)
        return page(request, "tasks/list.html", title=_("Tasks"), **context)

    @get("/new")
    async def new(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """An empty form, for `?day=`, `?customer=`, `?lead=` or `?person=` if given."""
        asked = request.query_params
        async with reading(request) as work:
            work.actor.require("calendar.create")
            form = filled(
                TaskInput,
                due_on=day_of(asked.get("day"), work.today),
                priority=Priority.normal.value,
                user_id=whole_number(asked.get("person")),
                customer_id=whole_number(asked.get("customer")),
                lead_id=whole_number(asked.get("lead")),
            )
            return await self._form(request, work, form, None)

    @post(status_code=200)
    async def create(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Note it, or give it."""
        form = await bind(request, TaskInput)
        try:
            async with writing(request) as work:
                task = await tasks.create(work, form.checked())
        except Invalid as problem:
            async with reading(request) as work:
                return await self._form(request, work, form.refuse(problem.errors), None, 422)
        return see_other(request, "/tasks" if task.user_id == work.actor.id else "/tasks?scene=given", toast=_("Saved"))

    @get("/{task_id:int}")
    async def show(self, request: Request[Any, Any, Any], task_id: FromPath[int]) -> Response[Any]:
        """One task, whole."""
        async with reading(request) as work:
            task = await tasks.get(work, task_id)
            (row,) = await queries.rows(work, [task_id])
            people = {row.id: row.name for row in await work.session.execute(_names(task))}
            context: dict[str, Any] = {
                "item": items.of_entry(row, work), "people": people,
                "customer": await known(work, task.customer_id) if task.customer_id else None,
                "lead": await known_lead(work, task.lead_id) if task.lead_id else None,
                "mine": work.actor.id in (task.user_id, task.created_by_id),
                "gave": task.created_by_id in (work.actor.id, None), "priority": Priority(task.priority),
            }  # fmt: skip
        return page(request, "tasks/show.html", title=_("Task"), back="/tasks", task=task, **context)

    @get("/{task_id:int}/edit")
    async def change(self, request: Request[Any, Any, Any], task_id: FromPath[int]) -> Response[Any]:
        """The form of a task that I gave."""
        async with reading(request) as work:
            task = await tasks.get(work, task_id)
            work.actor.require("calendar.edit")
            if task.created_by_id != work.actor.id:
                raise Denied(_("Only who gave a task can change it."))
            return await self._form(request, work, filled(TaskInput, **await values(work, task)), task)

    @post("/{task_id:int}", status_code=200)
    async def edit(self, request: Request[Any, Any, Any], task_id: FromPath[int]) -> Response[Any]:
        """Save a task that I gave."""
        form = await bind(request, TaskInput)
        try:
            async with writing(request) as work:
                version, following = whole_number(form.raw.get("version")), form.raw.get("following") == "1"
                task = await tasks.edit(work, task_id, form.checked(), version, following=following)
        except Invalid as problem:
            async with reading(request) as work:
                task = await tasks.get(work, task_id)
                return await self._form(request, work, form.refuse(problem.errors), task, 422)
        return see_other(request, f"/tasks/{task.id}", toast=_("Saved"))

    @post(["/{task_id:int}/finish", "/{task_id:int}/reopen"], status_code=200)
    async def finish(self, request: Request[Any, Any, Any], task_id: FromPath[int]) -> Response[Any]:
        """Tick it off, or take that back."""
        done = request.url.path.endswith("finish")
        async with writing(request) as work:
            await tasks.finish(work, task_id, done=done)
        return see_other(request, f"/tasks/{task_id}", toast=_("Done") if done else _("Open again"))

    @post("/{task_id:int}/delete", status_code=200)
    async def delete(self, request: Request[Any, Any, Any], task_id: FromPath[int]) -> Response[Any]:
        """Remove a task that I gave, or it and all that follow."""
        raw = await raw_form(request)
        async with writing(request) as work:
            await tasks.get(work, task_id)
            await actions.delete(work, task_id, following=raw.get("following") == "1")
        return see_other(request, "/tasks", toast=_("Deleted"))

    async def _form(
        self, request: AnyRequest, work: Work, form: Form[TaskInput], task: CalendarEvent | None, status: int = 200
    ) -> Response[Any]:
        customer_id, lead_id = (whole_number(form.raw.get(name)) for name in ("customer_id", "lead_id"))
        return page(
            request, "tasks/form.html", status=status, form=form, task=task,
            customer=None if customer_id is None else await known(work, customer_id),
            lead=None if lead_id is None else await known_lead(work, lead_id),
            title=_("New task") if task is None else _("Task"), back=f"/tasks/{task.id}" if task else "/tasks",
            doers=await tasks.doers(work), reminders=REMINDERS, priorities=PRIORITIES, repeats=REPEATS,
        )  # fmt: skip


async def values(work: Work, task: CalendarEvent) -> dict[str, Any]:
    """What the form and a PATCH begin with; times where the one is who does it."""
    doer = await work.session.get_one(User, task.user_id)
    local = task.starts_at.astimezone(ZoneInfo(doer.time_zone))
    return {
        "title": task.title, "note": task.note, "priority": task.priority, "user_id": task.user_id,
        "due_on": task.day or local.date(), "due_at": None if task.day else local.strftime("%H:%M"),
        "remind_minutes": minutes_before(task), "customer_id": task.customer_id, "lead_id": task.lead_id,
        **await series.repeating(work, task),
    }  # fmt: skip


async def subjects(work: Work, rows: Any) -> dict[tuple[str, int], str]:
    """Names of the customers and leads of some tasks, of those that the reader sees."""
    found: dict[tuple[str, int], str] = {}
    ids = {row.customer_id for row in rows if row.customer_id}
    statement = select(Customer.id, Customer.name).where(Customer.id.in_(ids), customers.visible(work.actor))
    found |= {("customer", number): name for number, name in await work.session.execute(statement)}
    ids = {row.lead_id for row in rows if row.lead_id}
    named = select(Lead.id, Lead.name).where(Lead.id.in_(ids), leads.visible(work.actor))
    return found | {("lead", number): name for number, name in await work.session.execute(named)}


def _names(task: CalendarEvent) -> Any:
    return select(User.id, User.name).where(User.id.in_((task.user_id, task.created_by_id)))
