"""Users, their roles and departments."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, func, select, update

from domain.core.errors import Denied, Invalid
from domain.core.text import Text, _
from domain.core.work import Work
from domain.people.actions.passwords import locked_user
from domain.people.events import UserCreated
from domain.people.inputs import DepartmentInput, ProfileInput, UserInput
from domain.people.models import Department, Role, RolePermission, User, UserDepartment, UserRole, UserSession

SIMPLE = (
    "user_name", "name", "email", "mobile", "language", "time_zone", "active", "department_id", "manager_id",
    "holding_limit", "on_leave_until",
)  # fmt: skip


async def create_user(work: Work, data: UserInput) -> User:
    """Make a user without a password. Raises Invalid for a taken user name or unknown references."""
    work.actor.require("users.create")
    await _check(work, data, None)
    user = User(**{name: getattr(data, name) for name in SIMPLE}, created_by_id=work.actor.id)
    work.session.add(user)
    await work.session.flush()  # roles and departments need its id
    await _set_links(work, user.id, data)
    work.record(UserCreated(record_id=user.id, user_name=user.user_name))
    return user


async def edit_user(work: Work, user_id: int, data: UserInput, version: int | None = None) -> User:
    """Change a user; somebody switched off is signed out and their devices forget everything.

    Locks the user. Raises Invalid, Conflict.
    """
    work.actor.require("users.edit")
    user = await locked_user(work, user_id)
    work.touch(user, version)
    await _check(work, data, user)
    for name in SIMPLE:
        setattr(user, name, getattr(data, name))
    await _set_links(work, user.id, data)
    if not user.active:
        await work.session.execute(update(UserSession).where(UserSession.user_id == user.id).values(wipe=True))
    return user


async def edit_profile(work: Work, data: ProfileInput) -> None:
    """Change what people may change about themselves."""
    if work.actor.id is None:
        raise Denied(_("Only a person has an account."))
    user = await locked_user(work, work.actor.id)
    for name in ProfileInput.model_fields:
        setattr(user, name, getattr(data, name))
    work.touch(user)


async def create_department(work: Work, data: DepartmentInput) -> Department:
    """Make a department."""
    work.actor.require("departments.create")
    department = Department(**data.model_dump(), created_by_id=work.actor.id)
    work.session.add(department)
    await work.session.flush()  # its id is what callers want
    return department


async def _check(work: Work, data: UserInput, user: User | None) -> None:
    """Every reason why the user cannot be saved so, at once."""
    errors: dict[str, tuple[Text, ...]] = {}
    taken = select(User.id).where(func.lower(User.user_name) == data.user_name.lower())
    if user is not None:
        taken = taken.where(User.id != user.id)
    if (await work.session.execute(taken)).first() is not None:
        errors["user_name"] = (_("This user name is taken."),)
    if user is not None and data.manager_id in await _below(work, user.id):
        errors["manager_id"] = (_("The manager cannot be the person or one of the person's subordinates."),)
    if not await _all_exist(work, Department.id, {data.department_id, *data.department_ids}):
        errors["department_id"] = (_("Please choose one of the list."),)
    if not await _all_exist(work, User.id, {data.manager_id}):
        errors["manager_id"] = (_("Please choose one of the list."),)
    if not await _all_exist(work, Role.id, set(data.role_ids)):
        errors["role_ids"] = (_("Please choose one of the list."),)
    elif not await _may_give(work, user, data.role_ids):
        errors["role_ids"] = (_("You can only give roles whose rights you have yourself."),)
    if errors:
        raise Invalid(errors)


async def _all_exist(work: Work, column: object, ids: Iterable[int | None]) -> bool:
    wanted = {one for one in ids if one is not None}
    found = select(func.count()).where(column.in_(wanted))  # type: ignore[attr-defined]
    return not wanted or (await work.session.execute(found)).scalar_one() == len(wanted)


async def _below(work: Work, user_id: int) -> set[int]:
    """The user and everybody below in the chain of managers."""
    chain = select(User.id).where(User.id == user_id).cte("chain", recursive=True)
    chain = chain.union(select(User.id).join(chain, User.manager_id == chain.c.id))
    return set((await work.session.scalars(select(chain.c.id))).all())


async def _may_give(work: Work, user: User | None, role_ids: Iterable[int]) -> bool:
    """Nobody makes somebody mightier than oneself; roles held already may stay."""
    if work.actor.everything:
        return True
    held = set() if user is None else set(
        (await work.session.scalars(select(UserRole.role_id).where(UserRole.user_id == user.id))).all()
    )  # fmt: skip
    new = set(role_ids) - held
    mighty = select(Role.id).where(Role.id.in_(new), Role.everything)
    rights = select(RolePermission.permission).where(RolePermission.role_id.in_(new))
    if (await work.session.execute(mighty)).first() is not None:
        return False
    return all(work.actor.may(right) for right in (await work.session.scalars(rights)).all())


async def _set_links(work: Work, user_id: int, data: UserInput) -> None:
    """Roles and further departments as given, touching only what differs, so that the audit stays quiet."""
    further = set(data.department_ids) - {data.department_id}
    for model, column, wanted in (
        (UserRole, UserRole.role_id, set(data.role_ids)),
        (UserDepartment, UserDepartment.department_id, further),
    ):
        held = set((await work.session.scalars(select(column).where(model.user_id == user_id))).all())
        if gone := held - wanted:
            await work.session.execute(delete(model).where(model.user_id == user_id, column.in_(gone)))
        work.session.add_all(model(**{"user_id": user_id, column.key: one}) for one in sorted(wanted - held))
    await work.session.flush()  # references are checked here, not at the commit
