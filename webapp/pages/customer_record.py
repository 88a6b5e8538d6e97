"""One customer: its page, and what can be done with it."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from sqlalchemy import select

from domain.core.access import GrantLevel, GrantPost
from domain.core.errors import Denied, Invalid
from domain.core.text import _
from domain.core.work import Work
from domain.customers import actions, queries
from domain.customers.inputs import TeamInput
from domain.customers.queries import Detail
from domain.people.models import Department, Role, User
from domain.pools.models import PoolKind
from webapp.forms import Form, bind, filled, whole_number
from webapp.history import history_of, history_page
from webapp.htmx import AnyRequest, wants_fragment
from webapp.pages.customer_views import TELLING, everything
from webapp.pages.customers import save_edit
from webapp.render import fragment, page, see_other
from webapp.timeline import TIMELINE_PAGE, timeline_of
from webapp.work import actor_of, reading, writing

KIND = PoolKind.customer


class CustomerRecord(Controller):
    """Open to whoever sees the customer; each act asks for its own right."""

    path = "/customers/{customer_id:int}"

    @get()
    async def show(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """Everything about a customer on one page."""
        async with reading(request) as work:
            found = await queries.detail(work, customer_id)
            context = await everything(work, found, request.scope["state"]["language"])
        return page(request, "customers/show.html", title=found.customer.name, back="/customers", **context)

    @post(status_code=200)
    async def edit(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """Save the changes of the form; over somebody else's newer ones only after both were shown."""
        return await save_edit(request, customer_id)

    @get("/timeline")
    async def timeline(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """Older happenings."""
        before = whole_number(request.query_params.get("before"))
        async with reading(request) as work:
            found = await queries.detail(work, customer_id)
            rows = await queries.timeline(work, found, before=before, limit=TIMELINE_PAGE + 1)
        context: dict[str, Any] = {"c": found.customer, **timeline_of(f"/customers/{customer_id}", rows)}
        if wants_fragment(request):
            return fragment(request, "customers/timeline.html", "happenings", **context)
        here = f"/customers/{customer_id}"
        return page(request, "customers/timeline.html", title=found.customer.name, back=here, **context)

    @get("/history")
    async def history(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """Every change of a field, with old and new value."""
        async with reading(request) as work:
            found = await queries.detail(work, customer_id)
            if found.hidden or found.history_from:
                raise Denied(_("The pool keeps the history back."))
            history = await history_of(request, work, TELLING, customer_id)
        return history_page(request, TELLING, history, f"/customers/{customer_id}#history")

    @get("/team/new")
    async def member_form(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """Asks who shall take part; with `?post=shared` whom it is shared with: people, departments, roles."""
        actor_of(request).require("customers.share")
        shared = request.query_params.get("post") == GrantPost.shared.value
        form = filled(TeamInput, level=GrantLevel.read, post=GrantPost.shared if shared else GrantPost.sales)
        return await self._people_form(request, customer_id, form)

    @post("/team", status_code=200)
    async def add_member(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """Let somebody take part."""
        form = await bind(request, TeamInput)
        try:
            async with writing(request) as work:
                await actions.add_member(work, customer_id, form.checked())
        except Invalid as problem:
            refused = form.refuse(problem.errors)
            return await self._people_form(request, customer_id, refused)
        return see_other(request, f"/customers/{customer_id}#team", toast=_("Saved"))

    @post("/team/{grant_id:int}/remove", status_code=200)
    async def remove_member(
        self, request: Request[Any, Any, Any], customer_id: FromPath[int], grant_id: FromPath[int]
    ) -> Response[Any]:
        """End somebody's part."""
        async with writing(request) as work:
            await actions.remove_member(work, customer_id, grant_id)
            still = await queries.sees(work, customer_id)
        return see_other(request, f"/customers/{customer_id}#team" if still else "/customers", toast=_("Removed"))

    async def _people_form(self, request: AnyRequest, customer_id: int, form: Form[Any]) -> Response[Any]:
        async with reading(request) as work:
            found = await queries.detail(work, customer_id)
            _require_managed(found)
            users = await _colleagues(work)
            departments, roles = await _named(work, Department), await _named(work, Role)
        shared = form.raw.get("post") == GrantPost.shared.value
        return page(
            request, "customers/member.html", title=_("Share") if shared else _("Add to the team"),
            back=f"/customers/{customer_id}#team", customer=found.customer, form=form, shared=shared, users=users,
            departments=departments, roles=roles, levels=[(one.value, one.label) for one in GrantLevel],
            posts=[(one.value, one.label) for one in (GrantPost.sales, GrantPost.service)],
            status=422 if form.errors else 200,
        )  # fmt: skip

    @post("/delete", status_code=200)
    async def delete(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """Move it to the bin."""
        async with writing(request) as work:
            await actions.delete(work, customer_id)
        return see_other(request, "/customers", toast=_("Moved to the bin"))

    @post("/restore", status_code=200)
    async def restore(self, request: Request[Any, Any, Any], customer_id: FromPath[int]) -> Response[Any]:
        """Take it out of the bin."""
        async with writing(request) as work:
            await actions.restore(work, customer_id)
        return see_other(request, f"/customers/{customer_id}", toast=_("Restored"))


def _require_managed(found: Detail) -> None:
    if not found.may_manage:
        raise Denied(_("Only the owner and the owner's superiors may do this."))


async def _named(work: Work, model: type[Department] | type[Role]) -> list[tuple[int, str]]:
    """Departments or roles for a select."""
    rows = await work.session.execute(select(model.id, model.name).order_by(model.name, model.id))
    return [(row.id, row.name) for row in rows]


async def _colleagues(work: Work) -> list[tuple[int, str]]:
    """Active users for a select, with their department."""
    statement = (
        select(User.id, User.name, Department.name.label("department"))
        .outerjoin(Department, Department.id == User.department_id)
        .where(User.active)
        .order_by(User.name, User.id)
    )
    rows = await work.session.execute(statement)
    return [(row.id, f"{row.name} · {row.department}" if row.department else row.name) for row in rows]
