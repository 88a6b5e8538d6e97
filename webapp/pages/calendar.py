"""The calendar: views by day, week and month; superiors may look into the calendars of their people."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from domain.calendar import actions, items, queries, series
from domain.calendar.inputs import EntryInput, Repeat
from domain.calendar.models import CalendarEvent, EntryKind
from domain.calendar.plan import minutes_before
from domain.core.access import Actor
from domain.core.errors import Invalid, NotFound
from domain.core.text import _
from domain.core.work import Work
from domain.customers import queries as customers
from domain.customers.models import Customer
from domain.leads import queries as leads
from domain.leads.models import Lead
from domain.people.models import User
from webapp.formats import field_moment
from webapp.forms import Form, bind, filled, key_of, raw_form, whole_number
from webapp.htmx import AnyRequest, wants_fragment
from webapp.pages.calendar_views import ICONS, WORDS, View, home, shown
from webapp.render import fragment, page, see_other
from webapp.work import reading, writing

REMINDERS = (("", _("No reminder")), ("0", _("At the time")), ("10", _("10 minutes before")),
             ("30", _("30 minutes before")), ("60", _("An hour before")), ("1440", _("A day before")))  # fmt: skip

REPEATS = [(one.value, one.label) for one in Repeat]


class Calendar(Controller):
    """Open to everybody with a calendar."""

    path = "/calendar"

    @get()
    async def index(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """A day, a week, a month or what comes next; of `?person=` to read only."""
        asked = request.query_params
        async with reading(request) as work:
            work.actor.require("calendar.view")
            person_id = key_of(asked.get("person")) or work.actor.id or 0
            mine = person_id == work.actor.id
            view = View.of(asked.get("view"), day_of(asked.get("day"), work.today), None if mine else person_id)
            context = await shown(work, view, person_id)
            people = await queries.people(work)
            person = await work.session.get_one(User, person_id)
        return page(
            request,
            "calendar/index.html",
            title=_("Calendar"),
            people=people,
            person=None if mine else person,
            readable=queries.may_look(work.actor, person_id),
            mine=mine,
            **context,
        )

    @get("/new")
    async def new(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """An empty form, for `?day=` and `?customer=` if given."""
        async with reading(request) as work:
            work.actor.require("calendar.create")
            start = next_hour(work, day_of(request.query_params.get("day"), work.today))
            customer = whole_number(request.query_params.get("customer"))
            form = filled(
                EntryInput, starts_at=field_moment(start, work.actor.zone), remind_minutes=10, customer_id=customer
            )
            return await self._form(request, work, form, None)

    @post(status_code=200)
    async def create(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Put it into my calendar."""
        form = await bind(request, EntryInput)
        try:
            async with writing(request) as work:
                entry = await actions.add(work, form.checked())
        except Invalid as problem:
            async with reading(request) as work:
                return await self._form(request, work, form.refuse(problem.errors), None, 422)
        return see_other(request, day_url(work.actor, entry), toast=_("Saved"))

    @get("/{entry_id:int}")
    async def show(self, request: Request[Any, Any, Any], entry_id: FromPath[int]) -> Response[Any]:
        """The form of my own entry; somebody else's to read."""
        async with reading(request) as work:
            entry = await queries.get(work, entry_id)
            if entry.kind == EntryKind.task:
                return see_other(request, f"/tasks/{entry.id}")
            start, end = entry_times(entry, work.actor.zone)
            form = filled(
                EntryInput,
                title=entry.title,
                starts_at=start,
                ends_at=end,
                all_day=entry.day is not None,
                remind_minutes=minutes_before(entry),
                customer_id=entry.customer_id,
                note=entry.note,
                **await series.repeating(work, entry),
            )
            return await self._form(request, work, form, entry)

    @post("/{entry_id:int}", status_code=200)
    async def edit(self, request: Request[Any, Any, Any], entry_id: FromPath[int]) -> Response[Any]:
        """Save my own entry."""
        form = await bind(request, EntryInput)
        try:
            async with writing(request) as work:
                version, following = whole_number(form.raw.get("version")), form.raw.get("following") == "1"
                entry = await actions.edit(work, entry_id, form.checked(), version, following=following)
        except Invalid as problem:
            async with reading(request) as work:
                entry = await queries.get(work, entry_id)
                return await self._form(request, work, form.refuse(problem.errors), entry, 422)
        return see_other(request, day_url(work.actor, entry), toast=_("Saved"))

    @post(["/{entry_id:int}/finish", "/{entry_id:int}/reopen"], status_code=200)
    async def finish(self, request: Request[Any, Any, Any], entry_id: FromPath[int]) -> Response[Any]:
        """Tick it off, or take that back; the row again for htmx."""
        raw = await raw_form(request)
        done = request.url.path.endswith("finish")
        async with writing(request) as work:
            entry = await actions.finish(work, entry_id, done=done)
            (row,) = await queries.rows(work, [entry.id])
            item = items.of_entry(row, work)
        if wants_fragment(request):
            if raw.get("from") == "today":
                return fragment(request, "today/contact.html", "entry", item=item)
            day = day_of(raw.get("day"), item.first)
            return fragment(
                request,
                "calendar/row.html",
                "entry",
                item=item,
                day=day,
                mine=True,
                icons=ICONS,
                kinds=WORDS,
                home=home,
            )
        if raw.get("from") == "today":
            return see_other(request, "/today", toast=_("Done") if done else _("Open again"))
        return see_other(request, day_url(work.actor, entry))

    @post("/{entry_id:int}/delete", status_code=200)
    async def delete(self, request: Request[Any, Any, Any], entry_id: FromPath[int]) -> Response[Any]:
        """Remove it, or it and all that follow."""
        raw = await raw_form(request)
        async with writing(request) as work:
            url = day_url(work.actor, await queries.get(work, entry_id))
            await actions.delete(work, entry_id, following=raw.get("following") == "1")
        return see_other(request, url, toast=_("Deleted"))

    async def _form(
        self, request: AnyRequest, work: Work, form: Form[EntryInput], entry: CalendarEvent | None, status: int = 200
    ) -> Response[Any]:
        customer_id = whole_number(form.raw.get("customer_id"))
        customer = None if customer_id is None else await known(work, customer_id)
        lead = None if entry is None or entry.lead_id is None else await known_lead(work, entry.lead_id)
        mine = entry is None or entry.user_id == work.actor.id
        return page(
            request,
            "calendar/form.html",
            status=status,
            form=form,
            entry=entry,
            customer=customer,
            lead=lead,
            mine=mine,
            title=_("New entry") if entry is None else _("Entry"),
            reminders=REMINDERS,
            repeats=REPEATS,
            back=day_url(work.actor, entry) if entry else "/calendar",
        )


