"""Who takes part in a record: the section on its page and the form, for every kind that has a team."""

from __future__ import annotations

from typing import Any, ClassVar

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from sqlalchemy import select

from domain.core.access import Actor, GrantLevel, GrantPost
from domain.core.errors import Invalid, NotFound
from domain.core.text import Text, _
from domain.core.work import Work
from domain.people.models import Department, Role, User
from domain.sharing import actions, queries
from domain.sharing.inputs import TeamInput
from domain.sharing.kinds import SHARED
from webapp.forms import Form, bind, filled
from webapp.htmx import AnyRequest
from webapp.render import page, see_other
from webapp.work import actor_of, reading, writing


async def team_section(work: Work, feature: str, record: Any, may_manage: bool) -> dict[str, Any]:
    """What `sharing/team.html` shows of a record that the reader sees, and why they see it."""
    return {
        "team": await queries.team(work, feature, record.id), "team_url": f"/{feature}/{record.id}/team",
        "may_share": may_manage and work.actor.may(f"{feature}.share"),
        "levels": GrantLevel, "posts": GrantPost, "why": await queries.why_visible(work, feature, record),
    }  # fmt: skip


def team_menu(actor: Actor, feature: str, record_id: int, may_manage: bool) -> list[dict[str, Any]]:
    """The entries of a record's menu."""
    if not may_manage or not actor.may(f"{feature}.share"):
        return []
    here = f"/{feature}/{record_id}/team/new"
    return [
        {"label": _("Add to the team"), "icon": "team", "href": here},
        {"label": _("Share"), "icon": "send", "href": f"{here}?post=shared"},
    ]


class Sharing(Controller):
    """The team of one kind of record; rights are asked by the actions."""

    feature: ClassVar[str]
    explained: ClassVar[Text]
    """What who takes part sees, given the record's name."""

    @get("/{record_id:int}/team/new")
    async def ask(self, request: Request[Any, Any, Any], record_id: FromPath[int]) -> Response[Any]:
        """Asks who shall take part; with `?post=shared` whom it is shared with: people, departments, roles."""
        actor_of(request).require(f"{self.feature}.share")
        shared = request.query_params.get("post") == GrantPost.shared.value
        form = filled(TeamInput, level=GrantLevel.read, post=GrantPost.shared if shared else GrantPost.sales)
        return await self._form(request, record_id, form)

    @post("/{record_id:int}/team", status_code=200)
    async def add(self, request: Request[Any, Any, Any], record_id: FromPath[int]) -> Response[Any]:
        """Let somebody take part."""
        form = await bind(request, TeamInput)
        try:
            async with writing(request) as work:
                await actions.add_member(work, self.feature, record_id, form.checked())
        except Invalid as problem:
            return await self._form(request, record_id, form.refuse(problem.errors))
        return see_other(request, f"/{self.feature}/{record_id}#team", toast=_("Saved"))

    @post("/{record_id:int}/team/{grant_id:int}/remove", status_code=200)
    async def remove(
        self, request: Request[Any, Any, Any], record_id: FromPath[int], grant_id: FromPath[int]
    ) -> Response[Any]:
        """End somebody's part."""
        async with writing(request) as work:
            await actions.remove_member(work, self.feature, record_id, grant_id)
            still = await self._sees(work, record_id)
        back = f"/{self.feature}/{record_id}#team" if still else f"/{self.feature}"
        return see_other(request, back, toast=_("Removed"))

    async def _sees(self, work: Work, record_id: int) -> bool:
        """Whether the actor, who may have left, sees the record still."""
        shared = SHARED[self.feature]
        try:
            await work.load(shared.model, record_id, shared.visible)
        except NotFound:
            return False
        return True

    async def _form(self, request: AnyRequest, record_id: int, form: Form[Any]) -> Response[Any]:
        async with reading(request) as work:
            record = await actions.managed(work, self.feature, record_id)
            users = await _colleagues(work)
            departments, roles = await _named(work, Department), await _named(work, Role)
        shared = form.raw.get("post") == GrantPost.shared.value
        explained = Text(self.explained.msgid, name=record.name)
        return page(
            request, "sharing/form.html", title=_("Share") if shared else _("Add to the team"),
            back=f"/{self.feature}/{record_id}#team", action=f"/{self.feature}/{record_id}/team", form=form,
            explained=explained, shared=shared, users=users, departments=departments, roles=roles,
            levels=[(one.value, one.label) for one in GrantLevel],
            posts=[(one.value, one.label) for one in (GrantPost.sales, GrantPost.service)],
            status=422 if form.errors else 200,
        )  # fmt: skip


class CustomerTeam(Sharing):
    """Who takes part in customers."""

    path = "/customers"
    feature = "customers"
    explained = _("Who takes part in %(name)s also sees its contacts and follow-ups.")


class LeadTeam(Sharing):
    """Who takes part in leads."""

    path = "/leads"
    feature = "leads"
    explained = _("Who takes part in %(name)s also sees its follow-ups.")


class OpportunityTeam(Sharing):
    """Who takes part in opportunities."""

    path = "/opportunities"
    feature = "opportunities"
    explained = _("Who takes part in %(name)s also sees its follow-ups.")


TEAMS = (CustomerTeam, LeadTeam, OpportunityTeam)


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
