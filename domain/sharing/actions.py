"""Opening a record to others, and ending that."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from domain.core.access import Grant, GrantPost
from domain.core.errors import Invalid, NotFound
from domain.core.text import _
from domain.core.work import Work
from domain.people.models import Department, Role, User
from domain.sharing import queries
from domain.sharing.events import TeamMemberAdded, TeamMemberRemoved
from domain.sharing.inputs import TeamInput
from domain.sharing.kinds import SHARED


async def add_member(work: Work, feature: str, record_id: int, data: TeamInput) -> Grant:
    """Let somebody take part in a record, or share it; who takes part already gets the new level and end."""
    record = await managed(work, feature, record_id, lock=True)
    work.actor.require(f"{feature}.share")
    name, party = await _party(work, record, data)
    if data.until_on is not None and data.until_on < work.today:
        raise Invalid.of("until_on", _("This day is past."))
    known = select(Grant).where(Grant.kind == feature, Grant.record_id == record.id).filter_by(**party)
    grant = (await work.session.execute(known.with_for_update())).scalars().first()
    if grant is None:
        grant = Grant(kind=feature, record_id=record.id, created_by_id=work.actor.id, **party)
        work.session.add(grant)
    grant.level, grant.until_on = data.level.value, data.until_on
    grant.post = (data.post if data.user_id is not None else GrantPost.shared).value
    await work.session.flush()  # the page links to the new member by id
    work.record(
        TeamMemberAdded(
            feature=feature, record_id=record.id, customer_id=SHARED[feature].customer_of(record), member=name,
            member_id=grant.id, level=grant.level,
        )
    )  # fmt: skip
    return grant


async def remove_member(work: Work, feature: str, record_id: int, grant_id: int) -> None:
    """End somebody's part in a record; members may always leave by themselves."""
    shared = SHARED[feature]
    record = await work.load(shared.model, record_id, shared.visible(work.actor), lock=True)
    grant = await work.session.get(Grant, grant_id)
    if grant is None or grant.kind != feature or grant.record_id != record.id:
        raise NotFound
    if grant.user_id != work.actor.id:
        work.actor.require(f"{feature}.share")
        await managed(work, feature, record_id)
    members = await queries.team(work, feature, record_id)
    name = next((member.name for member in members if member.id == grant_id), "")
    await work.session.execute(delete(Grant).where(Grant.id == grant_id))
    customer_id = shared.customer_of(record)
    work.record(TeamMemberRemoved(feature=feature, record_id=record.id, customer_id=customer_id, member=name))


async def managed(work: Work, feature: str, record_id: int, *, lock: bool = False) -> Any:
    """A record that the actor answers for. Raises NotFound or Denied."""
    shared = SHARED[feature]
    return await work.load(
        shared.model, record_id, shared.visible(work.actor), may=shared.manageable(work.actor), lock=lock,
        denied=_("Only the owner and the owner's superiors may do this."),
    )  # fmt: skip


async def _party(work: Work, record: Any, data: TeamInput) -> tuple[str, dict[str, int]]:
    """Name and column of who is to take part. Raises Invalid for nobody, several, or the owner."""
    if data.parties != 1:
        raise Invalid.of("user_id", _("Please choose one person, department or role."))
    if data.user_id is not None:
        user = await work.session.get(User, data.user_id)
        if user is None or not user.active:
            raise Invalid.of("user_id", _("Please choose one of the list."))
        if user.id == record.owner_id:
            raise Invalid.of("user_id", _("%(name)s is the owner already.", name=user.name))
        return user.name, {"user_id": user.id}
    field = "to_department_id" if data.to_department_id is not None else "to_role_id"
    model: type[Department] | type[Role] = Department if data.to_department_id is not None else Role
    key = data.to_department_id or data.to_role_id
    party: Any = await work.session.get(model, key)
    if party is None or key is None:
        raise Invalid.of(field, _("Please choose one of the list."))
    return party.name, {field: key}