async def known(work: Work, customer_id: int) -> Customer | None:
    """The customer of an entry; None once it is out of the actor's sight."""
    try:
        return await customers.get(work, customer_id)
    except NotFound:
        return None


def day_of(value: Any, today: date) -> date:
    """The day asked for; today for what is no day."""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else today
    except ValueError:
        return today
    return day if 1970 <= day.year <= 2200 else today


def next_hour(work: Work, day: date) -> datetime:
    """A sensible start on a day: the next full hour today, else nine in the morning."""
    local = work.now.astimezone(work.actor.zone)
    if day == local.date() and local.hour < 23:
        return local.replace(hour=local.hour + 1, minute=0, second=0, microsecond=0)
    return datetime(day.year, day.month, day.day, 9, tzinfo=work.actor.zone)


def day_url(actor: Actor, entry: CalendarEvent) -> str:
    """Where an entry stands in the calendar."""
    day = entry.day or entry.starts_at.astimezone(actor.zone).date()
    suffix = "" if entry.user_id == actor.id else f"&person={entry.user_id}"
    return f"/calendar?day={day.isoformat()}{suffix}"


def entry_times(entry: CalendarEvent, zone: ZoneInfo) -> tuple[str, str]:
    """Start and end as their fields hold them."""
    if entry.day is None:
        return field_moment(entry.starts_at, zone), field_moment(entry.ends_at, zone)
    last = entry.last_day
    return f"{entry.day.isoformat()}T00:00", f"{last.isoformat()}T00:00" if last else ""


async def known_lead(work: Work, lead_id: int) -> Lead | None:
    """The lead of a planned contact; None once it is out of the actor's sight."""
    try:
        return await leads.get(work, lead_id)
    except NotFound:
        return None
