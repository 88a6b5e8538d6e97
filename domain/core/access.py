"""Who may see and do what: data scopes, the actor, and the SQL condition made of them (domain.md section 1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    SQLColumnExpression,
    and_,
    any_,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from domain.core.errors import Denied
from domain.core.model import Base, Choice, Record, choice_check
from domain.core.text import Text, _


class Scope(Choice):
    """How much of a feature's data a role sees, from least to most generous (S-007..S-010)."""

    own = "own", _("Own records")
    subordinates = "subordinates", _("Own and subordinates' records")
    department = "department", _("Own department")
    department_tree = "department_tree", _("Own department and below")
    all = "all", _("Everything")


GENEROSITY = {scope: rank for rank, scope in enumerate(Scope)}


class GrantLevel(Choice):
    """What a related-team member or a sharee may do (D-21)."""

    read = "read", _("May read")
    write = "write", _("May read and change")


class GrantPost(Choice):
    """As what somebody takes part (S-016); `shared` is plain sharing (S-017)."""

    sales = "sales", _("Sales collaborator")
    service = "service", _("Service staff")
    shared = "shared", _("Shared with")


class Grant(Record):
    """Related team and sharing in one table: one record opened to one user, department or role."""

    __tablename__ = "grants"

    kind: Mapped[str]
    record_id: Mapped[int]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    to_department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    to_role_id: Mapped[int | None] = mapped_column(ForeignKey("roles.id"))
    level: Mapped[str]
    post: Mapped[str]
    until_on: Mapped[date | None]

    __table_args__ = (
        choice_check("level", GrantLevel),
        choice_check("post", GrantPost),
        Index(None, "kind", "record_id"),
        Index("ix_grants_user", "user_id", "kind", "level", "record_id"),
        Index("ix_grants_to_department", "to_department_id", "kind", "record_id"),
        Index("ix_grants_to_role", "to_role_id", "kind", "record_id"),
    )


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or program) that acts, with all rights resolved as of this request.

    `tree_ids` are the own departments and all below; `subordinate_ids` all users whose superior this is;
    `scopes` has one entry for each feature the actor may view.
    """

    id: int | None
    user_name: str
    name: str
    language: str = "en"
    time_zone: str = "UTC"
    permissions: frozenset[str] = frozenset()
    scopes: Mapping[str, Scope] = field(default_factory=dict)
    department_id: int | None = None
    department_ids: tuple[int, ...] = ()
    tree_ids: tuple[int, ...] = ()
    subordinate_ids: tuple[int, ...] = ()
    role_ids: tuple[int, ...] = ()
    member_pool_ids: tuple[int, ...] = ()
    admin_pool_ids: tuple[int, ...] = ()
    everything: bool = False

    def may(self, permission: str) -> bool:
        """Whether a `feature.action` right is held."""
        return self.everything or permission in self.permissions

    def scope(self, feature: str) -> Scope | None:
        """The most generous scope on a feature; None when it may not be viewed at all."""
        return Scope.all if self.everything else self.scopes.get(feature)

    @property
    def pool_ids(self) -> tuple[int, ...]:
        """Pools the actor is a member or an administrator of."""
        return self.member_pool_ids + tuple(p for p in self.admin_pool_ids if p not in self.member_pool_ids)

    @property
    def zone(self) -> ZoneInfo:
        """The actor's time zone."""
        return ZoneInfo(self.time_zone)

    def require(self, permission: str, reason: Text | None = None) -> None:
        """Raise Denied unless the right is held."""
        if not self.may(permission):
            raise Denied(reason or _("Your role does not allow this."))


SYSTEM = Actor(id=None, user_name="system", name="Offing", everything=True)
"""The clock and other jobs that act for nobody."""


def in_scope(
    actor: Actor, feature: str, owner: SQLColumnExpression[int | None], department: SQLColumnExpression[int | None]
) -> ColumnElement[bool]:
    """Condition: the row's owner lies within the actor's scope on the feature."""
    scope = actor.scope(feature)
    if scope is None:
        return false()
    if scope is Scope.all:
        return true()
    if scope is Scope.own:
        return owner == actor.id
    if scope is Scope.subordinates:
        return among(owner, (actor.id, *actor.subordinate_ids))
    departments = actor.department_ids if scope is Scope.department else actor.tree_ids
    return or_(owner == actor.id, among(department, departments))


def among(column: SQLColumnExpression[Any], ids: Sequence[int | None]) -> ColumnElement[bool]:
    """Condition: the column is one of these ids. As one array, so that the statement is the same text for everybody
    and the server's plan of it is kept; IN has a text of its own for every number of ids."""
    return column == any_(literal(list(ids), ARRAY(BigInteger)))


def grants_to(actor: Actor, kind: str, *, write: bool = False) -> Select[int]:
    """Ids of the records of a kind that team or share opens to the actor.

    The superior of a read-write member has the member's right (S-036).
    """
    to_me = or_(
        Grant.user_id == actor.id,
        and_(Grant.level == GrantLevel.write, among(Grant.user_id, actor.subordinate_ids)),
        among(Grant.to_department_id, actor.department_ids),
        among(Grant.to_role_id, actor.role_ids),
    )
    conditions = [Grant.kind == kind, to_me, or_(Grant.until_on.is_(None), Grant.until_on >= func.current_date())]
    if write:
        conditions.append(Grant.level == GrantLevel.write)
    return select(Grant.record_id).where(*conditions)


def granted(
    actor: Actor, kind: str, record_id: SQLColumnExpression[int], *, write: bool = False
) -> ColumnElement[bool]:
    """Condition: the record is opened to the actor by team or share.

    The ids are looked up once, before the rows: asked row by row a list is sixty times slower (stack.md section 4).
    """
    return record_id == any_(func.array(grants_to(actor, kind, write=write).scalar_subquery()))


class OrgVersion(Base):
    """One row, counted up by triggers whenever people, roles or pool members change: rights cached under an old
    number are dropped, so a change of post works on the next request."""

    __tablename__ = "org_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
